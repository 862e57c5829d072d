from . import om_bid_pack
from . import om_bid_pack_xlsx
from . import om_bid_file
