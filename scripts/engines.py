"""The table of the modules of rules in docs/architecture.md, from their docstrings.

``scripts/engines.py`` writes it anew; ``./om lint`` asks whether it is current.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/architecture.md"
FOLDERS = ("tools", "engine")
BEGIN, END = "| module | answers |\n| --- | --- |\n", "\n\n"
# In the order in which data flows.
ADDONS = (
    "om_base",
    "om_assets",
    "om_contract",
    "om_helpdesk",
    "om_stock_spares",
    "om_staffing",
    "om_obligation",
    "om_assessment",
    "om_engagements",
    "om_demo",
)


def first_sentence(path: Path) -> str:
    """The first paragraph of a module's docstring, as a cell of a table."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split()).replace("``", "`").removesuffix(".")


def make_table() -> str:
    """A row for each module of rules, by add-on."""
    rows = []
    for addon in ADDONS:
        for folder in FOLDERS:
            for path in sorted((ROOT / "addons" / addon / folder).glob("*.py")):
                if path.name != "__init__.py":
                    name = path.relative_to(ROOT / "addons")
                    rows.append(f"| `{name}` | {first_sentence(path)} |")
    return "\n".join(rows)


def split_page() -> tuple[str, str, str]:
    """The page before the table, the table, and what follows."""
    before, rest = PAGE.read_text("utf-8").split(BEGIN, 1)
    table, after = rest.split(END, 1)
    return before + BEGIN, table, END + after


if __name__ == "__main__":
    before, _table, after = split_page()
    PAGE.write_text(before + make_table() + after, "utf-8")
