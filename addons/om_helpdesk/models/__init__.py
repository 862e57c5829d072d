from . import om_service_calendar
from . import om_service_calendar_window
from . import om_sla_policy
from . import om_sla_policy_line
