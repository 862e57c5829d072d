from . import test_player
from . import test_contract_history
from . import test_ticket_history
from . import test_obligation_history
from . import test_assessment_history
