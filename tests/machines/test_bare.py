"""A clean clone on a bare Debian 12 and 13: the two commands of the README.

``./om run`` from nothing, the logins that it prints, a paper, a spreadsheet, barcodes;
then ``./om test``. The seconds are printed, and held against what the README promises
where the machine has nothing else to do. A paper must be the same on both.
"""

import base64
import functools
import io
import json
import os
import re
import subprocess
import time
import unicodedata
import urllib.request
from http.cookiejar import CookieJar

import pytest
from pypdf import PdfReader

from ..papers.catalogue import NAMES, ROWS
from ..papers.pictures import compare
from ..support import ROOT, STATE, free_port
from .bare import BareRoot, missing_programs

SUITES = ("bookworm", "trixie")
CHECKOUT = "/srv/om"
# What the README promises; held where whoever runs the test says that the machine does
# nothing else meanwhile.
PROMISED_SECONDS = 150
ALONE = os.environ.get("OM_TEST_ALONE") == "yes"
ANSWER_SECONDS = 180
# Papers of each machine, by their names: they are compared when both are there.
PAPERS = {}
# Made of what differs from start to start: keys and moments, drawn anew.
DRAWN_ANEW = ("seal",)


@pytest.fixture(scope="module", params=SUITES)
def machine(request):
    if os.geteuid():
        pytest.skip("a bare root is made and entered by root only")
    if missing := missing_programs():
        pytest.skip(f"install Debian's packages {' '.join(missing)}")
    folder = STATE / "machines" / request.param
    subprocess.run(["rm", "-rf", "--", folder], check=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    root = BareRoot(request.param, folder)
    try:
        subprocess.run(
            ["git", "clone", "--quiet", ROOT, f"{folder}{CHECKOUT}"], check=True
        )
        yield Machine(root)
    finally:
        root.close()


@functools.cache
def same_port():
    """One for both machines: codes on labels say the server's address."""
    return free_port()


class Machine:
    """``./om run --detach`` on a bare root, once; and its server."""

    def __init__(self, root):
        self.root = root
        self.suite = root.folder.name
        port = same_port()
        started = time.monotonic()
        self.run_result = self.om("run", "--detach", "--port", str(port))
        self.seconds = time.monotonic() - started
        self.url = f"http://127.0.0.1:{port}"

    def om(self, *arguments):
        """A command of the checkout; its output goes to a log outside of the root."""
        log = STATE / "log" / f"machine-{self.suite}-{arguments[0]}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w") as stream:
            done = self.root.run(
                *("sh", "-c", f'cd {CHECKOUT} && exec ./om "$@"', "om", *arguments),
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        return done.returncode, log.read_text("utf-8", "replace")

    def shell(self, command, script):
        """A command of the checkout that reads a file of its tests."""
        done = self.root.run(
            *("sh", "-c", f"cd {CHECKOUT} && {command} <tests/{script}"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout

    @property
    def passwords(self):
        path = self.root.folder / CHECKOUT.strip("/") / "var" / "credentials-om"
        lines = path.read_text("utf-8").splitlines()
        return dict(line.split("\t")[:2] for line in lines)

    def log_in(self, login):
        """A session of that person."""
        opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()),
            urllib.request.ProxyHandler({}),
        )
        session = Session(opener, self.url)
        session.call(
            "/web/session/authenticate",
            db="om",
            login=login,
            password=self.passwords[login],
        )
        return session


class Session:
    def __init__(self, opener, url):
        self.opener, self.url = opener, url

    def get(self, path):
        with self.opener.open(self.url + path, timeout=ANSWER_SECONDS) as answer:
            return answer.read()

    def call(self, path, **params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        request = urllib.request.Request(
            self.url + path, body.encode(), {"Content-Type": "application/json"}
        )
        with self.opener.open(request, timeout=ANSWER_SECONDS) as answer:
            told = json.load(answer)
        assert "error" not in told, told["error"]
        return told["result"]

    def search(self, model, domain, limit):
        return self.call(
            "/web/dataset/call_kw",
            model=model,
            method="search",
            args=[domain],
            kwargs={"limit": limit},
        )


def test_the_first_command_answers(machine):
    status, output = machine.run_result
    print(f"\n{machine.suite}: root {machine.root.seconds:.0f} s,", end=" ")
    print(f"./om run {machine.seconds:.0f} s, alone: {ALONE}")
    assert status == 0, output[-3000:]
    assert machine.url.rsplit(":", 1)[1] in output
    if ALONE:
        assert machine.seconds <= PROMISED_SECONDS


def test_everybody_named_can_log_in(machine):
    logins = machine.passwords
    assert len(logins) >= 11
    for login in logins:
        assert machine.log_in(login).call("/web/session/get_session_info")["uid"], login


def test_a_paper_is_printed(machine):
    session = machine.log_in("manager")
    devices = session.search("maintenance.equipment", [["system_id", "!=", False]], 5)
    ids = ",".join(map(str, devices))
    pdf = session.get(f"/report/pdf/om_assets.maintenance_equipment_label/{ids}")
    reader = PdfReader(io.BytesIO(pdf))
    text = "".join(page.extract_text() for page in reader.pages)
    assert "扫码报修" in unicodedata.normalize("NFKC", text).replace(" ", "")
    fonts = [
        font.get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts
    assert all(is_embedded(font) for font in fonts), fonts
    PAPERS.setdefault(machine.suite, {})["labels, by the server"] = pdf


def is_embedded(font):
    """Whether a printer needs no font of its own: glyphs or a file are in the paper."""
    if font["/Subtype"] == "/Type3":
        return True
    inner = font.get("/DescendantFonts", [font])[0].get_object()
    return any(name.startswith("/FontFile") for name in inner["/FontDescriptor"])


def test_a_spreadsheet_is_written(machine):
    session = machine.log_in("manager")
    systems = session.search("om.system", [], 500)
    data = session.get(
        f"/report/xlsx/om_assets.om_register_xlsx/{','.join(map(str, systems))}"
    )
    assert data.startswith(b"PK")
    assert len(data) > 10_000


def test_every_paper_is_printed(machine):
    """With one row and with a hundred; they are compared at the end."""
    for rows in ROWS:
        folder = machine.root.folder / "tmp" / f"papers-{rows}"
        folder.mkdir(mode=0o755)
        settings = {
            "OM_ROOT": CHECKOUT,
            "OM_ROWS": str(rows),
            "OM_PAPERS": ",".join(NAMES),
            "OM_FOLDER": f"/tmp/{folder.name}",
            "OM_ADDRESS": machine.url,
        }
        words = " ".join(f"{name}='{value}'" for name, value in settings.items())
        status, output = machine.shell(f"{words} ./om shell", "papers/rows_shell.py")
        assert status == 0, output[-3000:]
        for name in NAMES:
            paper = (folder / f"{name}.pdf").read_bytes()
            PAPERS.setdefault(machine.suite, {})[f"{name}, {rows}"] = paper


@pytest.mark.parametrize("kind", ["Code128", "EAN13", "QR"])
def test_a_barcode_is_a_picture(machine, kind):
    """Drawn by another library on Python 3.13 than before it."""
    value = "5901234123457" if kind == "EAN13" else "OM-0001"
    picture = machine.log_in("manager").get(
        f"/report/barcode/{kind}/{value}?width=300&height=100"
    )
    assert picture.startswith(b"\x89PNG")
    assert len(set(base64.b64encode(picture))) > 16
    assert len(picture) > 150


def test_the_second_command_passes(machine):
    status, output = machine.om("test")
    lines = re.findall(r"^\d+ passed, \d+ failed.*$", output, re.MULTILINE)
    print(f"\n{machine.suite}: {lines[-1:]}")
    assert lines, output[-3000:]
    assert status == 0, output[-6000:]


def test_papers_are_the_same_on_both():
    assert set(PAPERS) == set(SUITES), "one machine printed none: see above"
    first, second = (PAPERS[suite] for suite in SUITES)
    assert set(first) == set(second)
    different = {}
    for name in first:
        if name.startswith(DRAWN_ANEW):
            continue
        try:
            compare(first[name], second[name])
        except AssertionError as error:
            different[name] = str(error)
    assert not different
