from . import om_contract_act
from . import om_contract_report_mixin
from . import om_inspection_report_wizard
from . import om_bond_act
from . import om_deduction_act
from . import om_calculation
from . import om_price_paste
