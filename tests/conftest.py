"""A running server, its logins and a browser for the tests of this folder."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from .support import ODOO, STATE, copy_database, drop_database, free_port, psql

HEADLESS = "chromium-headless-shell"
CHROMIUM_ARGUMENTS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


# Milliseconds that a page may take to do what is waited for, and to come up first, when
# the assets are built. A busy machine needs longer, not better code.
PATIENCE, FIRST_PAGE = 60_000, 180_000


@dataclass
class Template:
    """The database that ``./om run`` makes; tests work on copies of it."""

    name: str

    def copy(self, name):
        return copy_database(self.name, name)

    def passwords(self):
        """Login -> password, as ``./om run`` prints them."""
        text = (STATE / f"credentials-{self.name}").read_text("utf-8")
        return dict(line.split("\t")[:2] for line in text.splitlines())


@dataclass
class Server:
    """A server of our own on a copy of the template."""

    url: str
    database: str
    passwords: dict
    log: Path


def pytest_collection_modifyitems(items):
    """First what needs no template: it is made at the same time (``tests/run.py``)."""
    items.sort(key=lambda item: "template" in item.fixturenames)


@pytest.fixture(scope="session")
def template():
    """Waits until it is made; should that fail, the runner ends pytest."""
    name = os.environ["OM_TEST_TEMPLATE"]
    # While it is being put in place it carries a mark (scripts/om/swap.sh).
    made = (
        f"SELECT 1 FROM pg_database WHERE datname = '{name}'"
        " AND shobj_description(oid, 'pg_database') IS NULL"
    )
    while not psql(made):
        time.sleep(1)
    return Template(name)


@pytest.fixture(scope="session")
def server(template):
    lane = os.environ.get("OM_TEST_LANE", "pytest")
    with serving(template, f"server-{lane}") as server:
        yield server


@contextlib.contextmanager
def serving(template, what, *options):
    """A ``Server`` on a copy of the template, until it is not needed any more."""
    name, port = template.copy(f"omtest-{what}"), free_port()
    log = STATE / "log" / f"test-{what}.log"
    command = [*ODOO, "server", "-d", name, *options]
    command += [f"--db-filter=^{name}$", f"--http-port={port}"]
    with log.open("w") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    wait_for(f"{url}/web/login", process)
    yield Server(url, name, template.passwords(), log)
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    drop_database(name)


def wait_for(url, process, seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended at once"
        try:
            with urllib.request.urlopen(url, timeout=60):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no answer from {url} in {seconds} s")


@pytest.fixture(scope="session")
def browser():
    # The same engine without the windows that nobody sees, which cost work.
    executable = shutil.which(HEADLESS) or os.environ.get("OM_CHROMIUM")
    if not executable:
        pytest.skip("no chromium on this machine: install Debian's package chromium")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    arguments = list(CHROMIUM_ARGUMENTS)
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable, args=arguments
        )
        yield chromium
        chromium.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """What stands on the pages of a browser test that failed is told with it."""
    report = yield
    pages = getattr(item, "om_pages", ())
    if report.when == "call" and report.failed:
        for page in pages:
            report.sections.append((f"page {page.url}", describe(page)))
    return report


def describe(page):
    """Return the words of the page's dialogs and notices, then of the page itself."""
    parts = (".modal", ".o_notification", "body")
    try:
        words = [page.locator(part).all_inner_texts() for part in parts]
    except Exception as error:  # noqa: BLE001 (a page that is gone says nothing)
        return str(error)
    return "\n".join(" ".join(text.split())[:2000] for found in words for text in found)


@pytest.fixture
def new_page(browser, request):
    """Make pages of a given width that fail the test when their console has errors."""
    request.node.om_pages = pages = []
    contexts, errors = [], []

    def make(width=1440, height=900):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: record_error(message, errors))
        pages.append(page)
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


def record_error(message, errors):
    if message.type == "error":
        errors.append(f"{message.text} ({message.location.get('url', '')})")


# Seconds after which a session is made anew: Odoo changes its key some time later.
SESSION = 3600


@pytest.fixture(scope="session")
def cookies(server):
    """Log in as a role, once for all tests, without drawing a page: its cookie."""
    known = {}

    def get(user):
        made, cookie = known.get(user, (0, None))
        if time.monotonic() - made > SESSION or not cookie:
            known[user] = time.monotonic(), (cookie := authenticate(server, user))
        return cookie

    return get


def authenticate(server, user):
    params = {"db": server.database, "login": user, "password": server.passwords[user]}
    request = urllib.request.Request(
        f"{server.url}/web/session/authenticate",
        json.dumps({"jsonrpc": "2.0", "params": params}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=FIRST_PAGE / 1000) as answer:
        assert json.load(answer)["result"]["uid"]
        head = SimpleCookie(answer.headers["Set-Cookie"])["session_id"]
    ends = time.time() + int(head["max-age"])
    cookie = {"name": "session_id", "value": head.value, "url": server.url}
    return {**cookie, "httpOnly": True, "expires": ends}


@pytest.fixture
def login(server, cookies):
    """Let a page be a role's, and open a path: ``login(page, "engineer", "/odoo")``.

    Who logs out ends the session of all others: there it is ``type_password``.
    """

    def log_in(page, user, path=None):
        page.context.add_cookies([cookies(user)])
        if path:
            page.goto(server.url + path, timeout=FIRST_PAGE)

    return log_in


@pytest.fixture
def type_password(server):
    """Log a page in as a person does, which opens what the role begins with."""

    def log_in(page, user):
        page.goto(f"{server.url}/web/login", timeout=FIRST_PAGE)
        page.fill("input[name=login]", user)
        page.fill("input[name=password]", server.passwords[user])
        page.click("button[type=submit]")
        page.wait_for_url(lambda url: "/web/login" not in url, timeout=FIRST_PAGE)

    return log_in
