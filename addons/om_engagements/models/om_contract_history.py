from datetime import date

from odoo import Command, api, models

from odoo.addons.om_base.models.om_act_mixin import Paper
from odoo.addons.om_base.models.om_signature import INVENTED

# Invented: none of it is public. Prices are examples.
SIGNED = {
    "shunyi": (date(2026, 1, 20), None, None),
    "tongzhou": (date(2026, 2, 10), date(2026, 2, 10), 2680000.0),
    "emergency": (date(2026, 6, 8), None, 3960000.0),
}
SIGNED_PAGE = """<svg xmlns="http://www.w3.org/2000/svg" width="420" height="160">
<rect width="420" height="160" fill="white" stroke="gray"/>
<text x="40" y="70" font-size="28">签字页（示例）</text>
<text x="40" y="120" font-size="20">示例经办人 · 本页为虚构</text>
</svg>"""


class OmContractHistory(models.AbstractModel):
    """Invents what has happened to the contracts, for a demonstration."""

    _name = "om.contract.history"
    _description = "Invented History of Contracts"

    @api.model
    def _load(self):
        """Sign three contracts with purchasers and one with a supplier; pay the first
        payment of each, one of them in part; deduct, in every state there is."""
        lang = self.env["om.engagement.loader"]._in_chinese().env.lang
        # Signed by who does this in an office; what they may is no question here.
        officer = self.env.ref("om_base.demo_user_procurement")
        quiet = (
            self.with_user(officer)
            .sudo()
            .with_context(tracking_disable=True, om_invented=INVENTED, lang=lang)
        )
        quiet.env["om.engagement.loader"]._get_contracts().user_id = officer
        quiet._sign()
        quiet._invoice_and_pay("shunyi", date(2026, 2, 3), date(2026, 3, 6))
        tongzhou = quiet._get("tongzhou")
        quiet._receive_bond(tongzhou, date(2026, 2, 13))
        quiet._confirm(tongzhou, "funds", date(2026, 2, 27), "财政资金到账通知（示例）")
        quiet._confirm(
            tongzhou, "purchaser_approval", date(2026, 3, 2), "付款审批单（示例）"
        )
        quiet._confirm(tongzhou, "document", date(2026, 3, 2), "付款资料（示例）")
        quiet._invoice_and_pay("tongzhou", date(2026, 3, 2), date(2026, 3, 12))
        emergency = quiet._get("emergency")
        quiet._receive_bond(emergency, date(2026, 6, 12))
        # The appropriation was short: the rest follows as it arrives, no default.
        quiet._invoice_and_pay(
            "emergency", date(2026, 6, 16), date(2026, 7, 3), 1500000.0
        )
        quiet.env["om.fiscal.delay"].create(
            {
                "agreement_id": emergency.id,
                "date_from": quiet._past(date(2026, 7, 3)),
                "cause": "财政拨款不足，余款待拨付后支付（示例）",
            }
        )
        quiet._assess()
        quiet._rent()
        quiet._deduct()
        quiet._amend()

    @api.model
    def _get(self, name):
        demo = self.env.ref(f"om_engagements.demo_agreement_{name}", False)
        return demo or self.env["om.engagement.loader"]._get(name)

    @api.model
    def _sign(self):
        supervisor = self.env.ref("om_engagements.demo_partner_supervisor_firm")
        for name, (signed, start, price) in SIGNED.items():
            contract = self._get(name)
            contract.write(
                {
                    "signature_date": signed,
                    "effective_date": signed,
                    "start_date": start or contract.start_date,
                    "amount_total": price or contract.amount_total,
                    "supervisor_id": supervisor.id,
                }
            )
            contract.action_activate()

    @api.model
    def _assess(self):
        """Two of Shunyi's units have handed in their assessment documents early."""
        lines = self._get("shunyi").milestone_ids.paper_ids.sorted("id")
        for line, day in zip(
            lines, (date(2026, 11, 12), date(2026, 11, 20)), strict=False
        ):
            line.action_enter(self._sign_paper(day), "随月度例会补录（示例）")

    @api.model
    def _rent(self):
        """A supplier rents us vehicles and is paid as we are."""
        contract = self._get("subcontract")
        contract.user_id = self.env.ref("om_base.demo_user_procurement")
        contract.action_make_milestones()
        contract.action_activate()
        self._invoice_and_pay("subcontract", date(2026, 3, 10), date(2026, 3, 18))

    @api.model
    def _deduct(self):
        """One deduction in every state, each with the sheet that shows its amount."""
        shunyi, tongzhou = self._get("shunyi"), self._get("tongzhou")
        system = shunyi.system_ids.sorted("sequence_no")[:1]
        memorandum = {"amount": 3600.0, "source_note": "管理备忘录考核记录（示例）"}
        put = self._create_deduction(
            shunyi,
            "review_capability",
            "故障抢修到场超时（示例）",
            date(2026, 6, 18),
        )
        # Our side has agreed: the purchaser finds it in the portal and answers.
        put.action_agree("contractor", self._past(date(2026, 6, 25)))
        disputed = self._create_deduction(
            shunyi,
            "review_sanction",
            "巡检报告迟报，上级通报（示例）",
            date(2026, 5, 20),
        )
        disputed.action_dispute("通报所述故障由市政断电引起，双方核对中（示例）")
        shunyi.milestone_ids[2].action_hold(
            disputed,
            reason="违约事项核对完毕前，尾款暂缓支付（示例）",
            paper=self._sign_paper(date(2026, 5, 25)),
        )
        agreed = self._create_deduction(
            shunyi,
            "review_memorandum",
            "第三季度考核扣减（示例）",
            date(2026, 10, 12),
            system_id=system.id,
            **memorandum,
        )
        self._agree(agreed, date(2026, 10, 20))
        waived = self._create_deduction(
            shunyi,
            "review_memorandum",
            "第二季度考核扣减（示例）",
            date(2026, 7, 10),
            system_id=system.id,
            amount=1200.0,
            source_note="管理备忘录考核记录（示例）",
        )
        waived.action_waive(
            "复核后确认达标，采购人撤回（示例）", self._sign_paper(date(2026, 7, 20))
        )
        drawn = self._create_deduction(
            tongzhou,
            "50_30_20_assessment",
            "年中评估扣减（示例）",
            date(2026, 7, 6),
            amount=2680.0,
            source_note="年中评估报告（示例）",
        )
        self._agree(drawn, date(2026, 7, 15))
        drawn.action_apply(bond=tongzhou.bond_ids[:1])
        rent = self._get("subcontract")
        kept = self._create_deduction(
            rent, "review_capability", "车辆到位迟延（示例）", date(2026, 8, 3)
        )
        self._agree(kept, date(2026, 8, 10))
        kept.action_apply(milestone=rent.milestone_ids.sorted()[1:2])

    @api.model
    def _amend(self):
        """An amendment in hand: one system becomes dearer, and so does the contract."""
        contract = self._get("shunyi")
        system = contract.system_ids.sorted("sequence_no")[:1]
        self.env["om.contract.amendment"].create(
            {
                "agreement_id": contract.id,
                "name": "补充协议（示例）",
                "date": self._past(date(2026, 11, 16)),
                "reason": "增加夜间值守，费用相应调整（示例）",
                "amount_new": contract.amount_total + 20000.0,
                "line_ids": [
                    Command.create(
                        {
                            "change": "fee",
                            "system_id": system.id,
                            "fee_new": system.annual_fee + 20000.0,
                        }
                    )
                ],
            }
        )

    @api.model
    def _create_deduction(self, contract, clause, name, day, **values):
        """Return a new deduction by the contract's copy of a clause that is shipped."""
        shipped = self.env.ref(f"om_contract.om_deduction_clause_{clause}")
        clause = contract.clause_ids.filtered(
            lambda own: own.sequence == shipped.sequence
        )
        return self.env["om.deduction"].create(
            {
                "agreement_id": contract.id,
                "clause_id": clause.id,
                "name": name,
                "date": self._past(day),
                "user_id": self.env.ref("om_base.demo_user_procurement").id,
                **values,
            }
        )

    @api.model
    def _agree(self, deduction, day):
        """All parties whose word it needs have signed the record."""
        for party in deduction._get_missing_parties():
            side, _capacity = deduction._get_side(party)
            is_ours = self.env.user._speaks_for(side)
            paper = None if is_ours else self._sign_paper(day)
            deduction.action_agree(party, self._past(day), paper)

    @api.model
    def _sign_paper(self, day):
        """An invented paper of another party, such as ours enter with its scan."""
        scan = self.env["ir.attachment"].create(
            {
                "name": "签字页（示例）.svg",
                "raw": SIGNED_PAGE.encode(),
                "mimetype": "image/svg+xml",
            }
        )
        return Paper("示例经办人", self._past(day), scan)

    @api.model
    def _past(self, day):
        """``day``, or today where that lies ahead: nothing is done in the future."""
        return min(day, self.env["agreement"]._get_today())

    @api.model
    def _receive_bond(self, contract, day):
        for bond in contract.bond_ids:
            bond.action_receive(bond.amount, self._past(day))

    @api.model
    def _confirm(self, contract, kind, day, evidence):
        conditions = contract.milestone_ids[:1].condition_ids
        paper = self._sign_paper(day)
        conditions.filtered(lambda condition: condition.kind == kind).action_confirm(
            paper.signed_on, evidence, paper.scan, paper.person
        )

    @api.model
    def _invoice_and_pay(self, name, invoiced, paid, amount=None):
        """Invoice the first payment and register what came in for it."""
        milestone = self._get(name).milestone_ids[:1]
        milestone.action_make_invoice()
        move = milestone.invoice_ids
        move.invoice_date = self._past(invoiced)
        move.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(
            {
                "amount": amount or move.amount_residual,
                "payment_date": self._past(paid),
            }
        )._create_payments()
