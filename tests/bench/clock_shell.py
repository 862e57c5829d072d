"""What comes before each script for an Odoo shell: how long processors worked."""

import time as _time
from pathlib import Path as _Path


def make_clock(cr):
    """Return a clock of the seconds that processors worked for this process and its
    database connection, however busy others keep the machine; it shows None where the
    database runs on another one."""
    cr.execute("SELECT pg_backend_pid()")
    backend = _Path(f"/proc/{cr.fetchone()[0]}/schedstat")

    def read():
        try:
            worked = int(backend.read_text("ascii").split()[0]) / 1e9
        except OSError:
            return None
        return _time.process_time() + worked

    return read
