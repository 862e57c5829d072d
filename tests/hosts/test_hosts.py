"""Two hosts behind nginx, one database with a replica: a host dies, people go on.

Processes stand in for hosts: each has ports, workers and websockets of its own, and one
has no jobs. They share what real ones share: the database server, whose replica answers
what only reads, the sessions (OCA's session_db) and the folder of files, as on NFS.
"""

import os
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from ..faults.site import Journal, Person, check, is_whole
from ..production.test_nginx import HOSTNAME, NGINX, running_nginx
from ..support import STATE, filestore, psql
from .servers import (
    Cluster,
    Host,
    fetch,
    memory_mb,
    processor_seconds,
    wait_until,
)

NAME = "omtest-hosts"
PEOPLE = 8
# Seconds of work: both hosts, after one has died, after it came back.
BOTH, ALONE, AGAIN = 30, 30, 15
# Nobody waits longer because a host died: a try that hangs ends after nginx's ten
# seconds, and the next one goes to the other host.
LONGEST_WAIT = 45


class Worker(Person):
    def work(self):
        for _time in range(3):
            self.look()
        super().work()


@pytest.fixture
def estate(template, monkeypatch):
    """Primary and replica, two hosts, nginx before them."""
    if not NGINX:
        pytest.skip("nginx is not installed")
    sessions = fetch(STATE / "hosts-oca", "requirements.txt")
    if not sessions:
        pytest.skip("session_db could not be fetched")
    # The user of the database server gets into no folder of a test's own.
    folder = Path(tempfile.mkdtemp(prefix="om-hosts-"))
    folder.chmod(0o711)
    primary, replica = Cluster(folder / "primary"), Cluster(folder / "replica")
    hosts = []
    try:
        primary.make()
        primary.sql(f'CREATE DATABASE "{NAME}" TEMPLATE template0')
        primary.sql(f'CREATE DATABASE "{NAME}-sessions" TEMPLATE template0')
        copy_database(template.name, primary)
        replica.follow(primary)
        files = folder / "files"
        shutil.copytree(filestore(template.name), files / "filestore" / NAME)
        for name, jobs in (("one", True), ("two", False)):
            log = STATE / "log" / f"test-hosts-{name}.log"
            log.write_text("")
            host = Host(name, NAME, primary, files, log, jobs=jobs, packages=[sessions])
            host.read_from(replica)
            host.keep_sessions()
            hosts.append(host)
            hosts[-1].start()
        monkeypatch.setenv("PGHOST", str(primary.folder))
        monkeypatch.setenv("PGPORT", str(primary.port))
        monkeypatch.setenv("PGUSER", "om")
        one, two = hosts
        with running_nginx(
            folder,
            one.http_port,
            one.websocket_port,
            others=[(two.http_port, two.websocket_port)],
        ) as proxy:
            site = SimpleNamespace(
                url=f"https://127.0.0.1:{proxy.https_port}",
                host=HOSTNAME,
                database=NAME,
                holds=lambda name: is_whole(files / "filestore" / NAME / name),
            )
            yield SimpleNamespace(
                site=site, hosts=hosts, primary=primary, replica=replica
            )
    finally:
        for host in hosts:
            host.kill()
        for cluster in (replica, primary):
            cluster.stop()
        shutil.rmtree(folder)


def copy_database(name, primary):
    dump = subprocess.Popen(
        ["pg_dump", "--no-owner", "--no-acl", name], stdout=subprocess.PIPE
    )
    command = ["psql", "--no-psqlrc", "-q", "-d", NAME, "-h", primary.folder]
    command += ["-p", str(primary.port), "-U", "om"]
    subprocess.run(command, stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True)
    assert dump.wait() == 0


def answered_by(replica):
    return int(
        replica.sql(
            f"SELECT xact_commit FROM pg_stat_database WHERE datname = '{NAME}'"
        )
    )


def waits_since(journal, moment):
    return [seconds for at, seconds in journal.waits if at >= moment]


def test_one_host_dies_and_people_go_on(estate, template):
    one, two = estate.hosts
    before = {
        "ticket": int(psql("SELECT max(id) FROM helpdesk_ticket", NAME)),
        "act": int(psql("SELECT max(id) FROM om_act", NAME)),
    }
    query = "SELECT id FROM om_system WHERE state = 'in_service' ORDER BY id LIMIT 20"
    systems = [int(number) for number in psql(query, NAME).split()]
    journal, stop = Journal(), threading.Event()
    password = template.passwords()["manager"]
    people = [
        Worker(estate.site, journal, password, systems, stop)
        for _number in range(PEOPLE)
    ]
    for person in people:
        person.start()
    wait_until(lambda: len(journal.waits) > 4 * PEOPLE)

    cost = measure(estate, journal)

    by_replica = answered_by(estate.replica)
    served = two.served()
    one.kill()
    died = time.monotonic()
    time.sleep(ALONE)
    alone = waits_since(journal, died)
    assert len(alone) > PEOPLE, "nobody could go on"
    assert two.served() > served
    assert max(alone) < LONGEST_WAIT
    one.start()
    served = one.served()
    time.sleep(AGAIN)
    assert one.served() > served, "the host that came back gets its share"

    stop.set()
    for person in people:
        person.join(300)
    assert [person.error for person in people if person.error] == []
    assert answered_by(estate.replica) > by_replica
    assert check(estate.site, journal, before) == {}
    cost |= {
        "longest wait after the death, s": max(alone),
        "median of those, s": statistics.median(alone),
        "requests answered in all": len(journal.waits),
        "transactions of the replica": answered_by(estate.replica),
    }
    report = "\n".join(f"{what:40}{value:10.3f}" for what, value in cost.items())
    (STATE / "log" / "test-hosts.txt").write_text(report + "\n")
    print(report)


def measure(estate, journal):
    """What a request costs while both hosts serve."""

    def spent():
        return {
            "Odoo": processor_seconds(
                pid for host in estate.hosts for pid in host.processes()
            ),
            "primary": processor_seconds(estate.primary.processes()),
            "replica": processor_seconds(estate.replica.processes()),
        }

    started, first = time.monotonic(), spent()
    time.sleep(BOTH)
    last, waits = spent(), waits_since(journal, started)
    workers = [memory_mb(pid) for host in estate.hosts for pid in host.processes()[1:]]
    return {
        "requests a second": len(waits) / BOTH,
        "median wait, s": statistics.median(waits),
        **{
            f"{who}: processor ms a request": 1000
            * (last[who] - first[who])
            / len(waits)
            for who in first
        },
        "memory of a process, MB": statistics.median(workers),
        "processors of the machine": os.cpu_count(),
    }
