"""Reads the cells of an .xlsx file that a stranger may have made.

The file is an archive of XML parts. Nothing of it is trusted: sizes are checked
before anything is unpacked, parts are read as a stream of events and never as a
tree, so that memory is bounded by :class:`Limits` whatever the file says, and what
has no business in a table (macros, links to other files, document types, formulas,
merged cells) is refused with a fault that names it.

Dates follow the workbook's own calendar (1900 or 1904) and its number formats, as
ECMA-376 part 1 (18.8.30, 18.17.4) defines them.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import Any, NamedTuple
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, WINDOWS_EPOCH, from_excel

CHUNK = 64 * 1024
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"
# Number formats that have no code in the file and are dates in East Asian programs.
EAST_ASIAN_DATES = frozenset((*range(27, 37), *range(50, 59)))
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
SURROGATE = re.compile("[\ud800-\udfff]")
# Controls but tab and line end; widthless spaces, marks and overrides of direction.
# Joiners stay: an emoji of several is made of them.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u2069\ufeff\ufffe\uffff]"
)
# What a cell holds, in units of UTF-16.
LONGEST_TEXT = 32_767
RELATION_ID = re.compile(r"(^|\})id$")


class Fault(StrEnum):
    """Why a whole file is refused."""

    NOT_A_WORKBOOK = "not an .xlsx file"
    OLD_OR_PROTECTED = "an .xls file, or protected with a password"
    MACROS = "contains macros"
    LINKS = "refers to other files"
    TOO_BIG = "too big"
    BROKEN = "cannot be read"
    DOCTYPE = "contains a document type"
    TOO_MANY_ROWS = "too many rows"
    MERGED = "merged cells"


class WorkbookError(Exception):
    """The file cannot be used; ``fault`` says why, ``sheet`` and ``detail`` where."""

    def __init__(self, fault: Fault, sheet: str = "", detail: Any = ""):
        super().__init__(f"{fault} {sheet} {detail}".strip())
        self.fault, self.sheet, self.detail = fault, sheet, detail


@dataclass(frozen=True)
class Limits:
    """What a file may demand: bytes packed and unpacked, parts, rows, cells, texts.

    ``rows`` counts rows with content below the header; ``span`` is the number of the
    last row a sheet may have at all, so that empty rows cannot be endless. Cells
    right of ``columns`` are not looked at.
    """

    packed: int = 20 * 1024 * 1024
    unpacked: int = 50 * 1024 * 1024
    parts: int = 500
    rows: int = 20_000
    span: int = 1_048_576
    columns: int = 200
    cells: int = 500_000
    strings: int = 300_000
    text: int = 32_767
    depth: int = 64
    token: int = 1024 * 1024
    formats: int = 65_000


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    FORMULA = "formula"
    ERROR = "error"


class Cell(NamedTuple):
    """A cell that is not empty: a text, int or float, date or datetime, bool."""

    kind: Kind
    value: Any


class Row(NamedTuple):
    """A row with content: its number in the sheet and its cells by column (from 1)."""

    number: int
    cells: dict[int, Cell]


class _Events:
    """What a part tells while it is read; subclasses keep what they need."""

    def __init__(self, limits: Limits):
        self.limits = limits
        self.depth = 0
        self.text: list[str] | None = None
        self.length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Called at the beginning of an element; ``name`` has no namespace."""

    def end(self, name: str) -> None:
        """Called at the end of an element."""

    def on_start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > self.limits.depth:
            raise WorkbookError(Fault.BROKEN)
        self.start(name.rpartition("}")[2], attributes)

    def on_end(self, name: str) -> None:
        self.depth -= 1
        self.end(name.rpartition("}")[2])

    def on_text(self, text: str) -> None:
        if self.text is not None:
            self.length += len(text)
            if self.length > self.limits.text:
                raise WorkbookError(Fault.TOO_BIG)
            self.text.append(text)

    def open_text(self) -> None:
        """Begin to collect characters; they add to what is collected already."""
        self.text = []

    def take_text(self) -> str:
        """Return the characters since :meth:`open_text`, and stop collecting."""
        text, self.text = "".join(self.text or ()), None
        return text

    def take_rows(self) -> list[Row]:
        """Return what has been completed since the last call."""
        return []


def _refuse_doctype(*_args: Any) -> None:
    raise WorkbookError(Fault.DOCTYPE)


class _Relations(_Events):
    def __init__(self, limits: Limits):
        super().__init__(limits)
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = kind, attributes.get("Target", "")


class _Book(_Events):
    def __init__(self, limits: Limits):
        super().__init__(limits)
        self.sheets: list[tuple[str, str]] = []
        self.epoch = WINDOWS_EPOCH

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            ids = [
                value for key, value in attributes.items() if RELATION_ID.search(key)
            ]
            self.sheets.append((attributes.get("name", ""), ids[0] if ids else ""))
        elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.epoch = CALENDAR_MAC_1904


class _Styles(_Events):
    """Collects which cell formats show a date."""

    def __init__(self, limits: Limits):
        super().__init__(limits)
        self.codes: dict[int, str] = dict(BUILTIN_FORMATS)
        self.dates: set[int] = set()
        self.count = 0
        self.in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self.codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.in_cells = True
        elif name == "xf" and self.in_cells:
            number = int(attributes.get("numFmtId", 0))
            if number in EAST_ASIAN_DATES or is_date_format(self.codes.get(number)):
                self.dates.add(self.count)
            self.count += 1
        if self.count > self.limits.formats or len(self.codes) > self.limits.formats:
            raise WorkbookError(Fault.TOO_BIG)

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.in_cells = False


class _Strings(_Events):
    """Collects the table of texts; how a text is pronounced is no part of it."""

    def __init__(self, limits: Limits):
        super().__init__(limits)
        self.texts: list[str] = []
        self.parts: list[str] = []
        self.spoken = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.parts, self.length = [], 0
        elif name == "rPh":
            self.spoken = True
        elif name == "t" and not self.spoken:
            self.open_text()

    def end(self, name: str) -> None:
        if name == "t" and not self.spoken:
            self.parts.append(self.take_text())
        elif name == "rPh":
            self.spoken = False
        elif name == "si":
            self.texts.append("".join(self.parts))
            if len(self.texts) > self.limits.strings:
                raise WorkbookError(Fault.TOO_BIG)


class _Sheet(_Events):
    """Turns a sheet's elements into rows."""

    def __init__(self, book: "Workbook", title: str):
        super().__init__(book.limits)
        self.book, self.title = book, title
        self.rows: list[Row] = []
        self.number = self.column = self.count = self.seen = 0
        self.cells: dict[int, Cell] = {}
        self.type = self.style = self.value = ""
        self.formula = self.spoken = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self.number = int(attributes.get("r", self.number + 1))
            self.column, self.cells = 0, {}
            if not 0 < self.number <= self.limits.span:
                raise WorkbookError(Fault.TOO_MANY_ROWS, self.title, self.limits.rows)
        elif name == "c":
            reference = attributes.get("r")
            self.column = get_column(reference) if reference else self.column + 1
            self.type, self.style = attributes.get("t", "n"), attributes.get("s", "")
            self.formula, self.value, self.length = False, "", 0
            self.seen += 1
            if self.seen > self.limits.cells:
                raise WorkbookError(Fault.TOO_BIG, self.title)
        elif name == "f":
            self.formula = True
        elif name == "rPh":
            self.spoken = True
        elif name in ("v", "t") and not self.spoken:
            self.open_text()
        elif name == "mergeCell":
            raise WorkbookError(Fault.MERGED, self.title, attributes.get("ref", ""))

    def end(self, name: str) -> None:
        if name in ("v", "t") and not self.spoken:
            self.value += self.take_text()
        elif name == "rPh":
            self.spoken = False
        elif name == "c":
            self.end_cell()
        elif name == "row" and self.cells:
            self.count += 1
            # the header is a row as well
            if self.count > self.limits.rows + 1:
                raise WorkbookError(Fault.TOO_MANY_ROWS, self.title, self.limits.rows)
            self.rows.append(Row(self.number, self.cells))

    def end_cell(self) -> None:
        if self.formula:
            cell = Cell(Kind.FORMULA, self.value)
        elif not self.value:
            return
        else:
            cell = self.book.convert(self.type, self.style, self.value)
        empty = cell.kind is Kind.TEXT and not cell.value
        if not empty and self.column <= self.limits.columns:
            self.cells[self.column] = cell

    def take_rows(self) -> list[Row]:
        rows, self.rows = self.rows, []
        return rows


def get_column(reference: str) -> int:
    """Return the number of the column of a cell reference.

    >>> get_column("A1"), get_column("Z9"), get_column("AB12")
    (1, 26, 28)

    :raise ValueError: no letters in front
    """
    letters = reference.rstrip("0123456789").upper()
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        raise ValueError(reference)
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def get_letters(column: int) -> str:
    """Return the letters of a column number.

    >>> get_letters(1), get_letters(26), get_letters(28)
    ('A', 'Z', 'AB')
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class Workbook:
    """An .xlsx file; the titles of its sheets and, sheet by sheet, their rows.

    :param content: the file
    :raise WorkbookError: the file is not what it should be
    """

    def __init__(self, content: bytes, limits: Limits | None = None):
        self.limits = limits or Limits()
        self._archive = self._open(content)
        with self._reading():
            path = self._find_book()
            relations = self._read_relations(path)
            book = _Book(self.limits)
            self._consume(path, book)
            self._epoch = book.epoch
            self._paths = {
                title.strip(): self._resolve(path, relations[key][1])
                for title, key in book.sheets
                if relations.get(key, ("",))[0] == "worksheet"
            }
            styles, strings = _Styles(self.limits), _Strings(self.limits)
            for kind, target in relations.values():
                events = {"styles": styles, "sharedStrings": strings}.get(kind)
                if events:
                    self._consume(self._resolve(path, target), events)
            self._dates, self._strings = styles.dates, strings.texts

    @property
    def titles(self) -> list[str]:
        """The sheets' names, in the order in which the file shows them."""
        return list(self._paths)

    def read_rows(self, title: str) -> Iterator[Row]:
        """Yield the rows with content of a sheet.

        :raise WorkbookError: too many rows, merged cells, or broken
        """
        with self._reading(title):
            yield from self._feed(self._paths[title], _Sheet(self, title))

    def convert(self, kind: str, style: str, value: str) -> Cell:
        """Return the cell of a stored value, with its type and its format."""
        if kind == "s":
            return Cell(Kind.TEXT, clean_text(self._strings[int(value)]))
        if kind in ("str", "inlineStr"):
            return Cell(Kind.TEXT, clean_text(value))
        if kind == "b":
            return Cell(Kind.BOOLEAN, value.strip() in ("1", "true"))
        if kind == "e":
            return Cell(Kind.ERROR, value)
        if kind == "d":
            return Cell(Kind.DATE, datetime.fromisoformat(value.rstrip("Z")))
        number = float(value)
        if int(style or 0) in self._dates:
            return self._convert_date(number, value)
        if abs(number) > 1e15:
            return Cell(Kind.ERROR, value)
        return Cell(Kind.NUMBER, int(number) if number.is_integer() else number)

    def _convert_date(self, number: float, value: str) -> Cell:
        try:
            moment = from_excel(number, self._epoch)
        except (OverflowError, ValueError):
            return Cell(Kind.ERROR, value)
        if not isinstance(moment, date):
            return Cell(Kind.ERROR, str(moment))
        return Cell(Kind.DATE, moment)

    def _open(self, content: bytes) -> zipfile.ZipFile:
        """Return the archive, if its table of contents is acceptable."""
        if content.startswith(OLE_SIGNATURE):
            raise WorkbookError(Fault.OLD_OR_PROTECTED)
        if not content.startswith(b"PK\x03\x04"):
            raise WorkbookError(Fault.NOT_A_WORKBOOK)
        if len(content) > self.limits.packed:
            raise WorkbookError(Fault.TOO_BIG, detail=len(content))
        try:
            archive = zipfile.ZipFile(BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise WorkbookError(Fault.BROKEN) from error
        parts = archive.infolist()
        # zipfile never yields more than the declared size, so the sum is a bound
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > self.limits.parts or unpacked > self.limits.unpacked:
            raise WorkbookError(Fault.TOO_BIG, detail=unpacked)
        names = [part.filename.lower() for part in parts]
        if len(set(names)) < len(names) or any(
            part.flag_bits & 1
            or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            for part in parts
        ):
            raise WorkbookError(Fault.BROKEN)
        if any("vbaproject" in name or "/macrosheets/" in name for name in names):
            raise WorkbookError(Fault.MACROS)
        if any("/externallinks/" in name for name in names):
            raise WorkbookError(Fault.LINKS)
        return archive

    def _find_book(self) -> str:
        """Return the path of the part that lists the sheets."""
        types = "[Content_Types].xml"
        names = self._archive.namelist()
        if types not in names or "_rels/.rels" not in names:
            raise WorkbookError(Fault.NOT_A_WORKBOOK)
        with self._archive.open(types) as stream:
            if b"macroenabled" in stream.read(self.limits.token).lower():
                raise WorkbookError(Fault.MACROS)
        for kind, target in self._read_relations("").values():
            path = self._resolve("", target)
            # word/document.xml is an office document as well
            if kind == "officeDocument" and path in names and path[:3] == "xl/":
                return path
        raise WorkbookError(Fault.NOT_A_WORKBOOK)

    def _read_relations(self, path: str) -> dict[str, tuple[str, str]]:
        """Return {id: (kind, target)} of what a part refers to."""
        folder, _slash, name = path.rpartition("/")
        events = _Relations(self.limits)
        self._consume(join(folder, "_rels", f"{name}.rels"), events)
        return events.found

    def _resolve(self, path: str, target: str) -> str:
        """Return the path in the archive of a target that a part names."""
        if target.startswith("/"):
            return normpath(target[1:])
        return normpath(join(dirname(path), target))

    def _consume(self, path: str, events: _Events) -> None:
        for _row in self._feed(path, events):
            pass

    def _feed(self, path: str, events: _Events) -> Iterator[Row]:
        """Read a part as a stream of events; yield rows as they are completed."""
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = events.on_start
        parser.EndElementHandler = events.on_end
        parser.CharacterDataHandler = events.on_text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.EntityDeclHandler = _refuse_doctype
        fed = 0
        with self._archive.open(path) as stream:
            while chunk := stream.read(CHUNK):
                parser.Parse(chunk, False)
                fed += len(chunk)
                # what is not finished yet is held back, an endless tag for instance
                if fed - parser.CurrentByteIndex > self.limits.token:
                    raise WorkbookError(Fault.TOO_BIG, detail=fed)
                yield from events.take_rows()
            parser.Parse(b"", True)
        yield from events.take_rows()

    @contextmanager
    def _reading(self, title: str = "") -> Iterator[None]:
        """Turn what a broken file provokes into one kind of error."""
        try:
            yield
        except (
            expat.ExpatError,
            zipfile.BadZipFile,
            zlib.error,
            KeyError,
            IndexError,
            ValueError,
            EOFError,
            NotImplementedError,
            OSError,
            OverflowError,
        ) as error:
            raise WorkbookError(Fault.BROKEN, title) from error


def clean_text(text: str) -> str:
    """Return a text as people typed it: one kind of line end, no blanks around.

    ``_xHHHH_`` is how a spreadsheet writes a character that XML cannot hold. What
    comes along from chats and cannot be seen is dropped: control characters, marks of
    direction, spaces without width. Neither a person nor the database can use them.

    >>> clean_text(" a_x000D_\\nb_x005F_x0041_ ")
    'a\\nb_x0041_'
    >>> clean_text("\\u200b顺义_x0000__x0007_\\ufeff _xD83D__xDE00_ _xD83D_")
    '顺义 😀'
    """
    if "_x" in text:
        text = ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return clean_invisible(text).strip()


def clean_invisible(text: str) -> str:
    """Return a text without what cannot be seen, with whole characters only."""
    if not SURROGATE.search(text) and not INVISIBLE.search(text):
        return text
    # Two halves of a character outside the first plane become one; a half alone goes.
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return INVISIBLE.sub("", whole)


def cell_text(text: str) -> str:
    """Return what a cell can hold of a text: 32,767 units of UTF-16."""
    text = clean_invisible(text)
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    return units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"
