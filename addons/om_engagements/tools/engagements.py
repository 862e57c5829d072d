"""The files of the engagements beside the register: a folder of plain CSV for each.

``data/engagements/engagements.csv`` has a row for each engagement: its contract, its
purchaser and its tender (external ids), and how its systems' codes begin. The folder of
its name holds what its document says:

* ``systems``, ``hardware``, ``inspections``, ``deadlines``, ``kpis``, ``reports``,
  ``spares``: as the register's (see ``register``). An empty ``unit`` is the purchaser.
  ``promise`` is the external id of the promise that the document prints for the
  system. ``moment`` and ``checklists`` (keys, with spaces between) belong to the
  inspections.
* ``quotation``: the lines of a price, such as person-months; their sum is the fee.
* ``units``: user units that are not the purchaser.
* ``checklists``: what is looked at, an item a row; they are used by the inspections
  that name them.
* ``posts``: whom the contract asks for; columns as the fields of ``om.post``.

Only ``systems`` is needed. What the document does not say is empty.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from . import register
from .register import Records, Row

# After the checklists that everybody uses.
NAMED_SEQUENCE = 100


@dataclass(frozen=True)
class Engagement:
    """One row of the list of engagements; all but ``name`` and ``code`` are external
    ids."""

    name: str
    contract: str
    purchaser: str
    tender: str | None
    code: str


def read_engagement(folder: Path, name: str) -> Engagement:
    """Return the engagement called ``name``."""
    rows = register.read_table(folder / "engagements.csv")
    return next(Engagement(**row) for row in rows if row["name"] == name)


def build_engagement(folder: Path, engagement: Engagement) -> Records:
    """Return what an engagement's files say as records to load, parents first."""
    place = folder / engagement.name
    prefix = f"om_engagements.{engagement.name}_"
    units = register.read_optional(place / "units.csv")
    keys: dict[str | None, str] = {None: engagement.purchaser}
    keys.update({unit["name"]: f"{prefix}unit_{unit['key']}" for unit in units})
    rows = register.read_register(place)
    systems = register.build_systems(rows, keys, prefix, engagement.code)
    quoted: dict[int, list[Row]] = {}
    for line in register.read_optional(place / "quotation.csv"):
        quoted.setdefault(line["seq"], []).append(line)
    for row, values in zip(rows, systems["om.system"].values(), strict=True):
        if row.get("promise"):
            values["sla_policy_id"] = row["promise"]
        if lines := quoted.get(row["seq"]):
            values["annual_fee"] = float(sum(map(get_amount, lines)))
            quotation = "；".join(map(_get_words, lines))
            values["note"] = "\n".join(filter(None, (row["notes"], quotation)))
    for values in systems["om.inspection.plan"].values():
        if "checklists" in values:
            named = (values.pop("checklists") or "").split()
            values["checklist_ids"] = [f"{prefix}checklist_{key}" for key in named]
    return {
        **_build_units(units, engagement.purchaser, prefix),
        **_build_checklists(register.read_optional(place / "checklists.csv"), prefix),
        **systems,
        **_build_posts(
            register.read_optional(place / "posts.csv"), engagement.tender, prefix
        ),
    }


def get_amount(line: Row) -> Decimal:
    """Return what a line of a quotation comes to."""
    return Decimal(str(line["quantity"])) * Decimal(str(line["price"]))


def _get_words(line: Row) -> str:
    """Return a line of a quotation as a person reads it."""
    return (
        f"报价：{line['name']} {line['quantity']:g} {line['uom']}"
        f" × {line['price']:,.2f} = {get_amount(line):,.2f}"
    )


def _build_units(units: Iterable[Row], purchaser: str, prefix: str) -> Records:
    return {
        "res.partner": {
            f"{prefix}unit_{unit['key']}": {
                "name": unit["name"],
                "is_company": True,
                "om_role": "user_unit",
                "parent_id": purchaser,
                "category_id": [register.UNIT_TAGS[unit["kind"]]],
            }
            for unit in units
        }
    }


def _build_checklists(items: Iterable[Row], prefix: str) -> Records:
    checklists: dict[str, Row] = {}
    lines: dict[str, Row] = {}
    for item in items:
        checklist = f"{prefix}checklist_{item['key']}"
        checklists[checklist] = {
            "name": item["checklist"],
            "scope": None,
            "sequence": NAMED_SEQUENCE,
        }
        lines[f"{checklist}_{item['line']:02d}"] = {
            "checklist_id": checklist,
            "sequence": item["line"],
            "name": item["item"],
            "instruction": item["instruction"],
        }
    return {
        "om.inspection.checklist": checklists,
        "om.inspection.checklist.line": lines,
    }


def _build_posts(posts: Iterable[Row], tender: str, prefix: str) -> Records:
    return {
        "om.post": {
            f"{prefix}post_{post['key']}": {
                "tender_id": tender,
                "sequence": 10 * number,
                **_said(post),
            }
            for number, post in enumerate(posts, 1)
        }
    }


def _said(row: Mapping[str, object]) -> Row:
    """Return the cells that say something, without the key."""
    return {
        name: value
        for name, value in row.items()
        if name != "key" and value is not None
    }
