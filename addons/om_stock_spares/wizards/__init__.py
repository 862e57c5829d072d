from . import om_dismantled_part_leave
