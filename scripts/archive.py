"""Make, check and unpack the archives of ./om backup (Odoo's own zip format).

``make FILE DATABASE FOLDER`` saves a database and of the files in FOLDER those that its
dump refers to: the dump first, the files second, so that people may go on working. A
file that is not there, or does not hold what its name says, is told and written into
the archive's manifest; what the dump does not know stays out, and so does what another
storage keeps (``s3://...``), which is saved there.
``verify FILE`` checks that the archive holds its whole dump and every file of it.
``extract FILE FOLDER`` does the same, then unpacks. ``compare FILE FOLDER`` checks that
what was unpacked lies there as it is in the archive; ``rows FILE`` lists how many rows
each table has in it.
Exit code 1 and a sentence where something is wrong; 3 where ``make`` made an archive,
but could not save everything.
"""

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

CHUNK = 1 << 20
DUMP_END = b"PostgreSQL database dump complete"
COPY, FROM_STDIN, COPY_END = b"COPY ", b" FROM stdin;\n", b"\\.\n"
ATTACHMENTS, STORE_NAME, NULL = "public.ir_attachment", "store_fname", b"\\N"
# What OCA's fs_attachment puts after the name of a storage, before that of the file.
SCHEME = "://"
# Odoo's collector of unused files; the mark of a database that is being made.
NOT_OF_PEOPLE = ("checklist", ".om-making")
INCOMPLETE = 3


class Damaged(Exception):
    """The archive lacks something or does not hold what it says."""


class Reader:
    """What a dump of pg_dump tells when its lines have passed by: ``rows`` of each
    table, ``names`` of the files that it refers to and those of files ``elsewhere``,
    whether it ``is_whole``."""

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()
        self.names: set[str] = set()
        self.elsewhere: set[str] = set()
        self.is_whole = False
        self._table, self._column = "", -1

    def read(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Pass the lines on, learning from them."""
        for line in lines:
            self._take(line)
            yield line

    def _take(self, line: bytes) -> None:
        if self._table:
            if line == COPY_END:
                self._table, self._column = "", -1
                return
            self.rows[self._table] += 1
            if self._column >= 0:
                value = line.rstrip(b"\n").split(b"\t")[self._column]
                if value != NULL:
                    name = value.decode()
                    (self.elsewhere if SCHEME in name else self.names).add(name)
        elif line.startswith(COPY) and line.endswith(FROM_STDIN):
            table, _open, columns = line.removeprefix(COPY).partition(b" (")
            self._table = table.decode()
            self.rows[self._table] += 0
            if self._table == ATTACHMENTS:
                names = columns.partition(b")")[0].decode().split(", ")
                self._column = names.index(STORE_NAME)
        elif DUMP_END in line:
            # pg_dump writes its closing line last: a dump without it was cut off.
            self.is_whole = True


def make(file: Path, database: str, folder: Path) -> list[str]:
    """Save a database and its files; return what could not be saved, in sentences.

    :raise Damaged: the database could not be dumped
    """
    reader = Reader()
    damaged, missing = [], []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        save_dump(archive, database, reader)
        for name in sorted(reader.names):
            try:
                digest = save_file(archive, folder / name, f"filestore/{name}")
            except FileNotFoundError:
                missing.append(name)
                continue
            if digest != PurePosixPath(name).name:
                damaged.append(name)
        manifest = {
            "odoo_dump": "1",
            "db_name": database,
            "rows": reader.rows,
            "missing": missing,
            "damaged": damaged,
        }
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
    strays = list_files(folder) - reader.names
    if strays:
        print(
            f"{len(strays)} files that the database does not know were left out,"
            f" e.g. {min(strays)}.",
            file=sys.stderr,
        )
    if reader.elsewhere:
        storage = min(reader.elsewhere).partition(SCHEME)[0]
        print(
            f"{len(reader.elsewhere)} files are kept in another storage ({storage}) and"
            " are saved there, not here.",
            file=sys.stderr,
        )
    told = []
    if missing:
        told.append(
            f"{len(missing)} files are not in {folder}, e.g. {missing[0]}: bring them"
            " back from an older archive."
        )
    if damaged:
        told.append(
            f"{len(damaged)} files do not hold what their names say, e.g."
            f" {damaged[0]}: they were saved as they are."
        )
    return told


def save_dump(archive: zipfile.ZipFile, database: str, reader: Reader) -> None:
    command = ["pg_dump", "--no-owner", database]
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=CHUNK) as process:
        with archive.open("dump.sql", "w", force_zip64=True) as dump:
            for line in reader.read(process.stdout or ()):
                dump.write(line)
    if process.returncode or not reader.is_whole:
        raise Damaged(f"pg_dump did not save {database} to its end.")


def save_file(archive: zipfile.ZipFile, path: Path, name: str) -> str:
    """Add a file; return the SHA-1 of what was saved."""
    digest = hashlib.sha1(usedforsecurity=False)
    with path.open("rb") as stream, archive.open(name, "w", force_zip64=True) as member:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            member.write(chunk)
    return digest.hexdigest()


def list_files(folder: Path) -> set[str]:
    """The files of people in a folder of files, by their stored names."""
    names = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {str(name) for name in names if name.parts[0] not in NOT_OF_PEOPLE}


def check(archive: zipfile.ZipFile) -> Reader:
    """Raise ``Damaged`` unless the archive is a whole backup, every member unharmed;
    return what its dump tells."""
    names = set(archive.namelist())
    for needed in ("dump.sql", "manifest.json"):
        if needed not in names:
            raise Damaged(f"{needed} is missing: this is no backup of ./om.")
    if broken := archive.testzip():
        raise Damaged(f"{broken} is damaged.")
    manifest = json.loads(archive.read("manifest.json"))
    reader = read_dump(archive)
    for name in names:
        check_member(archive, name, manifest.get("damaged", ()))
    missing = reader.names - set(manifest.get("missing", ()))
    missing -= {name.removeprefix("filestore/") for name in names}
    if missing:
        raise Damaged(f"{len(missing)} files are missing, e.g. {min(missing)}.")
    return reader


def read_dump(archive: zipfile.ZipFile) -> Reader:
    reader = Reader()
    with archive.open("dump.sql") as dump, io.BufferedReader(dump, CHUNK) as lines:
        for _line in reader.read(lines):
            pass
    if not reader.is_whole:
        raise Damaged("dump.sql ends too early.")
    return reader


def check_member(archive: zipfile.ZipFile, name: str, known: Iterable[str]) -> None:
    """Raise ``Damaged`` for a file of another place or content than its name says.

    :param known: files that were damaged already when the archive was made
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise Damaged(f"{name} would be written outside the target folder.")
    # Odoo names a stored file by the SHA-1 of its content: ab/ab12...
    if path.parts[0] == "filestore" and len(path.parts) == 3 and len(path.name) == 40:
        if name.removeprefix("filestore/") in known:
            return
        if get_digest(archive, name) != path.name:
            raise Damaged(f"{name} does not hold what its name says.")


def get_digest(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as stream:
        return hashlib.file_digest(stream, sha1).hexdigest()


def sha1() -> "hashlib._Hash":
    return hashlib.sha1(usedforsecurity=False)


def extract(file: Path, folder: Path) -> None:
    """Unpack the dump and the files of ``file`` into ``folder``, after checking it."""
    with zipfile.ZipFile(file) as archive:
        check(archive)
        for name in archive.namelist():
            if name == "dump.sql" or name.startswith("filestore/"):
                archive.extract(name, folder)


def compare(file: Path, folder: Path) -> None:
    """Raise ``Damaged`` unless each file of the archive lies in ``folder``."""
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            path = folder / name.removeprefix("filestore/")
            if not name.startswith("filestore/") or name.endswith("/"):
                continue
            if not path.is_file():
                raise Damaged(f"{path} is missing.")
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, sha1).hexdigest()
            if digest != get_digest(archive, name):
                raise Damaged(f"{path} is not as it was saved.")


def main() -> int:
    action, file = sys.argv[1], Path(sys.argv[2])
    try:
        if action == "make":
            told = make(file, sys.argv[3], Path(sys.argv[4]))
            print(*told, sep="\n", end="\n" if told else "", file=sys.stderr)
            return INCOMPLETE if told else 0
        if action == "extract":
            extract(file, Path(sys.argv[3]))
        elif action == "compare":
            compare(file, Path(sys.argv[3]))
        else:
            with zipfile.ZipFile(file) as archive:
                reader = check(archive) if action == "verify" else read_dump(archive)
            if action == "rows":
                for table, count in sorted(reader.rows.items()):
                    print(table, count)
    except (Damaged, zipfile.BadZipFile, ValueError, OSError) as error:
        print(f"{file.name}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
