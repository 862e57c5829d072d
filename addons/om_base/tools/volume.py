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
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from .beside import SECONDS, UNLIMITED, Beside, begin
from .chromium import PaperError
from .tables import Table

TEMPLATE = Path(__file__).parents[1] / "typst" / "volume.typ"
PDF = "application/pdf"
SUFFIXES = {PDF: "pdf", "image/png": "png", "image/jpeg": "jpg"}
FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC")
# How the tables are set: lengths in points, or in sizes of the text.
SIZE, INSET, LEADING, LINE_HEIGHT = 8.5, 3.0, 0.55, 0.733
# Of the page, in mm; and the line that it leaves of A4's width.
MARGIN = 14.0
LINE = (210 - 2 * MARGIN) * 72 / 25.4
# A row of more lines is left to Typst: it may be higher than a page.
MOST_LINES = 12
# The widest that signs of these fonts are, bold as well; none is narrower than half
# of it. Any other of ASCII is narrower than 1.05, any Chinese one is a square.
WIDTHS = {
    **dict.fromkeys(" !'(),-./:;[\\]fijlrt{|}I", 0.45),
    **dict.fromkeys('0123456789abcdeghknopqsuvxyz"#$*+<=>?^_~', 0.65),
}
SIGNS = re.compile(r"[ -~\u2013-\u2026\u3001-\u3011\uff01-\uff5e\u4e00-\u9fa5]*")
POINTS = re.compile(r"[\u2013-\u2026\u3001-\u3011\uff01-\uff5e]+")
LATIN = re.compile(r"[!-~]+")
SEAM = re.compile(r"(?<=[!-~])(?=[^ -~])|(?<=[^ -~])(?=[!-~])")
# Between a Chinese sign and a Latin one.
SEAM_WIDTH = 0.25
# A thousand pages of tables take 6 s of processor time and 1.0 GB.
MEGABYTES = 4096
# It asks for memory in large pieces, which takes a fifth of its time from it.
MEMORY = "glibc.malloc.hugetlb=1:glibc.malloc.top_pad=67108864"
# The process: no page, no package and no file from outside of its folder. It finds and
# reads its fonts while the data are read, until its input ends.
CHILD = """
import os, resource, sys
megabytes, folder = int(sys.argv[1]), sys.argv[2]
resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))
import typst
fonts = typst.Fonts()
given = dict(
    root=folder, font_paths=fonts, ignore_system_fonts=True,
    package_path=f"{folder}/none", package_cache_path=f"{folder}/none",
)
typst.compile(sys.argv[3].encode(), **given)
sys.stdin.read()
with open(f"{folder}/standards") as stream:
    standards = stream.read().split()
typst.compile(
    f"{folder}/main.typ", output=f"{folder}/making.pdf",
    pdf_standards=standards, pdf_tags=False, **given,
)
os.replace(f"{folder}/making.pdf", f"{folder}/volume.pdf")
"""
# What it sets meanwhile.
FIRST = "#set text(font: ({fonts}))\n国 *国*"


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
    volume: Volume | Callable[[], Volume],
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
) -> bytes:
    """The volume as PDF/A-3.

    :param volume: or what reads it, which it does while Typst begins
    :param seconds: after it is read
    :raise PaperError: "hung" (not ready in time), "died" (ended, or out of memory) or
        "refused" (Typst said no, with its words)
    """
    folder = Path(tempfile.mkdtemp(prefix="om-volume-"))
    try:
        with _begin(_get_command(folder, megabytes)) as process:
            _lay_out(volume() if callable(volume) else volume, folder)
            _await(process, seconds)
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
    return begin(folder, _get_command(folder, megabytes), "volume.pdf")


def _lay_out(volume: Volume, folder: Path) -> None:
    shutil.copy(TEMPLATE, folder / "main.typ")
    data = _prepare(volume, folder)
    (folder / "data.json").write_text(json.dumps(data), "utf-8")
    # Typst shows no page of another PDF in PDF/A: it cannot vouch for it.
    shows_others = any(scan.mime == PDF for part in volume.parts for scan in part.scans)
    (folder / "standards").write_text("" if shows_others else "a-3b", "utf-8")


def _get_command(folder: Path, megabytes: int) -> list[str]:
    first = FIRST.format(fonts=", ".join(map(json.dumps, FONTS)))
    command = [sys.executable, "-c", CHILD, str(megabytes), str(folder), first]
    return ["env", f"GLIBC_TUNABLES={MEMORY}", *command]


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
    named |= {"size": SIZE, "inset": INSET, "leading": LEADING, "margin": MARGIN}
    named |= {"line-height": LINE_HEIGHT, "most-lines": MOST_LINES}
    return {
        **named,
        **vars(volume.words),
        "language": language.lower(),
        "region": region.lower() if len(region) == 2 else "",
        "tables": [*map(_prepare_table, volume.tables)],
        "parts": parts,
        "files": files,
    }


def _prepare_table(table: Table) -> dict:
    """A table for the template; ``counts``: how many lines the head and each row take,
    0 where only Typst can tell."""
    share = LINE / sum(column.width for column in table.columns)
    widths = [(column.width * share - 2 * INSET) / SIZE for column in table.columns]
    heads = [column.head for column in table.columns]
    lines = table.get_lines()
    return {
        "title": table.name,
        "empty": table.empty,
        "columns": [
            {"head": column.head, "width": column.width, "number": column.is_number}
            for column in table.columns
        ],
        "rows": [*map(vars, lines)],
        "counts": [
            _count_row(cells, widths)
            for cells in (heads, *(line.cells for line in lines))
        ],
    }


def _count_row(cells: Sequence[str], widths: Sequence[float]) -> int:
    counts = [count_lines(*each) for each in zip(cells, widths, strict=True)]
    return max(counts) if all(counts) else 0


@lru_cache(4096)
def count_lines(text: str, width: float) -> int:
    """How many lines a text takes, 0 if that is not certain from here.

    Certain is it where the fewest that it can take are the most that it can. No line
    but the last has more room left than the widest piece that must not be broken, which
    is a Latin word, or a sign, with the points that keep to it.

    :param width: of a line, in sizes of the text
    """
    if "\n" in text:
        counts = [count_lines(line, width) if line else 0 for line in text.split("\n")]
        return sum(counts) if all(counts) and sum(counts) <= MOST_LINES else 0
    if not SIGNS.fullmatch(text):
        return 0
    least = most = 0.0
    for sign in text:
        if sign > "~":
            most += 1
            least += 0.5 if POINTS.match(sign) else 1
        else:
            most += WIDTHS.get(sign, 1.05)
            least += WIDTHS.get(sign, 1.05) / 2 if sign != " " else 0
    most += len(SEAM.findall(text)) * SEAM_WIDTH
    if most <= width:
        return 1
    words = (
        sum(WIDTHS.get(sign, 1.05) for sign in word) for word in LATIN.findall(text)
    )
    piece = max((word + 2 for word in words), default=1)
    piece += 2 * max(map(len, POINTS.findall(text)), default=0)
    if piece >= width:
        return 0
    lines = math.ceil(most / (width - piece))
    return lines if lines == math.ceil(least / width) <= MOST_LINES else 0


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
        **vars(part),
        "tables": [*map(_prepare_table, part.tables)],
        "choices": [*map(vars, part.choices)],
        "scans": pages,
    }


@contextmanager
def _begin(command: Sequence[str]) -> Iterator[subprocess.Popen]:
    """The process, which is ended with its children if it has not ended by itself."""
    with subprocess.Popen(
        [*UNLIMITED, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def _await(process: subprocess.Popen, seconds: float) -> None:
    """End its input, and wait for it."""
    try:
        _out, told = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise PaperError("hung", f"no volume in {seconds:.0f} s") from error
    if not process.returncode:
        return
    words = told.decode("utf-8", "replace").strip()[-500:]
    if b"TypstError" in told:
        raise PaperError("refused", words)
    raise PaperError("died", words or f"the process ended with {process.returncode}")
