"""Indexes of faults that no screen uses and no deletion asks for: each costs with every
fault that is reported.

Odoo keeps an index that its field no longer asks for. Those that stay, and what each is
for, stand in ``tests/test_ticket_indexes.py``.
"""

UNUSED = (
    "channel_id",
    "company_id",
    "confirmed_at",
    "sequence",
    "severity",
    "sla_rule_id",
    "state",
    "system_id",
    "unit_id",
)


def migrate(cr, version):
    names = ", ".join(f"helpdesk_ticket__{name}_index" for name in UNUSED)
    cr.execute(f"DROP INDEX IF EXISTS {names}")  # pylint: disable=sql-injection
