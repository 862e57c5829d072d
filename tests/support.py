"""What the test runner, the tests and the benchmarks share: databases and processes.

``./om`` sets the environment: ``OM_ROOT`` (the checkout), ``OM_STATE`` (its ``var``),
``OM_PYTHON`` and ``OM_ODOO_PROGRAM`` (the Odoo program), and libpq's own variables.
"""

import os
import shutil
import socket
import subprocess
from pathlib import Path

ROOT = Path(os.environ["OM_ROOT"])
STATE = Path(os.environ["OM_STATE"])
ODOO = (os.environ["OM_PYTHON"], os.environ["OM_ODOO_PROGRAM"])


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
    psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(filestore(name), ignore_errors=True)


def copy_database(template: str, name: str) -> str:
    """A copy of a database and its files; one of the same name is dropped."""
    drop_database(name)
    psql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    shutil.copytree(filestore(template), filestore(name))
    return name


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def odoo_shell(database: str, script: str, *arguments: str, **environment: str) -> str:
    """What a script prints in an Odoo shell.

    The server of the tests works beside it, with its own jobs: a script that loses its
    rows to them is run again. It commits once, at its end.

    :raise RuntimeError: with the end of the log if the script fails
    """
    command = [*ODOO, "shell", "--no-http", "--log-level=error", "-d", database]
    command += arguments
    for _ in range(5):
        process = subprocess.run(
            command,
            input=script,
            env=os.environ | environment,
            capture_output=True,
            text=True,
        )
        if process.returncode == 0:
            return process.stdout
        if "could not serialize access" not in process.stderr:
            break
    raise RuntimeError(process.stderr[-2000:])
