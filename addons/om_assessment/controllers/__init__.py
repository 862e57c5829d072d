from . import ocds
from . import portal
from . import rectification_portal
from . import settlement_portal
