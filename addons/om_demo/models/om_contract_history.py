from datetime import date

from odoo import Command, api, models

from .om_demo import Row

WHO = "procurement"
MEMORANDUM = "管理备忘录考核记录（示例）"


class OmContractHistory(models.AbstractModel):
    """What has happened to the contracts: three are signed with purchasers and one with
    a supplier, the first payment of each is paid, one in part; there is a deduction in
    every state, each with the sheet that shows its amount, and an amendment in hand.

    Days and prices are invented: none of it is public.
    """

    _name = "om.contract.history"
    _inherit = "om.demo"
    _description = "Invented History of Contracts"

    _rows = (
        Row(WHO, "sign", "shunyi", date(2026, 1, 20)),
        Row(
            WHO,
            "sign",
            "tongzhou",
            date(2026, 2, 10),
            {"start_date": date(2026, 2, 10), "amount_total": 2680000.0},
        ),
        Row(WHO, "sign", "emergency", date(2026, 6, 8), {"amount_total": 3960000.0}),
        Row(WHO, "invoice", "shunyi", date(2026, 2, 3)),
        Row(WHO, "pay", "shunyi", date(2026, 3, 6)),
        Row(WHO, "receive_bond", "tongzhou", date(2026, 2, 13)),
        Row(
            WHO,
            "confirm",
            "tongzhou",
            date(2026, 2, 27),
            {"kind": "funds", "evidence": "财政资金到账通知（示例）"},
        ),
        Row(
            WHO,
            "confirm",
            "tongzhou",
            date(2026, 3, 2),
            {"kind": "purchaser_approval", "evidence": "付款审批单（示例）"},
        ),
        Row(
            WHO,
            "confirm",
            "tongzhou",
            date(2026, 3, 2),
            {"kind": "document", "evidence": "付款资料（示例）"},
        ),
        Row(WHO, "invoice", "tongzhou", date(2026, 3, 2)),
        Row(WHO, "pay", "tongzhou", date(2026, 3, 12)),
        Row(WHO, "receive_bond", "emergency", date(2026, 6, 12)),
        Row(WHO, "invoice", "emergency", date(2026, 6, 16)),
        # The appropriation was short: the rest follows as it arrives, no default.
        Row(WHO, "pay", "emergency", date(2026, 7, 3), {"amount": 1500000.0}),
        Row(
            WHO,
            "delay",
            "emergency",
            date(2026, 7, 3),
            {"cause": "财政拨款不足，余款待拨付后支付（示例）"},
        ),
        # Two of Shunyi's units have handed in their assessment documents early.
        Row(WHO, "enter_paper", "shunyi", date(2026, 11, 12), {"number": 0}),
        Row(WHO, "enter_paper", "shunyi", date(2026, 11, 20), {"number": 1}),
        # A supplier rents us vehicles and is paid as we are.
        Row(WHO, "rent", "subcontract"),
        Row(WHO, "invoice", "subcontract", date(2026, 3, 10)),
        Row(WHO, "pay", "subcontract", date(2026, 3, 18)),
        # Our side has agreed: the purchaser finds it in the portal and answers.
        Row(
            WHO,
            "deduct",
            "shunyi",
            date(2026, 6, 18),
            {
                "clause": "review_capability",
                "name": "故障抢修到场超时（示例）",
                "fate": "put",
                "answered": date(2026, 6, 25),
            },
        ),
        Row(
            WHO,
            "deduct",
            "shunyi",
            date(2026, 5, 20),
            {
                "clause": "review_sanction",
                "name": "巡检报告迟报，上级通报（示例）",
                "fate": "dispute",
                "answered": date(2026, 5, 25),
            },
        ),
        Row(
            WHO,
            "deduct",
            "shunyi",
            date(2026, 10, 12),
            {
                "clause": "review_memorandum",
                "name": "第三季度考核扣减（示例）",
                "fate": "agree",
                "answered": date(2026, 10, 20),
                "of_first_system": True,
                "amount": 3600.0,
                "source_note": MEMORANDUM,
            },
        ),
        Row(
            WHO,
            "deduct",
            "shunyi",
            date(2026, 7, 10),
            {
                "clause": "review_memorandum",
                "name": "第二季度考核扣减（示例）",
                "fate": "waive",
                "answered": date(2026, 7, 20),
                "of_first_system": True,
                "amount": 1200.0,
                "source_note": MEMORANDUM,
            },
        ),
        Row(
            WHO,
            "deduct",
            "tongzhou",
            date(2026, 7, 6),
            {
                "clause": "50_30_20_assessment",
                "name": "年中评估扣减（示例）",
                "fate": "draw",
                "answered": date(2026, 7, 15),
                "amount": 2680.0,
                "source_note": "年中评估报告（示例）",
            },
        ),
        Row(
            WHO,
            "deduct",
            "subcontract",
            date(2026, 8, 3),
            {
                "clause": "review_capability",
                "name": "车辆到位迟延（示例）",
                "fate": "keep",
                "answered": date(2026, 8, 10),
            },
        ),
        Row(WHO, "amend", "shunyi", date(2026, 11, 16), {"more": 20000.0}),
    )

    @api.model
    def _play(self):
        self.env["om.engagement.loader"]._get_contracts().user_id = self._user(WHO)
        return super()._play()

    @api.model
    def _get(self, name):
        demo = self.env.ref(f"om_demo.demo_agreement_{name}", False)
        return demo or self.env["om.engagement.loader"]._get(name)

    # ------------------------------------------------------------
    # Signing and paying
    # ------------------------------------------------------------

    @api.model
    def _do_sign(self, name, day, **terms):
        contract = self._get(name)
        supervisor = self.env.ref("om_demo.demo_partner_supervisor_firm")
        contract.write(
            {
                "signature_date": day,
                "effective_date": day,
                "supervisor_id": supervisor.id,
                **terms,
            }
        )
        contract.action_activate()

    @api.model
    def _do_rent(self, name, _day):
        contract = self._get(name)
        contract.user_id = self.env.user
        contract.action_make_milestones()
        contract.action_activate()

    @api.model
    def _do_receive_bond(self, name, day):
        for bond in self._get(name).bond_ids:
            bond.action_receive(bond.amount, day)

    @api.model
    def _do_confirm(self, name, day, kind, evidence):
        conditions = self._get(name).milestone_ids[:1].condition_ids
        paper = self._sign_paper(day)
        conditions.filtered(lambda condition: condition.kind == kind).action_confirm(
            paper.signed_on, evidence, paper.scan, paper.person
        )

    @api.model
    def _do_invoice(self, name, day):
        """Invoice the first payment."""
        milestone = self._get(name).milestone_ids[:1]
        milestone.action_make_invoice()
        move = milestone.invoice_ids
        move.invoice_date = day
        move.action_post()

    @api.model
    def _do_pay(self, name, day, amount=None):
        """Register what came in for the first payment, all of it without ``amount``."""
        move = self._get(name).milestone_ids[:1].invoice_ids
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(
            {"amount": amount or move.amount_residual, "payment_date": day}
        )._create_payments()

    @api.model
    def _do_delay(self, name, day, cause):
        self.env["om.fiscal.delay"].create(
            {"agreement_id": self._get(name).id, "date_from": day, "cause": cause}
        )

    @api.model
    def _do_enter_paper(self, name, day, number):
        line = self._get(name).milestone_ids.paper_ids.sorted("id")[number]
        line.action_enter(self._sign_paper(day), "随月度例会补录（示例）")

    @api.model
    def _do_amend(self, name, day, more):
        """An amendment in hand: one system becomes dearer, and so does the contract."""
        contract = self._get(name)
        system = self._get_first_system(contract)
        self.env["om.contract.amendment"].create(
            {
                "agreement_id": contract.id,
                "name": "补充协议（示例）",
                "date": day,
                "reason": "增加夜间值守，费用相应调整（示例）",
                "amount_new": contract.amount_total + more,
                "line_ids": [
                    Command.create(
                        {
                            "change": "fee",
                            "system_id": system.id,
                            "fee_new": system.annual_fee + more,
                        }
                    )
                ],
            }
        )

    @api.model
    def _get_first_system(self, contract):
        return contract.system_ids.sorted("sequence_no")[:1]

    # ------------------------------------------------------------
    # Deductions
    # ------------------------------------------------------------

    @api.model
    def _do_deduct(
        self, name, day, /, clause, fate, answered, of_first_system=False, **values
    ):
        """A deduction by the contract's copy of a clause that is shipped, and what was
        made of it on the day ``answered``."""
        contract = self._get(name)
        shipped = self.env.ref(f"om_contract.om_deduction_clause_{clause}")
        if of_first_system:
            values["system_id"] = self._get_first_system(contract).id
        deduction = self.env["om.deduction"].create(
            {
                "agreement_id": contract.id,
                "clause_id": contract.clause_ids.filtered(
                    lambda own: own.sequence == shipped.sequence
                ).id,
                "date": day,
                "user_id": self.env.uid,
                **values,
            }
        )
        getattr(self, f"_decide_{fate}")(deduction, self._past(answered))

    @api.model
    def _decide_put(self, deduction, day):
        deduction.action_agree("contractor", day)

    @api.model
    def _decide_dispute(self, deduction, day):
        deduction.action_dispute("通报所述故障由市政断电引起，双方核对中（示例）")
        deduction.agreement_id.milestone_ids[2].action_hold(
            deduction,
            reason="违约事项核对完毕前，尾款暂缓支付（示例）",
            paper=self._sign_paper(day),
        )

    @api.model
    def _decide_agree(self, deduction, day):
        """All parties whose word it needs have signed the record."""
        for party in deduction._get_missing_parties():
            side, _capacity = deduction._get_side(party)
            is_ours = self.env.user._speaks_for(side)
            paper = None if is_ours else self._sign_paper(day)
            deduction.action_agree(party, day, paper)

    @api.model
    def _decide_waive(self, deduction, day):
        deduction.action_waive(
            "复核后确认达标，采购人撤回（示例）", self._sign_paper(day)
        )

    @api.model
    def _decide_draw(self, deduction, day):
        """It is taken from the bond."""
        self._decide_agree(deduction, day)
        deduction.action_apply(bond=deduction.agreement_id.bond_ids[:1])

    @api.model
    def _decide_keep(self, deduction, day):
        """It is kept back from the second payment."""
        self._decide_agree(deduction, day)
        milestones = deduction.agreement_id.milestone_ids.sorted()
        deduction.action_apply(milestone=milestones[1:2])
