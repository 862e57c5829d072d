"""The image of ``docker/Dockerfile``, built on a bare Debian that stands in for Odoo's
own image: it prints short papers and volumes by the engines that ``./om`` has, makes a
database, serves, saves, brings back and upgrades it, and survives being killed.

``buildah`` builds it without a daemon. What the network needs here is in the stand-in
only, so that nothing of it is in the image's own layers.
"""

import contextlib
import functools
import os
import random
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from ..support import ROOT, STATE, free_port
from .bare import BUNDLE, BUNDLE_NAMES, BareRoot, missing_programs, network_environment

SUITE = "trixie"
BASE, IMAGE = "localhost/om-test-base", "localhost/om-test-suite"
# What Odoo's own image brings, beside Odoo.
PACKAGES = (
    *("ca-certificates", "curl", "postgresql-client"),
    *("python3", "python3-pip", "python3-venv"),
)


def buildah(*arguments, **options):
    done = subprocess.run(
        ["buildah", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout.strip()


@pytest.fixture(scope="module")
def image():
    if os.geteuid():
        pytest.skip("an image is built by root only")
    missing = missing_programs() + ["buildah"] * (not shutil.which("buildah"))
    if missing:
        pytest.skip(f"install Debian's packages {' '.join(missing)}")
    folder = STATE / "machines" / "image"
    subprocess.run(["rm", "-rf", "--", folder], check=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    root = BareRoot(SUITE, folder)
    try:
        make_stand_in(root)
    finally:
        root.close()
    try:
        buildah(
            "build",
            "--isolation=chroot",
            f"--build-arg=ODOO_IMAGE={BASE}",
            f"--tag={IMAGE}",
            "--file=docker/Dockerfile",
            ".",
            cwd=ROOT,
        )
        yield IMAGE
        buildah("rmi", "--force", IMAGE)
    finally:
        buildah("rmi", "--force", BASE)


def make_stand_in(root):
    """A bare Debian with Odoo and its user where Odoo's own image has them."""
    run = functools.partial(root.run, check=True, stdout=subprocess.DEVNULL)
    run("apt-get", "update")
    run("apt-get", "install", "-y", "--no-install-recommends", *PACKAGES)
    run("useradd", "--system", "--home-dir=/var/lib/odoo", "--create-home", "odoo")
    bundle = f"{root.folder}/etc/ssl/certs/om-network.crt"
    if BUNDLE.is_file():
        shutil.copy(BUNDLE, bundle)
    packages = "usr/lib/python3/dist-packages"
    odoo = Path(os.environ["PYTHONPATH"].split(os.pathsep)[0]) / "odoo"
    # With what Debian's package links to in other packages.
    shutil.copytree(odoo, f"{root.folder}/{packages}/odoo")
    Path(root.folder, "usr/bin/odoo").write_text("import odoo.cli\n\nodoo.cli.main()\n")
    environment = network_environment()
    for name in environment.keys() & set(BUNDLE_NAMES):
        environment[name] = "/etc/ssl/certs/om-network.crt"
    container = buildah("from", "scratch")
    buildah("add", "--quiet", container, f"{root.folder}/", "/")
    buildah(
        "config",
        *(f"--env={name}={value}" for name, value in environment.items()),
        "--env=PIP_BREAK_SYSTEM_PACKAGES=1",
        container,
    )
    buildah("commit", "--quiet", "--rm", container, BASE)


def test_the_tests_of_papers_pass_in_the_image(image):
    """The engine is the one that ``./om`` takes on Debian 13, and so are its tests."""
    container = buildah("from", image)
    try:
        run = functools.partial(buildah, "run", "--isolation=chroot")
        found = run(container, "sh", "-c", "command -v chromium-headless-shell")
        assert found.endswith("/chromium-headless-shell"), found
        buildah("copy", "--quiet", container, f"{ROOT}/tests", "/opt/om/tests")
        requirements = "/opt/om/config/requirements-dev.txt"
        buildah("copy", "--quiet", container, f"{ROOT}/config", "/opt/om/config")
        root = functools.partial(run, "--user=root", container)
        python = "/opt/om/venv/bin/python"
        root(
            *("python3", "-m", "pip", "--python", python, "install", "--quiet"),
            *("--require-hashes", "-r", requirements),
        )
        output = run(
            *("--env=OM_ROOT=/opt/om", "--env=OM_STATE=/tmp/om"),
            *(f"--env=OM_PYTHON={python}", "--env=OM_ODOO_PROGRAM=/usr/bin/odoo"),
            container,
            *(python, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            "/opt/om/tests/papers",
            # It asks a server, of which there is none here.
            "--ignore=/opt/om/tests/papers/test_rows.py",
        )
        print(output.splitlines()[-1])
        assert re.search(r"^\d+ passed", output, re.MULTILINE), output[-3000:]
        assert "skipped" not in output.splitlines()[-1]
    finally:
        buildah("rm", container)


ADMIN = "correct horse battery"
SECRETS = {
    "admin_password": ADMIN,
    "master_password": "only for databases",
    "db_password": "",
}


@pytest.fixture(scope="module")
def cluster():
    """A PostgreSQL of this test's own; its port."""
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"))
    folder, port = Path(tempfile.mkdtemp(prefix="om-image-")), free_port()
    shutil.chown(folder, "postgres")
    run = functools.partial(
        subprocess.run, check=True, stdout=subprocess.DEVNULL, cwd=folder
    )
    as_postgres = ("runuser", "-u", "postgres", "--")
    run(
        [*as_postgres, binaries / "initdb", "-D", folder / "data", "-U", "odoo"]
        + ["--auth=trust", "--encoding=UTF8", "--lc-collate=C", "--lc-ctype=C.UTF-8"]
    )
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c jit=off"
    settings += f" -c unix_socket_directories={folder}"
    control = [*as_postgres, binaries / "pg_ctl", "-D", folder / "data", "-w"]
    log = ["-l", folder / "log"]
    run([*control, *log, "-o", settings, "start"])
    yield port
    run([*control, "-m", "immediate", "stop"])
    shutil.rmtree(folder)


class Suite:
    """A container of the image; what it keeps stays from one command to the next."""

    def __init__(self, image, port, folder):
        self.container = buildah("from", image)
        self.port = free_port()
        self.settings = {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(port),
            "PGUSER": "odoo",
            "OM_HOSTNAME": "om.test",
            "OM_SECRETS": "/opt/secrets",
            "OM_RUN": "/tmp/run-om",
            "ODOO_RC": "/tmp/run-om/odoo.conf",
            "PGPASSFILE": "/tmp/run-om/pgpass",
            "ODOO_WORKERS": "2",
            "ODOO_HTTP_PORT": str(self.port),
            "ODOO_GEVENT_PORT": str(free_port()),
        }
        for name, value in SECRETS.items():
            (folder / name).write_text(value or "none")
        buildah("copy", "--quiet", self.container, f"{folder}/", "/opt/secrets")
        self.root("mkdir", "-m", "1777", "/tmp/run-om")
        self.root("install", "-d", "-o", "odoo", "/var/lib/odoo", "/var/backups/om")

    def root(self, *command):
        buildah(
            "run", "--isolation=chroot", "--user=root", self.container, "--", *command
        )

    def begin(self, *command, **settings):
        words = (self.settings | settings).items()
        return subprocess.Popen(
            ["buildah", "run", "--isolation=chroot", "--user=odoo"]
            + [f"--env={name}={value}" for name, value in words]
            + [self.container, "--", "om", *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def om(self, *command, **settings):
        process = self.begin(*command, **settings)
        told, _nothing = process.communicate()
        return process.returncode, told

    def answer(self, path):
        url = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status


@pytest.fixture(scope="module")
def suite(image, cluster, tmp_path_factory):
    suite = Suite(image, cluster, tmp_path_factory.mktemp("secrets"))
    yield suite
    buildah("rm", suite.container)


def kill(process):
    """As a machine that goes down does: the program and all that it began.

    Return what it said.
    """
    below = []
    with contextlib.suppress(psutil.NoSuchProcess):  # it has ended by itself
        below = psutil.Process(process.pid).children(recursive=True)
    for each in (*below, process):
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()
    return process.communicate()[0]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"OM_HOSTNAME": ""}, "set OM_HOSTNAME"),
        ({"OM_SECRETS": "/nowhere"}, "the secret master_password is missing"),
        ({"OM_DATABASE": "a b"}, "a b"),
    ],
)
def test_a_wrong_setting_is_said_before_anything_is_made(suite, settings, words):
    started = time.monotonic()
    status, told = suite.om("init", **settings)
    assert status
    assert words in told
    assert "Traceback" not in told
    assert time.monotonic() - started < 20


def test_made_though_it_was_killed(suite):
    """Killed at a moment of the first minute, it is made anew."""
    process = suite.begin("init")
    time.sleep(random.uniform(5, 40))
    kill(process)
    started = time.monotonic()
    status, told = suite.om("init")
    print(f"\ninit {time.monotonic() - started:.0f} s")
    assert not status, told[-3000:]
    assert "the database om is ready" in told
    status, told = suite.om("init")
    assert "nothing to do" in told, told[-3000:]


def test_served_with_workers_saved_and_brought_back(suite):
    server = suite.begin("serve")
    try:
        deadline = time.monotonic() + 120
        for page in ("/web/health?db_server_status=1", "/web/login"):
            while True:
                try:
                    assert suite.answer(page) == 200
                    break
                except OSError as error:
                    assert server.poll() is None, server.communicate()[0][-3000:]
                    told = (page, error)
                    assert time.monotonic() < deadline, (told, kill(server)[-3000:])
                    time.sleep(0.5)
        started = time.monotonic()
        status, told = suite.om("backup", "/var/backups/om/one.zip")
        print(f"\nbackup {time.monotonic() - started:.0f} s", end="")
        assert not status, told[-3000:]
        started = time.monotonic()
        status, told = suite.om("restore", "/var/backups/om/one.zip", "again")
        print(f", restore {time.monotonic() - started:.0f} s")
        assert not status, told[-3000:]
        assert "restored again" in told
        status, told = suite.om("update")
        assert status, "the server runs"
        assert "stop it first" in told
    finally:
        kill(server)


def test_upgraded_though_it_was_killed(suite):
    process = suite.begin("update")
    time.sleep(random.uniform(3, 25))
    kill(process)
    started = time.monotonic()
    status, told = suite.om("update")
    print(f"\nupdate {time.monotonic() - started:.0f} s")
    assert not status, told[-3000:]
    assert "upgraded om" in told
    status, told = suite.om("verify")
    assert not status, told[-3000:]
