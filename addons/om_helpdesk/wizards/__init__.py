from . import om_ticket_times_mixin
from . import om_sla_try
from . import om_ticket_act
from . import om_ticket_correction
from . import om_ticket_word
from . import om_service_report
from . import portal_share
