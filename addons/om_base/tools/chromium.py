"""Print HTML as PDF with Chromium, driven over its DevTools protocol.

One process prints one paper after another and is renewed after some. What it may read
is one page, which it is handed, and what that page needs from one server; anything else
is refused. It has its own profile, which goes with it; it runs as nobody where we are
root; and it has a limit of time and of memory, after which it is ended with all of its
children. Nothing here knows Odoo or a database.

How to use it::

    engine = Chromium()
    pdf = engine.print("<html>...", Page(base_url="http://127.0.0.1:8069"))
    engine.close()
"""

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

# Without a window it prints five times as fast, and wants a third of the memory.
WINDOWLESS = "chromium-headless-shell"
PROGRAMS = (WINDOWLESS, "chromium", "chromium-browser", "google-chrome")
# Where the page is said to be, on the server whose files it may read.
ADDRESS = "/om/paper"
MM_PER_INCH = 25.4
# DevTools hands a paper over in pieces of this size.
CHUNK = 1 << 20
# A server's workers have limits of address space and of processor time, which it would
# inherit; it reserves far more than it uses, and has limits of its own.
UNLIMITED = ("prlimit", "--as=unlimited", "--cpu=unlimited", "--")
NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--")
ARGUMENTS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
    "--hide-scrollbars",
    "--mute-audio",
    "--no-proxy-server",
    "--password-store=basic",
    "--use-mock-keychain",
)


class PaperError(Exception):
    """The paper was not printed. ``kind`` is "absent" (no program), "died" (it ended by
    itself, or was ended), "hung" (no answer in time) or "refused" (it said no)."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind


@dataclass(frozen=True)
class Page:
    """How a paper is printed: lengths in mm, ``scale`` of everything on it.

    ``base_url``: the server whose files it may read; ``cookie``: (name, value) with
    which it asks for them; ``header``, ``footer``: HTML at the head and the foot of
    each page, which reads no file, and in which elements of the classes ``pageNumber``
    and ``totalPages`` are filled.
    """

    base_url: str
    cookie: tuple[str, str] | None = None
    width: float = 210.0
    height: float = 297.0
    margin_top: float = 10.0
    margin_right: float = 10.0
    margin_bottom: float = 10.0
    margin_left: float = 10.0
    landscape: bool = False
    scale: float = 1.0
    header: str = ""
    footer: str = ""


def find_program() -> str | None:
    """The path of Chromium on this machine."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def is_windowless() -> bool:
    """Whether the Chromium of this machine is the quick one."""
    return shutil.which(WINDOWLESS) is not None


class Chromium:
    """One running Chromium; not to be used by two threads at once.

    :param seconds: for one paper, from the call to its last byte
    :param megabytes: of all its processes together
    :raise PaperError: it is not there, or does not start
    """

    def __init__(self, seconds: float = 60.0, megabytes: int = 2048) -> None:
        program = find_program()
        if not program:
            raise PaperError("absent")
        self.printed = 0
        self._seconds, self._megabytes = seconds, megabytes
        self._number = 0
        self._buffer = b""
        self._profile = tempfile.mkdtemp(prefix="om-paper-")
        to_child, self._write = os.pipe()
        self._read, from_child = os.pipe()
        try:
            self._pid = self._spawn(program, to_child, from_child)
        finally:
            os.close(to_child)
            os.close(from_child)
        self._deadline = time.monotonic() + seconds
        try:
            self._call("Browser.getVersion")
        except PaperError:
            self.close()
            raise

    def _spawn(self, program: str, to_child: int, from_child: int) -> int:
        command = [program, *ARGUMENTS, f"--user-data-dir={self._profile}"]
        if os.geteuid() == 0:
            shutil.chown(self._profile, "nobody", "nogroup")
            # As nobody it cannot make the namespaces of its own sandbox everywhere.
            command = [*UNLIMITED, *NOBODY, *command, "--no-sandbox"]
        elif not can_make_namespaces():
            command = [*UNLIMITED, *command, "--no-sandbox"]
        else:
            command = [*UNLIMITED, *command]
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": self._profile,
            "LANG": "C.UTF-8",
        }
        null = os.open(os.devnull, os.O_RDWR)
        try:
            return os.posix_spawnp(
                command[0],
                command,
                environment,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, null, 0),
                    (os.POSIX_SPAWN_DUP2, null, 1),
                    (os.POSIX_SPAWN_DUP2, null, 2),
                    (os.POSIX_SPAWN_DUP2, to_child, 3),
                    (os.POSIX_SPAWN_DUP2, from_child, 4),
                ],
                setpgroup=0,
            )
        finally:
            os.close(null)

    # ------------------------------------------------------------
    # Printing
    # ------------------------------------------------------------

    def print(self, html: str, page: Page) -> bytes:
        """The paper as PDF.

        :raise PaperError: it was not printed; the process is of no use any more then
            unless the kind is "refused"
        """
        self._deadline = time.monotonic() + self._seconds
        context = self._call("Target.createBrowserContext")["browserContextId"]
        try:
            target = self._call(
                "Target.createTarget", url="about:blank", browserContextId=context
            )["targetId"]
            session = self._call(
                "Target.attachToTarget", targetId=target, flatten=True
            )["sessionId"]
            self._load(session, html, page)
            content = b"".join(self._read_paper(session, page))
        finally:
            if self._pid:
                self._call("Target.disposeBrowserContext", browserContextId=context)
        self.printed += 1
        return content

    def _load(self, session: str, html: str, page: Page) -> None:
        address = page.base_url.rstrip("/") + ADDRESS
        if page.cookie:
            name, value = page.cookie
            self._call(
                "Network.setCookie",
                session,
                name=name,
                value=value,
                url=page.base_url,
                httpOnly=True,
            )
        self._call("Page.enable", session)
        # The looks of a paper are those of the screen, as our style sheets expect.
        self._call("Emulation.setEmulatedMedia", session, media="screen")
        self._call("Fetch.enable", session, patterns=[{"urlPattern": "*"}])
        self._send("Page.navigate", session, url=address)
        for event in self._events():
            if event.get("sessionId") != session:
                continue
            if event["method"] == "Fetch.requestPaused":
                self._answer(session, event["params"], address, html)
            elif event["method"] == "Page.loadEventFired":
                break
        self._call(
            "Runtime.evaluate",
            session,
            expression="document.fonts.ready.then(() => true)",
            awaitPromise=True,
        )

    def _answer(self, session: str, asked: dict, address: str, html: str) -> None:
        """Hand over the page, let the server's files through, refuse all else."""
        url, number = asked["request"]["url"], asked["requestId"]
        server = address.removesuffix(ADDRESS) + "/"
        if url == address:
            self._send(
                "Fetch.fulfillRequest",
                session,
                requestId=number,
                responseCode=200,
                responseHeaders=[
                    {"name": "Content-Type", "value": "text/html; charset=utf-8"}
                ],
                body=base64.b64encode(html.encode()).decode(),
            )
        elif url.startswith((server, "data:")):
            self._send("Fetch.continueRequest", session, requestId=number)
        else:
            self._send(
                "Fetch.failRequest",
                session,
                requestId=number,
                errorReason="BlockedByClient",
            )

    def _read_paper(self, session: str, page: Page) -> Iterator[bytes]:
        stream = self._call(
            "Page.printToPDF",
            session,
            landscape=page.landscape,
            paperWidth=page.width / MM_PER_INCH,
            paperHeight=page.height / MM_PER_INCH,
            marginTop=page.margin_top / MM_PER_INCH,
            marginRight=page.margin_right / MM_PER_INCH,
            marginBottom=page.margin_bottom / MM_PER_INCH,
            marginLeft=page.margin_left / MM_PER_INCH,
            scale=page.scale,
            printBackground=True,
            displayHeaderFooter=bool(page.header or page.footer),
            headerTemplate=page.header or "<span></span>",
            footerTemplate=page.footer or "<span></span>",
            # Half of the size and a fifth of the time (docs/decisions/0011).
            generateTaggedPDF=False,
            transferMode="ReturnAsStream",
        )["stream"]
        while True:
            piece = self._call("IO.read", session, handle=stream, size=CHUNK)
            data = piece["data"]
            yield base64.b64decode(data) if piece["base64Encoded"] else data.encode()
            if piece["eof"]:
                return

    # ------------------------------------------------------------
    # The protocol: messages of JSON with a zero byte after each
    # ------------------------------------------------------------

    def _send(self, method: str, session: str | None = None, **params: Any) -> int:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        try:
            while data:
                self._wait(writing=True)
                data = data[os.write(self._write, data[:65536]) :]
        except OSError as error:
            raise self._ended() from error
        return self._number

    def _call(self, method: str, session: str | None = None, **params: Any) -> dict:
        number = self._send(method, session, **params)
        for message in self._messages():
            if message.get("id") == number:
                if "error" in message:
                    raise PaperError("refused", f"{method}: {message['error']}")
                return message["result"]
            if message.get("method") == "Fetch.requestPaused":
                # Asked for after the page has loaded: nothing that is printed.
                self._send(
                    "Fetch.failRequest",
                    message["sessionId"],
                    requestId=message["params"]["requestId"],
                    errorReason="Aborted",
                )
        raise self._ended()

    def _events(self) -> Iterator[dict]:
        return (message for message in self._messages() if "method" in message)

    def _messages(self) -> Iterator[dict]:
        while True:
            while b"\0" in self._buffer:
                text, self._buffer = self._buffer.split(b"\0", 1)
                yield json.loads(text)
            self._wait()
            try:
                data = os.read(self._read, CHUNK)
            except OSError as error:
                raise self._ended() from error
            if not data:
                raise self._ended()
            self._buffer += data

    def _wait(self, writing: bool = False) -> None:
        """Wait until the pipe is ready; time and memory are watched meanwhile."""
        while True:
            left = self._deadline - time.monotonic()
            if left <= 0:
                self.close()
                raise PaperError("hung", f"no answer in {self._seconds:.0f} s")
            ready = select.select(
                [] if writing else [self._read],
                [self._write] if writing else [],
                [],
                min(left, 1.0),
            )
            if ready[0] or ready[1]:
                return
            if self._get_memory() > self._megabytes:
                self.close()
                raise PaperError("died", f"it wanted more than {self._megabytes} MB")

    def _get_memory(self) -> int:
        """Megabytes of all its processes."""
        total = 0
        try:
            top = psutil.Process(self._pid)
            for process in (top, *top.children(recursive=True)):
                total += process.memory_info().rss
        except psutil.Error:
            return total >> 20
        return total >> 20

    def _ended(self) -> PaperError:
        self.close()
        return PaperError("died", "the program ended")

    # ------------------------------------------------------------
    # Its end
    # ------------------------------------------------------------

    @property
    def is_alive(self) -> bool:
        return bool(self._pid) and os.waitpid(self._pid, os.WNOHANG) == (0, 0)

    def close(self) -> None:
        """End it with all of its children; more than once does nothing."""
        if not self._pid:
            return
        pid, self._pid = self._pid, 0
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        # It was waited for before, if it ended by itself.
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)
        self._kill_detached()
        os.close(self._write)
        os.close(self._read)
        shutil.rmtree(Path(self._profile), ignore_errors=True)

    def _kill_detached(self) -> None:
        """End what left its group: the handler of crashes, which waits for nobody."""
        for process in psutil.process_iter(["cmdline"]):
            if self._profile in " ".join(process.info["cmdline"] or ()):
                with suppress(psutil.Error):
                    process.kill()


def can_make_namespaces() -> bool:
    """Whether the machine lets Chromium make the namespaces of its own sandbox."""
    try:
        return (
            subprocess.run(
                ["unshare", "--user", "true"], capture_output=True, timeout=10
            ).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
