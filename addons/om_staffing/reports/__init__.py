from . import om_bid_pack
from . import om_bid_pack_xlsx
