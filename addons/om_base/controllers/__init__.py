from . import export
from . import expiry
from . import portal
from . import portal_push
