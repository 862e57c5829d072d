from . import om_settlement_volume
