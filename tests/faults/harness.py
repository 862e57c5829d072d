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
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

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


def databases() -> dict[str, str]:
    """Our databases with their comments."""
    rows = psql(
        "SELECT datname || '|' || coalesce(shobj_description(oid, 'pg_database'), '')"
        f" FROM pg_database WHERE datname = '{NAME}' OR datname LIKE '{NAME}.%'"
    )
    return dict(row.split("|", 1) for row in rows.splitlines())


def drop(*names: str) -> None:
    for name in names:
        psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


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
        drop(*databases())
        shutil.rmtree(self.data, ignore_errors=True)
        for path in self.credentials.glob("credentials-*"):
            path.unlink()
        self.filestore.mkdir(parents=True)

    def place_old(self) -> dict[str, bytes]:
        """The database of the release before with its files; returns these."""
        self.clear()
        psql(f'CREATE DATABASE "{NAME}" TEMPLATE "{OLD}"')
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
        psql(f'CREATE DATABASE "{OLD}" TEMPLATE "{NAME}"')
        shutil.copytree(self.filestore / NAME, self.old_files)

    def stop(self) -> None:
        """End the server that ``run`` has left."""

    def words(self) -> str:
        return psql("SELECT string_agg(word, ' ' ORDER BY word) FROM proof", NAME)

    def assert_whole(self, said: str) -> None:
        """Every file that the database names is there, nothing is left half done."""
        assert databases() == {NAME: ""}, said
        named = psql("SELECT store_fname FROM ir_attachment", NAME).split()
        assert named and set(named) <= set(files(self.filestore / NAME)), said
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
