"""Indexes of faults that no screen uses: each costs with every fault that is reported.

Odoo keeps an index that its field no longer asks for.
"""


def migrate(cr, version):
    cr.execute(
        "DROP INDEX IF EXISTS helpdesk_ticket__severity_index,"
        " helpdesk_ticket__confirmed_at_index"
    )
