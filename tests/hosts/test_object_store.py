"""Two hosts that share no folder: files in an object store, sessions in a database.

OCA's ``fs_attachment_s3`` keeps what people hand in on an S3 server; ``moto`` stands in
for one, with its own programs and no disk. A host dies while people work.
"""

import hashlib
import json
import os
import re
import subprocess
import threading
import time
import urllib.request
from itertools import cycle
from types import SimpleNamespace

import pytest

from ..conftest import wait_for
from ..faults.site import Journal, Person, check
from ..support import ODOO, ROOT, STATE, drop_database, free_port, odoo_shell, psql
from .servers import Host, addons_path, beside, fetch, wait_until

NAME = "omtest-objects"
BUCKET = "om-files"
PEOPLE = 4
# Seconds of work: both hosts, after one has died.
BOTH, ALONE = 10, 15
# Whoever asks for a file names itself; the stand-in looks no closer.
CREDENTIAL = "a-key/20260101/us-east-1/s3/aws4_request"
SIGNED = {"Authorization": f"AWS4-HMAC-SHA256 Credential={CREDENTIAL}"}
# As in docs/operations.md.
STORAGE = """
import json
env["fs.storage"].create({
    "name": "S3", "code": "s3", "protocol": "s3", "directory_path": %r,
    "options": json.dumps({
        "endpoint_url": "$OM_S3_URL", "key": "$OM_S3_KEY", "secret": "$OM_S3_SECRET",
    }),
    "eval_options_from_env": True,
    "use_as_default_for_attachments": True,
    "use_filename_obfuscation": True,
    "autovacuum_gc": False,
})
env["ir.attachment"].force_storage()
env.cr.commit()
"""


class Store:
    """The stand-in for an S3 server."""

    def __init__(self, packages):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [os.environ["OM_PYTHON"], "-m", "moto.server", "-p", str(port)]
        with (STATE / "log" / "test-moto.log").open("w") as log:
            self.process = subprocess.Popen(
                command, env=beside(packages), stdout=log, stderr=log
            )
        wait_for(f"{self.url}/moto-api/", self.process)
        request = urllib.request.Request(f"{self.url}/{BUCKET}", method="PUT")
        urllib.request.urlopen(request).close()

    def settings(self):
        return {
            "OM_S3_URL": self.url,
            "OM_S3_KEY": "a-key",
            "OM_S3_SECRET": "a-secret",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def count(self):
        return len(self.list())

    def list(self):
        found, more = [], ""
        while True:
            url = f"{self.url}/{BUCKET}?list-type=2{more}"
            with urllib.request.urlopen(url) as answer:
                text = answer.read().decode()
            found += re.findall("<Key>(.*?)</Key>", text)
            token = re.search("<NextContinuationToken>(.*?)<", text)
            if not token:
                return found
            more = f"&continuation-token={token[1]}"

    def holds(self, name):
        """Whether ``s3://PATH`` is there and holds what its name says."""
        path = name.removeprefix("s3://")
        if path == name:
            return False
        request = urllib.request.Request(f"{self.url}/{BUCKET}/{path}", headers=SIGNED)
        with urllib.request.urlopen(request) as answer:
            digest = hashlib.sha1(answer.read(), usedforsecurity=False)
        return digest.hexdigest() == path.rpartition("/")[2]

    def stop(self):
        self.process.kill()
        self.process.wait()


class Balanced:
    """One site of several hosts, asked in turn."""

    host, database = "", NAME

    def __init__(self, hosts, store):
        self._hosts, self.holds = cycle(hosts), store.holds

    @property
    def url(self):
        return next(self._hosts).url


@pytest.fixture
def estate(template, tmp_path):
    lists = ("requirements.txt", "requirements-s3.txt", "requirements-moto.txt")
    packages = [fetch(STATE / "hosts-oca", name) for name in lists]
    if None in packages:
        pytest.skip("the packages of OCA and moto could not be fetched")
    sessions, objects, moto = packages
    store, hosts = Store([moto, objects]), []
    try:
        template.copy(NAME)
        psql(f'DROP DATABASE IF EXISTS "{NAME}-sessions"')
        psql(f'CREATE DATABASE "{NAME}-sessions" TEMPLATE template0')
        move_files(store, objects)
        server = SimpleNamespace(
            folder=os.environ["PGHOST"], port=os.environ.get("PGPORT", "5432")
        )
        for name, jobs in (("one", True), ("two", False)):
            log = STATE / "log" / f"test-objects-{name}.log"
            log.write_text("")
            # Each with an empty folder of its own.
            host = Host(
                *(name, NAME, server, tmp_path / name, log),
                jobs=jobs,
                packages=[objects, sessions],
            )
            host.environment |= store.settings()
            host.keep_sessions()
            host.start()
            hosts.append(host)
        yield SimpleNamespace(store=store, hosts=hosts)
    finally:
        for host in hosts:
            host.kill()
        store.stop()
        drop_database(NAME)
        drop_database(f"{NAME}-sessions")


def move_files(store, objects):
    """Install the add-on, and bring every file into the store."""
    path = f"--addons-path={addons_path([objects])}"
    command = [*ODOO, "server", "-d", NAME, "-i", "fs_attachment_s3", path]
    command += ["--stop-after-init", "--no-http", "--log-level=error"]
    subprocess.run(command, env=beside([objects]), check=True)
    environment = beside([objects], **store.settings())
    odoo_shell(NAME, STORAGE % BUCKET, path, **environment)
    # Small pictures, scripts and styles go into the database.
    kept = psql(
        "SELECT count(*) FROM ir_attachment"
        " WHERE store_fname IS NOT NULL AND store_fname NOT LIKE 's3://%'",
        NAME,
    )
    assert kept == "0"
    assert store.count()


def test_hosts_without_a_common_folder(estate, template, tmp_path):
    one, two = estate.hosts
    before = {
        "ticket": int(psql("SELECT max(id) FROM helpdesk_ticket", NAME)),
        "act": int(psql("SELECT max(id) FROM om_act", NAME)),
    }
    query = "SELECT id FROM om_system WHERE state = 'in_service' ORDER BY id LIMIT 20"
    systems = [int(number) for number in psql(query, NAME).split()]
    site, stored = Balanced(estate.hosts, estate.store), estate.store.count()
    journal, stop = Journal(), threading.Event()
    password = template.passwords()["manager"]
    people = [
        Person(site, journal, password, systems, stop) for _number in range(PEOPLE)
    ]
    for person in people:
        person.start()
    wait_until(lambda: len(journal.waits) > 4 * PEOPLE)
    time.sleep(BOTH)
    one.kill()
    answered = len(journal.waits)
    time.sleep(ALONE)
    assert len(journal.waits) > answered + PEOPLE, "nobody could go on"
    stop.set()
    for person in people:
        person.join(300)
    assert [person.error for person in people if person.error] == []
    # Each file that was confirmed is in the store, once, and holds what it should.
    assert check(site, journal, before) == {}
    assert estate.store.count() >= stored + len(journal.done["file"])
    read_on(two, people[0])
    save(estate.store, tmp_path)


def read_on(host, person):
    """What was handed in on a host that died is read on the other."""
    rows = psql(
        "SELECT id || ' ' || name FROM ir_attachment WHERE name LIKE 'omtest-kill %'"
        " ORDER BY id LIMIT 10",
        NAME,
    ).splitlines()
    assert rows
    for row in rows:
        number, name = row.split(" ", 1)
        url = f"{host.url}/web/content/{number}"
        with person.opener.open(url, timeout=60) as answer:
            assert answer.read().decode() == name


def save(store, folder):
    """A backup says what it does not hold, and is whole without it."""
    program = [os.environ["OM_PYTHON"], ROOT / "scripts" / "archive.py"]
    path = folder / "om.zip"
    made = subprocess.run(
        [*program, "make", path, NAME, folder / "none"], capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    assert "files are kept in another storage (s3)" in made.stderr
    subprocess.run([*program, "verify", path], check=True, capture_output=True)
    rows = subprocess.check_output([*program, "rows", path], text=True)
    assert "public.ir_attachment" in rows
    print(json.dumps({"objects": store.count()}))
