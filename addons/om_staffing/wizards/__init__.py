from . import om_attendance_import
from . import om_social_insurance_import
from . import om_social_insurance_withdraw
