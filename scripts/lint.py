"""Rules of this project that no public linter knows; called by ./om lint.

Prints one line a fault and exits with 1 if there is any.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import engines
import polib
import release

ROOT = Path(__file__).resolve().parent.parent
ADDONS = sorted(path.parent for path in ROOT.glob("addons/*/__manifest__.py"))
MANIFEST_KEYS = "name summary version category license author website depends".split()
# Names of machines and of package registries do not belong in the project.
FORBIDDEN = re.compile(
    r"/(?:root/|home/\w)|https?://[a-z0-9.-]*(debian|pypi|pythonhosted|npmjs)[a-z0-9.-]*"
)
LEFT_BEHIND = re.compile(r"\b(TODO|FIXME|XXX)\b")
# A module of rules is tested and reused without Odoo.
PURE_FOLDERS = ("tools", "engine")
# Lists are worded by odoo.tools.format_list (甲、乙和丙), clauses by _om_join_clauses.
JOINED = re.compile(r"""(?:", "|', '|"; "|'; '|"、"|'、')\.join\(""")
# Of these folders nothing but errors of programs and the names of fields is read.
UNWORDED_FOLDERS = (*PURE_FOLDERS, "tests", "migrations")
LINK = re.compile(r"\]\(([^)#\s]+)")
PACKAGING = '[build-system]\nrequires = ["whool"]\nbuild-backend = "whool.buildapi"\n'


def project_files() -> list[Path]:
    listing = subprocess.check_output(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True
    )
    return [ROOT / name for name in listing.splitlines() if (ROOT / name).is_file()]


def check_texts() -> Iterator[str]:
    """No machine names, no left-over marks."""
    for path in project_files():
        if path == Path(__file__).resolve():
            continue
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        name = path.relative_to(ROOT)
        for number, line in enumerate(text.splitlines(), 1):
            if FORBIDDEN.search(line):
                yield f"{name}:{number}: names a machine's path or a registry"
            if LEFT_BEHIND.search(line):
                yield f"{name}:{number}: left-over mark"


def check_links() -> Iterator[str]:
    """What a page links to or shows is there."""
    for path in project_files():
        if path.suffix != ".md":
            continue
        for target in LINK.findall(path.read_text("utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                yield f"{path.relative_to(ROOT)}: {target} is not there"


def check_manifest(addon: Path) -> Iterator[str]:
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text("utf-8"))
    for key in MANIFEST_KEYS:
        if key not in manifest:
            yield f"{addon.name}: the manifest lacks {key}"
    listed = {*manifest.get("data", ()), *manifest.get("demo", ())}
    if not listed:
        yield f"{addon.name}: the manifest lists no file"
    for folder in ("data", "demo", "report", "security", "views", "wizards", "wizard"):
        for path in (addon / folder).rglob("*.xml"):
            if str(path.relative_to(addon)) not in listed:
                yield f"{addon.name}: {path.relative_to(addon)} is in no manifest list"
    for name in listed:
        if not (addon / name).is_file():
            yield f"{addon.name}: the manifest lists {name}, which is not there"


def check_files(addon: Path) -> Iterator[str]:
    """What every add-on has: packaging, read-me fragments, an icon."""
    packaging = addon / "pyproject.toml"
    if not packaging.is_file() or packaging.read_text("utf-8") != PACKAGING:
        yield f"{addon.name}: pyproject.toml is not the three lines of whool"
    for name in (
        "readme/DESCRIPTION.md",
        "readme/CONTRIBUTORS.md",
        "static/description/icon.png",
        "tests/__init__.py",
    ):
        if not (addon / name).is_file():
            yield f"{addon.name}: {name} is missing"


def check_tests_imported(addon: Path) -> Iterator[str]:
    """A test file that nothing imports never runs and looks green."""
    package = addon / "tests" / "__init__.py"
    text = package.read_text("utf-8") if package.is_file() else ""
    for path in (addon / "tests").glob("test_*.py"):
        if not re.search(rf"\b{path.stem}\b", text):
            yield f"{addon.name}: tests/{path.name} is not imported"


def check_purity(addon: Path) -> Iterator[str]:
    for folder in PURE_FOLDERS:
        for path in (addon / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                modules = []
                if isinstance(node, ast.Import):
                    modules = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    modules = [node.module]
                if any(module.split(".")[0] == "odoo" for module in modules):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}: imports Odoo"


def check_joined(addon: Path) -> Iterator[str]:
    """What people read is listed as their language lists it."""
    for path in addon.rglob("*"):
        inside = path.relative_to(addon).parts
        if path.suffix not in (".py", ".xml") or inside[0] in UNWORDED_FOLDERS:
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if JOINED.search(line):
                yield f"{path.relative_to(ROOT)}:{number}: joins as English does"


def check_terms(addon: Path) -> Iterator[str]:
    """A term within an f-string is exported by Python from 3.12 on only."""
    for path in addon.rglob("*.py"):
        for text in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(text, ast.JoinedStr):
                continue
            for node in ast.walk(text):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    if name in ("_", "_lt"):
                        place = f"{path.relative_to(ROOT)}:{node.lineno}"
                        yield f"{place}: a term within an f-string is not translated"


def check_parties(addon: Path) -> Iterator[str]:
    """Rules of the portal ask for all parties that a login speaks for."""
    for path in addon.glob("security/*.xml"):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if "user.partner_id.commercial_partner_id" in line:
                yield (
                    f"{path.relative_to(ROOT)}:{number}: knows one party of the login;"
                    " take user.om_party_ids"
                )


# What the portal's floor does for all pages: finding a record, undoing a refused word.
BY_HAND = re.compile(r"\.cr\.rollback\(|_document_check_access\(|[( ]portal_pager\b")


def check_portal(addon: Path) -> Iterator[str]:
    """Pages for parties outside stand on om_base's floor, and fail as it does."""
    floor = "om_base"
    for path in () if addon.name == floor else sorted(addon.glob("controllers/*.py")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if BY_HAND.search(line):
                yield (
                    f"{addon.name}/controllers/{path.name}:{number}: does by hand what"
                    f" {floor}'s OmPortal does"
                )


# One place knows which day it is, and where.
ZONED = re.compile(
    r"\bcontext_today\b|\b[Dd]ate\.today\(|\.astimezone\(|\bZoneInfo\(|\bpytz\b"
    r"|[\"']Asia/Shanghai[\"']"
)


def check_zone(addon: Path) -> Iterator[str]:
    """Days are Beijing's, whoever's zone the server or the user has."""
    for path in sorted(addon.rglob("*.py")):
        parts = path.relative_to(addon).parts
        if parts[0] in ("tests", "migrations", *PURE_FOLDERS):
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if ZONED.search(line):
                yield (
                    f"{addon.name}/{'/'.join(parts)}:{number}: reckons with zones; "
                    "om_base's tools/beijing.py does that"
                )


def check_translation(addon: Path) -> Iterator[str]:
    """Every term of the template is translated, none fuzzy, none left over."""
    template = addon / "i18n" / f"{addon.name}.pot"
    chinese = addon / "i18n" / "zh_CN.po"
    if not template.is_file() or not chinese.is_file():
        yield f"{addon.name}: i18n/ lacks {template.name} or zh_CN.po"
        return
    wanted = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(template))}
    entries = polib.pofile(str(chinese))
    present = {(entry.msgctxt, entry.msgid) for entry in entries if not entry.obsolete}
    for _context, term in sorted(wanted - present, key=str):
        yield f"{addon.name}: zh_CN.po lacks {term!r}"
    for _context, term in sorted(present - wanted, key=str):
        yield f"{addon.name}: zh_CN.po has {term!r}, which the template lacks"
    for entry in entries:
        if entry.fuzzy or not (entry.translated() or entry.obsolete):
            yield f"{addon.name}: zh_CN.po does not translate {entry.msgid!r}"


def model_classes(addon: Path) -> Iterator[tuple[str, ast.ClassDef, Path]]:
    """The classes of an add-on that make or extend a model, with its name."""
    for path in sorted(addon.glob("*/*.py")):
        if path.parent.name == "tests":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.ClassDef):
                continue
            values = dict(assignments(node))
            named = values.get("_name") or values.get("_inherit")
            if isinstance(named, ast.List) and len(named.elts) == 1:
                named = named.elts[0]
            if isinstance(named, ast.Constant):
                yield named.value, node, path


def assignments(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """What the body of a class gives a name to, but for its methods."""
    for line in node.body:
        if isinstance(line, ast.Assign):
            for target in line.targets:
                if isinstance(target, ast.Name):
                    yield target.id, line.value


def declared_fields(addon: Path) -> Iterator[tuple[tuple[str, str], ast.Call]]:
    """The fields that an add-on declares: (model, field) and its declaration."""
    for model, node, _path in model_classes(addon):
        for name, value in assignments(node):
            if isinstance(value, ast.Call) and "fields." in ast.unparse(value.func):
                yield (model, name), value


def check_defined_once(addon: Path) -> Iterator[str]:
    """An add-on says once what a method or a field of a model is.

    A second class of the same model that overrides the first is for other add-ons:
    whoever reads the first one would read what does not hold.
    """
    first: dict[tuple[str, str], Path] = {}
    for model, node, path in model_classes(addon):
        names = [line.name for line in node.body if isinstance(line, ast.FunctionDef)]
        names += [
            name
            for name, value in assignments(node)
            if isinstance(value, ast.Call)
            and ast.unparse(value.func).startswith(("fields.", "models."))
        ]
        for name in dict.fromkeys(names):
            if (model, name) in first:
                yield (
                    f"{addon.name}: {path.name} defines {model}.{name} again,"
                    f" after {first[model, name].name}"
                )
            else:
                first[model, name] = path


def check_computed_once() -> Iterator[str]:
    """No add-on gives the field of another one's the meaning of its own."""
    first: dict[tuple[str, str], Path] = {}
    for addon in ADDONS:
        for (model, name), field in declared_fields(addon):
            if not any(keyword.arg == "compute" for keyword in field.keywords):
                continue
            owner = first.setdefault((model, name), addon)
            if owner != addon:
                yield f"{addon.name}: {owner.name} computes {model}.{name} otherwise"


def check_engines() -> Iterator[str]:
    """The map of the modules of rules is made from their docstrings."""
    if engines.split_page()[1] != engines.make_table():
        yield "docs/architecture.md: modules of rules have changed: scripts/engines.py"


def check_version(addon: Path) -> Iterator[str]:
    """What changed since the last release has a higher version."""
    yield from release.check(addon, release.read_list(release.LIST.read_text("utf-8")))


ADDON_CHECKS = (
    check_manifest,
    check_files,
    check_tests_imported,
    check_purity,
    check_joined,
    check_defined_once,
    check_terms,
    check_parties,
    check_portal,
    check_zone,
    check_translation,
    check_version,
)


def faults() -> Iterator[str]:
    yield from check_texts()
    yield from check_links()
    yield from check_computed_once()
    yield from check_engines()
    for addon in ADDONS:
        for check in ADDON_CHECKS:
            yield from check(addon)


def main() -> int:
    found = list(faults())
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
