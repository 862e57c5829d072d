"""Bare machines take half an hour each: only in the long tier."""

from ..sampling import WHOLE

collect_ignore_glob = [] if WHOLE else ["test_*.py"]
