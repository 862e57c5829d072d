from . import om_spare_settlement_xlsx
from . import om_spare_handover_xlsx
from . import om_spare_count_xlsx
