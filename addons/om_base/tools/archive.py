"""A zip that grows from step to step on the disk and survives the end of its process.

Whoever adds files to it keeps the :class:`Mark` that :meth:`Archive.close` returns;
what was written after the last mark that was kept is cut off when the archive is opened
again. Files go in as they are: most are pictures and papers, which are packed already,
and whoever checks one needs no program to unpack it. One piece of a file is in memory.

How to use it::

    archive = Archive(folder)                       # begins a new one
    size, digest = archive.add("附件/甲.pdf", stream)
    mark = archive.close()
    archive = Archive(folder, mark)                 # goes on
"""

import hashlib
import io
import os
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, NamedTuple

NAME = "archive.zip"
CHUNK = 1 << 20
# Zip knows no zone and no year before 1980; the same content gives the same bytes.
MOMENT = (1980, 1, 1, 0, 0, 0)
# What a name inside may not have on some system.
FORBIDDEN = '<>:"/\\|?*'
LONGEST = 100


class Mark(NamedTuple):
    """``length``: bytes of the files in it; ``number``: which list of them counts."""

    length: int
    number: int


class Archive:
    """A zip in ``folder``, open for adding to it.

    :param mark: where it stood when it was closed; None begins a new one
    """

    def __init__(self, folder: str | Path, mark: Mark | None = None) -> None:
        self._folder = Path(folder)
        self._mark = mark
        self.path = self._folder / NAME
        if mark:
            self._unshare()
            with self.path.open("r+b") as stream:
                stream.seek(mark.length)
                stream.truncate()
                stream.write(self._list(mark.number).read_bytes())
        self._zip = zipfile.ZipFile(self.path, "a" if mark else "w")

    def _unshare(self) -> None:
        """Have the file for oneself: a finished one may be known by another name."""
        if self.path.stat().st_nlink > 1:
            own = self.path.with_suffix(".own")
            shutil.copyfile(self.path, own)
            own.replace(self.path)

    def add(self, name: str, stream: BinaryIO) -> tuple[int, str]:
        """Add a file; return its length and its SHA-256."""
        info = zipfile.ZipInfo(name, MOMENT)
        info.external_attr = 0o644 << 16
        digest, length = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=_size(stream) > 1 << 31) as member:
            while piece := stream.read(CHUNK):
                digest.update(piece)
                member.write(piece)
                length += len(piece)
        return length, digest.hexdigest()

    def add_bytes(self, name: str, content: bytes) -> tuple[int, str]:
        """As :meth:`add`, of what is in memory."""
        return self.add(name, io.BytesIO(content))

    def close(self) -> Mark:
        """Finish it, so that it can be read, or gone on with from here."""
        self._zip.close()
        length = self._zip.start_dir
        number = self._mark.number + 1 if self._mark else 1
        with self.path.open("r+b") as stream:
            stream.seek(length)
            listed = stream.read()
            os.fsync(stream.fileno())
        with self._list(number).open("wb") as stream:
            stream.write(listed)
            stream.flush()
            os.fsync(stream.fileno())
        # The one before may still be asked for: nobody knows yet of this one.
        self._list(number - 2).unlink(missing_ok=True)
        self._mark = Mark(length, number)
        return self._mark

    def _list(self, number: int) -> Path:
        return self._folder / f"list-{number}"


def _size(stream: BinaryIO) -> int:
    place = stream.tell()
    size = stream.seek(0, os.SEEK_END)
    stream.seek(place)
    return size


def safe_name(name: str) -> str:
    """``name`` as a file is called on any system; its ending stays.

    >>> safe_name("甲/乙: 丙?.pdf")
    '甲_乙_ 丙_.pdf'
    """
    clean = "".join(
        "_" if each in FORBIDDEN or not each.isprintable() else each for each in name
    ).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if dot and len(ending) < 10:
        return f"{stem[: LONGEST - len(ending)]}.{ending}"
    return clean[:LONGEST] or "_"


def list_fingerprints(files: Iterable[tuple[str, str]]) -> str:
    """The list of (name, SHA-256) that ``sha256sum --check`` reads."""
    return "".join(f"{digest}  {name}\n" for name, digest in files)
