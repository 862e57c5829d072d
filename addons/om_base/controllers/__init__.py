from . import export
from . import expiry
