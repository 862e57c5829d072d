from . import om_assessment_dispute
from . import om_assessment_reason
from . import om_settlement_act
from . import om_assessment_draw
from . import om_rectification_report
