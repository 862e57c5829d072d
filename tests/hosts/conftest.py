"""Two hosts and a replica take minutes to set up: only in the long tier."""

from ..sampling import WHOLE

collect_ignore_glob = [] if WHOLE else ["test_*.py"]
