"""Lists, search and the board with 1,000, 10,000 and 100,000 tickets; rolled back.

The rows are copied in the database from a hundred tickets that were made the real way:
what is measured is reading.
"""

import json
import statistics
import time
from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user

ENV = env  # noqa: F821  (the shell provides it)
CURSOR = ENV.cr
SIZES = (1000, 10_000, 100_000)
SEEDS = 100
ROUNDS = 40
# As the client counts, see om_base/static/src/large.
COUNTED = 2_001

user = new_test_user(ENV, "scale", "om_base.group_dispatcher")
unit = ENV["res.partner"].create(
    {"name": "Bench", "is_company": True, "om_role": "user_unit"}
)
systems = ENV["om.system"].create(
    [
        {"name": f"System {number}", "unit_id": unit.id, "service_start": "2026-01-01"}
        for number in range(50)
    ]
)
Ticket = ENV["helpdesk.ticket"].with_user(user)
seeds = Ticket.create(
    [
        {
            "name": f"Fault {number}",
            "description": "x",
            "system_id": systems[number % 50].id,
            "severity": "general",
            "reported_at": fields.Datetime.now() - timedelta(hours=number),
        }
        for number in range(SEEDS)
    ]
)
# One in twenty is open, as at a service desk that keeps up.
closed = seeds.filtered(lambda ticket: ticket.id % 20)
stages = Ticket._om_stages(ENV.company.id)
closed.write({"stage_id": stages["progress"]})
closed.write({"stage_id": stages["confirmed"]})
ENV.flush_all()
CURSOR.precommit.run()
CURSOR.execute(
    "SELECT column_name FROM information_schema.columns"
    " WHERE table_name = 'helpdesk_ticket' AND column_name NOT IN"
    " ('id', 'number', 'access_token') AND is_generated = 'NEVER'"
)
columns = ", ".join(f'"{name}"' for (name,) in CURSOR.fetchall())


def grow(size):
    CURSOR.execute("SELECT count(*) FROM helpdesk_ticket")
    missing = size - CURSOR.fetchone()[0]
    CURSOR.execute(
        f"INSERT INTO helpdesk_ticket (number, {columns})"
        f" SELECT 'B' || n, {columns} FROM generate_series(1, %s) AS n"
        f" JOIN helpdesk_ticket ON helpdesk_ticket.id = %s + n %% %s",
        [missing, min(seeds.ids), SEEDS],
    )
    CURSOR.execute("ANALYZE helpdesk_ticket")
    ENV.invalidate_all()


LIST = {
    name: {}
    for name in ("number", "name", "severity", "state", "reported_at", "fix_deadline")
} | {"system_id": {"fields": {"display_name": {}}}}
QUESTIONS = {
    "list": lambda: Ticket.web_search_read([], LIST, limit=80, count_limit=COUNTED),
    "my open faults": lambda: Ticket.web_search_read(
        [("is_open", "=", True)], LIST, limit=80, count_limit=COUNTED
    ),
    "search by number": lambda: Ticket.web_search_read(
        [("number", "ilike", "B77")], LIST, limit=80, count_limit=COUNTED
    ),
    "longer number": lambda: Ticket.web_search_read(
        [("number", "ilike", "B771")], LIST, limit=80, count_limit=COUNTED
    ),
    "number or fault": lambda: Ticket.web_search_read(
        ["|", ("number", "ilike", "B771"), ("name", "ilike", "B771")],
        LIST,
        limit=80,
        count_limit=COUNTED,
    ),
    "breached": lambda: Ticket.web_search_read(
        [("is_breached", "=", True)], LIST, limit=80, count_limit=COUNTED
    ),
    "board": lambda: Ticket.get_board(),
}
rows = []
for size in SIZES:
    grow(size)
    for what, question in QUESTIONS.items():
        times = []
        for _round in range(ROUNDS):
            ENV.invalidate_all()
            started = time.perf_counter()
            question()
            times.append(time.perf_counter() - started)
        times.sort()
        rows.append(
            {
                "what": what,
                "tickets": size,
                "p50": statistics.median(times),
                "p95": times[int(0.95 * ROUNDS) - 1],
            }
        )
CURSOR.rollback()
print("BENCH " + json.dumps(rows))
