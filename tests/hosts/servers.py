"""Database servers and hosts of Odoo for the test of this folder."""

import hashlib
import os
import shutil
import signal
import subprocess
import time
from configparser import ConfigParser
from pathlib import Path

from ..conftest import wait_for
from ..support import ODOO, free_port

HERE = Path(__file__).parent
BIN = max(
    Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
)
# Settings of the production database that matter here; nothing has to reach the disk.
SETTINGS = {
    "listen_addresses": "''",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "fsync": "off",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "random_page_cost": "1.1",
    "wal_level": "replica",
    "hot_standby_feedback": "on",
}


class Cluster:
    """A database server of one's own that only its folder's owner reaches."""

    def __init__(self, folder: Path):
        self.folder, self.port = folder, free_port()
        self.data = folder / "data"
        # As root there is another user for it, and a folder that it may enter.
        self.user = "postgres" if os.geteuid() == 0 else None

    def run(self, program, *arguments):
        command = [BIN / program, *map(str, arguments)]
        done = subprocess.run(
            command,
            user=self.user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout

    def prepare(self):
        self.folder.mkdir(parents=True)
        if self.user:
            shutil.chown(self.folder, self.user)

    def make(self):
        self.prepare()
        self.run(
            *("initdb", "-D", self.data, "-U", "om", "--auth=trust", "-E", "UTF8"),
            *("--lc-collate=C", "--lc-ctype=C.UTF-8", "--lc-messages=C"),
        )
        self.start()

    def follow(self, primary: "Cluster"):
        """Become the primary's replica, by its stream."""
        self.prepare()
        self.run(
            *("pg_basebackup", "-D", self.data, "-R", "-X", "stream", "-U", "om"),
            *("-h", primary.folder, "-p", primary.port, "-c", "fast"),
        )
        self.start()

    def start(self):
        options = {
            **SETTINGS,
            "port": self.port,
            "unix_socket_directories": f"'{self.folder}'",
        }
        text = " ".join(f"-c {name}={value}" for name, value in options.items())
        log = self.folder / "log"
        self.run("pg_ctl", "-D", self.data, "-l", log, "-w", "-o", text, "start")

    def stop(self):
        if (self.data / "postmaster.pid").exists():
            self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    def sql(self, statement, database="postgres"):
        command = ["psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-qAtc", statement]
        command += ["-h", self.folder, "-p", str(self.port), "-U", "om"]
        return subprocess.check_output([*command, "-d", database], text=True).strip()

    def processes(self):
        """All of its processes: (data directory, and whoever it has started)."""
        first = int((self.data / "postmaster.pid").read_text().split()[0])
        return [first, *children(first)]


class Host:
    """A host that serves one database: Odoo with workers, and websockets of its own.

    :param server: where the database is: ``folder`` of the socket, ``port``
    :param packages: folders of Python packages and add-ons of OCA's beside the product
    """

    def __init__(self, name, database, server, files, log, *, jobs, packages=()):
        self.name, self.database, self.log = name, database, log
        self.server = server
        self.http_port, self.websocket_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.http_port}"
        self.command = [*ODOO, "server", "-d", database, f"--db-filter=^{database}$"]
        self.command += [f"--http-port={self.http_port}", "--workers=2", "--proxy-mode"]
        self.command += [f"--gevent-port={self.websocket_port}"]
        self.command += [f"--max-cron-threads={int(jobs)}", f"--data-dir={files}"]
        self.command += [f"--db_host={server.folder}", f"--db_port={server.port}"]
        self.command += ["--db_user=om", "--db_maxconn=12"]
        if packages:
            self.command += [f"--addons-path={addons_path(packages)}"]
        self.environment = beside(packages)
        self.process = None

    def read_from(self, replica):
        """Let a replica answer what only reads."""
        self.command += [f"--db_replica_host={replica.folder}"]
        self.command += [f"--db_replica_port={replica.port}"]

    def keep_sessions(self):
        """In a database, not in files."""
        self.command += ["--load=base,rpc,web,session_db"]
        self.environment["SESSION_DB_URI"] = (
            f"postgresql://om@/{self.database}-sessions"
            f"?host={self.server.folder}&port={self.server.port}"
        )

    def start(self):
        with self.log.open("a") as stream:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )
        wait_for(f"{self.url}/web/login", self.process)

    def kill(self):
        """As a failure of the host ends it: everything, at once."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def processes(self):
        return [self.process.pid, *children(self.process.pid)]

    def served(self):
        """How many requests its log tells of."""
        return self.log.read_text("utf-8", "replace").count('" 200 ')


def beside(packages, **more):
    """The environment of a program that finds these packages, too."""
    environment = os.environ | more
    # First what ./om itself has chosen.
    paths = [environment.get("PYTHONPATH", ""), *map(str, packages)]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment


def addons_path(packages):
    settings = ConfigParser(interpolation=None)
    settings.read(os.environ["ODOO_RC"])
    folders = [folder / "odoo" / "addons" for folder in packages]
    found = [str(folder) for folder in folders if folder.is_dir()]
    return ",".join([settings["options"]["addons_path"], *found])


def fetch(folder: Path, requirements: str):
    """The folder of the packages of a list beside this file; None without network."""
    text = (HERE / requirements).read_bytes()
    folder /= hashlib.sha256(text).hexdigest()[:10]
    if not (folder / ".complete").exists():
        command = [os.environ["OM_PYTHON"], "-m", "uv", "pip", "install", "--quiet"]
        command += ["--no-deps", "--require-hashes", "--target", folder]
        command += ["-r", HERE / requirements]
        if subprocess.run(command, capture_output=True).returncode:
            return None
        (folder / ".complete").touch()
    return folder


def children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return []
    found = [int(child) for child in text.split()]
    return found + [each for child in found for each in children(child)]


def processor_seconds(pids) -> float:
    """The processor time of these processes so far, with that of ended children."""
    ticks = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/stat").read_text()
        except FileNotFoundError:
            continue
        # utime, stime, cutime, cstime; the second field may hold spaces.
        ticks += sum(map(int, text.rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """What a process alone holds in memory, without what it shares (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.2)
