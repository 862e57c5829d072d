from odoo import Command, fields
from odoo.tests import TransactionCase

from odoo.addons.om_base.tests.common import new_test_user

# What hangs on a contract, in the order in which a test may take it away.
TABLES = (
    "om.deduction.line",
    "om.bond.move",
    "om.deduction",
    "om.bond",
    "om.payment.condition",
    "om.payment.milestone",
    "om.deduction.clause",
    "agreement",
)


def forget_contract(env, contract):
    """Take a contract away with its ledger, as nobody but a test that commits may."""
    env.flush_all()
    for name in TABLES:
        table = env[name]._table
        owner = "id" if name == "agreement" else "agreement_id"
        env.cr.execute(f"SELECT id FROM {table} WHERE {owner} = %s", [contract.id])
        ids = [row[0] for row in env.cr.fetchall()]
        lines = "SELECT id FROM om_act WHERE res_model = %s AND res_id = ANY(%s)"
        for statement in (
            f"DELETE FROM om_act_attachment_rel WHERE act_id IN ({lines})",
            f"DELETE FROM om_act_personal WHERE act_id IN ({lines})",
            "DELETE FROM om_act WHERE res_model = %s AND res_id = ANY(%s)",
            "DELETE FROM om_signature WHERE res_model = %s AND res_id = ANY(%s)",
            "DELETE FROM mail_message WHERE model = %s AND res_id = ANY(%s)",
            "DELETE FROM mail_followers WHERE res_model = %s AND res_id = ANY(%s)",
            "DELETE FROM mail_activity WHERE res_model = %s AND res_id = ANY(%s)",
        ):
            env.cr.execute(statement, [name, ids])
        env.cr.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [ids])
    env.invalidate_all()


class OmContractCommon(TransactionCase):
    """A purchaser, a user for every role, and what a contract's life consists of.

    The acts of a walk are done by the procurement officer.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        company = cls.env.company
        if not company.chart_template:
            cls.env["account.chart.template"].try_loading("cn", company, False)
        cls.purchaser = cls._create_partner("甲采购人", "purchaser")
        cls.unit = cls._create_partner("甲单位", "user_unit")
        cls.supervisor = cls._create_partner("甲监理", "supervisor")
        cls.supplier = cls._create_partner("甲供应商", "supplier")
        cls.officer = cls._create_user("procurement")

    @classmethod
    def _create_partner(cls, name, role):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, "om_role": role}
        )

    @classmethod
    def _create_user(cls, role, **values):
        return new_test_user(
            cls.env,
            login=f"om_contract_{role}",
            groups=f"om_base.group_{role}",
            **values,
        )

    @classmethod
    def _create_contract(cls, template=None, user=None, **values):
        """Return a draft with the milestones of ``template`` (an id in this add-on)."""
        contract = (
            cls.env["agreement"]
            .with_user(user or cls.officer)
            .create(
                {
                    "code": f"TEST-{cls.env['agreement'].search_count([]):04d}",
                    "name": "甲合同",
                    "partner_id": cls.purchaser.id,
                    "amount_total": 1000000.0,
                    "signature_date": "2026-01-20",
                    "start_date": "2026-01-01",
                    "end_date": "2026-12-31",
                    **values,
                }
            )
        )
        if template:
            template = cls.env.ref(f"om_contract.om_payment_template_{template}")
            contract.payment_template_id = template
            contract.action_make_milestones()
        return contract

    @classmethod
    def _create_system(cls, name="甲系统", **values):
        return cls.env["om.system"].create(
            {
                "name": name,
                "unit_id": cls.unit.id,
                "service_start": "2026-01-01",
                "service_end": "2026-12-31",
                **values,
            }
        )

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    def _confirm(self, milestone, kind, date):
        condition = milestone.condition_ids.filtered(lambda c: c.kind == kind)
        condition.ensure_one()
        self.confirm(condition, date, f"甲文件 {kind}")

    @classmethod
    def confirm(cls, conditions, date, evidence):
        """The purchaser's word as ours enter it: from its paper."""
        scan = cls.make_scan(conditions.env)
        return conditions.action_confirm(date, evidence, scan, "甲经办")

    @classmethod
    def make_scan(cls, env=None):
        """A signed paper, as somebody has uploaded it."""
        files = (env or cls.env)["ir.attachment"]
        return files.create({"name": "签字页.pdf", "raw": b"%PDF-1.4 signed"})

    def _hand_in(self, milestone, day):
        """Our papers are ours to hand in: nobody signs for the purchaser."""
        papers = milestone.condition_ids.filtered(lambda c: c.kind == "document")
        self.assertFalse(any(papers.mapped("by_purchaser")))
        papers.action_confirm(day, "甲资料", self.make_scan(papers.env))

    def _invoice(self, milestone, handed_in=None):
        """Make and post the invoice of what is left; return it."""
        before = milestone.invoice_ids
        milestone.action_make_invoice()
        move = milestone.invoice_ids - before
        move.ensure_one()
        self.assertEqual(move.state, "draft")
        if handed_in:
            move.invoice_date = handed_in
        move.action_post()
        return move

    def _print(self, move):
        """The invoice as it is printed."""
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "account.account_invoices", move.ids
        )
        return html.decode()

    def _pay(self, move, amount=None, date=None):
        """Register a payment of ``amount``, by default all that is open."""
        wizard = (
            self.env["account.payment.register"]
            .with_user(self.officer)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create(
                {
                    "amount": amount or move.amount_residual,
                    "payment_date": date or fields.Date.today(),
                }
            )
        )
        return wizard._create_payments()

    def _credit(self, move, amount=None):
        """Credit ``move``, in part if an amount is given; return the credit note."""
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.officer)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "reason": "甲原因"})
        )
        action = wizard.refund_moves()
        note = self.env["account.move"].with_user(self.officer).browse(action["res_id"])
        if amount:
            line = note.invoice_line_ids
            note.invoice_line_ids = [Command.update(line.id, {"price_unit": amount})]
        note.action_post()
        return note

    def assertAmounts(self, records, field, expected):
        self.assertEqual([f"{value:.2f}" for value in records.mapped(field)], expected)

    def assertBalances(self, milestone, state, **amounts):
        """State and amounts, the latter as texts with two decimals."""
        self.assertEqual(milestone.state, state)
        for name, expected in amounts.items():
            self.assertEqual(f"{milestone[f'amount_{name}']:.2f}", expected, name)
