"""Kill ./om or docker/om at the n-th of its steps, or at any moment; what does the next
command do?

A step is a program that changes something: ``psql``, ``cp``, ``mv``, ``rm``, ``mkdir``.
Programs of these names stand before the real ones on the path; they count, and at the
chosen number they end the whole process group with SIGKILL, as a power failure would.
Odoo is a stand-in (``stub/``) that takes part in the counting. Before each step and
after the last one are all the states that an interruption can leave between programs; a
moment of time lies within one: in a copy, a statement, a dump.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from ..support import ROOT, free_port, psql

STUB = Path(__file__).parent / "stub"
COUNTED = ("psql", "cp", "mv", "rm", "mkdir")
COUNTER = """#!/bin/bash
if read -r step <"{folder}/step"; then
    echo $((step + 1)) >"{folder}/step"
    echo "$step {name} $*" >>"{folder}/log"
    read -r last <"{folder}/kill"
    if [ "$step" = "$last" ]; then
        kill -9 0
    fi
fi
exec {real} "$@"
"""
# What the database's name begins with, so that nothing else is touched.
NAME = "omtest-faults"
OLD = f"{NAME}-old"
# What names a making and what was moved aside; a server's port.
PASSING = re.compile(r"\d{8}-\d{6}(-\d+)?|localhost:\d+")
# Each row of each table as text; passwords are drawn.
ROWS = """
    SELECT relname, query_to_xml(format(
        'SELECT %s AS row FROM %I AS t ORDER BY 1',
        CASE relname WHEN 'res_users' THEN 'login' ELSE 't::text' END, relname
    ), true, true, '')::text
    FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1
"""


def query(statement: str, database: str = "postgres") -> list[tuple]:
    """As ``psql``, without a program."""
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def databases() -> dict[str, str]:
    """Our databases with their comments."""
    return dict(
        query(
            "SELECT datname, coalesce(shobj_description(oid, 'pg_database'), '')"
            f" FROM pg_database WHERE datname = '{NAME}' OR datname LIKE '{NAME}.%'"
            " ORDER BY 1"
        )
    )


def drop(*names: str) -> None:
    for name in names:
        query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@dataclass
class Result:
    code: int
    said: str
    killed: bool = False


class Machine:
    """A folder with all that one installation has, and the programs that count."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.var = folder / "var"
        self.filestore = self.data / "filestore"
        self.steps = folder / "steps"
        self.steps.mkdir(parents=True)
        for name in COUNTED:
            path = self.steps / name
            text = COUNTER.format(folder=self.steps, name=name, real=shutil.which(name))
            path.write_text(text)
            path.chmod(0o755)
        self.var.mkdir()
        self.prepare()
        # (command, when it was killed) -> how many times
        self.faults: Counter[tuple[str, str]] = Counter()
        # What the last fault has left, where that is known.
        self.left = ""

    def __str__(self):
        return type(self).__name__

    def environment(self, **more):
        ours = ("PYTHONPATH", "PYTHONWARNINGS", "ODOO_RC", "CI")
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ours and not name.startswith(("PG", "OM_"))
        }
        kept |= {
            "PATH": f"{self.steps}:{os.environ['PATH']}",
            "OM_STUB_ADDONS": str(ROOT / "addons"),
            "OM_STUB_ONCE": "yes",
        }
        return kept | self.own_environment() | more

    def run(self, *arguments, kill=-1, **environment) -> Result:
        """:param kill: at which step (int), or after how many seconds (float)"""
        self.left = ""
        timed = isinstance(kill, float)
        (self.steps / "step").write_text("0\n")
        (self.steps / "kill").write_text(f"{-1 if timed else kill}\n")
        (self.steps / "log").write_text("")
        started = time.monotonic()
        process = subprocess.Popen(
            [*self.command, *map(str, arguments)],
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _nothing = process.communicate(timeout=kill if timed else 300)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            if not timed:
                raise
            said, _nothing = process.communicate()
        self.seconds = time.monotonic() - started
        killed = process.returncode == -signal.SIGKILL
        return Result(process.returncode, said, killed)

    def count(self) -> int:
        """The number of steps of the last run."""
        return int((self.steps / "step").read_text())

    def clear(self) -> None:
        self.left = ""
        drop(*databases())
        shutil.rmtree(self.data, ignore_errors=True)
        for path in self.credentials.glob("credentials-*"):
            path.unlink()
        self.filestore.mkdir(parents=True)

    def place_old(self) -> dict[str, bytes]:
        """The database of the release before with its files; returns these."""
        self.clear()
        query(f'CREATE DATABASE "{NAME}" TEMPLATE "{OLD}"')
        return self.place_files()

    def place_files(self) -> dict[str, bytes]:
        shutil.copytree(self.old_files, self.filestore / NAME)
        return files(self.filestore / NAME)

    @property
    def old_files(self) -> Path:
        return self.folder / "old-files"

    def make_old(self) -> None:
        """What the other tests begin with: made by the program, then made older."""
        self.clear()
        result = self.run(*self.create)
        assert result.code == 0, result.said
        psql(
            "UPDATE ir_module_module SET latest_version = '19.0.0.9.0'"
            " WHERE name <> 'base'; UPDATE proof SET word = 'old'",
            NAME,
        )
        self.stop()
        drop(OLD)
        query(f'CREATE DATABASE "{OLD}" TEMPLATE "{NAME}"')
        shutil.copytree(self.filestore / NAME, self.old_files)

    def stop(self) -> None:
        """End the server that ``run`` has left."""

    def words(self) -> str:
        rows = query("SELECT string_agg(word, ' ' ORDER BY word) FROM proof", NAME)
        return rows[0][0]

    def state(self) -> str:
        """All that the next command can find: databases with their marks and rows,
        stored files, passwords. Two faults that leave the same lead to the same.

        Empty while the database server is still at work for a program that is gone:
        what that will leave is not known yet.
        """
        while True:
            states = query(
                "SELECT state FROM pg_stat_activity WHERE backend_type ="
                " 'client backend' AND pid <> pg_backend_pid()"
            )
            if not states:
                break
            if any(state != "idle" for (state,) in states):
                return ""
            # About to end, or about to read what a program asked before it was killed.
            time.sleep(0.02)
        found = [[*each, *query(ROWS, each[0])] for each in databases().items()]
        for folder, pattern in (
            (self.data, "*"),
            (self.credentials, "credentials-*"),
        ):
            found += [
                [str(path), path.read_bytes() if path.is_file() else ""]
                for path in sorted(folder.rglob(pattern))
                if "lock" not in path.relative_to(folder).parts
            ]
        seen: dict[str, str] = {}
        return PASSING.sub(
            lambda match: seen.setdefault(match[0], f"#{len(seen)}"), repr(found)
        )

    def has_named_files(self) -> bool:
        """Whether every file that the database names is there."""
        named = {
            name for (name,) in query("SELECT store_fname FROM ir_attachment", NAME)
        }
        return bool(named) and named <= set(files(self.filestore / NAME))

    def assert_whole(self, said: str) -> None:
        """Every file that the database names is there, nothing is left half done."""
        assert databases() == {NAME: ""}, said
        assert self.has_named_files(), said
        assert not (self.filestore / NAME / ".om-making").exists()
        left = [p.name for p in self.filestore.iterdir() if ".making" in p.name]
        left += [p.name for p in self.credentials.glob("credentials-*.making")]
        assert left == [], said


class Checkout(Machine):
    """./om with a database server that is given, and the stand-in for Odoo."""

    command = (str(ROOT / "om"),)
    create = ("create", "--db", NAME, "--content", "empty")
    update = ("update", "--db", NAME)

    @property
    def data(self):
        return self.var / "data"

    @property
    def locks(self):
        return self.var / "lock"

    @property
    def credentials(self):
        return self.var

    def prepare(self):
        # Not a folder of ours that ./om must not touch: made by ./om, as for a user.
        self.var.rmdir()

    def own_environment(self):
        return {
            "OM_VAR": str(self.var),
            "OM_CACHE": str(Path(os.environ["OM_PYTHON"]).parents[2]),
            "OM_ODOO": str(STUB),
            "OM_DATABASE_URL": f"postgresql://om@/?host={os.environ['PGHOST']}",
        }

    def start(self, kill=-1) -> Result:
        """The next command of a user who knows nothing of the interruption."""
        result = self.run(
            *("run", "--empty", "--detach", "--db", NAME, "--port", free_port()),
            kill=kill,
            OM_STUB_ONCE="",
        )
        self.stop()
        return result

    def stop(self):
        path = self.var / "run" / f"{NAME}.pid"
        if path.exists():
            # Written down before it begins, it may have ended before it began.
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(path.read_text()), signal.SIGKILL)
            path.unlink()

    def restore(self, archive):
        return "restore", archive, "-d", NAME

    def backup(self, archive):
        return "backup", archive, "-d", NAME


class Container(Machine):
    """docker/om outside a container, with the folders that the image has."""

    command = (str(ROOT / "docker" / "om"),)
    create = ("init",)
    update = ("update",)

    @property
    def data(self):
        return self.folder / "odoo-data"

    @property
    def locks(self):
        return self.data / "lock"

    @property
    def credentials(self):
        return self.folder / "run"

    def prepare(self):
        home = self.folder / "home"
        for name in ("bin", "home/venv/bin", "run", "secrets"):
            (self.folder / name).mkdir(parents=True)
        for name in ("addons", "config", "scripts"):
            (home / name).symlink_to(ROOT / name)
        python = f"PYTHONPATH={STUB} exec {os.environ['OM_PYTHON']}"
        self.program("home/venv/bin/python", f'{python} "$@"')
        odoo = ROOT / "scripts/server/odoo_server.py"
        self.program("steps/odoo", f'{python} {odoo} "$@"')
        for name in ("db_password", "master_password", "admin_password"):
            (self.folder / "secrets" / name).write_text("a-long-secret")

    def program(self, name, line):
        path = self.folder / name
        path.write_text(f"#!/bin/bash\n{line}\n")
        path.chmod(0o755)

    def own_environment(self):
        return {
            "OM_HOME": str(self.folder / "home"),
            "OM_RUN": str(self.folder / "run"),
            "OM_SECRETS": str(self.folder / "secrets"),
            "OM_DATABASE": NAME,
            "OM_HOSTNAME": "om.example.org",
            "ODOO_DATA_DIR": str(self.data),
            "ODOO_RC": str(self.folder / "run" / "odoo.conf"),
            "PGPASSFILE": str(self.folder / "run" / "pgpass"),
            "PGHOST": os.environ["PGHOST"],
            "PGUSER": "om",
        }

    def start(self, kill=-1) -> Result:
        return self.run("serve", kill=kill)

    def restore(self, archive):
        return "restore", archive, NAME

    def backup(self, archive):
        return "backup", archive, NAME
