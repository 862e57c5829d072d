from . import spare_portal
