"""Programs of their own beside the server, for which no worker waits.

One is begun in an empty folder, and makes a file there; who asks again later, perhaps
from another process, does so by plain values (:class:`Beside`). It knows no Odoo.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from .chromium import PaperError

SECONDS = 300
# A worker's limits of address space and processor time are not the program's.
UNLIMITED = ("prlimit", "--as=unlimited", "--cpu=unlimited", "--")
# One paper of many; each file begins a bookmark, under the name that goes with it.
MERGE = """
import json, os, sys
from pypdf import PdfWriter
folder = sys.argv[1]
with open(f"{folder}/papers.json", encoding="utf-8") as stream:
    papers = json.load(stream)
writer = PdfWriter()
for path, name in papers:
    writer.append(path, outline_item=name or None, import_outline=False)
# What all of them have alike, such as fonts, is in it once.
writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=False)
writer.write(f"{folder}/making.pdf")
os.replace(f"{folder}/making.pdf", f"{folder}/merged.pdf")
"""


@dataclass(frozen=True)
class Beside:
    """A program at work: in which folder, as which process, since when (seconds of the
    clock on the wall), and the file that it makes there."""

    folder: str
    pid: int
    since: float
    name: str


def begin(folder: str | Path, command: Sequence[str], name: str) -> Beside:
    """Begin a program that makes the file ``name`` in ``folder``; do not wait for it.

    It puts the file there when that is complete: under another name before.
    """
    folder = Path(folder)
    with (folder / "told").open("wb") as told:
        process = subprocess.Popen(
            [*UNLIMITED, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=told,
            start_new_session=True,
        )
    return Beside(str(folder), process.pid, time.time(), name)


def find(beside: Beside, seconds: float = SECONDS) -> Path | None:
    """The finished file; None while it is being made.

    :raise PaperError: "hung" (not ready in time), "died" (ended before)
    """
    done = Path(beside.folder) / beside.name
    # Asked first: it may be ready just now.
    is_alive = _is_alive(beside)
    if done.exists():
        return done
    if is_alive:
        if time.time() - beside.since < seconds:
            return None
        with suppress(ProcessLookupError):
            os.killpg(beside.pid, signal.SIGKILL)
        raise PaperError("hung", f"no {beside.name} in {seconds:.0f} s")
    told = b""
    with suppress(FileNotFoundError):
        told = (Path(beside.folder) / "told").read_bytes()
    words = told.decode("utf-8", "replace").strip()[-500:]
    raise PaperError("refused" if b"TypstError" in told else "died", words)


def begin_merging(papers: Sequence[tuple[str, str]], folder: str | Path) -> Beside:
    """Begin to put PDF files into one, in an empty folder.

    :param papers: (path, the words of its bookmark) each, in order
    """
    folder = Path(folder)
    (folder / "papers.json").write_text(json.dumps(list(papers)), "utf-8")
    return begin(folder, [sys.executable, "-c", MERGE, str(folder)], "merged.pdf")


def _is_alive(beside: Beside) -> bool:
    # A child of this process is to be asked for its end; a server that was started
    # anew has none, and another program may have its number by now.
    with suppress(ChildProcessError):
        os.waitpid(beside.pid, os.WNOHANG)
    try:
        process = psutil.Process(beside.pid)
        command = process.cmdline()
        # None at the moment in which one program becomes the next (prlimit the other).
        return process.status() != psutil.STATUS_ZOMBIE and (
            not command or beside.folder in command
        )
    except psutil.NoSuchProcess:
        return False
