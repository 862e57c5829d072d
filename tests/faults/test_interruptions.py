"""Every command that makes, changes or saves a database, killed at each of its steps
and at random moments of its time.

Whatever the moment: no file is gone, the database is the old or the new one, whoever
reads it at once and whoever comes later; the next command says which, and the command
repeated goes through. The next command, too, is killed. A few moments in ./om test, all
of them in ``./om test long faults``, which writes down how many of which there were
(``var/log/test-interruptions.txt``).
"""

import fcntl
import json
import os
import random
import subprocess
import time
import zipfile
from collections import Counter

import psycopg2
import pytest

from ..sampling import SEED, sample
from ..support import ROOT, STATE, psql
from .harness import NAME, OLD, Checkout, Container, databases, drop, files

# Of each command: steps in ./om test, moments of its time in full and in ./om test.
SAMPLED = 2
TIMES, TIMES_SAMPLED = 45, 1
UPDATE_TAKEN_BACK = f"{NAME} is the database as it was before"
UPDATE_DONE = f"{NAME} is the upgraded database"
REPORT = STATE / "log" / "test-interruptions.txt"


@pytest.fixture(scope="module", params=[Checkout, Container])
def machine(request, tmp_path_factory):
    made = request.param(tmp_path_factory.mktemp(request.param.__name__.lower()))
    made.make_old()
    yield made
    made.clear()
    drop(OLD)


@pytest.fixture
def archive(machine, tmp_path):
    """A backup as Odoo writes it."""
    dump = subprocess.check_output(["pg_dump", "--no-owner", OLD], text=True)
    path = tmp_path / "om.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("dump.sql", dump)
        packed.writestr("manifest.json", json.dumps({"odoo_dump": "1"}))
        for name, content in files(machine.old_files).items():
            packed.writestr(f"filestore/{name}", content)
    return path


def moments(machine, name):
    """When to kill the command that has just run without a kill: at its steps, and
    after so many seconds of the time that it took."""
    name = f"{machine} {name}"
    chooser = random.Random(f"{SEED} {name}")
    times = [chooser.uniform(0, machine.seconds) for _number in range(TIMES)]
    return [
        *sample(name, range(machine.count()), SAMPLED),
        *sample(f"{name} times", times, TIMES_SAMPLED),
    ]


def kept(before, now):
    """Each file of before is there with what it held."""
    return before.items() <= now.items()


def wait_for_lock(held, seconds=20):
    """Take a lock that nobody may keep; raises BlockingIOError if somebody does."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


class Command:
    """A command that is killed: what it begins with, and what holds after it."""

    name = ""

    def __init__(self, machine):
        self.machine = machine
        self.chooser = random.Random(f"{SEED} {machine} {self.name} again")
        # How often which state was left; what a fault began with.
        self.known = Counter()
        self.beginning = ""

    def place(self):
        """Make what the command begins with."""

    def run(self, kill=-1):
        """The command itself."""

    def run_next(self, kill=-1):
        """What somebody does who knows nothing of the interruption."""

    def look(self, where):
        """What whoever reads now finds, before any other command."""

    def go_on(self, where):
        """The next commands, which nobody interrupts."""

    def test(self):
        """Without a kill, then killed at each of the moments."""
        self.place()
        result = self.run()
        assert result.code == 0, result.said
        self.look(result.said)
        self.machine.assert_whole(result.said)
        whole = self.machine.seconds
        for moment in moments(self.machine, self.name):
            # Where a fault has changed nothing, the next one finds its beginning.
            if not self.machine.left or self.machine.left != self.beginning:
                self.place()
                self.beginning = self.machine.state()
            self.kill_at(moment, whole)
        with REPORT.open("a") as report:
            for (command, when), number in sorted(self.machine.faults.items()):
                print(self.machine, command, when, number, sep="\t", file=report)
        self.machine.faults.clear()

    def kill_at(self, moment, whole):
        interrupted = self.run(moment)
        log = (self.machine.steps / "log").read_text()[-600:]
        where = f"{self.name} at {moment}: {log}{interrupted.said}"
        timed = isinstance(moment, float)
        # One that was quicker than before may be done already.
        assert interrupted.killed or timed, where
        if interrupted.killed:
            when = "at a moment" if timed else "at a step"
            self.machine.faults[self.name, when] += 1
            self.judge(where, whole)

    def judge(self, where, whole):
        """The first fault that leaves a state is gone on from; at the second one the
        next command is killed, too; what comes later is like the first."""
        state = self.machine.state()
        if state:
            self.look(where)
            # Nothing has changed it.
            self.machine.left = state
        self.known[state] += 1
        if not state or self.known[state] == 1:
            self.go_on(where)
        elif self.known[state] == 2:
            moment = self.chooser.uniform(0, whole)
            again = self.run_next(moment)
            if again.killed:
                self.machine.faults[self.name, "and the next command"] += 1
            self.judge(f"{where}\nthe next one at {moment}: {again.said}", whole)


class Update(Command):
    name = "update"

    def place(self):
        self.before = self.machine.place_old()

    def run(self, kill=-1):
        return self.machine.run(*self.machine.update, kill=kill)

    def run_next(self, kill=-1):
        return self.machine.start(kill)

    def look(self, where):
        assert self.machine.words() in ("old", "new old"), where
        assert kept(self.before, files(self.machine.filestore / NAME)), where
        assert self.machine.has_named_files(), where

    def go_on(self, where):
        machine = self.machine
        begun = set(databases()) != {NAME} or databases()[NAME]
        after = machine.start()
        where += f"\n{after.said}"
        self.look(where)
        machine.assert_whole(where)
        now = machine.words()
        if begun:
            said = UPDATE_TAKEN_BACK if now == "old" else UPDATE_DONE
            assert said in after.said, where
        if now == "new old":
            assert after.code == 0, where
            return
        # The code is newer than the database: refused with the way on.
        assert after.code == 2 and "older release" in after.said, where
        again = self.run()
        assert again.code == 0, where + again.said
        assert machine.words() == "new old", where
        self.look(where)
        machine.assert_whole(where)


class UpdateThatFails(Update):
    """The only good copy is not given up for a half upgraded one."""

    name = "update before one that fails"

    def run_next(self, kill=-1):
        return self.machine.run(*self.machine.update, kill=kill, OM_STUB_FAILS="yes")

    def go_on(self, where):
        failed = self.run_next()
        where += f"\n{failed.said}"
        if self.machine.words() == "old":
            assert failed.code == 2, where
            assert "the database is as it was before" in failed.said, where
        self.look(where)
        self.machine.assert_whole(where)


class Create(Command):
    name = "create"

    def place(self):
        self.machine.clear()

    def run(self, kill=-1):
        return self.machine.run(*self.machine.create, kill=kill)

    run_next = run

    def look(self, where):
        """Nothing has the name of the database that is not whole."""
        if NAME in databases():
            assert self.machine.words() == "new", where
            assert self.machine.has_named_files(), where

    def go_on(self, where):
        done = databases() in ({}, {NAME: ""})
        after = self.run()
        where += f"\n{after.said}"
        assert after.code == 0, where
        assert done or "was interrupted" in after.said, where
        assert self.machine.words() == "new", where
        self.machine.assert_whole(where)


class Restore(Command):
    """With files in the way that another database of the name has left."""

    name = "restore"

    def __init__(self, machine, archive):
        super().__init__(machine)
        self.archive = archive

    def place(self):
        self.machine.clear()
        self.machine.place_files()
        photo = self.machine.filestore / NAME / "photo"
        photo.write_text("of a database that is away")

    def run(self, kill=-1):
        return self.machine.run(*self.machine.restore(self.archive), kill=kill)

    run_next = run

    def look(self, where):
        if NAME in databases():
            assert self.machine.words() == "old", where
            assert self.machine.has_named_files(), where
        photos = [path.read_text() for path in self.machine.filestore.glob("*/photo")]
        assert photos == ["of a database that is away"], where

    def go_on(self, where):
        done = databases() in ({}, {NAME: ""})
        after = self.run()
        where += f"\n{after.said}"
        assert done or "was interrupted" in after.said, where
        assert after.code == 0 or f"the database {NAME} exists" in after.said, where
        assert self.machine.words() == "old", where
        self.look(where)
        self.machine.assert_whole(where)


class Start(Command):
    name = "start"

    def place(self):
        self.machine.place_old()
        result = self.machine.run(*self.machine.update)
        assert result.code == 0, result.said

    def run(self, kill=-1):
        result = self.machine.start(kill)
        # No server goes on that stop does not know; a killed one is gone in a moment.
        lock = self.machine.locks / f"serving-{NAME}"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as held:
            wait_for_lock(held)
        return result

    run_next = run

    def look(self, where):
        assert self.machine.words() == "new old", where
        self.machine.assert_whole(where)

    def go_on(self, where):
        after = self.run()
        assert after.code == 0, where + after.said
        self.look(where)


class Backup(Command):
    """Nothing has the archive's name until it is complete."""

    name = "backup"

    def __init__(self, machine, folder):
        super().__init__(machine)
        self.folder, self.number = folder, 0

    def place(self):
        self.before = self.machine.place_old()

    def run(self, kill=-1):
        self.number += 1
        self.path = self.folder / f"{self.number}.zip"
        return self.machine.run(*self.machine.backup(self.path), kill=kill)

    def look(self, where):
        assert self.machine.words() == "old", where
        assert files(self.machine.filestore / NAME) == self.before, where
        if self.path.exists():
            self.verify(where)

    def verify(self, where):
        program = ROOT / "scripts/archive.py"
        command = [os.environ["OM_PYTHON"], program, "verify", self.path]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, where + done.stderr

    def judge(self, where, whole):
        """Each of them is made again, over what the killed one has left."""
        self.look(where)
        if not self.path.exists():
            again = self.machine.run(*self.machine.backup(self.path))
            assert again.code == 0, where + again.said
            self.look(where + again.said)
        self.machine.left = self.beginning


class TestUpdate:
    def test_killed_at_each_step(self, machine):
        Update(machine).test()

    def test_failing_after_an_interrupted_one(self, machine):
        UpdateThatFails(machine).test()

    def test_settings_of_the_database_stay(self, machine):
        machine.place_old()
        psql(f"ALTER DATABASE \"{NAME}\" SET statement_timeout = '7min'")
        psql(f'ALTER DATABASE "{NAME}" CONNECTION LIMIT 77')
        psql(f'REVOKE TEMPORARY ON DATABASE "{NAME}" FROM PUBLIC')
        result = machine.run(*machine.update)
        assert result.code == 0, result.said
        assert psql("SHOW statement_timeout", NAME) == "7min"
        query = f"SELECT datconnlimit, datacl FROM pg_database WHERE datname = '{NAME}'"
        limit, rights = psql(query).split("|")
        assert limit == "77"
        assert sorted(rights.strip("{}").split(",")) == ["=c/om", "om=CTc/om"]


class TestCreate:
    def test_killed_at_each_step(self, machine):
        Create(machine).test()


class TestRestore:
    def test_killed_at_each_step(self, machine, archive):
        Restore(machine, archive).test()


class TestBackup:
    def test_killed_at_each_step(self, machine, tmp_path):
        Backup(machine, tmp_path).test()


class TestWhatHasNoMark:
    def test_files_of_an_absent_database(self, machine):
        """The database is only not there now: another server, a slip of the hand."""
        before = machine.place_old()
        drop(NAME)
        result = machine.run(*machine.create)
        assert result.code == 2
        assert "is it the right server?" in result.said
        assert files(machine.filestore / NAME) == before
        assert databases() == {}

    def test_half_upgraded_by_an_older_release(self, machine):
        """It upgraded the database itself and kept a copy, NAME.before."""
        before = machine.place_old()
        psql(f'CREATE DATABASE "{NAME}.before" TEMPLATE "{OLD}"')
        for command in (machine.update, machine.create):
            result = machine.run(*command)
            assert result.code == 2
            assert "half upgraded" in result.said
        assert set(databases()) == {NAME, f"{NAME}.before"}
        drop(NAME)
        result = machine.run(*machine.update)
        assert result.code == 0, result.said
        assert UPDATE_TAKEN_BACK in result.said
        assert machine.words() == "new old"
        assert kept(before, files(machine.filestore / NAME))

    def test_somebody_elses_database_in_the_way(self, machine):
        before = machine.place_old()
        psql(f'CREATE DATABASE "{NAME}.making" TEMPLATE "{OLD}"')
        folder = machine.filestore / f"{NAME}.making"
        folder.mkdir()
        (folder / "photo").write_text("theirs")
        result = machine.run(*machine.update)
        assert result.code == 0, result.said
        assert "carries no mark" in result.said
        aside = [name for name in databases() if ".aside-" in name]
        assert len(aside) == 1 and set(databases()) == {NAME, *aside}
        assert (machine.filestore / aside[0] / "photo").read_text() == "theirs"
        assert kept(before, files(machine.filestore / NAME))

    def test_a_making_that_the_server_has_only_to_begin_is_ended(self, machine):
        """Its program was killed when it had asked, before the server had read it."""
        machine.clear()
        folder = machine.filestore / f"{NAME}.making"
        folder.mkdir()
        (folder / ".om-making").write_text("1\n")
        asking = psycopg2.connect(
            dbname="postgres", application_name=f"om {NAME}.making"
        )
        result = machine.run(*machine.create)
        assert result.code == 0, result.said
        with pytest.raises(psycopg2.OperationalError):
            asking.cursor().execute("SELECT 1")
        machine.assert_whole(result.said)

    def test_a_server_that_does_not_answer_is_no_absence(self, machine):
        before = machine.place_old()
        psql(f'CREATE DATABASE "{NAME}.making" TEMPLATE "{OLD}"')
        psql(f"COMMENT ON DATABASE \"{NAME}.making\" IS 'om: ready restore 1'")
        psql(f'ALTER DATABASE "{NAME}" RENAME TO "{NAME}.away"')
        folder = machine.filestore / f"{NAME}.making"
        folder.mkdir()
        (folder / ".om-making").write_text("1\n")
        real = (machine.steps / "psql").read_text()
        try:
            # Answers to the first questions, then no more.
            (machine.steps / "psql").write_text(
                real.replace("exec ", '[[ "$*" != *shobj* ]] || exit 2\nexec ')
            )
            result = machine.run(*machine.create)
        finally:
            (machine.steps / "psql").write_text(real)
        assert result.code == 2
        assert "does not answer" in result.said
        assert set(databases()) == {f"{NAME}.making", f"{NAME}.away"}
        assert (folder / ".om-making").exists()
        assert files(machine.filestore / NAME) == before


class TestStart:
    def test_killed_at_each_step(self, machine):
        Start(machine).test()


class TestServing:
    def test_no_update_while_a_server_runs(self, machine):
        """Whoever has started it: what is entered meanwhile would be lost."""
        before = machine.place_old()
        lock = machine.locks / f"serving-{NAME}"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_SH)
            result = machine.run(*machine.update)
        assert result.code == 2
        assert "runs: stop it first" in result.said
        assert machine.words() == "old"
        assert files(machine.filestore / NAME) == before
