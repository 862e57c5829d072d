"""The same thousand tickets with helpdesk_mgmt and helpdesk_mgmt_sla; rolled back.

Two SLA rules match each ticket, as a response and a repair are promised to each.
"""

import json
import resource
import time

from odoo.tests import new_test_user

ENV = env  # noqa: F821  (the shell provides it)
CURSOR = ENV.cr
processor = make_clock(CURSOR)  # noqa: F821  (as above)
COUNT = 1000

user = new_test_user(ENV, "bench", "helpdesk_mgmt.group_helpdesk_manager")
engineer = new_test_user(ENV, "bench_engineer", "helpdesk_mgmt.group_helpdesk_user")
team = ENV["helpdesk.ticket.team"].create(
    {
        "name": "Bench",
        "use_sla": True,
        "resource_calendar_id": ENV["resource.calendar"].search([], limit=1).id,
        "user_ids": [(6, 0, [user.id, engineer.id])],
    }
)
progress = ENV.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
done = ENV.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
# Mails to customers are no part of the comparison.
done.mail_template_id = False
ENV["helpdesk.sla"].create(
    [
        {
            "name": name,
            "team_ids": [(6, 0, team.ids)],
            "stage_id": stage.id,
            "hours": hours,
        }
        for name, stage, hours in (("Respond", progress, 4), ("Repair", done, 48))
    ]
)
Ticket = ENV["helpdesk.ticket"].with_user(user)


def report(count):
    return Ticket.create(
        [
            {"name": f"Fault {number}", "description": "x", "team_id": team.id}
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
_done, moved = measure("next stage", lambda: tickets.write({"stage_id": progress.id}))
_done, assigned = measure("assign", lambda: tickets.write({"user_id": engineer.id}))
_done, closed = measure("last stage", lambda: tickets.write({"stage_id": done.id}))
assert tickets.sla_ids, "no SLA matched: the comparison would be none"
CURSOR.rollback()
print("BENCH " + json.dumps([created, moved, assigned, closed]))
