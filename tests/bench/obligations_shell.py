"""A year of what contracts owe: our planning, and recurring tasks; each rolled back."""

import json
import time
from datetime import date

ENV = env  # noqa: F821  (the shell provides it)
CURSOR = ENV.cr
# The last contract's year ends then.
UNTIL = date(2027, 12, 31)
ITEMS = ENV["om.obligation.item"]
UNITS = {
    "day": ("day", 1),
    "workday": ("day", 1),
    "week": ("week", 1),
    "ten_days": ("day", 10),
    "month": ("month", 1),
    "quarter": ("month", 3),
    "half_year": ("month", 6),
    "year": ("year", 1),
}
# Of an obligation; more of the same tell nothing new.
MOST_TASKS = 12


def measure(what, action, keep=False):
    """Seconds and queries of an action; rolled back unless it is kept."""
    ENV.flush_all()
    ENV.invalidate_all()
    CURSOR.execute("SAVEPOINT bench")
    queries, started = CURSOR.sql_log_count, time.monotonic()
    items = action()
    ENV.flush_all()
    row = {
        "what": what,
        "items": items,
        "seconds": time.monotonic() - started,
        "queries": CURSOR.sql_log_count - queries,
    }
    if not keep:
        CURSOR.execute("ROLLBACK TO SAVEPOINT bench")
        ENV.invalidate_all(flush=False)
    return row


def plan(obligations):
    before = ITEMS.search_count([])
    obligations._plan(UNTIL, strict=False)
    return ITEMS.search_count([]) - before


def recur():
    """A recurring task each; the next one comes when one is done, as Odoo has it."""
    project = ENV["project.project"].create({"name": "Owed"})
    done = 0
    for obligation in PERIODIC:
        unit, interval = UNITS[obligation.per]
        task = ENV["project.task"].create(
            {
                "name": obligation.name,
                "project_id": project.id,
                "date_deadline": "2026-01-31 10:00:00",
                "recurring_task": True,
                "repeat_interval": interval,
                "repeat_unit": unit,
                "repeat_type": "forever",
            }
        )
        done += 1
        for _turn in range(min(obligation.item_count, MOST_TASKS) - 1):
            task.state = "1_done"
            task = task.recurrence_id.task_ids.sorted("id")[-1]
            done += 1
    return done


ALL = ENV["om.obligation"].search([("per", "!=", False), ("per", "!=", "event")])
# Tongzhou's service begins when its contract is signed.
ENV.ref("om_engagements.agreement_tongzhou").start_date = date(2026, 2, 10)
ALL.filtered(lambda one: not one.partial).partial = "whole"
ALL.filtered(lambda one: one.state == "draft" and one.receiver_id).action_agree()
ALL = ALL.filtered(lambda one: one.state == "in_force")
ALL.with_context(om_reason="bench").write({"record_from": False})
ALL.item_ids.unlink()
ALL.planned_until = False
PERIODIC = ALL.filtered(lambda one: one.per in UNITS)
results = [
    measure("ours: every second obligation", lambda: plan(ALL[::2])),
    measure("ours: all five contracts, whole service", lambda: plan(ALL), keep=True),
    measure("ours: once more, nothing to do", lambda: plan(ALL)),
    measure("stock: one recurring project.task each", recur),
]
CURSOR.rollback()
print("BENCH " + json.dumps({"obligations": len(ALL), "rows": results}))
