from . import om_system_stop
