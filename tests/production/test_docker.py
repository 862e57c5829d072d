"""The files in docker/ agree with each other and with the checkout.

The image itself is built by tests/machines/test_image.py (``./om test long machines``).
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"


def copied_into_the_image():
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    for sources in re.findall(r"^COPY (?:--\S+ )*(.+) \S+$", text, re.MULTILINE):
        yield from sources.split()


def test_what_the_image_copies_exists_and_is_in_the_build_context():
    ignore = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    included = set(re.findall(r"^!(.+)$", ignore, re.MULTILINE))
    sources = set(copied_into_the_image())
    assert sources == included
    assert [path for path in sources if not (ROOT / path).exists()] == []


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_make_secrets_makes_what_compose_names_and_keeps_it(tmp_path):
    script = shutil.copy(DOCKER / "make-secrets.sh", tmp_path)
    compose = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
    wanted = set(re.findall(r"file: \./secrets/(\w+)", compose))
    subprocess.run(["bash", script, "om.test"], check=True, capture_output=True)
    folder = tmp_path / "secrets"
    made = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(made) == wanted
    assert len(set(made.values())) == len(made)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o444}
    subprocess.run(["bash", script, "om.test"], check=True, capture_output=True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == made


def test_no_secret_is_in_a_setting():
    for path in (DOCKER / "compose.yaml", ROOT / "config/production/odoo.conf"):
        for line in path.read_text(encoding="utf-8").splitlines():
            setting = re.match(
                r"\s*(\w*(?:passw|secret)\w*)\s*[:=]\s*(\S+)", line, re.I
            )
            if setting:
                assert setting[1].endswith("_FILE"), line
