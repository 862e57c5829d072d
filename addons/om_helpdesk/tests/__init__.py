from . import test_availability
from . import test_escalation
from . import test_ticket
from . import test_ticket_random
from . import test_ticket_two_cursors
from . import test_timeline
from . import test_ticket_queries
