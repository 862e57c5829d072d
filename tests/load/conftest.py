"""One server for all of these tests: each has documents of its own."""

import pytest

from ..conftest import serving
from ..support import free_port

WORKERS = 4


@pytest.fixture(scope="package")
def workers(template):
    """A server with several worker processes on a copy of its own."""
    options = [f"--workers={WORKERS}", "--max-cron-threads=0"]
    options += [f"--gevent-port={free_port()}"]
    with serving(template, "load", *options) as server:
        yield server
