"""Which backups stay when a new one has come."""

import datetime
import subprocess

from ..support import ROOT


def test_what_stays(tmp_path):
    today = datetime.date.today()
    days = [today - datetime.timedelta(days=age) for age in range(400)]
    for day in days:
        (tmp_path / f"om-{day}.zip").touch()
    others = ["om-before-upgrade.zip", "om-2026-99-99.zip", "notes.txt"]
    for name in others:
        (tmp_path / name).touch()
    subprocess.check_call([ROOT / "config" / "production" / "rotate", tmp_path])
    expected = {f"om-{day}.zip" for day in days[:15]}
    expected |= {f"om-{day}.zip" for day in days[:57] if day.isoweekday() == 7}
    expected |= {f"om-{day}.zip" for day in days[:366] if day.day == 1}
    assert {path.name for path in tmp_path.iterdir()} == expected | set(others)
