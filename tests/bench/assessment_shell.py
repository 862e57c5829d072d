"""November of 54 units: some 1,000 inspections, 300 faults, 113 indicators."""

import json
import time
from datetime import date

ENV = env  # noqa: F821  (the shell provides it)
CURSOR = ENV.cr
DAY = date(2026, 11, 15)
FAULTS = 300
SHEETS = ENV["om.assessment"]
# Beside the register's own; what they cost is invented.
LINES = (
    ("missed", "<=", 0, 1),
    ("repeated", "<=", 0, 2),
    ("respond", ">=", 98, 0.5),
    ("fix", ">=", 98, 0.5),
    ("inspections", ">=", 100, 0.2),
    ("findings", ">=", 100, 0.2),
    ("satisfaction", ">=", 90, 0.1),
    ("running", ">=", 98, 1),
    ("obligations_late", "<=", 0, 1),
)
# How many sheets a user is watched at: more of the same tell nothing new.
BY_HAND = 6


def measure(what, action, keep=False):
    """Seconds and queries of an action; rolled back unless it is kept."""
    ENV.flush_all()
    ENV.invalidate_all()
    CURSOR.execute("SAVEPOINT bench")
    queries, started = CURSOR.sql_log_count, time.monotonic()
    sheets, lines = action()
    ENV.flush_all()
    row = {
        "what": what,
        "sheets": sheets,
        "lines": lines,
        "seconds": time.monotonic() - started,
        "queries": CURSOR.sql_log_count - queries,
    }
    if not keep:
        CURSOR.execute("ROLLBACK TO SAVEPOINT bench")
        ENV.invalidate_all(flush=False)
    return row


def prepare():
    """A contract in force, its month's work, and a memorandum of each unit."""
    contract = ENV.ref("om_engagements.agreement_shunyi")
    contract.write({"signature_date": "2026-01-20", "effective_date": "2026-01-20"})
    contract.action_activate()
    systems = contract.system_ids.sorted("sequence_no")
    tickets = ENV["helpdesk.ticket"].create(
        [
            {
                "name": f"示例故障{number}",
                "description": "<p>示例</p>",
                "system_id": systems[number % len(systems)].id,
                "severity": "general",
            }
            for number in range(FAULTS)
        ]
    )
    ENV.flush_all()
    CURSOR.execute(
        "UPDATE helpdesk_ticket SET reported_at = '2026-11-10 02:00:00',"
        " fix_status = CASE WHEN id %% 10 = 0 THEN 'breached' ELSE 'met' END,"
        " respond_status = 'met', followup_result = 'satisfied' WHERE id = ANY(%s)",
        [tickets.ids],
    )
    ENV.invalidate_all()
    ENV["maintenance.request"].create(
        [
            {
                "name": "示例巡检",
                "is_inspection": True,
                "system_id": system.id,
                "inspection_scope": "hardware",
                "inspection_date": f"2026-11-{day:02d}",
            }
            for system in systems
            for day in range(2, 16, 2)
        ]
    )
    memoranda = ENV["om.memorandum"]
    for unit, own in systems.grouped("unit_id").items():
        scheme = ENV["om.assessment.scheme"].create(
            {
                "name": unit.name,
                "agreement_id": contract.id,
                "money_rule": "point",
                "money_value": 200,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "name": source,
                            "source": source,
                            "operator": operator,
                            "target": target,
                            "points": points,
                        },
                    )
                    for source, operator, target, points in LINES
                ],
            }
        )
        scheme._take_indicators(own)
        scheme.action_put_to_use()
        memoranda += memoranda.create(
            {
                "agreement_id": contract.id,
                "unit_id": unit.id,
                "system_ids": [(6, 0, own.ids)],
                "date_from": "2026-01-01",
                "scheme_id": scheme.id,
            }
        )
    return contract, memoranda


def enforce(memoranda):
    ENV.flush_all()
    CURSOR.execute(
        "UPDATE om_memorandum SET state = 'in_force' WHERE id = ANY(%s)",
        [memoranda.ids],
    )
    ENV.invalidate_all()


def draw():
    sheets = SHEETS._draw_up(DAY, CONTRACT)
    return len(sheets), len(sheets.line_ids)


def count_by_hand():
    """Each figure with a filter of its list, as a user finds it: all and not kept."""
    lines = 0
    for unit in CONTRACT.system_ids.unit_id[:BY_HAND]:
        own = [("system_id.unit_id", "=", unit.id)]
        month = [
            ("reported_at", ">=", "2026-10-31 16:00:00"),
            ("reported_at", "<", "2026-11-30 16:00:00"),
        ]
        days = [
            ("inspection_date", ">=", "2026-11-01"),
            ("inspection_date", "<=", "2026-11-30"),
        ]
        for model, domain in (
            ("helpdesk.ticket", own + month),
            ("helpdesk.ticket", [*own, *month, ("fix_status", "=", "breached")]),
            ("helpdesk.ticket", [*own, *month, ("respond_status", "=", "breached")]),
            (
                "helpdesk.ticket",
                [*own, *month, ("followup_result", "=", "dissatisfied")],
            ),
            ("maintenance.request", own + days),
            ("maintenance.request", [*own, *days, ("inspection_done_on", "=", False)]),
            ("om.downtime", own),
        ):
            records = ENV[model].search(domain)
            records.web_read({"display_name": {}})
            ENV.invalidate_all()
            lines += 1
        # What it typed into the sheet of a spreadsheet is not counted.
    return BY_HAND, lines


CONTRACT, MEMORANDA = prepare()
enforce(MEMORANDA[::2])
half = measure("ours: every second unit", draw)
enforce(MEMORANDA)
results = [
    half,
    measure("ours: all units, drawn up", draw, keep=True),
    measure("ours: all units, reckoned anew", draw),
    measure("by hand: a filter for each figure", count_by_hand),
]
found = {
    "inspections": ENV["maintenance.request"].search_count(
        [
            ("is_inspection", "=", True),
            ("inspection_date", ">=", "2026-11-01"),
            ("inspection_date", "<=", "2026-11-30"),
        ]
    ),
    "tickets": FAULTS,
    "indicators": len(CONTRACT.system_ids.kpi_ids),
    "rows": results,
}
CURSOR.rollback()
print("BENCH " + json.dumps(found))
