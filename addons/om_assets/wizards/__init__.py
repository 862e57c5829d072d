from . import om_system_reschedule
from . import om_system_stop
from . import om_inspection_change
from . import om_inspection_reopen
from . import om_inspection_report_wizard
from . import om_inspection_generate
from . import om_mlps_settings
from . import om_register_export
