"""The catalogues' files: what can be asked for under each contract, beside repairs.

Files under ``data/services`` are plain CSV (UTF-8, header row, an empty cell is what
the model has by default). ``seq`` is a row number of the register; without it the
service is offered for all systems of the contract. ``promise_value`` and
``promise_unit`` are printed times from the request on.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .register import Records, Row, read_table

FILES = ("services", "checklists", "questions", "rooms")
_FLAGS = ("asks_time", "asks_room", "needs_order", "needs_summary")
_NUMBERS = ("people_needed", "file_count")
_TEXTS = ("name", "clause", "description", "signer")


def read_services(folder: Path) -> dict[str, list[Row]]:
    """Return {name of a file: its rows}."""
    return {name: read_table(folder / f"{name}.csv") for name in FILES}


def build_services(
    rows_of: Mapping[str, Iterable[Row]],
    contracts: Iterable[str],
    prefix: str = "om_engagements.",
) -> Records:
    """Return the catalogues of these contracts as records to load.

    :param rows_of: as :func:`read_services` returns them
    :param prefix: module, dot and start of the external ids
    """
    known = set(contracts)
    wanted = [row for row in rows_of["services"] if row["contract"] in known]
    checklists: dict[str, dict[str, Any]] = {}
    lines: dict[str, dict[str, Any]] = {}
    for row in rows_of["checklists"]:
        key = f"{prefix}service_checklist_{row['key']}"
        checklists[key] = {"name": row["checklist"]}
        lines[f"{key}_{int(row['line']):02d}"] = {
            "checklist_id": key,
            "sequence": int(row["line"]),
            "name": row["item"],
            "instruction": row["instruction"],
        }
    forms: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows_of["questions"]:
        forms.setdefault((row["contract"], row["service"]), []).append(
            {
                "name": row["name"],
                "string": row["label"],
                "type": row["type"],
                **({"om_required": True} if row["required"] else {}),
            }
        )
    policies, policy_lines, items = {}, {}, {}
    for number, row in enumerate(wanted, 1):
        key = f"{prefix}service_{row['contract']}_{row['key']}"
        contract = f"{prefix}agreement_{row['contract']}"
        values: dict[str, Any] = {
            "agreement_id": contract,
            "sequence": number,
            "system_ids": (
                [f"{prefix}system_{int(row['seq']):03d}"] if row["seq"] else []
            ),
            "checklist_id": (
                f"{prefix}service_checklist_{row['checklist']}"
                if row["checklist"]
                else None
            ),
            "post_id": row["post"] or None,
            "form_definition": forms.get((row["contract"], row["key"]), []),
            **{name: row[name] for name in _TEXTS},
            **{name: bool(row[name]) for name in _FLAGS},
            **{name: int(row[name] or 0) for name in _NUMBERS},
        }
        if row["promise_value"]:
            policy = f"{key}_promise"
            policies[policy] = {
                "name": row["name"],
                "agreement_id": contract,
                "calendar_id": "om_helpdesk.om_service_calendar_7x24",
                "source": row["clause"],
            }
            policy_lines[f"{policy}_fix"] = {
                "policy_id": policy,
                "severity": "general",
                "target": "fix",
                "value": float(row["promise_value"]),
                "unit": row["promise_unit"],
                "clock": "always",
            }
            values["sla_policy_id"] = policy
        items[key] = values
    rooms = {
        f"{prefix}room_{row['contract']}_{row['key']}": {
            "name": row["name"],
            "agreement_id": f"{prefix}agreement_{row['contract']}",
        }
        for row in rows_of["rooms"]
        if row["contract"] in known
    }
    return {
        "om.inspection.checklist": checklists,
        "om.inspection.checklist.line": lines,
        "om.sla.policy": policies,
        "om.sla.policy.line": policy_lines,
        "om.service.room": rooms,
        "om.service.item": items,
    }
