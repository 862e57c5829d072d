"""A thousand faults created and moved, with the promises of their systems; rolled back.

Runs in an Odoo shell on a database with om_helpdesk.
"""

import json
import resource
import time

from odoo.tests import new_test_user

ENV = env  # noqa: F821  (the shell provides it)
CURSOR = ENV.cr
processor = make_clock(CURSOR)  # noqa: F821  (as above)
COUNT = 1000
SYSTEMS = 50
SEVERITIES = ("minor", "general", "serious", "general")

user = new_test_user(ENV, "bench", "om_base.group_dispatcher")
engineer = new_test_user(ENV, "bench_engineer", "om_base.group_engineer")
team = ENV["helpdesk.ticket.team"].create(
    {"name": "Bench", "user_ids": [(6, 0, [user.id, engineer.id])]}
)
unit = ENV["res.partner"].create(
    {"name": "Bench", "is_company": True, "om_role": "user_unit"}
)
# No contract has them: their promise is chosen.
promise = ENV.ref("om_helpdesk.om_sla_policy_default")
systems = ENV["om.system"].create(
    [
        {
            "name": f"System {number}",
            "unit_id": unit.id,
            "service_start": "2026-01-01",
            "sla_policy_id": promise.id,
        }
        for number in range(SYSTEMS)
    ]
)
Ticket = ENV["helpdesk.ticket"].with_user(user)
stages = Ticket._om_stages(ENV.company.id)


def report(count):
    return Ticket.create(
        [
            {
                "name": f"Fault {number}",
                "description": "x",
                "team_id": team.id,
                "system_id": systems[number % SYSTEMS].id,
                "severity": SEVERITIES[number % len(SEVERITIES)],
            }
            for number in range(count)
        ]
    )


def finish():
    ENV.flush_all()
    CURSOR.precommit.run()


def measure(what, job):
    finish()
    queries, work, started = CURSOR.sql_log_count, processor(), time.perf_counter()
    result = job()
    finish()
    row = {
        "what": what,
        "tickets": COUNT,
        "seconds": time.perf_counter() - started,
        "work": None if work is None else processor() - work,
        # Kilobytes on Linux.
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "queries": CURSOR.sql_log_count - queries,
    }
    return result, row


report(5)
ENV.invalidate_all()
tickets, created = measure("create", lambda: report(COUNT))
_done, moved = measure(
    "next stage", lambda: tickets.write({"stage_id": stages["progress"]})
)
_done, assigned = measure("assign", lambda: tickets.write({"user_id": engineer.id}))
_done, closed = measure(
    "last stage", lambda: tickets.write({"stage_id": stages["confirmed"]})
)
assert set(tickets.mapped("respond_status")) == {"met"}
CURSOR.rollback()
print("BENCH " + json.dumps([created, moved, assigned, closed]))
