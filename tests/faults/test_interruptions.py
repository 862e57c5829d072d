"""Every command that makes, changes or saves a database, killed at each of its steps
and at random moments of its time.

Whatever the moment: no file is gone, the database is the old or the new one, the next
command says which, and the command repeated goes through. A few moments in ./om test,
all of them in ``./om test long faults``.
"""

import fcntl
import json
import os
import random
import subprocess
import time
import zipfile

import pytest

from ..sampling import SEED, sample
from ..support import ROOT, psql
from .harness import NAME, OLD, Checkout, Container, databases, drop, files

# Of each command: steps in ./om test, moments of its time in full and in ./om test.
SAMPLED = 2
TIMES, TIMES_SAMPLED = 45, 1
UPDATE_TAKEN_BACK = f"{NAME} is the database as it was before"
UPDATE_DONE = f"{NAME} is the upgraded database"


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
    name = f"{type(machine).__name__} {name}"
    chooser = random.Random(f"{SEED} {name}")
    times = [chooser.uniform(0, machine.seconds) for _number in range(TIMES)]
    return [
        *sample(name, range(machine.count()), SAMPLED),
        *sample(f"{name} times", times, TIMES_SAMPLED),
    ]


def was_killed(interrupted, moment, where):
    """Whether it was; a command that was quicker than before may be done already."""
    assert interrupted.killed or isinstance(moment, float), where
    return interrupted.killed


def kept(before, now):
    """Each file of before is there with what it held."""
    return before.items() <= now.items()


class TestUpdate:
    def test_killed_at_each_step(self, machine):
        machine.place_old()
        result = machine.run(*machine.update)
        assert result.code == 0, result.said
        assert "new" in machine.words()
        machine.assert_whole(result.said)
        for moment in moments(machine, "update"):
            self.kill_at(machine, moment)

    def kill_at(self, machine, moment):
        before = machine.place_old()
        interrupted = machine.run(*machine.update, kill=moment)
        where = f"step {moment}: {(machine.steps / 'log').read_text()[-600:]}"
        if not was_killed(interrupted, moment, where):
            return
        begun = set(databases()) != {NAME} or databases()[NAME]
        after = machine.start()
        where += f"\n{after.said}"
        now = machine.words()
        assert now in ("old", "new old"), where
        if now == "old":
            # The code is newer than the database: refused with the way on.
            assert after.code == 2 and "older release" in after.said, where
        else:
            assert after.code == 0, where
        if begun:
            said = UPDATE_TAKEN_BACK if now == "old" else UPDATE_DONE
            assert said in after.said, where
        assert kept(before, files(machine.filestore / NAME)), where
        machine.assert_whole(where)
        if now == "old":
            again = machine.run(*machine.update)
            assert again.code == 0, where + again.said
            assert machine.words() == "new old"
            assert kept(before, files(machine.filestore / NAME)), where
            machine.assert_whole(where)

    def test_failing_after_an_interrupted_one(self, machine):
        """The only good copy is not given up for a half upgraded one."""
        before = machine.place_old()
        machine.run(*machine.update)
        steps = machine.count()
        for moment in moments(machine, "failing"):
            before = machine.place_old()
            machine.run(*machine.update, kill=moment)
            failed = machine.run(*machine.update, OM_STUB_FAILS="yes")
            where = f"step {moment} of {steps}: {failed.said}"
            if machine.words() == "old":
                assert failed.code == 2, where
                assert "the database is as it was before" in failed.said, where
            assert machine.words() in ("old", "new old"), where
            assert kept(before, files(machine.filestore / NAME)), where
            machine.assert_whole(where)

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
        machine.clear()
        result = machine.run(*machine.create)
        assert result.code == 0, result.said
        machine.assert_whole(result.said)
        for moment in moments(machine, "create"):
            self.kill_at(machine, moment)

    def kill_at(self, machine, moment):
        machine.clear()
        interrupted = machine.run(*machine.create, kill=moment)
        where = f"step {moment}: {(machine.steps / 'log').read_text()[-600:]}"
        if not was_killed(interrupted, moment, where):
            return
        begun = bool(databases())
        after = machine.run(*machine.create)
        where += f"\n{after.said}"
        assert after.code == 0, where
        assert not begun or "was interrupted" in after.said, where
        assert machine.words() == "new", where
        machine.assert_whole(where)


class TestRestore:
    def test_killed_at_each_step(self, machine, archive):
        machine.clear()
        result = machine.run(*machine.restore(archive))
        assert result.code == 0, result.said
        machine.assert_whole(result.said)
        for moment in moments(machine, "restore"):
            self.kill_at(machine, moment, archive)

    def kill_at(self, machine, moment, archive):
        """With files in the way that another database of the name has left."""
        machine.clear()
        machine.place_files()
        (machine.filestore / NAME / "photo").write_text("of a database that is away")
        interrupted = machine.run(*machine.restore(archive), kill=moment)
        where = f"step {moment}: {(machine.steps / 'log').read_text()[-600:]}"
        begun = bool(databases())
        after = machine.run(*machine.restore(archive))
        where += f"\n{after.said}"
        if interrupted.killed:
            assert not begun or "was interrupted" in after.said, where
        assert after.code == 0 or f"the database {NAME} exists" in after.said, where
        assert machine.words() == "old", where
        machine.assert_whole(where)
        photos = [path.read_text() for path in machine.filestore.glob("*/photo")]
        assert photos == ["of a database that is away"], where


class TestBackup:
    def test_killed_at_each_step(self, machine, tmp_path):
        before = machine.place_old()
        result = machine.run(*machine.backup(tmp_path / "whole.zip"))
        assert result.code == 0, result.said
        for number, moment in enumerate(moments(machine, "backup")):
            self.kill_at(machine, moment, tmp_path / f"{number}.zip")
            assert files(machine.filestore / NAME) == before
            assert machine.words() == "old"

    def kill_at(self, machine, moment, path):
        """Nothing has the archive's name until it is complete."""
        interrupted = machine.run(*machine.backup(path), kill=moment)
        where = f"moment {moment}: {(machine.steps / 'log').read_text()[-600:]}"
        was_killed(interrupted, moment, where)
        if not path.exists():
            again = machine.run(*machine.backup(path))
            assert again.code == 0, where + again.said
        command = [os.environ["OM_PYTHON"], ROOT / "scripts/archive.py", "verify", path]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, where + done.stderr


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


class TestStart:
    def test_killed_at_each_step(self, machine):
        machine.place_old()
        result = machine.run(*machine.update)
        assert result.code == 0, result.said
        result = machine.start()
        assert result.code == 0, result.said
        for moment in moments(machine, "start"):
            self.kill_at(machine, moment)

    def kill_at(self, machine, moment):
        interrupted = machine.start(kill=moment)
        where = f"step {moment}: {(machine.steps / 'log').read_text()[-600:]}"
        if not was_killed(interrupted, moment, where):
            return
        # No server goes on that stop does not know; a killed one is gone in a moment.
        lock = machine.locks / f"serving-{NAME}"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as held:
            wait_for_lock(held)
        after = machine.start()
        assert after.code == 0, where + after.said
        assert machine.words() == "new old", where
        machine.assert_whole(where)


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
