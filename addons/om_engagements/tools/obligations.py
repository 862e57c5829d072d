"""The obligations' files: one per contract, a row for each thing that it owes.

Files under ``data/obligations`` are plain CSV (UTF-8, header row, an empty cell is what
the model has by default). ``seq`` are row numbers of the register, several with a
semicolon; without any the whole contract owes it. ``plans`` are inspection plans of
which the inspections meet it, where not those of the systems do. A row without ``per``
is owed, and still to be agreed: its document names no period.
"""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .register import Records, RegisterError

_INTEGERS = frozenset(("times", "due_number"))
_NUMBERS = frozenset(("quantity",))
_KEYS = frozenset(("key", "seq", "plans"))
_BOOLEANS = frozenset(("moves", "only_key_periods"))


def read_obligations(path: Path) -> list[dict[str, Any]]:
    """Return the rows of one file, without the empty cells.

    :raise RegisterError: a cell does not hold what its column needs
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = []
        for row in reader:
            try:
                rows.append({k: _cell(k, text) for k, text in row.items() if text})
            except (KeyError, TypeError, ValueError) as error:
                raise RegisterError(
                    f"{path.name}, line {reader.line_num}: {error}"
                ) from error
    return rows


def _cell(name: str, text: str) -> Any:
    if name in _INTEGERS:
        return int(text)
    if name in _NUMBERS:
        return float(text)
    if name in _BOOLEANS:
        return {"1": True}[text]
    if name == "seq":
        return [int(each) for each in text.split(";")]
    if name == "plans":
        return text.split(";")
    return text


def build_obligations(
    rows_of: Mapping[str, Iterable[Mapping[str, Any]]], prefix: str = "om_engagements."
) -> Records:
    """Return what contracts owe as records to load.

    :param rows_of: {name of a contract: rows as :func:`read_obligations` returns them}
    :param prefix: module, dot and start of the external ids
    """
    records: dict[str, dict[str, Any]] = {}
    for contract, rows in rows_of.items():
        for number, row in enumerate(rows, 1):
            values = {k: v for k, v in row.items() if k not in _KEYS}
            if "plans" in row:
                values["plan_ids"] = [f"{prefix}{plan}" for plan in row["plans"]]
            systems = [f"{prefix}system_{seq:03d}" for seq in row.get("seq", ())]
            records[f"{prefix}obligation_{contract}_{row['key']}"] = {
                "agreement_id": f"{prefix}agreement_{contract}",
                "sequence": number,
                "system_ids": systems,
                **values,
            }
    return {"om.obligation": records}
