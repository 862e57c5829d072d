from . import om_archive_guard_mixin
from . import om_calendar
from . import om_calendar_day
from . import om_rule_access_mixin
from . import res_currency
from . import res_partner
from . import res_partner_category
from . import res_users
