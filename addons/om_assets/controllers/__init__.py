from . import device_label
from . import field
from . import inspection_portal
