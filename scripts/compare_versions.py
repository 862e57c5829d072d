"""Say whether a database was made by another release than this checkout.

Reads lines ``module version`` (the installed add-ons of a database) on standard
input; arguments: the add-ons folder, Odoo's series, the command that upgrades. Exit
code 0: same release, 1: the database is newer, 3: it is older (the sentence printed
says what to do).
"""

import ast
import sys
from pathlib import Path

SAME, NEWER, OLDER = 0, 1, 3


def parse(version: str) -> tuple[int, ...]:
    """``"19.0.1.2.0"`` as a tuple that compares; what is no number counts as 0."""
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def compare(
    installed: dict[str, str], available: dict[str, str], series: str, upgrade: str
) -> tuple[int, str]:
    """The verdict on a database's add-ons, and a sentence for people."""
    base = installed.get("base", series)
    if parse(base)[:2] != parse(series):
        return NEWER, f"was made by Odoo {base}, not by Odoo {series}: use its release."
    for name, version in sorted(installed.items()):
        if name == "base":
            continue
        here = available.get(name)
        if here is None or parse(version) > parse(here):
            return NEWER, (
                f"was made by a newer release ({name} {version}; this checkout has "
                f"{here or 'none'}): check out that release."
            )
    for name, here in sorted(available.items()):
        if name in installed and parse(here) > parse(installed[name]):
            return OLDER, (
                f"was made by an older release ({name} {installed[name]}; this "
                f"checkout has {here}): run {upgrade}."
            )
    return SAME, ""


def main() -> int:
    addons, series, upgrade = Path(sys.argv[1]), *sys.argv[2:]
    available = {
        manifest.parent.name: ast.literal_eval(manifest.read_text("utf-8"))["version"]
        for manifest in addons.glob("*/__manifest__.py")
    }
    installed = dict(line.split() for line in sys.stdin if len(line.split()) == 2)
    status, sentence = compare(installed, available, series, upgrade)
    if sentence:
        print(sentence)
    return status


if __name__ == "__main__":
    sys.exit(main())
