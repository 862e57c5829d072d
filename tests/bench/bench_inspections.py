"""The inspections of a year: our generation beside the stock ways, in one run.

Stock Odoo creates one request after the other. OCA's maintenance_plan does the same
from plans per device; it is fetched from PyPI (pinned in requirements.txt beside this
file), and left out, with a word, where that is not possible.
"""

import os
import subprocess
from configparser import ConfigParser
from pathlib import Path

from ..support import STATE, drop_database

DATABASE = "ombench-inspections"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
FOLDER = STATE / "bench-oca"


def main(bench):
    bench.empty(DATABASE)
    bench.odoo(
        *("server", "-d", DATABASE, "-i", "om_engagements"),
        *("--stop-after-init", "--no-http"),
    )
    results = bench.shell(DATABASE, "inspections_shell.py")
    if addons := fetch_oca():
        path = add_to_path(addons)
        bench.odoo(
            *("server", "-d", DATABASE, "-i", "maintenance_plan", path),
            *("--stop-after-init", "--no-http"),
        )
        results += bench.shell(DATABASE, "inspections_oca_shell.py", path)
    else:
        print("OCA maintenance_plan could not be fetched: it is left out.\n")
    show(results)
    drop_database(DATABASE)


def fetch_oca():
    """The folder of OCA's add-ons, fetched once; None without network."""
    addons = FOLDER / "odoo" / "addons"
    wanted = ("maintenance_plan", "helpdesk_mgmt_sla")
    if not all((addons / name).is_dir() for name in wanted):
        command = [os.environ["OM_PYTHON"], "-m", "uv", "pip", "install", "--quiet"]
        command += ["--no-deps", "--require-hashes", "--target", FOLDER]
        done = subprocess.run([*command, "-r", REQUIREMENTS], capture_output=True)
        if done.returncode:
            return None
    return addons


def add_to_path(addons):
    """The option that adds a folder to the add-ons of this installation."""
    settings = ConfigParser(interpolation=None)
    settings.read(os.environ["ODOO_RC"])
    return f"--addons-path={settings['options']['addons_path']},{addons}"


def show(results):
    print(f"\n{'':46}{'requests':>9}{'s':>9}{'queries':>9}{'ms/req.':>9}{'q/req.':>8}")
    for row in results:
        count = row["requests"]
        print(
            f"{row['what']:46}{count:9}{row['seconds']:9.2f}{row['queries']:9}"
            f"{1000 * row['seconds'] / count:9.3f}{row['queries'] / count:8.3f}"
        )
    ours = results[0]
    print()
    for row in results[1:]:
        if "once more" in row["what"] or row["what"].startswith("ours"):
            continue
        seconds, queries = (
            row[name] / row["requests"] / (ours[name] / ours["requests"])
            for name in ("seconds", "queries")
        )
        print(
            f"{row['what']} / ours, per request: {seconds:.1f} x the seconds, "
            f"{queries:.0f} x the queries"
        )
