from . import export
from . import expiry
from . import portal
