from . import ticket_portal
from . import service_portal
