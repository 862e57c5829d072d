"""What the test runner, the tests and the benchmarks share: databases and processes.

``./om`` sets the environment: ``OM_ROOT`` (the checkout), ``OM_STATE`` (its ``var``),
``OM_PYTHON`` and ``OM_ODOO_PROGRAM`` (the Odoo program), and libpq's own variables.
"""

import atexit
import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(os.environ["OM_ROOT"])
STATE = Path(os.environ["OM_STATE"])
ODOO = (os.environ["OM_PYTHON"], os.environ["OM_ODOO_PROGRAM"])
STANDING_SHELL = (os.environ["OM_PYTHON"], ROOT / "tests" / "standing_shell.py")
QUIET = ("--no-http", "--log-level=error")
LOST_A_RACE = "could not serialize access"
TRIES = 5
# How often a copy is tried whose template somebody is in, five seconds each time.
COPYING = 20


def psql(statement: str, database: str = "postgres") -> str:
    """Bare values, one row a line."""
    command = ["psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-qAtc", statement]
    # No notice about what is not there to be dropped.
    env = os.environ | {"PGOPTIONS": "-c client_min_messages=warning"}
    output = subprocess.check_output([*command, "-d", database], text=True, env=env)
    return output.strip()


def filestore(name: str) -> Path:
    return STATE / "data" / "filestore" / name


def drop_database(name: str) -> None:
    if shell := _standing.pop(name, None):
        shell.end()
    psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(filestore(name), ignore_errors=True)


def copy_database(template: str, name: str) -> str:
    """A copy of a database and its files; one of the same name is dropped."""
    drop_database(name)
    statement = f'CREATE DATABASE "{name}" TEMPLATE "{template}"'
    for _try in range(COPYING):
        # PostgreSQL waits five seconds for whoever is in the template, and refuses.
        with contextlib.suppress(subprocess.CalledProcessError):
            psql(statement)
            break
    else:
        psql(statement)
    shutil.copytree(filestore(template), filestore(name))
    return name


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def odoo_shell(database: str, script: str, *arguments: str, **environment: str) -> str:
    """What a script prints in an Odoo shell of its own.

    The server of the tests works beside it, with its own jobs: a script that loses its
    rows to them is run again. It commits once, at its end.

    :raise RuntimeError: with the end of the log if the script fails
    """
    command = [*ODOO, "shell", *QUIET, "-d", database, *arguments]
    for _ in range(TRIES):
        process = subprocess.run(
            command,
            input=script,
            env=os.environ | environment,
            capture_output=True,
            text=True,
        )
        if process.returncode == 0:
            return process.stdout
        if LOST_A_RACE not in process.stderr:
            break
    raise RuntimeError(process.stderr[-2000:])


class StandingShell:
    """An Odoo shell for many scripts: to load a registry takes longer than most do."""

    def __init__(self, database: str):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [*STANDING_SHELL, *QUIET, "-d", database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )

    def ask(self, script: str, environment: dict[str, str]) -> dict[str, str]:
        task = {"script": script, "environment": environment}
        try:
            print(json.dumps(task), file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if line:
            return json.loads(line)
        self.log.seek(0)
        raise RuntimeError(f"the shell has ended: {self.log.read()[-2000:]}")

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.log.close()


# Database -> its shell, until it is dropped.
_standing: dict[str, StandingShell] = {}


@atexit.register
def _end_shells() -> None:
    while _standing:
        _standing.popitem()[1].end()


def standing_shell(database: str, script: str, **environment: str) -> str:
    """As ``odoo_shell``, in one shell for all scripts of a database.

    :raise RuntimeError: with the end of the trace if the script fails
    """
    if database not in _standing:
        _standing[database] = StandingShell(database)
    for _ in range(TRIES):
        answer = _standing[database].ask(script, environment)
        if not answer["error"]:
            return answer["said"]
        if LOST_A_RACE not in answer["error"]:
            break
    raise RuntimeError(answer["error"][-2000:])
