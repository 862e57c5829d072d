"""A server with workers that is killed and comes back, and people who go on working."""

import base64
import contextlib
import hashlib
import json
import os
import random
import signal
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path

from ..conftest import wait_for
from ..support import ODOO, free_port, psql

WORKERS = 3
# Seconds for which somebody tries again before giving up: a busy machine takes a minute
# to start a server, which may be killed again at once.
PATIENCE = 600
MARK = "omtest-kill"


class Site:
    """Odoo with workers on a database and a folder of files."""

    # What is said to be asked, where that is not the address.
    host = ""

    def __init__(self, database: str, data: Path, log: Path):
        self.database, self.data, self.log = database, data, log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.ended = 0

    def start(self) -> None:
        self.begin()
        wait_for(f"{self.url}/web/login", self.process)

    def begin(self) -> None:
        command = [*ODOO, "server", "-d", self.database]
        command += [f"--db-filter=^{self.database}$", f"--http-port={self.port}"]
        command += [f"--workers={WORKERS}", f"--gevent-port={free_port()}"]
        command += [f"--data-dir={self.data}", f"--db_host={os.environ['PGHOST']}"]
        command += ["--max-cron-threads=1"]
        with self.log.open("a") as stream:
            self.process = subprocess.Popen(
                command, stdout=stream, stderr=stream, start_new_session=True
            )

    def start_again_if_ended(self) -> None:
        """As a service manager does: Odoo ends itself when the database is away just as
        it starts a worker (``process_spawn``)."""
        if self.process.poll() is not None:
            assert self.process.returncode, "it would not be started again"
            self.ended += 1
            # What it has left of its group goes, too.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.start()

    def holds(self, name: str) -> bool:
        return is_whole(self.data / "filestore" / self.database / name)

    def kill(self) -> None:
        """As a failure of the machine ends it: all of its processes, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_starting(self, seconds: float) -> None:
        """Start it, and end it before it is through."""
        self.begin()
        time.sleep(seconds)
        self.kill()

    def kill_worker(self, chooser: random.Random) -> None:
        """End one of its processes; the server starts another."""
        pid = self.process.pid
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except FileNotFoundError:
            # It has ended itself.
            return
        if children:
            os.kill(int(chooser.choice(children)), signal.SIGKILL)

    def cut_connection(self, chooser: random.Random) -> None:
        """End a connection to the database, whatever it is doing."""
        found = psql(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            f" AND datname = '{self.database}' AND pid <> pg_backend_pid()"
        ).split()
        if found:
            psql(f"SELECT pg_terminate_backend({chooser.choice(found)})")


@dataclass
class Journal:
    """What people asked for, and what they were told is done."""

    asked: dict[str, set] = field(default_factory=dict)
    done: dict[str, set] = field(default_factory=dict)
    given_up: list = field(default_factory=list)
    # (when it was answered, how long that took) of each request, by the steady clock.
    waits: list[tuple[float, float]] = field(default_factory=list)

    def ask(self, kind: str) -> str:
        name = f"{MARK} {uuid.uuid4().hex}"
        self.asked.setdefault(kind, set()).add(name)
        return name

    def tell(self, kind: str, name: str) -> None:
        self.done.setdefault(kind, set()).add(name)


class Person(threading.Thread):
    """Somebody who works, and repeats what had no answer as the web client does: under
    the name that the request had at first, so that it is done once."""

    def __init__(self, site, journal, password, systems, stop):
        super().__init__(daemon=True)
        self.site, self.journal, self.stop = site, journal, stop
        self.password, self.systems = password, systems
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()),
            urllib.request.HTTPSHandler(context=context),
        )
        self.error = None

    def run(self):
        try:
            self.log_in()
            while not self.stop.is_set():
                self.work()
        except Exception as error:  # noqa: BLE001 (told to the test by the thread)
            self.error = error

    def log_in(self):
        params = {"db": self.site.database, "login": "manager"}
        params["password"] = self.password
        answer = self.insist("/web/session/authenticate", params)
        assert answer and answer.get("uid"), answer

    def work(self):
        """A fault is reported, commented, gets a photo; its system is looked after."""
        system = self.systems[threading.get_ident() % len(self.systems)]
        ticket = self.record(
            "ticket",
            lambda name: (
                ("helpdesk.ticket", "create"),
                ([{"name": name, "description": name, "system_id": system}],),
            ),
        )
        if not ticket:
            return
        number = ticket[0]
        self.record(
            "comment",
            lambda name: (
                ("helpdesk.ticket", "message_post"),
                ([number],),
                {"body": name},
            ),
        )
        self.record(
            "file",
            lambda name: (
                ("ir.attachment", "create"),
                (
                    [
                        {
                            "name": name,
                            "datas": base64.b64encode(name.encode()).decode(),
                            "res_model": "helpdesk.ticket",
                            "res_id": number,
                        }
                    ],
                ),
            ),
        )
        self.record(
            "act",
            lambda name: (
                ("om.system", "write"),
                ([system], {"onsite_staff": 1 + int(name[-6:], 16)}),
            ),
        )

    def look(self):
        """Read as people do all day; a replica may answer."""
        for model, method, arguments in (
            ("helpdesk.ticket", "get_board", []),
            ("om.system", "name_search", ["系统"]),
            ("om.dashboard", "get_estate", []),
        ):
            self.insist(
                f"/web/dataset/call_kw/{model}/{method}",
                {"model": model, "method": method, "args": arguments, "kwargs": {}},
            )

    def record(self, kind, make):
        name = self.journal.ask(kind)
        (model, method), arguments, *options = make(name)
        params = {
            "model": model,
            "method": method,
            "args": list(arguments),
            "kwargs": options[0] if options else {},
        }
        path = f"/web/dataset/call_kw/{model}/{method}"
        result = self.insist(path, params, name)
        if result is not None:
            self.journal.tell(kind, name)
        return result

    def insist(self, path, params, name=""):
        """Ask until there is an answer; None when patience is at its end."""
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        headers = {"Content-Type": "application/json"}
        if name:
            headers["X-Om-Once"] = name[-32:]
        if self.site.host:
            headers["Host"] = self.site.host
        asked, told = time.monotonic(), None
        until = asked + PATIENCE
        while time.monotonic() < until:
            request = urllib.request.Request(
                self.site.url + path, body.encode(), headers
            )
            try:
                with self.opener.open(request, timeout=60) as answer:
                    told = json.load(answer)
            except (OSError, HTTPException, ValueError, urllib.error.URLError) as error:
                told = repr(error)
            else:
                if "result" in told:
                    now = time.monotonic()
                    self.journal.waits.append((now, now - asked))
                    return told["result"]
                told = told["error"]["data"]["message"]
            time.sleep(0.2)
        self.journal.given_up.append((path, told))
        return None


def count(query: str, database: str) -> int:
    return int(psql(query, database))


def check(site: Site, journal: Journal, before: dict[str, int]) -> dict[str, object]:
    """What is wrong on record, read by SQL alone; empty if nothing is.

    :param before: the last ids of tickets and acts before anybody worked
    """
    found = {}
    tables = {
        "ticket": ("helpdesk_ticket", "name"),
        "comment": ("mail_message", f"substring(body FROM '{MARK} [0-9a-f]+')"),
        "file": ("ir_attachment", "name"),
    }
    for kind, (table, column) in tables.items():
        rows = psql(
            f"SELECT {column} FROM {table} WHERE {column} LIKE '{MARK} %'",
            site.database,
        ).splitlines()
        found[f"{kind}: lost"] = journal.done.get(kind, set()) - set(rows)
        found[f"{kind}: unknown"] = set(rows) - journal.asked.get(kind, set())
        found[f"{kind}: doubled"] = len(rows) - len(set(rows))
    acts = f"om_act WHERE id > {before['act']}"
    values = [int(name[-6:], 16) + 1 for name in journal.done.get("act", ())]
    lines = count(
        f"SELECT count(*) FROM {acts} AND res_model = 'om.system'", site.database
    )
    # What was asked and not answered may have been done.
    asked = len(journal.asked.get("act", ()))
    found["acts: lost"] = max(0, len(values) - lines)
    found["acts: doubled"] = max(0, lines - asked)
    found["acts: gaps"] = count(
        "SELECT count(*) FROM (SELECT 1 FROM om_act GROUP BY res_model, res_id"
        f" HAVING max(position) <> count(*) AND max(id) > {before['act']}) AS broken",
        site.database,
    )
    mine = f"helpdesk_ticket AS t WHERE t.id > {before['ticket']}"
    line = "SELECT FROM om_act WHERE res_model = 'helpdesk.ticket' AND res_id = t.id"
    found["tickets without their line"] = count(
        f"SELECT count(*) FROM {mine} AND NOT EXISTS ({line})", site.database
    )
    found["lines without their ticket"] = count(
        f"SELECT count(*) FROM {acts} AND res_model = 'helpdesk.ticket'"
        " AND res_id NOT IN (SELECT id FROM helpdesk_ticket)",
        site.database,
    )
    found["numbers given twice"] = count(
        "SELECT count(*) - count(DISTINCT (company_id, number)) FROM helpdesk_ticket"
        " WHERE number <> '/'",
        site.database,
    )
    found["files gone"] = [
        name
        for name in psql(
            f"SELECT store_fname FROM ir_attachment WHERE name LIKE '{MARK} %'",
            site.database,
        ).split()
        if not site.holds(name)
    ]
    found["given up"] = journal.given_up
    return {what: wrong for what, wrong in found.items() if wrong}


def is_whole(path: Path) -> bool:
    """Whether a stored file holds what its name says."""
    if not path.exists():
        return False
    digest = hashlib.sha1(path.read_bytes(), usedforsecurity=False)
    return digest.hexdigest() == path.name
