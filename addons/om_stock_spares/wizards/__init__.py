from . import om_spare_count_upload
from . import om_spare_list_terms
from . import om_spare_receipt
from . import om_spare_install
from . import om_spare_return
