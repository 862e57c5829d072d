from . import test_rules
from . import test_request
from . import test_guard
from . import test_swap
from . import test_portal
from . import test_settlement_rules
from . import test_count_rules
from . import test_settlement
