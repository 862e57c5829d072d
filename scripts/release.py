"""The add-ons of the last release, and what changed since: ``config/release``.

A release is a version of each changed add-on, an entry in CHANGELOG.md and a small dump
for the test of the upgrade (``tests/upgrade``). ``release.py`` writes the list from the
checkout, when a release is made; ``./om lint`` compares with it.
"""

import ast
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "config" / "release"
HEAD = """\
# The add-ons of the last release: name, version, digest of the files. Written by
# scripts/release.py; one whose files differ has a higher version (./om lint).
"""
# What no database knows of: changing it asks for no upgrade.
WITHOUT = ("tests", "readme", "__pycache__")


def version_of(addon: Path) -> str:
    manifest = (addon / "__manifest__.py").read_text("utf-8")
    return ast.literal_eval(manifest)["version"]


def files_of(addon: Path) -> Iterator[Path]:
    for path in sorted(addon.rglob("*")):
        parts = path.relative_to(addon).parts
        if path.is_file() and not set(parts) & set(WITHOUT) and path.suffix != ".pyc":
            yield path


def digest_of(addon: Path) -> str:
    """A digest of names and contents; the version itself does not count."""
    digest = hashlib.sha256()
    version = version_of(addon).encode()
    for path in files_of(addon):
        content = path.read_bytes()
        if path.name == "__manifest__.py":
            content = content.replace(version, b"")
        digest.update(str(path.relative_to(addon)).encode() + b"\0")
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:16]


def read_list(text: str) -> dict[str, tuple[str, str]]:
    """Add-on -> version and digest."""
    rows = [line.split() for line in text.splitlines() if line[:1] not in ("", "#")]
    return {name: (version, digest) for name, version, digest in rows}


def as_numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def check(addon: Path, released: dict[str, tuple[str, str]]) -> Iterator[str]:
    """A changed add-on has a higher version, and none has a lower one."""
    if addon.name not in released:
        return
    version, digest = released[addon.name]
    here = version_of(addon)
    if as_numbers(here) < as_numbers(version):
        yield f"{addon.name}: {here} is lower than the release's version {version}"
    elif here == version and digest_of(addon) != digest:
        yield (
            f"{addon.name}: changed since the release and still has its version "
            f"{version}: raise it, so that databases are upgraded"
        )


def main() -> int:
    addons = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "addons"
    rows = (
        f"{manifest.parent.name} {version_of(manifest.parent)} "
        f"{digest_of(manifest.parent)}\n"
        for manifest in sorted(addons.glob("*/__manifest__.py"))
    )
    LIST.write_text(HEAD + "".join(rows), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
