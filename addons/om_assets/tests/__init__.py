from . import test_merge
from . import test_om_system
from . import test_lines
from . import test_access
from . import test_maintenance
from . import test_register_loader
from . import test_queries
