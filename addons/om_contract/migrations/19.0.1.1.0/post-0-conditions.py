"""Bring the conditions that the documents print into payments made before.

The emergency centre pays against a proper invoice, Tongzhou against papers and an
invoice; both were left out, and their purchasers read as overdue without an invoice.
Only payments that have just the conditions of the release before get them, and what was
invoiced meanwhile gets the invoice's alone. It comes before the ledger is begun.
"""

from odoo import SUPERUSER_ID, api

INVOICE = [(90, "invoice", None, False)]
PAPERS = [
    (50, "document", "服务项目明细", True),
    (60, "document", "工作项目总结", True),
    (70, "document", "工作验收考评报告", True),
]
# {shipped line: (the kinds that it had, what its document prints beside them)}
LINES = {
    "60_30_10_line_1": ("effective bond", []),
    "60_30_10_line_2": ("funds service_months application", []),
    "60_30_10_line_3": ("acceptance application", []),
    "50_30_20_line_1": ("effective bond funds purchaser_approval", PAPERS),
    "50_30_20_line_2": ("fixed_date purchaser_approval", PAPERS),
    "50_30_20_line_3": ("acceptance purchaser_approval", PAPERS[:2]),
}

# {template: what its document prints elsewhere}
CLAUSES = {
    "review": {
        "hold_clause": "合同第四条（二）5",
        "subcontract_clause": "招标文件投标人须知 25.5",
    },
    "60_30_10": {"subcontract_clause": "采购需求三、2.2.1（4）3）"},
}


def migrate(cr, version):
    env = api.Environment(
        cr, SUPERUSER_ID, {"active_test": False, "tracking_disable": True}
    )
    changed = env["om.payment.milestone"]
    for name, (kinds, papers) in LINES.items():
        line = env.ref(f"om_contract.om_payment_template_{name}", False)
        if not line:
            continue
        kinds = sorted(kinds.split())
        milestones = env["om.payment.milestone"].search(
            [
                ("agreement_id.payment_template_id", "=", line.template_id.id),
                ("sequence", "=", line.sequence),
            ]
        )
        milestones = milestones.filtered(
            lambda m, kinds=kinds: sorted(m.condition_ids.mapped("kind")) == kinds
        )
        is_as_shipped = sorted(line.condition_ids.mapped("kind")) == kinds
        billed = milestones.filtered("amount_invoiced")
        for rows, ids in (
            (papers + INVOICE, (milestones - billed).ids),
            (INVOICE, billed.ids),
        ):
            add(cr, "milestone", rows, ids)
        if is_as_shipped:
            add(cr, "template_line", papers + INVOICE, line.ids)
        changed |= milestones
    env.invalidate_all()
    # A day that decided a payment stays as it was.
    changed = changed.filtered(lambda m: m.state != "paid")
    for field in ("date_start", "date_due", "date_expected", "state", "is_payable"):
        env.add_to_compute(changed._fields[field], changed)
    give_bonds_their_term(env)
    ask_each_unit(env)
    env.flush_all()
    for name, clauses in CLAUSES.items():
        template = env.ref(f"om_contract.om_payment_template_{name}", False)
        for field, clause in clauses.items() if template else ():
            cr.execute(
                f"UPDATE om_payment_template SET {field} = %s"
                f" WHERE id = %s AND {field} IS NULL",
                [clause, template.id],
            )
            cr.execute(
                f"UPDATE agreement SET {field} = %s"
                f" WHERE payment_template_id = %s AND {field} IS NULL",
                [clause, template.id],
            )
    env.invalidate_all()


def ask_each_unit(env):
    """Shunyi's payment at expiry waits for the documents of each user unit, where one
    tick has not stood for all of them yet."""
    line = env.ref("om_contract.om_payment_template_review_line_2", False)
    if not line:
        return
    conditions = env["om.payment.condition"].search(
        [
            ("kind", "=", "assessment"),
            ("date_confirmed", "=", False),
            "|",
            ("template_line_id", "=", line.id),
            "&",
            ("agreement_id.payment_template_id", "=", line.template_id.id),
            ("milestone_id.sequence", "=", line.sequence),
        ]
    )
    conditions = conditions.filtered(lambda c: not c.milestone_id.amount_invoiced)
    env.cr.execute(
        "UPDATE om_payment_condition SET by_unit = TRUE WHERE id = ANY(%s)",
        [conditions.ids],
    )
    conditions.invalidate_recordset()
    conditions._follow_units()


def add(cr, owner, rows, ids):
    """Add conditions to the payments, or to the lines of templates, of these ids."""
    also, values, invoiced = "", "", "NULL"
    if owner == "milestone":
        also, values = ", agreement_id, company_id", ", o.agreement_id, o.company_id"
        invoiced = "o.invoice_date"
    for sequence, kind, note, starts_term in rows:
        met = invoiced if kind == "invoice" else "NULL"
        cr.execute(
            "INSERT INTO om_payment_condition (create_uid, create_date, write_uid,"
            f" write_date, {owner}_id, sequence, kind, note, starts_term,"
            f" date_met{also})"
            " SELECT 1, now() AT TIME ZONE 'UTC', 1, now() AT TIME ZONE 'UTC', o.id,"
            f" %s, %s, %s, %s, {met}{values}"
            f" FROM om_payment_{owner} o WHERE o.id = ANY(%s)",
            [sequence, kind, note, starts_term, ids],
        )


def give_bonds_their_term(env):
    """The emergency centre's bond is due one month after the signature."""
    template = env.ref("om_contract.om_payment_template_60_30_10", False)
    if not template or template.bond_term_value:
        return
    cr = env.cr
    cr.execute(
        "UPDATE om_payment_template SET bond_term_value = 1, bond_term_unit = 'month'"
        " WHERE id = %s AND bond_percent > 0 RETURNING id",
        [template.id],
    )
    if not cr.fetchall():
        return
    cr.execute(
        "UPDATE om_bond SET term_value = 1, term_unit = 'month' FROM agreement"
        " WHERE agreement.id = agreement_id AND replaces_id IS NULL"
        " AND date_due IS NULL AND payment_template_id = %s RETURNING om_bond.id",
        [template.id],
    )
    bonds = env["om.bond"].browse(row[0] for row in cr.fetchall())
    bonds.invalidate_recordset()
    env.add_to_compute(bonds._fields["date_due"], bonds)
