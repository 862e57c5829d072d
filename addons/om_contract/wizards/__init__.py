from . import om_contract_act
from . import om_bond_act
from . import om_deduction_act
from . import om_calculation
