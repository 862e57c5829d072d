"""A server that is killed again and again while people work.

Whoever was told "done" finds it on record, once and whole: read by SQL alone. Workers,
connections, the whole server; in the long tier also the database server itself, and
backups that are killed half way.
"""

import os
import random
import shutil
import signal
import subprocess
import threading
import time

import pytest

from ..command.test_om import om, user_environment
from ..sampling import SEED, WHOLE, sample
from ..support import ROOT, STATE, drop_database, filestore, free_port, psql
from .conftest import VAR, own_cluster
from .site import Journal, Person, Site, check

NAME = "omtest-kills"
DATA = (VAR if WHOLE else STATE) / "data"
PEOPLE = 8 if WHOLE else 4
FAULTS, SAMPLED = 400, 4
# How often each comes; the last ones, of a server of one's own, in the long tier only.
KINDS = {"worker": 60, "connection": 22, "server": 8}
LONG_KINDS = {"database": 6, "backup": 4}
PAUSE = (0.2, 1.2)


@pytest.fixture(scope="module", autouse=True)
def own_server():
    """In full on a database server of its own, which is killed, too."""
    if not WHOLE:
        yield os.environ["PGHOST"]
        return
    shared = os.environ["PGHOST"]
    with own_cluster():
        yield shared


def move_template(template, shared):
    """Our copy of the template, on the database server of these tests."""
    if not WHOLE:
        return template.copy(NAME)
    psql(f"CREATE DATABASE \"{NAME}\" TEMPLATE template0 LC_COLLATE 'C'")
    dump = subprocess.Popen(
        ["pg_dump", "--no-owner", "-h", shared, template.name], stdout=subprocess.PIPE
    )
    subprocess.run(
        ["psql", "--no-psqlrc", "-qAt", "-d", NAME],
        stdin=dump.stdout,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    assert dump.wait() == 0
    shutil.copytree(filestore(template.name), DATA / "filestore" / NAME)
    return NAME


@pytest.fixture
def site(template, own_server):
    name = move_template(template, own_server)
    log = STATE / "log" / "test-kills.log"
    log.write_text("")
    site = Site(name, DATA, log)
    site.start()
    yield site
    site.kill()
    if not WHOLE:
        drop_database(name)


def strike(kind, site, chooser, folder):
    """One fault; when it returns, the site serves again or is about to."""
    if kind == "worker":
        site.kill_worker(chooser)
    elif kind == "connection":
        site.cut_connection(chooser)
    elif kind == "server":
        site.kill()
        site.start()
    elif kind == "database":
        kill_database()
    else:
        kill_backup(chooser, folder / f"{free_port()}.zip")


def kill_database():
    """End the database server as a failure of the machine does, and start it again."""
    pid = psql("SELECT pg_read_file('postmaster.pid')").split()[0]
    os.kill(int(pid), signal.SIGKILL)
    for _try in range(30):
        time.sleep(1)
        done = om("psql", "-d", "postgres", "-qAtc", "SELECT 1", OM_VAR=VAR)
        if done.returncode == 0:
            return
    raise AssertionError(done.stderr)


def kill_backup(chooser, path):
    """Nothing has the archive's name that is not complete."""
    process = subprocess.Popen(
        [ROOT / "om", "backup", path, "-d", NAME],
        env=user_environment(OM_VAR=str(VAR)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(chooser.uniform(0.5, 12))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if path.exists():
        verify(path)


def verify(path):
    program = ROOT / "scripts" / "archive.py"
    command = [os.environ["OM_PYTHON"], program, "verify", path]
    subprocess.run(command, check=True, capture_output=True)


def await_work(journal, answers, seconds=300):
    """Until so many requests in all were answered."""
    until = time.monotonic() + seconds
    while len(journal.waits) < answers:
        assert time.monotonic() < until, journal.given_up
        time.sleep(0.05)


def test_nothing_is_lost_doubled_or_half_made(site, template, tmp_path):
    chooser = random.Random(f"{SEED} kills")
    kinds = KINDS | (LONG_KINDS if WHOLE else {})
    faults = chooser.choices([*kinds], [*kinds.values()], k=FAULTS)
    systems = psql(
        "SELECT id FROM om_system WHERE state = 'in_service' ORDER BY id LIMIT 20",
        site.database,
    )
    before = {
        "ticket": int(psql("SELECT max(id) FROM helpdesk_ticket", site.database)),
        "act": int(psql("SELECT max(id) FROM om_act", site.database)),
    }
    journal, stop = Journal(), threading.Event()
    password = template.passwords()["manager"]
    systems = [int(number) for number in systems.split()]
    people = [
        Person(site, journal, password, systems, stop) for _number in range(PEOPLE)
    ]
    for person in people:
        person.start()
    await_work(journal, 4 * PEOPLE)
    struck = []
    for kind in sample("kills", faults, SAMPLED):
        time.sleep(chooser.uniform(*PAUSE))
        strike(kind, site, chooser, tmp_path)
        struck.append(kind)
        # The next one meets people at work again.
        await_work(journal, len(journal.waits) + 1)
    stop.set()
    for person in people:
        person.join(300)
    assert [person.error for person in people if person.error] == []
    counts = {kind: len(names) for kind, names in journal.done.items()}
    print(f"{len(struck)} faults, done meanwhile: {counts}")
    assert counts.keys() == {"ticket", "comment", "file", "act"}
    assert check(site, journal, before) == {}
    if WHOLE:
        path = tmp_path / "whole.zip"
        assert om("backup", path, "-d", NAME, OM_VAR=VAR).returncode == 0
        drilled = om("backup", "--drill", path, "-d", NAME, OM_VAR=VAR)
        assert drilled.returncode == 0, drilled.stderr
