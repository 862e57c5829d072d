from . import device_label
from . import field
from . import inspection_portal
from . import manifest
from . import photo
