"""A database server for these tests alone."""

import contextlib
import os

import pytest

from ..command.test_om import om
from ..support import STATE

# Two lanes may run these side by side.
VAR = STATE / f"test-faults-{os.environ.get('OM_TEST_LANE', 'pytest')}"


@contextlib.contextmanager
def own_cluster():
    """Dropping a database makes its server write out what all the others have changed;
    beside Odoo's own tests that is the longest part of a command. What is killed here
    are programs, not the machine: nothing has to reach the disk; but what is confirmed
    has left the program."""
    if VAR.exists():
        assert om("reset", "--yes", OM_VAR=VAR).returncode == 0
    settings = ("fsync", "full_page_writes")
    statements = [f"ALTER SYSTEM SET {name} = off" for name in settings]
    statements += ["SELECT pg_reload_conf()", "SHOW unix_socket_directories"]
    options = [word for each in statements for word in ("-c", each)]
    process = om("psql", "-d", "postgres", "-qAt", *options, OM_VAR=VAR)
    assert process.returncode == 0, process.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGHOST", process.stdout.splitlines()[-1])
        yield
    assert om("reset", "--yes", OM_VAR=VAR).returncode == 0


@pytest.fixture(scope="module", autouse=True)
def own_server():
    with own_cluster():
        yield
