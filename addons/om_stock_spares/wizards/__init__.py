from . import om_spare_count_upload
from . import om_spare_list_terms
