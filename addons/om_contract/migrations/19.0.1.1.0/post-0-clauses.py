"""Bring what the documents print into clauses and contracts that were copied before.

It comes before their ledger is begun: what they say then is what they begin with.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

# {shipped clause: what it says beside what it said}
CLAUSES = {
    "review_secrecy": {"is_termination": True},
    "review_sanction": {"is_termination": True, "serious_after": 2},
    "review_capability": {
        "is_termination": True,
        "serious_after": 2,
        "fact": "deadline",
    },
    "review_wages": {"serious_after": 2},
    "review_rectify": {"fact": "rectification"},
    "60_40_late": {"reckoned": "overdue"},
}
NOTICES = {"notice_mail_days": 7, "notice_courier_days": 3, "notice_fax_days": 1}
# What a contract copied, in the language of who made it.
SAME = ("sequence", "kind", "direction", "method", "percent")


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    for name, values in CLAUSES.items():
        shipped = env.ref(f"om_contract.om_deduction_clause_{name}", False)
        if not shipped:
            continue
        copies = env["om.deduction.clause"].search(
            [
                (
                    "agreement_id.payment_template_id",
                    "=",
                    shipped.template_id.id,
                ),
                *((field, "=", shipped[field]) for field in SAME),
            ]
        )
        update(cr, "om_deduction_clause", (shipped | copies).ids, values)
    template = env.ref("om_contract.om_payment_template_60_40", False)
    if template:
        contracts = env["agreement"].search([("payment_template_id", "=", template.id)])
        update(cr, "om_payment_template", template.ids, NOTICES)
        update(cr, "agreement", contracts.ids, NOTICES)
    env.invalidate_all()


def update(cr, table, ids, values):
    """Past the acts: it is no change, but what was meant from the beginning."""
    cr.execute(
        SQL(
            "UPDATE %s SET %s WHERE id = ANY(%s)",
            SQL.identifier(table),
            SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), value)
                for name, value in values.items()
            ),
            ids,
        )
    )
