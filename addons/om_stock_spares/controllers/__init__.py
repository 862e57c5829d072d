from . import field
from . import spare_portal
from . import signoff_portal
