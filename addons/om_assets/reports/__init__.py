from . import om_inspection_monthly
from . import om_inspection_monthly_xlsx
from . import om_inspection_volume
from . import om_inspection_xlsx
from . import report_xlsx
from . import maintenance_equipment_label
from . import om_register_xlsx
