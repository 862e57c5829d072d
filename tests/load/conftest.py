"""One server for all of these tests: each has documents of its own."""

import signal
import subprocess

import pytest

from ..conftest import Server, wait_for
from ..support import ODOO, STATE, drop_database, free_port

WORKERS = 4


@pytest.fixture(scope="package")
def workers(template):
    """A server with several worker processes on a copy of its own."""
    name, port = template.copy("omtest-load"), free_port()
    log = STATE / "log" / "test-load.log"
    command = [*ODOO, "server", "-d", name, f"--db-filter=^{name}$"]
    command += [f"--http-port={port}", f"--workers={WORKERS}", "--max-cron-threads=0"]
    command += [f"--gevent-port={free_port()}"]
    with log.open("w") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    wait_for(f"{url}/web/login", process)
    yield Server(url, name, template.passwords(), log)
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    drop_database(name)
