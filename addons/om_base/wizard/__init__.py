from . import om_calendar_publish
