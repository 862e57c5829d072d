"""The register's files: reading them, and turning rows into records to load.

The register is the service table of a unified O&M contract: one row per system. Its
files under ``data/register`` are plain CSV (UTF-8, header row, an empty cell is null),
one file per kind, keyed by the row number ``seq`` and, for lines, by ``line``.

The other engagements have the same files; of the columns those that their documents say
something in. What several systems have alike is written once: a ``seq`` of ``1-27`` is
the line of each of these rows, and ``common`` has columns of ``systems`` for such rows,
where they say nothing themselves.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Records = dict[str, dict[str, dict[str, Any]]]

# The contract serves every system to the end of its year (tender 0686-2511BJ143437Z).
SERVICE_END = "2026-12-31"

CATEGORIES = {
    "政务办公信息化": "om_assets.om_system_category_office",
    "物联网感知系统": "om_assets.om_system_category_iot",
    "非现场执法系统": "om_assets.om_system_category_enforcement",
    "政务及安全系统": "om_assets.om_system_category_security",
    "桌面及会议保障": "om_assets.om_system_category_desktop",
    "公共安全系统": "om_assets.om_system_category_public_safety",
    "城市管理系统": "om_assets.om_system_category_city",
    "教育教务系统": "om_assets.om_system_category_education",
}

# Rows whose remarks tie the response to working hours; all others mean natural hours.
RESPONSE_IN_SERVICE_HOURS = frozenset((124,))

UNIT_TAGS = {
    "department": "om_base.partner_category_department",
    "town": "om_base.partner_category_town",
    "street": "om_base.partner_category_subdistrict",
    "park": "om_base.partner_category_park",
}

_INTEGERS = {
    "seq",
    "line",
    "qty",
    "onsite_staff",
    "mlps_last_year",
    "mlps_level",
    "key_period_days",
    "trainings_per_year",
    "every",
    "times",
    "need",
    "insurance_months",
    "daily_minimum",
    "constant_minimum",
}
_NUMBERS = {
    "value",
    "near_km",
    "respond_value",
    "onsite_value",
    "fix_value",
    "years",
    "manager_years",
    "quantity",
    "price",
}
_BOOLEANS = {
    "repairs_software",
    "repairs_hardware",
    "mlps_in_scope",
    "is_exact",
    "besides",
}
# Every column that a system may have; a file leaves out what it never says.
_SYSTEM_COLUMNS = (
    "seq",
    "unit",
    "name",
    "summary",
    "category",
    "deployment_site",
    "deployment_kind",
    "onsite_staff",
    "onsite_hours",
    "service_start",
    "service_end_note",
    "repairs_software",
    "repairs_hardware",
    "network_service",
    "power_service",
    "mlps_level",
    "mlps_last_year",
    "mlps_state",
    "mlps_in_scope",
    "mlps_text",
    "service_mode",
    "support_hours",
    "key_periods",
    "key_period_days",
    "duty",
    "penalties",
    "trainings_per_year",
    "notes",
)
_GROUPS = ("deployment", "repairs", "mlps")
_TARGETS = ("respond", "onsite", "fix")
_LINES = {
    "hardware": "hardware",
    "inspections": "inspections",
    "kpis": "kpis",
    "reports": "reports",
    "spares": "spare_quota",
}


class RegisterError(ValueError):
    """A cell of the register's files cannot be read; says which one."""


def _cell(name: str, text: str) -> Any:
    if text == "":
        return None
    if name in _INTEGERS:
        return int(text)
    if name in _NUMBERS:
        number = float(text)
        return int(number) if number.is_integer() else number
    if name in _BOOLEANS:
        return {"true": True, "false": False}[text]
    return text


def read_table(path: Path) -> list[Row]:
    """Return the rows of one file, cells converted, empty cells as None.

    :raise RegisterError: a cell does not hold what its column needs
    """
    return list(_read_rows(path))


def _read_rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            try:
                first, _dash, last = row.get("seq", "").partition("-")
                if last:
                    row["seq"] = first
                values = {name: _cell(name, text) for name, text in row.items()}
                yield values
                for seq in range(values["seq"] + 1, int(last) + 1) if last else ():
                    yield {**values, "seq": seq}
            except (KeyError, TypeError, ValueError) as error:
                raise RegisterError(
                    f"{path.name}, line {reader.line_num}: {error}"
                ) from error


def _deadline(row: Row) -> Row:
    targets = {
        target: None
        if row[f"{target}_unit"] is None
        else {"value": row[f"{target}_value"], "unit": row[f"{target}_unit"]}
        for target in _TARGETS
    }
    return {"severity": row["severity"], **targets}


def _without_keys(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in ("seq", "line")}


def read_register(folder: Path) -> list[Row]:
    """Return the register: one nested dict per system, lines in their order."""
    lines: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for file, name in _LINES.items():
        for row in read_optional(folder / f"{file}.csv"):
            lines[name, row["seq"]].append(_without_keys(row))
    for row in read_optional(folder / "deadlines.csv"):
        lines["sla", row["seq"]].append(_deadline(row))
    common: dict[int, Row] = defaultdict(dict)
    for row in read_optional(folder / "common.csv"):
        common[row["seq"]].update(row)
    rows = read_table(folder / "systems.csv")
    return [_nest(_fill(row, common[row["seq"]]), lines) for row in rows]


def _fill(row: Row, common: Row) -> Row:
    """Return a row with what it does not say itself from what is common to several."""
    return {
        **row,
        **{name: value for name, value in common.items() if row.get(name) is None},
    }


def read_optional(path: Path) -> list[Row]:
    """Return the rows of a file, none if there is no such file."""
    return read_table(path) if path.exists() else []


def _nest(flat: Row, lines: Mapping[tuple[str, int], list[Row]]) -> Row:
    row: Row = {group: {} for group in _GROUPS}
    for name, value in {**dict.fromkeys(_SYSTEM_COLUMNS), **flat}.items():
        group, _separator, rest = name.partition("_")
        if group in _GROUPS:
            row[group][rest] = value
        else:
            row[name] = value
    row["penalties"] = (row["penalties"] or "").splitlines()
    seq = flat["seq"]
    for name in _LINES.values():
        row[name] = lines.get((name, seq), [])
    deadlines = lines.get(("sla", seq), [])
    row["sla"] = [item for item in deadlines if item["severity"] != "flat"]
    flats = [item for item in deadlines if item["severity"] == "flat"]
    row["sla_simple"] = (
        {target: flats[0][target] for target in _TARGETS} if flats else None
    )
    return row


def build_units(
    units: Iterable[Row], district: str, prefix: str = "om_engagements."
) -> Records:
    """Return the district and its user units as records to load.

    :param units: rows of units.csv
    :param district: name of the government the units belong to
    :param prefix: module, dot and start of the external ids
    """
    root = f"{prefix}unit_district"
    records = {root: {"name": district, "is_company": True}}
    for unit in units:
        records[f"{prefix}unit_{unit['key']}"] = {
            "name": unit["name"],
            "is_company": True,
            "om_role": "user_unit",
            "parent_id": root,
            "category_id": [UNIT_TAGS[unit["kind"]]],
        }
    return {"res.partner": records}


def build_systems(
    rows: Iterable[Row],
    unit_keys: Mapping[str, str],
    prefix: str = "om_engagements.",
    code_prefix: str = "SY2026/",
) -> Records:
    """Return rows of a register as records to load, systems before their lines.

    :param rows: as :func:`read_register` returns them
    :param unit_keys: external id of each user unit, by its printed name
    :param prefix: module, dot and start of the external ids; another prefix loads
        another, independent copy
    :param code_prefix: start of the systems' codes, before the row number

    Systems with a first day are loaded as in service: they are contracted, and what a
    load does must not depend on the day on which it runs.
    """
    records: Records = {
        "om.system": {},
        "om.system.hardware": {},
        "om.inspection.plan": {},
        "om.system.deadline": {},
        "om.system.kpi": {},
        "om.system.report": {},
        "om.system.spare": {},
    }
    for row in rows:
        seq = f"{row['seq']:03d}"
        system = f"{prefix}system_{seq}"
        records["om.system"][system] = {
            **_system_values(row),
            "code": f"{code_prefix}{seq}",
            "unit_id": unit_keys[row["unit"]],
        }
        for model, kind, lines in _line_values(row):
            for number, values in enumerate(lines, 1):
                records[model][f"{prefix}{kind}_{seq}_{number:02d}"] = {
                    "system_id": system,
                    "sequence": number,
                    **values,
                }
    return records


def _system_values(row: Row) -> Row:
    mlps = row["mlps"]
    level, in_scope = mlps["level"], mlps["in_scope"]
    return {
        "sequence_no": row["seq"],
        "name": row["name"],
        "category_id": CATEGORIES[row["category"]] if row["category"] else None,
        "summary": row["summary"],
        # Where the document leaves the first day to the signature, the load cannot say.
        "state": "in_service" if row["service_start"] else "draft",
        "deployment_kind": row["deployment"]["kind"],
        "deployment_site": row["deployment"]["site"],
        "service_start": row["service_start"],
        "service_end": row.get("service_end", SERVICE_END),
        "service_end_note": row["service_end_note"],
        "onsite_staff": row["onsite_staff"],
        "onsite_hours": row["onsite_hours"],
        "repair_software": row["repairs"]["software"],
        "repair_hardware": row["repairs"]["hardware"],
        "network_service": row["network_service"],
        "power_service": row["power_service"],
        "mlps_level": None if level is None else str(level),
        "mlps_last_year": mlps["last_year"],
        "mlps_state": mlps["state"],
        "mlps_scope": {True: "in_scope", False: "out_of_scope", None: None}[in_scope],
        "mlps_note": mlps["text"],
        "service_mode": row["service_mode"],
        "support_hours": row["support_hours"],
        "key_period_note": row["key_periods"],
        "key_period_days": row["key_period_days"],
        "duty_note": row["duty"],
        "penalty_terms": "\n".join(row["penalties"]) or None,
        "trainings_per_year": row["trainings_per_year"],
        "note": row["notes"],
    }


def _line_values(row: Row) -> list[tuple[str, str, list[Row]]]:
    """Return [(model, kind for the external id, values of the lines)]."""

    def counted(items: Iterable[Row]) -> list[Row]:
        return [
            {"name": item["name"], "quantity": item["qty"], "uom_name": item["unit"]}
            for item in items
        ]

    deadlines = list(row["sla"])
    if row["sla_simple"]:
        deadlines.append({"severity": "flat", **row["sla_simple"]})
    return [
        ("om.system.hardware", "hardware", counted(row["hardware"])),
        ("om.inspection.plan", "inspection", list(row["inspections"])),
        (
            "om.system.deadline",
            "deadline",
            [_deadline_values(deadline, row["seq"]) for deadline in deadlines],
        ),
        (
            "om.system.kpi",
            "kpi",
            [
                {
                    "name": kpi["name"],
                    "operator": kpi["op"],
                    "value": kpi["value"],
                    "uom_name": kpi["unit"],
                }
                for kpi in row["kpis"]
            ],
        ),
        ("om.system.report", "report", list(row["reports"])),
        ("om.system.spare", "spare", counted(row["spare_quota"])),
    ]


def _deadline_values(deadline: Row, seq: int) -> Row:
    values = {
        "severity": deadline["severity"],
        "respond_service_hours": seq in RESPONSE_IN_SERVICE_HOURS,
    }
    for target in _TARGETS:
        promise = deadline[target] or {"value": None, "unit": None}
        values[f"{target}_value"] = promise["value"]
        values[f"{target}_unit"] = promise["unit"]
    return values
