"""A server that is killed again and again while people work.

Whoever was told "done" finds it on record, once and whole: read by SQL alone. Workers,
connections, the whole server, also while it starts; in the long tier also the database
server itself, and backups, restores and creations that are killed half way. What was
struck how often stands in ``var/log/test-kills.txt``.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter

import pytest

from ..command.test_om import om, user_environment
from ..sampling import SEED, WHOLE, sample
from ..support import ROOT, STATE, drop_database, filestore, free_port, psql
from .conftest import VAR, own_cluster
from .site import PATIENCE, Journal, Person, Site, check

NAME = "omtest-kills"
# What restores and creations that are killed would have made.
MADE = f"{NAME}-made"
REPORT = STATE / "log" / "test-kills.txt"
DATA = (VAR if WHOLE else STATE) / "data"
PEOPLE = 8 if WHOLE else 4
FAULTS, SAMPLED = 400, 4
# How often each comes; the last ones, of a server of one's own, in the long tier only.
KINDS = {"worker": 60, "connection": 22, "server": 8, "starting server": 3}
LONG_KINDS = {"database": 6, "backup": 4, "restore": 3, "create": 2}
PAUSE = (0.05, 0.6)
# Seconds of a start, and of a command, within which it is killed.
STARTING, AT_WORK = (0.5, 6), (0.5, 12)


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
    elif kind == "starting server":
        site.kill()
        site.kill_starting(chooser.uniform(*STARTING))
        site.start()
    elif kind == "database":
        kill_database()
    elif kind == "backup":
        kill_backup(chooser, folder / f"{free_port()}.zip")
    elif kind == "restore":
        kill_making(chooser, "restore", whole_backup(folder))
    else:
        kill_making(chooser, "create", "--content", "empty")


def kill_database():
    """End the database server as a failure of the machine does, and start it again."""
    pid = psql("SELECT pg_read_file('postmaster.pid')").split()[0]
    os.kill(int(pid), signal.SIGKILL)
    for _try in range(60):
        time.sleep(0.2)
        done = om("psql", "-d", "postgres", "-qAtc", "SELECT 1", OM_VAR=VAR)
        if done.returncode == 0:
            return
    raise AssertionError(done.stderr)


def kill_command(chooser, *arguments):
    """Kill ./om at a random moment; whether it was through before."""
    process = subprocess.Popen(
        [ROOT / "om", *arguments],
        env=user_environment(OM_VAR=str(VAR)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(chooser.uniform(*AT_WORK)) == 0
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return False


def kill_backup(chooser, path):
    """Nothing has the archive's name that is not complete."""
    kill_command(chooser, "backup", path, "-d", NAME)
    if path.exists():
        verify(path)


def kill_making(chooser, *command):
    """Nothing has the database's name that is not complete; the next command of that
    name tidies up what was begun."""
    through = kill_command(chooser, *command, "-d", MADE)
    there = psql(f"SELECT 1 FROM pg_database WHERE datname = '{MADE}'")
    assert there or not through
    if there:
        assert int(psql("SELECT count(*) FROM res_users", MADE))
        psql(f'DROP DATABASE "{MADE}" WITH (FORCE)')
        shutil.rmtree(DATA / "filestore" / MADE)


def whole_backup(folder):
    """An archive of the first restore, which the later ones take again."""
    path = folder / "whole.zip"
    if not path.exists():
        assert om("backup", path, "-d", NAME, OM_VAR=VAR).returncode == 0
    return path


def verify(path):
    program = ROOT / "scripts" / "archive.py"
    command = [os.environ["OM_PYTHON"], program, "verify", path]
    subprocess.run(command, check=True, capture_output=True)


def await_work(site, journal, answers, seconds=300):
    """Until so many requests in all were answered."""
    until = time.monotonic() + seconds
    while len(journal.waits) < answers:
        assert time.monotonic() < until, journal.given_up
        site.start_again_if_ended()
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
    await_work(site, journal, 4 * PEOPLE)
    struck = []
    for kind in sample("kills", faults, SAMPLED):
        time.sleep(chooser.uniform(*PAUSE))
        strike(kind, site, chooser, tmp_path)
        struck.append(kind)
        # The next one meets people at work again.
        await_work(site, journal, len(journal.waits) + 1)
    stop.set()
    for person in people:
        person.join(PATIENCE + 60)
    assert [person.error for person in people if person.error] == []
    wrong = check(site, journal, before)
    counts = {kind: len(names) for kind, names in journal.done.items()}
    report = {
        "struck": Counter(struck),
        "ended itself": site.ended,
        "done meanwhile": counts,
        "wrong": {what: str(each) for what, each in wrong.items()},
    }
    with REPORT.open("a") as stream:
        print(json.dumps(report), file=stream)
    assert counts.keys() == {"ticket", "comment", "file", "act"}
    assert wrong == {}
    if WHOLE:
        path = tmp_path / "last.zip"
        assert om("backup", path, "-d", NAME, OM_VAR=VAR).returncode == 0
        drilled = om("backup", "--drill", path, "-d", NAME, OM_VAR=VAR)
        assert drilled.returncode == 0, drilled.stderr
