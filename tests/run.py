"""Run all tests and end with one plain line of counts; called by ./om test.

Odoo's own runner takes the add-ons' tests, on copies of a freshly made database and
after an upgrade of the add-ons; pytest takes ``tests/``. Arguments that start with
``/`` are Odoo's test tags, all others go to pytest. All of it runs in lanes side by
side, each on databases of its own: two of Odoo's, one of the browser's, and the rest.
pytest begins before the database is made, with what needs none.

Some tests take hours in full: they take a sample (``tests/sampling.py``), here and in
continuous integration. ``long [--part K/N] [NAME ...]`` runs the whole of
``tests/NAME``, or the K-th of N parts of it; a tag as NAME, of Odoo's tests.
"""

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from .support import ODOO, ROOT, STATE, copy_database, drop_database, free_port, psql

# A template is made anew when any of these changes.
TEMPLATE_SOURCES = ("addons", "scripts", "config", "odoo.conf", "om")
TEMPLATE_PREFIX = "omtest-template-"
SLOWEST = 25
# The add-ons that the others stand on, in a lane of their own; the upgrade of any of
# them is one of all.
FIRST_LANE = ("om_base", "om_assets", "om_contract", "om_stock_spares")
BROWSER = "tests/browser"
# Those of Odoo's tests that take a share of their walks every day.
LONG_WALKS = ("/om_helpdesk:TestTicketRandom",)
SECOND_TRIES = 3
IN_CI = os.environ.get("CI") == "true"

RESULT_LINE = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
SKIP_LINE = re.compile(r"INFO \S+ \S*tests\S*: skipped (?P<test>.+?) : (?P<reason>.+)")
NOISE = re.compile(r" (INFO|DEBUG) ")


@dataclass
class Counts:
    """What one runner, or all of them, did."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: list[str] = field(default_factory=list)
    # Tests of the browser that waited in vain, and passed when they were tried again.
    at_second_try: list[str] = field(default_factory=list)

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.reasons + other.reasons,
            self.at_second_try + other.at_second_try,
        )

    def line(self) -> str:
        text = f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
        if self.skipped:
            text += f" ({'; '.join(sorted(set(self.reasons)))})"
        if self.at_second_try:
            text += f"; only at the second try: {', '.join(self.at_second_try)}"
        return text


def source_hash() -> str:
    digest = hashlib.sha256()
    for name in TEMPLATE_SOURCES:
        top = ROOT / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
                digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def ensure_template(name: str) -> None:
    """The database that ``./om run`` makes, made once for each state of the sources."""
    old = psql(
        f"SELECT datname FROM pg_database WHERE datname LIKE '{TEMPLATE_PREFIX}%'"
    )
    for other in old.split():
        if not other.startswith(name):
            drop_database(other)
    subprocess.run([ROOT / "om", "create", "--db", name], check=True)
    # Every server on a copy of it would make them anew for its first page, and Odoo's
    # runner those of all pages, in each lane.
    bundles = "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()"
    shell = [ROOT / "om", "shell", "-d", name]
    subprocess.run(shell, input=bundles, text=True, check=True)


def modules_of(tags: list[str]) -> list[str]:
    """The add-ons that the tags name, all of ours without tags."""
    named = [re.split(r"[:./]", tag.lstrip("/"))[0] for tag in tags]
    return named or sorted(
        manifest.parent.name for manifest in ROOT.glob("addons/*/__manifest__.py")
    )


def odoo_lanes(tags: list[str]) -> dict[str, list[str]]:
    """What each lane of Odoo's runner takes: one for what is asked for, two for all."""
    if tags:
        return {"odoo": tags}
    modules = modules_of([])
    first = [module for module in modules if module in FIRST_LANE]
    second = [module for module in modules if module not in FIRST_LANE]
    return {
        "odoo-1": [f"/{module}" for module in first],
        "odoo-2": [f"/{module}" for module in second],
    }


def pytest_lanes(arguments: list[str]) -> dict[str, list[str]]:
    """Likewise for pytest: the browser's tests wait for pages more than they work."""
    if arguments:
        return {"pytest": arguments}
    others = [str(ROOT / "tests"), f"--ignore={ROOT / BROWSER}"]
    return {"browser": [str(ROOT / BROWSER)], "programs": others}


def run_odoo_tests(
    lane: str, template: str, making: Future, tags: list[str], whole: bool
) -> Counts:
    making.result()
    started = time.monotonic()
    database, log = f"omtest-{lane}", STATE / "log" / f"test-{lane}.log"
    modules = modules_of(tags)
    copy_database(template, database)
    command = [*ODOO, "server", "-d", database, "--stop-after-init"]
    command += ["-u", ",".join(modules), "--test-enable", f"--http-port={free_port()}"]
    command += ["--test-tags", ",".join(tags)]
    # A crash of the machine may cost a test database its last second.
    env = os.environ | {"PGOPTIONS": "-c synchronous_commit=off"}
    if whole:
        env["OM_TEST_LONG"] = "yes"
    with log.open("w") as stream:
        status = subprocess.run(
            command, env=env, stdout=stream, stderr=subprocess.STDOUT
        ).returncode
    counts = read_odoo_log(log.read_text("utf-8", "replace"))
    if counts.failed or status:
        show_failures(log)
    if status and not counts.failed:
        counts.failed = 1
    drop_database(database)
    took = time.monotonic() - started
    print(f"{lane}: {counts.line()}, {took:.0f} s", flush=True)
    return counts


def read_odoo_log(text: str) -> Counts:
    counts = Counts()
    results = RESULT_LINE.findall(text)
    for failures, errors, total in results:
        counts.failed += int(failures) + int(errors)
        counts.passed += int(total)
    for match in SKIP_LINE.finditer(text):
        counts.skipped += 1
        counts.reasons.append(match["reason"].strip())
    counts.passed -= counts.failed + counts.skipped
    if not results:
        counts.failed += 1
        print("Odoo's test runner gave no result", file=sys.stderr)
    return counts


def show_failures(log: Path) -> None:
    """The log's complaints, without the lines of normal work."""
    lines = log.read_text("utf-8", "replace").splitlines()
    shown = [line for line in lines if not NOISE.search(line)]
    print("\n".join(shown[-200:]), file=sys.stderr)
    print(f"(the whole log: {log})", file=sys.stderr)


def run_pytest(
    lane: str, template: str, making: Future, arguments: list[str], whole: bool
) -> Counts:
    """Begins while the template is made: what needs it comes last and waits for it."""
    started = time.monotonic()
    report = STATE / "log" / f"test-{lane}.xml"
    report.unlink(missing_ok=True)
    # The same sample for the same sources; another with each change.
    env = {"OM_TEST_SEED": source_hash()} | os.environ
    env |= {"OM_TEST_TEMPLATE": template, "OM_TEST_LANE": lane}
    if whole:
        env["OM_TEST_LONG"] = "yes"
    command = [sys.executable, "-m", "pytest", f"--junitxml={report}", "-q"]
    command += [f"--durations={SLOWEST}", "--durations-min=5"]
    process = subprocess.Popen([*command, *arguments], cwd=ROOT, env=env)
    try:
        making.result()
    except BaseException:
        # As Ctrl-C does: it tidies up.
        process.send_signal(signal.SIGINT)
        raise
    finally:
        status = process.wait()
    counts = read_junit(report) if report.exists() else Counts(failed=1)
    if status and not counts.failed:
        counts.failed = 1
    if counts.failed and (names := waited_in_vain(report)):
        if not subprocess.run([*command, *names], cwd=ROOT, env=env).returncode:
            counts.passed += counts.failed
            counts.failed, counts.at_second_try = 0, names
    took = time.monotonic() - started
    print(f"{lane}: {counts.line()}, {took:.0f} s", flush=True)
    return counts


def read_junit(report: Path) -> Counts:
    counts = Counts()
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            counts.failed += 1
        elif (skip := case.find("skipped")) is not None:
            counts.skipped += 1
            counts.reasons.append(skip.get("message", "no reason"))
        else:
            counts.passed += 1
    return counts


def waited_in_vain(report: Path) -> list[str]:
    """The failed tests by ids, if all are the browser's and ended only by waiting.

    A page that two other runners left no time may be late; what it shows wrongly, or
    an error of its console, stays a failure at once.
    """
    names = []
    for case in ElementTree.parse(report).iter("testcase"):
        for failure in (*case.iter("failure"), *case.iter("error")):
            if not (
                case.get("classname", "").startswith("tests.browser.")
                and "TimeoutError" in failure.get("message", "")
            ):
                return []
            path = case.get("classname").replace(".", "/")
            names.append(f"{path}.py::{case.get('name')}")
    return names if len(names) <= SECOND_TRIES else []


def take_part(arguments: list[str]) -> list[str]:
    """The arguments without ``--part K/N``, which goes to the tests' environment.

    :raise SystemExit: where that names no part
    """
    if "--part" not in arguments:
        return arguments
    index = arguments.index("--part")
    part = "".join(arguments[index + 1 : index + 2])
    match = re.fullmatch(r"(\d+)/(\d+)", part)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        print(f"om: --part wants K/N, as 2/4, not '{part}'.", file=sys.stderr)
        raise SystemExit(2)
    os.environ["OM_TEST_PART"] = part
    return arguments[:index] + arguments[index + 2 :]


def long_tests(names: list[str]) -> list[str]:
    """What ``./om test long NAME ...`` runs: folders of ``tests/`` and tags of Odoo's
    tests; without a name all of ``tests/`` and the walks.

    :raise SystemExit: for a name that is no folder of tests
    """
    tags = [name for name in names if name.startswith("/")]
    folders = [name for name in names if name not in tags]
    known = sorted({path.parent.name for path in ROOT.glob("tests/*/test_*.py")})
    if unknown := set(folders) - set(known):
        print(
            f"om: there are no long tests {', '.join(sorted(unknown))}; "
            f"there are: {', '.join(known)}.",
            file=sys.stderr,
        )
        raise SystemExit(2)
    if not names:
        return ["tests/", *LONG_WALKS]
    return tags + [f"tests/{name}" for name in folders]


def run(arguments: list[str]) -> Counts:
    """What the arguments choose; Odoo's tests and pytest's at the same time."""
    whole = arguments[:1] == ["long"]
    if whole:
        arguments = long_tests(take_part(arguments[1:]))
    tags = [argument for argument in arguments if argument.startswith("/")]
    others = [argument for argument in arguments if not argument.startswith("/")]
    template = TEMPLATE_PREFIX + source_hash()
    with ThreadPoolExecutor() as pool:
        making = pool.submit(ensure_template, template)
        lanes = odoo_lanes(tags) if tags or not others else {}
        running = [
            pool.submit(run_odoo_tests, lane, template, making, chosen, whole)
            for lane, chosen in lanes.items()
        ]
        lanes = pytest_lanes(others) if others or not tags else {}
        running += [
            pool.submit(run_pytest, lane, template, making, chosen, whole)
            for lane, chosen in lanes.items()
        ]
        return sum((task.result() for task in running), Counts())


def main() -> int:
    started = time.monotonic()
    counts = run(sys.argv[1:])
    print(f"all tests took {time.monotonic() - started:.0f} s")
    print(counts.line())
    if IN_CI and counts.skipped:
        print("a skipped test is a failure in CI", file=sys.stderr)
        return 1
    return 1 if counts.failed else 0


if __name__ == "__main__":
    sys.exit(main())
