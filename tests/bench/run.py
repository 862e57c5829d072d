"""Benchmarks: ``./om bench [--runs N] [--size SHARE] [--base DATABASE] [NAME ...]``.

Each ``bench_<name>.py`` beside this file has ``main(bench)``, which measures and
prints. What runs inside Odoo is a script for an Odoo shell that prints one JSON line.
"""

import argparse
import importlib
import json
import subprocess
import sys
import time
from pathlib import Path

from ..support import ODOO, ROOT, copy_database, drop_database, odoo_shell

HERE = Path(__file__).resolve().parent
EMPTY = "ombench-empty"
RESULT = "BENCH "
CLOCK = "clock_shell.py"


class Bench:
    """What a benchmark needs of the project: databases and shells.

    ``runs``: how often a benchmark that measures in turn does so, None for its own
    number. ``size``: the share of the estate that ``scale`` builds. ``base``: a
    database with the demonstration's history that is copied, where one would be made.
    """

    def __init__(self, runs=None, size=1.0, base=None):
        self.runs = runs
        self.size = size
        self.base = base
        self.has_empty = False

    def history(self, database):
        """A new database with the demonstration's history."""
        if self.base:
            copy_database(self.base, database)
        else:
            self.create(database, "history")

    def empty(self, database):
        """A new database without content, made once and copied for each benchmark."""
        if not self.has_empty:
            self.create(EMPTY, "empty")
            self.has_empty = True
        copy_database(EMPTY, database)

    def create(self, database, content):
        """A new database as ``./om run`` makes it; returns the seconds it took."""
        drop_database(database)
        started = time.monotonic()
        command = [ROOT / "om", "create", "--db", database, "--content", content]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        return time.monotonic() - started

    def odoo(self, *arguments):
        """Run the server program; returns the seconds it took."""
        started = time.monotonic()
        subprocess.run([*ODOO, *arguments], check=True, capture_output=True)
        return time.monotonic() - started

    def shell(self, database, script, *arguments):
        """Run a script of this folder in an Odoo shell; returns what it reports."""
        settings = {"OM_BENCH_SIZE": str(self.size)}
        if self.runs:
            settings["OM_BENCH_RUNS"] = str(self.runs)
        text = "\n".join((HERE / name).read_text("utf-8") for name in (CLOCK, script))
        output = odoo_shell(database, text, *arguments, **settings)
        for line in output.splitlines():
            if line.startswith(RESULT):
                return json.loads(line.removeprefix(RESULT))
        raise RuntimeError(f"{script} reported nothing: {output[-2000:]}")


def names():
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def share(text):
    """A share of the whole: more than 0, at most 1."""
    value = float(text)
    if not 0 < value <= 1:
        raise ValueError(text)
    return value


def arguments():
    parser = argparse.ArgumentParser("./om bench", allow_abbrev=False)
    parser.add_argument("--runs", type=int, help="fewer runs in turn, for a look")
    parser.add_argument(
        "--size", type=share, default=1.0, help="share of the large estate of scale"
    )
    parser.add_argument(
        "--base", metavar="DATABASE", help="copy this demonstration, make none"
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    return parser.parse_args()


def main():
    given = arguments()
    wanted = given.names or names()
    if unknown := set(wanted) - set(names()):
        print(
            f"om: there is no benchmark {', '.join(sorted(unknown))}; "
            f"there is: {', '.join(names())}.",
            file=sys.stderr,
        )
        return 2
    bench = Bench(given.runs, given.size, given.base)
    try:
        for name in wanted:
            print(f"== {name} ==", flush=True)
            importlib.import_module(f".bench_{name}", __package__).main(bench)
    finally:
        drop_database(EMPTY)
    return 0


if __name__ == "__main__":
    sys.exit(main())
