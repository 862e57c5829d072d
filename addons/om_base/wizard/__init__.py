from . import om_act_check
from . import om_act_paper
from . import om_calendar_publish
from . import om_expiry_feed
