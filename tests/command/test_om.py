"""The entry script: what it refuses, what it repeats, what survives an interruption."""

import hashlib
import os
import resource
import shutil
import signal
import socket
import stat
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from ..support import ROOT, STATE, drop_database, filestore, free_port, psql


def user_environment(**more):
    """What a user's shell has: what ./om test itself has set must not leak in."""
    ours = ("PYTHONPATH", "PYTHONWARNINGS", "ODOO_RC", "CI")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ours and not name.startswith(("PG", "OM_"))
    }
    return kept | {"OM_VAR": str(STATE)} | more


def om(*arguments, timeout=900, **environment):
    """Run ./om as a user would; returns the finished process with its output."""
    more = {name: str(value) for name, value in environment.items()}
    return subprocess.run(
        [ROOT / "om", *map(str, arguments)],
        env=user_environment(**more),
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def databases(pattern):
    """The databases of a name; others come and go beside these tests."""
    return psql(
        f"SELECT datname FROM pg_database WHERE datname LIKE '{pattern}' ORDER BY 1"
    ).split()


def assert_refused(process, *words):
    """Exit code 2 and one clear sentence, no trace of a program's inside."""
    assert process.returncode == 2, process.stderr
    sentences = [line for line in process.stderr.splitlines() if line.startswith("om:")]
    assert len(sentences) == 1, process.stderr
    for word in words:
        assert word in sentences[0]
    assert "Traceback" not in process.stderr


@pytest.fixture(scope="module")
def database(template):
    """A copy for all tests of this file; what they change, they change back."""
    name = "omtest-command"
    yield template.copy(name)
    drop_database(name)


@pytest.fixture
def set_version(database):
    """Let the database be one of another release."""
    statement = (
        "UPDATE ir_module_module SET latest_version = '{}' WHERE name = 'om_base'"
    )
    query = "SELECT latest_version FROM ir_module_module WHERE name = 'om_base'"
    before = psql(query, database)
    yield lambda version: psql(statement.format(version), database)
    psql(statement.format(before), database)


@pytest.fixture(scope="module")
def archive(database, tmp_path_factory):
    path = tmp_path_factory.mktemp("backup") / "om.zip"
    process = om("backup", path, "-d", database)
    assert process.returncode == 0, process.stderr
    return path


@pytest.fixture
def copy():
    name = "omtest-restored"
    drop_database(name)
    yield name
    drop_database(name)


@pytest.fixture
def attach(database):
    """Attach a file as Odoo does: the file first, the row second."""
    made = []

    def attach(content):
        """Return where it lies."""
        digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        path = filestore(database) / digest[:2] / digest
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        made.append(path)
        psql(
            "INSERT INTO ir_attachment (name, type, store_fname, checksum)"
            f" VALUES ('omtest', 'binary', '{digest[:2]}/{digest}', '{digest}')",
            database,
        )
        return path

    attach.made = made
    yield attach
    psql("DELETE FROM ir_attachment WHERE name = 'omtest'", database)
    for path in made:
        path.unlink(missing_ok=True)


@pytest.fixture
def small_disk(tmp_path):
    """A disk that says it has room, and then has none: three megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.call(mount, stderr=subprocess.DEVNULL):
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.check_call(["umount", folder])


class TestRefusals:
    def test_unknown_command(self):
        process = om("fly")
        assert process.returncode == 2
        assert "there is no command 'fly'" in process.stderr

    @pytest.mark.parametrize("name", ["Om", "9lives", "a b", "x" * 42, "om;drop"])
    def test_bad_database_name(self, name):
        assert_refused(om("run", "--db", name), "no database name")

    @pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
    def test_bad_port(self, port):
        assert_refused(om("run", "--port", port), "no port number")

    def test_option_without_value(self):
        assert_refused(om("run", "--port"), "--port wants a value")

    def test_busy_port(self, database):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            process = om("run", "--db", database, "--port", port, "--detach")
        assert_refused(process, f"the port {port}", "--port")

    def test_no_odoo_there(self, tmp_path):
        assert_refused(om("setup", OM_ODOO=tmp_path), "holds no Odoo")

    def test_wrong_odoo(self, tmp_path):
        (tmp_path / "odoo").mkdir()
        release = tmp_path / "odoo" / "release.py"
        release.write_text("version_info = (18, 0, 0, FINAL, 0, '')\n")
        assert_refused(om("setup", OM_ODOO=tmp_path), "is not Odoo 19.0", "18")

    def test_bad_database_url(self):
        process = om("psql", OM_DATABASE_URL="mysql://somewhere/")
        assert_refused(process, "OM_DATABASE_URL")

    def test_no_answer_from_database_server(self, tmp_path):
        url = f"postgresql://om@127.0.0.1:{free_port()}/"
        process = om("psql", OM_DATABASE_URL=url, OM_VAR=tmp_path / "var")
        assert_refused(process, "database server does not answer")
        assert not (tmp_path / "var" / "postgres").exists()

    def test_full_disk(self, tmp_path):
        stub = tmp_path / "df"
        stub.write_text("#!/bin/sh\necho head\necho /dev/x 9999 9000 10240 99% /\n")
        stub.chmod(0o755)
        path = f"{tmp_path}:{os.environ['PATH']}"
        process = om("setup", PATH=path, OM_CACHE=tmp_path / "cache")
        assert_refused(process, "is full", "10 MB are free")
        assert not list((tmp_path / "cache").glob("python-*/.complete"))

    def test_no_network(self, tmp_path):
        if os.geteuid() != 0 or not shutil.which("unshare"):
            pytest.skip("only root can take the network away (unshare)")
        environment = user_environment(
            OM_CACHE=str(tmp_path / "cache"), OM_VAR=str(tmp_path / "var")
        )
        process = subprocess.run(
            ["unshare", "--net", ROOT / "om", "setup"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert_refused(process, "could not be fetched (", "The whole log: ")
        # The program's own words, not those of what follows from it.
        assert "onnection" in process.stderr or "resol" in process.stderr
        assert "No matching distribution" not in process.stderr
        assert not list((tmp_path / "cache").glob("odoo-*"))

    def test_database_of_newer_release(self, database, set_version):
        set_version("19.0.99.0.0")
        for command in (["run", "--detach", "--port", free_port()], ["update"]):
            process = om(command[0], "--db", database, *command[1:])
            assert_refused(process, "newer release", "om_base 19.0.99.0.0")

    def test_database_of_older_release(self, database, set_version):
        set_version("19.0.0.0.1")
        process = om("run", "--db", database, "--port", free_port(), "--detach")
        assert_refused(process, "older release", "./om update")


def assert_free(port):
    """Nobody listens there; connections that have just ended do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def processor_seconds(pid=None):
    """What the commands that have ended worked, and a process that still runs: a busy
    machine does not change it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    running = 0
    if pid:
        # What follows the name of the program in parentheses; proc(5).
        said = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        running = (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")
    return used.ru_utime + used.ru_stime + running


class TestRun:
    def test_second_start_repeats_nothing(self, database, template):
        identity = f"SELECT oid FROM pg_database WHERE datname = '{database}'"
        before, port = psql(identity), free_port()
        worked = processor_seconds()
        process = om("run", "--db", database, "--port", port, "--detach")
        record = STATE / "run" / f"{database}.pid"
        try:
            assert process.returncode == 0, process.stderr
            worked = processor_seconds(int(record.read_text())) - worked
            assert "http://localhost:" in process.stdout
            assert psql(identity) == before
            assert worked < 10, "a warm start installs and makes nothing"
            again = om("run", "--db", database, "--detach")
            assert again.returncode == 0
            assert "runs already" in again.stderr
        finally:
            address = "SELECT value FROM ir_config_parameter WHERE key = 'web.base.url'"
            assert psql(address, database) == f"http://localhost:{port}"
            pid = int(record.read_text())
            os.kill(pid, signal.SIGTERM)
            wait_for_end(pid)
        assert_free(port)  # the server itself is gone

    def test_two_starts_at_once_are_one_server(self, database):
        port = free_port()
        start = ["run", "--db", database, "--port", str(port), "--detach"]
        both = [
            subprocess.Popen(
                [ROOT / "om", *start],
                env=user_environment(),
                stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                text=True,
            )
            for _each in range(2)
        ]
        told = [process.communicate(timeout=300)[1] for process in both]
        assert [process.returncode for process in both] == [0, 0], told
        assert sum("runs already" in each for each in told) == 1, told
        pid = int((STATE / "run" / f"{database}.pid").read_text())
        os.kill(pid, signal.SIGTERM)
        wait_for_end(pid)
        assert_free(port)  # no other one is left

    def test_passwords_are_for_the_owner_only(self, template):
        path = STATE / f"credentials-{template.name}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        passwords = template.passwords()
        assert len(set(passwords.values())) == len(passwords) > 10
        assert all(len(password) >= 12 for password in passwords.values())

    def test_server_listens_on_this_machine_only(self):
        settings = (ROOT / "odoo.conf").read_text("utf-8")
        assert "http_interface = 127.0.0.1" in settings
        assert "list_db = False" in settings

    def test_interrupted_creation_completes(self):
        name = "omtest-interrupted"
        drop_database(name)
        creation = subprocess.Popen(
            [ROOT / "om", "create", "--db", name, "--content", "empty"],
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=user_environment(),
        )
        for line in creation.stderr:
            if "installing" in line:
                break
        time.sleep(3)
        os.killpg(creation.pid, signal.SIGKILL)
        creation.wait()
        assert psql(f"SELECT count(*) FROM pg_database WHERE datname = '{name}'") == "0"
        process = om("create", "--db", name, "--content", "empty")
        assert process.returncode == 0, process.stderr
        assert databases(f"{name}.%") == [], "nothing is left beside it"
        installed = psql(
            "SELECT count(*) FROM ir_module_module WHERE state = 'installed'"
            " AND name IN ('om_base', 'om_assets', 'om_engagements', 'om_demo',"
            " 'l10n_cn')",
            name,
        )
        assert installed == "3", "no engagements, and nothing that was invented"
        logins = psql("SELECT login FROM res_users WHERE active ORDER BY login", name)
        assert logins.split() == ["admin"], "a real start has no invented people"
        for table, number in REAL_START.items():
            assert psql(f"SELECT count(*) FROM {table}", name) == str(number), table
        assert psql(UNMARKED, name) == "0", "each template says where it comes from"
        bundles = psql(
            "SELECT count(*) FROM ir_attachment WHERE url LIKE '/web/assets/%'", name
        )
        assert int(bundles) >= 6, "the first visitor would wait for them"
        drop_database(name)


def wait_for_end(pid, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and Path(f"/proc/{pid}").exists():
        time.sleep(0.1)


# What a real start holds: no fact of any engagement, hours as they are usual.
REAL_START = {
    "agreement": 0,
    "om_system": 0,
    "om_system_category": 0,
    "om_tender": 0,
    "om_post": 0,
    "om_sla_policy": 0,
    "om_service_calendar": 3,
    "om_memorandum": 0,
    "om_obligation": 0,
    "om_spare_list": 0,
    "om_posting": 0,
    "account_analytic_line": 0,
}
UNMARKED = (
    "SELECT count(*) FROM om_payment_template"
    " WHERE COALESCE(source ->> 'zh_CN', source ->> 'en_US', '') = ''"
)


class TestBackup:
    def rows(self, database):
        """The number of rows of each table, the whole database."""
        tables = psql(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace ORDER BY relname",
            database,
        ).split()
        union = " UNION ALL ".join(
            f"""SELECT '{table}', count(*) FROM "{table}" """ for table in tables
        )
        return sorted(psql(union, database).splitlines())

    def files(self, name):
        top = filestore(name)
        return {
            p.relative_to(top): p.read_bytes() for p in top.rglob("*") if p.is_file()
        }

    def test_there_and_back(self, database, archive, copy):
        assert stat.S_IMODE(archive.stat().st_mode) == 0o600
        assert_refused(om("backup", archive, "-d", database), "exists already")
        process = om("restore", archive, "-d", copy)
        assert process.returncode == 0, process.stderr
        assert self.rows(copy) == self.rows(database)
        stored = set(
            psql(
                "SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL",
                database,
            ).split()
        )
        restored = {str(name): held for name, held in self.files(copy).items()}
        assert set(restored) == stored
        there = {str(name): held for name, held in self.files(database).items()}
        assert restored.items() <= there.items()
        assert_refused(om("restore", archive, "-d", copy), "exists")

    def test_damaged_archive_changes_nothing(self, archive, copy, tmp_path):
        before = databases(f"{copy}%")
        content = bytearray(archive.read_bytes())
        middle = len(content) // 2
        content[middle : middle + 64] = bytes(64)
        (tmp_path / "bits.zip").write_bytes(content)
        (tmp_path / "short.zip").write_bytes(content[: len(content) // 3])
        cut_dump(archive, tmp_path / "cut.zip")
        (tmp_path / "other.zip").write_text("no archive")
        for name in ("bits.zip", "short.zip", "cut.zip", "other.zip"):
            process = om("restore", tmp_path / name, "-d", copy)
            assert process.returncode == 2, name
            assert "no complete backup" in process.stderr
            assert "Traceback" not in process.stderr
        assert databases(f"{copy}%") == before == []

    def test_people_go_on_working(self, database, tmp_path, attach):
        """Files come while it is made: it holds what its dump refers to."""
        command = [ROOT / "om", "backup", tmp_path / "om.zip", "-d", database]
        process = subprocess.Popen(
            command, env=user_environment(), stderr=subprocess.PIPE, text=True
        )
        number = 0
        while process.poll() is None:
            attach(f"picture {number}".encode())
            number += 1
        assert process.returncode == 0, process.stderr.read()
        assert number > 10
        with zipfile.ZipFile(tmp_path / "om.zip") as saved:
            dump, names = saved.read("dump.sql"), set(saved.namelist())
        told = [path for path in attach.made if path.name.encode() in dump]
        assert all(
            f"filestore/{path.parent.name}/{path.name}" in names for path in told
        )
        later = {path.name for path in attach.made} - {path.name for path in told}
        assert later, "some came after the dump"
        assert not later & {name.rpartition("/")[2] for name in names}

    def test_damaged_and_lost_files_are_told(self, database, copy, tmp_path, attach):
        """Whoever has a damaged file has a backup of all else."""
        stray = filestore(database) / "aa" / "stray"
        stray.parent.mkdir(exist_ok=True)
        stray.write_text("known to nobody")
        cut, lost = attach(b"a whole photo"), attach(b"another")
        cut.write_bytes(b"a who")
        lost.unlink()
        process = om("backup", tmp_path / "om.zip", "-d", database)
        stray.unlink()
        assert process.returncode == 1, process.stderr
        for words in (
            # Other tests leave some, too, until they are swept.
            "files that the database does not know were left out",
            "1 files are not in",
            "1 files do not hold what their names say",
            cut.name,
            lost.name,
        ):
            assert words in process.stderr
        process = om("restore", tmp_path / "om.zip", "-d", copy)
        assert process.returncode == 0, process.stderr
        assert not (filestore(copy) / "aa" / "stray").exists()
        assert (filestore(copy) / cut.parent.name / cut.name).read_bytes() == b"a who"

    def test_an_archive_that_lacks_a_file_is_refused(self, archive, copy, tmp_path):
        with (
            zipfile.ZipFile(archive) as whole,
            zipfile.ZipFile(tmp_path / "less.zip", "w") as less,
        ):
            names = whole.namelist()
            left = next(name for name in names if name.startswith("filestore/"))
            for name in set(names) - {left}:
                less.writestr(name, whole.read(name))
        process = om("restore", tmp_path / "less.zip", "-d", copy)
        assert process.returncode == 2
        assert "1 files are missing" in process.stderr
        assert databases(f"{copy}%") == []

    def test_a_full_disk_leaves_nothing(self, database, small_disk, tmp_path):
        stub = tmp_path / "df"
        stub.write_text("#!/bin/sh\necho head\necho /dev/x 9999999 0 9999999 0% /\n")
        stub.chmod(0o755)
        path = f"{tmp_path}:{os.environ['PATH']}"
        process = om("backup", small_disk / "om.zip", "-d", database, PATH=path)
        assert_refused(process, "nothing was kept", "No space left")
        assert list(small_disk.iterdir()) == []

    def test_drill(self, database, archive, tmp_path):
        process = om("backup", "--drill", archive, "-d", database)
        assert process.returncode == 0, process.stderr
        assert "every row and every file came back" in process.stderr
        count = psql("SELECT count(*) FROM ir_attachment", database)
        assert int(count) > 0
        assert databases(f"{database}-drill%") == []
        assert not filestore(f"{database}-drill.making").exists()
        cut_dump(archive, tmp_path / "cut.zip")
        process = om("backup", "--drill", tmp_path / "cut.zip", "-d", database)
        assert process.returncode == 2
        assert "the drill failed" in process.stderr
        assert databases(f"{database}-drill%") == []

    def test_backup_of_no_database(self, tmp_path):
        process = om("backup", tmp_path / "om.zip", "-d", "omtest-none")
        assert_refused(process, "there is no database omtest-none")
        assert not (tmp_path / "om.zip").exists()


def cut_dump(source, target):
    """The same archive with a dump that ends in its middle, as after a full disk."""
    with zipfile.ZipFile(source) as whole, zipfile.ZipFile(target, "w") as cut:
        for name in whole.namelist():
            content = whole.read(name)
            if name == "dump.sql":
                content = content[: len(content) // 2]
            cut.writestr(name, content)


class TestOtherInstallations:
    def test_given_odoo(self):
        """An Odoo 19 that is already there, named by its folder."""
        process = om("setup", OM_ODOO=os.environ["PYTHONPATH"])
        assert process.returncode == 0, process.stderr
        assert os.environ["PYTHONPATH"] in process.stderr

    def test_given_database_server(self, template, tmp_path):
        """The tests' own server, reached as somebody else's."""
        url = f"postgresql://om@/?host={os.environ['PGHOST']}"
        statement = "SELECT count(*) FROM om_system WHERE code LIKE 'SY2026/%'"
        process = om(
            *("psql", "-d", template.name, "-Atc", statement),
            OM_DATABASE_URL=url,
            OM_VAR=tmp_path / "var",
        )
        assert process.stdout.strip() == "154", process.stderr
        assert not (tmp_path / "var" / "postgres").exists(), "no cluster of our own"


class TestTools:
    def test_delete_a_restored_copy(self, template):
        """The command that the operations manual names."""
        name = template.copy("omtest-drop")
        process = om("odoo", "db", "drop", name)
        assert process.returncode == 0, process.stderr
        assert databases(name) == []
        assert not filestore(name).exists()

    def test_shell_runs_a_script(self, database):
        process = subprocess.run(
            [ROOT / "om", "shell", "-d", database],
            input="import sys\n"
            "print(env.company.currency_id.name, sys.dont_write_bytecode)",
            capture_output=True,
            text=True,
            env=user_environment(PYTHONDONTWRITEBYTECODE="1"),
        )
        # Without compiled files each start would compile Odoo anew.
        assert process.stdout.strip() == "CNY False"

    def test_trigrams_see_chinese(self, template):
        """The cluster's character type decides whether Chinese text can be indexed."""
        trigrams = psql("SELECT array_length(show_trgm('顺义区'), 1)", template.name)
        assert int(trigrams) == 4
