from . import acknowledge
from . import alert_receiver
from . import fault_followed
from . import field
from . import ticket_portal
from . import request_portal
from . import service_portal
