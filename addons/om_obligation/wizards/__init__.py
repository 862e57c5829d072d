from . import om_obligation_hand_in
from . import om_obligation_bulk
from . import om_obligation_event
from . import om_obligation_reason
from . import om_service_report
