from . import om_register_loader
from . import om_inspection_history
from . import om_engagement_loader
from . import om_contract_history
from . import om_spare_loader
from . import om_staffing_history
from . import om_ticket_history
from . import om_spare_history
