"""Check and unpack the archives of ./om backup (Odoo's own zip format).

``verify FILE`` reads the stored names of a database's files on standard input and
checks that the archive holds the whole dump and every file, unharmed.
``extract FILE FOLDER`` does the same with what the archive itself says, then unpacks.
Exit code 1 and a sentence where something is wrong.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path, PurePosixPath

DUMP_END = b"PostgreSQL database dump complete"


class Damaged(Exception):
    """The archive lacks something or does not hold what it says."""


def check(archive: zipfile.ZipFile) -> None:
    """Raise ``Damaged`` unless the archive is a whole backup, every member unharmed."""
    names = set(archive.namelist())
    for needed in ("dump.sql", "manifest.json"):
        if needed not in names:
            raise Damaged(f"{needed} is missing: this is no backup of ./om.")
    if broken := archive.testzip():
        raise Damaged(f"{broken} is damaged.")
    json.loads(archive.read("manifest.json"))
    check_dump(archive)
    for name in names:
        check_member(archive, name)


def check_dump(archive: zipfile.ZipFile) -> None:
    """pg_dump writes its closing line last: a dump without it was cut off."""
    tail = b""
    with archive.open("dump.sql") as dump:
        while chunk := dump.read(1 << 20):
            tail = (tail + chunk)[-4096:]
    if DUMP_END not in tail:
        raise Damaged("dump.sql ends too early.")


def check_member(archive: zipfile.ZipFile, name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise Damaged(f"{name} would be written outside the target folder.")
    # Odoo names a stored file by the SHA-1 of its content: ab/ab12...
    if path.parts[0] == "filestore" and len(path.parts) == 3 and len(path.name) == 40:
        digest = hashlib.sha1(archive.read(name), usedforsecurity=False).hexdigest()
        if digest != path.name:
            raise Damaged(f"{name} does not hold what its name says.")


def verify(file: Path, stored: set[str]) -> None:
    """Raise ``Damaged`` unless ``file`` is whole and holds all ``stored`` names."""
    with zipfile.ZipFile(file) as archive:
        check(archive)
        missing = stored - {
            name.removeprefix("filestore/") for name in archive.namelist()
        }
    if missing:
        raise Damaged(f"{len(missing)} files are missing, e.g. {min(missing)}.")


def extract(file: Path, folder: Path) -> None:
    """Unpack the dump and the files of ``file`` into ``folder``, after checking it."""
    with zipfile.ZipFile(file) as archive:
        check(archive)
        for name in archive.namelist():
            if name == "dump.sql" or name.startswith("filestore/"):
                archive.extract(name, folder)


def main() -> int:
    action, file = sys.argv[1], Path(sys.argv[2])
    try:
        if action == "verify":
            verify(file, set(sys.stdin.read().split()))
        else:
            extract(file, Path(sys.argv[3]))
    except (Damaged, zipfile.BadZipFile, ValueError, OSError) as error:
        print(f"{file.name}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
