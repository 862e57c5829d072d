from . import test_milestone_rules
from . import test_term_rules
from . import test_penalty_rules
from . import test_bond
from . import test_deduction
from . import test_walk_contracts
