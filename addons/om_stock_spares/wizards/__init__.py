from . import om_dismantled_part_leave
from . import om_spare_count_upload
