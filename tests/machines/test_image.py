"""The image of ``docker/Dockerfile``, built on a bare Debian that stands in for Odoo's
own image: it prints short papers and volumes by the engines that ``./om`` has.

``buildah`` builds it without a daemon. What the network needs here is in the stand-in
only, so that nothing of it is in the image's own layers.
"""

import functools
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ..support import ROOT, STATE
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
    shutil.copytree(odoo, f"{root.folder}/{packages}/odoo", symlinks=True)
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
        )
        print(output.splitlines()[-1])
        assert re.search(r"^\d+ passed", output, re.MULTILINE), output[-3000:]
        assert "skipped" not in output.splitlines()[-1]
    finally:
        buildah("rm", container)
