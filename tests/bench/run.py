"""Benchmarks: ``./om bench [name]``.

Each ``bench_<name>.py`` beside this file has ``main(bench)``, which measures and
prints. What runs inside Odoo is a script for an Odoo shell that prints one JSON line.
"""

import importlib
import json
import subprocess
import sys
import time
from pathlib import Path

from ..support import ODOO, ROOT, drop_database, odoo_shell

HERE = Path(__file__).resolve().parent
RESULT = "BENCH "


class Bench:
    """What a benchmark needs of the project: databases and shells."""

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
        output = odoo_shell(database, (HERE / script).read_text("utf-8"), *arguments)
        for line in output.splitlines():
            if line.startswith(RESULT):
                return json.loads(line.removeprefix(RESULT))
        raise RuntimeError(f"{script} reported nothing: {output[-2000:]}")


def names():
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def main():
    wanted = sys.argv[1:] or names()
    if unknown := set(wanted) - set(names()):
        print(
            f"om: there is no benchmark {', '.join(sorted(unknown))}; "
            f"there is: {', '.join(names())}.",
            file=sys.stderr,
        )
        return 2
    bench = Bench()
    for name in wanted:
        print(f"== {name} ==")
        importlib.import_module(f".bench_{name}", __package__).main(bench)
    return 0


if __name__ == "__main__":
    sys.exit(main())
