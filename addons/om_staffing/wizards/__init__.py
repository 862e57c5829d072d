from . import om_attendance_import
from . import om_social_insurance_import
from . import om_social_insurance_withdraw
from . import om_bid_readiness
from . import om_bid_measures
from . import om_bid_price
from . import om_bid_correction
