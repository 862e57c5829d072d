"""The engine that prints papers: what it prints, what it may read, and how it ends."""

import http.server
import io
import os
import re
import resource
import signal
import threading
import time
import unicodedata

import psutil
import pytest
from pypdf import PdfReader

from ..support import ROOT
from .loading import load

chromium = load("chromium")

HEAD = '<p style="font-size: 8px">示例公司</p>'
FOOT = '<span class="pageNumber"></span> / <span class="totalPages"></span>'


@pytest.fixture(scope="module")
def site():
    """A server of one style sheet that says who asked for it."""
    asked = []

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers.get("Cookie")))
            body = b"body::after { content: 'styled' }"
            self.send_response(200)
            self.send_header("Content-Type", "text/css")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Tests print nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def start():
    """Make engines, ended with the test."""
    engines = []

    def make(**limits):
        engines.append(chromium.Chromium(**limits))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()


def text_of(pdf):
    """The words of all pages without spaces."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "\n".join(text_of_page(page) for page in pages)


def text_of_page(page):
    """The words without spaces; some fonts map a glyph back to its radical."""
    return unicodedata.normalize("NFKC", page.extract_text()).replace(" ", "")


def test_one_process_prints_one_paper_after_another(start, site):
    url, asked = site
    engine = start()
    for number in (1, 2):
        pdf = engine.print(
            f'<link rel="stylesheet" href="{url}/style.css"/>'
            f'<h1>付款申请 {number}</h1><p style="break-before: page">第二段</p>',
            chromium.Page(
                base_url=url, cookie=("session_id", "x"), header=HEAD, footer=FOOT
            ),
        )
        reader = PdfReader(io.BytesIO(pdf))
        assert len(reader.pages) == 2
        text = text_of(pdf)
        for words in (f"付款申请{number}", "第二段", "styled", "1/2", "2/2"):
            assert words in text
        assert text.count("示例公司") == 2
        width = float(reader.pages[0].mediabox.width)
        assert abs(width - 210 / 25.4 * 72) < 1
    assert engine.printed == 2
    assert {cookie for path, cookie in asked if path == "/style.css"} == {
        "session_id=x"
    }


def test_the_limits_of_a_worker_are_not_its_own(start):
    """Odoo limits the address space and the processor time of its workers."""
    before = {
        each: resource.getrlimit(each)
        for each in (resource.RLIMIT_AS, resource.RLIMIT_CPU)
    }
    try:
        for each, (_soft, hard) in before.items():
            value = 5 << 30 if each == resource.RLIMIT_AS else 3600
            resource.setrlimit(each, (value, hard))
        engine = start()
    finally:
        for each, values in before.items():
            resource.setrlimit(each, values)
    assert engine.print("<p>x</p>", chromium.Page("http://127.0.0.1:9"))


def test_a_sheet_lies_on_its_side(start):
    pdf = start().print("<p>x</p>", chromium.Page("http://127.0.0.1:9", landscape=True))
    box = PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    assert box.width > box.height


def test_it_reads_nothing_else(start, site, tmp_path):
    """Neither files of the machine nor other servers, however the page asks."""
    url, _asked = site
    secret = tmp_path / "secret"
    secret.write_text("do-not-print-me")
    secret.chmod(0o644)
    pdf = start().print(
        f'<iframe src="file://{secret}"></iframe>'
        f'<object data="file://{secret}"></object>'
        f'<link rel="stylesheet" href="file://{secret}"/>'
        '<img src="http://192.0.2.1/x.png"/>'
        f"<script>fetch('file://{secret}').then(a => a.text())"
        ".then(t => document.body.append(t));</script><p>end</p>",
        chromium.Page(base_url=url),
    )
    assert "do-not-print-me" not in text_of(pdf)
    assert "end" in text_of(pdf)


def test_a_page_that_never_ends_is_ended(start):
    engine = start(seconds=5)
    pid = engine._pid
    begun = time.monotonic()
    with pytest.raises(chromium.PaperError) as told:
        engine.print(
            "<script>for (;;) {}</script>", chromium.Page("http://127.0.0.1:9")
        )
    assert told.value.kind == "hung"
    assert time.monotonic() - begun < 15
    assert_gone(pid, engine)


def test_a_page_that_wants_all_memory_is_ended(start):
    engine = start(seconds=60, megabytes=700)
    pid = engine._pid
    with pytest.raises(chromium.PaperError) as told:
        engine.print(
            "<script>const all = []; function more() {"
            " for (let i = 0; i < 8; i++)"
            " all.push(new Uint8Array(33554432).fill(1));"
            " requestAnimationFrame(more); }"
            " const end = performance.now() + 50000;"
            " while (performance.now() < end && all.length < 400) more();</script>",
            chromium.Page("http://127.0.0.1:9"),
        )
    assert told.value.kind == "died"
    assert_gone(pid, engine)


def test_a_killed_one_says_so(start):
    engine = start()
    pid = engine._pid
    os.killpg(pid, signal.SIGKILL)
    with pytest.raises(chromium.PaperError) as told:
        engine.print("<p>x</p>", chromium.Page("http://127.0.0.1:9"))
    assert told.value.kind == "died"
    assert_gone(pid, engine)


def test_without_the_program(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(chromium.PaperError) as told:
        chromium.Chromium()
    assert told.value.kind == "absent"


def test_it_is_nobody(start):
    engine = start()
    process = psutil.Process(engine._pid)
    users = {each.uids().real for each in (process, *process.children(recursive=True))}
    assert 0 not in users


def assert_gone(pid, engine):
    """No process of it is left, nor its folder."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and (psutil.pid_exists(pid) or find_left(engine)):
        time.sleep(0.1)
    assert not psutil.pid_exists(pid)
    assert not find_left(engine)
    assert not os.path.exists(engine._profile)


def find_left(engine):
    """Processes that still work in its folder."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if engine._profile in " ".join(process.info["cmdline"] or [])
    ]


def test_heads_of_tables_are_repeated_and_no_row_is_cut(start):
    """By the style that the add-on gives to every paper; the looks of a screen have
    nothing of it."""
    source = (ROOT / "addons/om_base/models/ir_actions_report.py").read_text("utf-8")
    style = re.search(r'PAGED = """(<style>.+?</style>)', source, re.DOTALL)[1]
    rows = "".join(
        f"<tr><td>第{row}行<br/>上<br/>下{row}末</td></tr>" for row in range(120)
    )
    pdf = start().print(
        f"<html><head>{style}</head><body><table><thead><tr><th>表头</th></tr></thead>"
        f"{rows}</table></body></html>",
        chromium.Page("http://127.0.0.1:9"),
    )
    pages = [text_of_page(page) for page in PdfReader(io.BytesIO(pdf)).pages]
    assert len(pages) > 3
    for text in pages:
        assert "表头" in text
        assert re.findall(r"第(\d+)行", text) == re.findall(r"下(\d+)末", text)
