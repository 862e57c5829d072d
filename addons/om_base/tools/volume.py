"""Volumes: papers of hundreds of pages, set by Typst from the data of their tables.

A volume has a title page with an overview, contents, parts with tables, page numbers
over all of it, bookmarks, and files inside; it is PDF/A-3, which archives take (one
with pages of other papers is plain PDF: they are shown as they are). How it looks is
in ``typst/volume.typ`` beside this folder; which words stand on it comes from here, in
the reader's language. Typst runs as a process of its own, with a limit of time and of
memory, and reads nothing but a folder made for it. Nothing here knows Odoo.

Why not the engine of the short papers: ``docs/decisions/0011-volumes-by-typst.md``.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from .beside import SECONDS, UNLIMITED, Beside, begin
from .chromium import PaperError
from .tables import Table

TEMPLATE = Path(__file__).parents[1] / "typst" / "volume.typ"
PDF = "application/pdf"
SUFFIXES = {PDF: "pdf", "image/png": "png", "image/jpeg": "jpg"}
FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC")
# A thousand pages of tables take 25 s of processor time and 2.7 GB.
MEGABYTES = 4096
# The process: no page, no package and no file from outside of its folder.
CHILD = """
import os, resource, sys
megabytes, folder = int(sys.argv[1]), sys.argv[2]
resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))
import typst
typst.compile(
    f"{folder}/main.typ", output=f"{folder}/making.pdf", root=folder,
    package_path=f"{folder}/none", package_cache_path=f"{folder}/none",
    pdf_standards=sys.argv[3:], pdf_tags=False,
)
os.replace(f"{folder}/making.pdf", f"{folder}/volume.pdf")
"""


@dataclass(frozen=True)
class Choice:
    """A box with what it stands for."""

    is_ticked: bool
    words: str


@dataclass(frozen=True)
class Scan:
    """A paper that is shown page by page, each on a page of its own.

    :param mime: ``application/pdf`` (all its ``pages``), ``image/png``, ``image/jpeg``
    """

    caption: str
    content: bytes = field(repr=False)
    mime: str
    pages: int = 1


@dataclass(frozen=True)
class Part:
    """``facts``: (name, value) pairs; ``signatures``: what each box is for.

    For letters and forms: ``text`` are paragraphs before the tables, ``choices`` boxes,
    ``notes`` small print after them, ``closing`` the lines with name, seal and day.
    """

    name: str
    facts: Sequence[tuple[str, str]] = ()
    summary: str = ""
    tables: Sequence[Table] = ()
    signatures: Sequence[str] = ()
    text: Sequence[str] = ()
    choices: Sequence[Choice] = ()
    notes: Sequence[str] = ()
    closing: Sequence[str] = ()
    scans: Sequence[Scan] = ()


@dataclass(frozen=True)
class Inside:
    """A file inside of the volume."""

    name: str
    content: bytes
    mime: str
    description: str


@dataclass(frozen=True)
class Words:
    """The words that the template itself needs."""

    contents: str
    signatures: str
    colon: str = ": "


@dataclass(frozen=True)
class Volume:
    """``language``: a code such as ``zh_CN``; lines are broken by its rules.
    ``has_cover``: the title page is a cover, for what is handed in somewhere."""

    title: str
    subtitle: str
    author: str
    language: str
    words: Words
    facts: Sequence[tuple[str, str]] = ()
    summary: str = ""
    tables: Sequence[Table] = ()
    parts: Sequence[Part] = ()
    files: Sequence[Inside] = field(default=(), repr=False)
    has_cover: bool = False


def print_volume(
    volume: Volume, seconds: float = SECONDS, megabytes: int = MEGABYTES
) -> bytes:
    """The volume as PDF/A-3.

    :raise PaperError: "hung" (not ready in time), "died" (ended, or out of memory) or
        "refused" (Typst said no, with its words)
    """
    folder = Path(tempfile.mkdtemp(prefix="om-volume-"))
    try:
        _lay_out(volume, folder)
        _run(_get_command(volume, folder, megabytes), seconds)
        return (folder / "volume.pdf").read_bytes()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def begin_volume(
    volume: Volume, folder: str | Path, megabytes: int = MEGABYTES
) -> Beside:
    """Begin to set a volume in an empty folder, and do not wait for it; who looks for
    it asks :func:`~.beside.find`."""
    folder = Path(folder)
    _lay_out(volume, folder)
    return begin(folder, _get_command(volume, folder, megabytes), "volume.pdf")


def _lay_out(volume: Volume, folder: Path) -> None:
    shutil.copy(TEMPLATE, folder / "main.typ")
    data = _prepare(volume, folder)
    (folder / "data.json").write_text(json.dumps(data), "utf-8")


def _get_command(volume: Volume, folder: Path, megabytes: int) -> list[str]:
    # Typst shows no page of another PDF in PDF/A: it cannot vouch for it.
    shows_others = any(scan.mime == PDF for part in volume.parts for scan in part.scans)
    standards = [] if shows_others else ["a-3b"]
    return [sys.executable, "-c", CHILD, str(megabytes), str(folder), *standards]


def _prepare(volume: Volume, folder: Path) -> dict:
    """What the template reads; the files inside lie beside it under numbers."""
    files = []
    for number, each in enumerate(volume.files):
        (folder / f"inside-{number}").write_bytes(each.content)
        files.append(
            {
                "name": each.name,
                "path": f"inside-{number}",
                "mime": each.mime,
                "description": each.description,
            }
        )
    parts = [
        _prepare_part(part, number, folder) for number, part in enumerate(volume.parts)
    ]
    language, _line, region = volume.language.partition("_")
    named = {name: getattr(volume, name) for name in ("title", "subtitle", "author")}
    named |= {"has_cover": volume.has_cover}
    named |= {"summary": volume.summary, "facts": volume.facts, "fonts": FONTS}
    return {
        **named,
        **asdict(volume.words),
        "language": language.lower(),
        "region": region.lower() if len(region) == 2 else "",
        "tables": [*map(_prepare_table, volume.tables)],
        "parts": parts,
        "files": files,
    }


def _prepare_part(part: Part, place: int, folder: Path) -> dict:
    """A part for the template; its scans lie beside it, a file each."""
    pages = []
    for number, scan in enumerate(part.scans):
        path = f"scan-{place}-{number}.{SUFFIXES[scan.mime]}"
        (folder / path).write_bytes(scan.content)
        pages += [
            {"path": path, "page": page, "caption": scan.caption}
            for page in range(1, scan.pages + 1)
        ]
    return {
        **asdict(replace(part, scans=(), tables=())),
        "tables": [*map(_prepare_table, part.tables)],
        "scans": pages,
    }


def _prepare_table(table: Table) -> dict:
    return {
        "title": table.name,
        "empty": table.empty,
        "columns": [
            {"head": column.head, "width": column.width, "number": column.is_number}
            for column in table.columns
        ],
        "rows": [asdict(line) for line in table.get_lines()],
    }


def _run(command: Sequence[str], seconds: float) -> None:
    process = subprocess.Popen(
        [*UNLIMITED, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _out, told = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise PaperError("hung", f"no volume in {seconds:.0f} s") from error
    if not process.returncode:
        return
    words = told.decode("utf-8", "replace").strip()[-500:]
    if b"TypstError" in told:
        raise PaperError("refused", words)
    raise PaperError("died", words or f"the process ended with {process.returncode}")
