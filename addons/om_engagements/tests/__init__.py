from . import test_fee_rules
from . import test_register_files
from . import test_register
from . import test_register_upgrade
from . import test_inspection_year
from . import test_sla_policies
from . import test_spare_lists
from . import test_contracts
