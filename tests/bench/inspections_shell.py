"""A year of inspections: our generation, and stock requests; each is rolled back."""

import json
import time
from datetime import date

ENV = env  # noqa: F821  (the shell provides it)
CURSOR = ENV.cr
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
PLANS = ENV["om.inspection.plan"].search([])
REQUESTS = ENV["maintenance.request"]


def measure(what, action, keep=False):
    """Seconds and queries of an action; rolled back unless it is kept."""
    ENV.flush_all()
    ENV.invalidate_all()
    CURSOR.execute("SAVEPOINT bench")
    queries, started = CURSOR.sql_log_count, time.monotonic()
    requests = action()
    ENV.flush_all()
    row = {
        "what": what,
        "requests": requests,
        "seconds": time.monotonic() - started,
        "queries": CURSOR.sql_log_count - queries,
    }
    if not keep:
        CURSOR.execute("ROLLBACK TO SAVEPOINT bench")
        ENV.invalidate_all(flush=False)
    return row


def generate():
    return PLANS._generate(FIRST, LAST).created


def collect():
    """What somebody who plans the same inspections by hand would enter."""
    return [
        {
            "name": request.name,
            "system_id": request.system_id.id,
            "maintenance_type": "preventive",
            "schedule_date": request.schedule_date,
        }
        for request in REQUESTS.search([("inspection_plan_id", "in", PLANS.ids)])
    ]


def create_one_each(values):
    for vals in values:
        REQUESTS.create(vals)
    return len(values)


results = [
    measure("ours: 2026, the register's service periods", generate, keep=True),
    measure("ours: once more, nothing to do", lambda: generate() or len(PLANS)),
]
VALUES = collect()
PLANS.request_ids.unlink()
results.append(
    measure(
        "stock: maintenance.request.create one each", lambda: create_one_each(VALUES)
    )
)
# Nothing is planned, so that the changed days of service move nothing by themselves.
PLANS.write({"generated_until": False})
PLANS.system_id.write({"service_start": FIRST})
results.insert(1, measure("ours: a full year of every system", generate))
CURSOR.rollback()
print("BENCH " + json.dumps(results))
