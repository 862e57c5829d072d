"""What people read first when a step of ./om fails: why, in the program's words."""

import subprocess

import pytest

from ..support import ROOT

# Ends of logs as apt, uv, tar and Odoo write them, and the words that tell why.
SUMMARY = "E: Some index files failed to download. They have been ignored, or old ones"
LOGS = {
    "an expired list": (
        """Get:1 http://m.example bookworm InRelease [151 kB]
Reading package lists...
E: Release file for http://m.example/InRelease is expired (invalid since 3d)
""",
        "is expired",
    ),
    "an unknown certificate": (
        f"""Ign:1 https://m.example bookworm InRelease
Err:1 https://m.example bookworm InRelease
  Certificate verification failed: The certificate is NOT trusted.
Reading package lists...
E: Failed to fetch https://m.example/I  The certificate is NOT trusted.
{SUMMARY}
""",
        "certificate is NOT trusted",
    ),
    "no network": (
        f"""Err:1 http://m.example bookworm InRelease
  Temporary failure resolving 'm.example'
E: Failed to fetch http://m.example/I  Temporary failure resolving 'm.example'
{SUMMARY}
""",
        "Temporary failure resolving",
    ),
    "a wheel that does not build": (
        """Resolved 3 packages in 2ms
  x Failed to build `rl-renderpm==4.0.3`
  |-> The build backend returned an error
  `-> Call to `setuptools.build_meta.build_wheel` failed (exit status: 1)
      [stderr]
      error: command 'gcc' failed: No such file or directory

hint: This usually indicates a problem with the package or the build environment.
""",
        "command 'gcc' failed: No such file",
    ),
    "a full disk": (
        """dpkg-deb (subprocess): decompressing archive 'x.deb' member 'data.tar'
tar: ./usr/lib/x: Cannot write: No space left on device
""",
        "No space left on device",
    ),
    "a traceback": (
        """2026-01-05 08:00:00,000 1 CRITICAL om odoo.service.server: Failed
Traceback (most recent call last):
  File "x.py", line 1, in <module>
psycopg2.OperationalError: FATAL: the database system is starting up
""",
        "the database system is starting up",
    ),
    "nothing that tells": ("one\n\ntwo\n\n", "two"),
    "nothing": ("", "no output"),
}


@pytest.mark.parametrize("name", LOGS)
def test_the_cause_is_quoted(name, tmp_path):
    text, expected = LOGS[name]
    log = tmp_path / "log"
    log.write_text(text)
    script = 'ROOT=$1; source "$ROOT/scripts/om/common.sh"; cause_of "$2"'
    found = subprocess.check_output(
        ["bash", "-c", script, "bash", ROOT, log], text=True
    )
    assert expected in found
    assert "\n" not in found and len(found) <= 300
