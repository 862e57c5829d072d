from . import om_register_loader
from . import om_engagement_loader
from . import om_promise_loader
from . import om_spare_loader
from . import om_obligation_loader
from . import om_service_loader
from . import om_indicator_loader
