from . import device_label
from . import inspection_portal
