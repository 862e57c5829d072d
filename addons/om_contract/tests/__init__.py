from . import test_penalty_rules
