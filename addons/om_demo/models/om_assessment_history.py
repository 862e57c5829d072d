from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, api, models

from .om_demo import SIGNED_PAGE

SCHEME = "示例办法：按次扣分（示例，未经任何一方同意）"
NOTE = "演示用：指标、分值和每分 200 元均为虚构，招标文件没有印出。"
POINT_VALUE = 200
CAP = 5000
# Indicator, source, operator, target, points for a unit, hours to rectify.
LINES = (
    ("故障超时", "missed", "<=", 0, 1, 24),
    ("同一设备重复故障", "repeated", "<=", 0, 2, 72),
    ("巡检按时率", "inspections", ">=", 100, 0.2, 24),
    ("服务满意率", "satisfaction", ">=", 90, 0.1, 0),
    ("应交资料逾期", "obligations_late", "<=", 0, 1, 24),
    ("安全事件、数据丢失", "manual_amount", "<=", 0, 10, 24),
)
# What became of the sheets of the last month, in turn; the one before is final but for
# the last two units.
FATES = (
    "returned",
    "disputed",
    "referred",
    "submitted",
    "submitted",
    "signed",
    "signed",
    "confirmed",
    "final",
)


class OmAssessmentHistory(models.AbstractModel):
    """Three months of assessments: what the parties said of them, by the acts that they
    have for it. What was measured is the record."""

    _name = "om.assessment.history"
    _inherit = "om.demo"
    _description = "Invented Assessments"

    @api.model
    def _play(self):
        """Memoranda in force for all units of Shunyi; the sheets of this month and of
        the two before, in every state; two demands to put something right."""
        contract = self.env.ref("om_engagements.agreement_shunyi", False)
        if not contract or contract.state != "in_force":
            return
        today = contract._get_today()
        scan = self._make_scan(SIGNED_PAGE)
        memoranda = self._agree(contract, scan)
        sheets = self.env["om.assessment"]
        month = today.replace(day=1)
        drawn = [
            sheets._draw_up(month - relativedelta(months=ago), contract)
            # As found by the manager: drawing up is done for whoever asks.
            .with_env(self.env)
            for ago in (2, 1, 0)
        ]
        # This month has its facts only; the last unit's is still to be judged by hand.
        drawn[2][:-1].action_no_events()
        # Played as superuser: what is typed is not reckoned by itself.
        drawn[2][:-1].action_refresh()
        self._decide(drawn[0], drawn[1], scan, today)
        self._rectify(drawn[0], memoranda, scan, today)

    @api.model
    def _agree(self, contract, scan):
        """One memorandum for each unit, signed by the three parties and in force."""
        scheme = self.env["om.assessment.scheme"].create(
            {
                "name": SCHEME,
                "agreement_id": contract.id,
                "note": NOTE,
                "money_rule": "point",
                "money_value": POINT_VALUE,
                "cap_amount": CAP,
                "line_ids": [
                    Command.create(
                        {
                            "name": name,
                            "source": source,
                            "operator": operator,
                            "target": target,
                            "points": points,
                            "rectify_hours": hours,
                            "clause": "示例",
                        }
                    )
                    for name, source, operator, target, points, hours in LINES
                ],
            }
        )
        scheme.action_put_to_use()
        memoranda = self.env["om.memorandum"].create(
            [
                {
                    "agreement_id": contract.id,
                    "unit_id": unit.id,
                    "system_ids": [Command.set(systems.ids)],
                    "date_from": contract.start_date,
                    "scheme_id": scheme.id,
                    "open_points": "报告周期、指标权重、每分金额待约定（示例）。",
                }
                for unit, systems in contract.system_ids.grouped("unit_id").items()
            ]
        )
        paper = self._sign_paper(contract.start_date + timedelta(days=40), scan)
        memoranda.action_sign_unit(paper=paper)
        memoranda.action_sign_purchaser(paper=paper)
        memoranda.action_sign_contractor()
        memoranda.action_enforce()
        return memoranda

    @api.model
    def _decide(self, before, last, scan, today):
        """Submit both months, and let the parties say their word."""
        (before | last).action_no_events()
        (before | last).action_submit()
        user = self.env.ref("om_base.demo_user_unit", False)
        unit = user and user.partner_id.commercial_partner_id
        # What waits for the demonstration's own unit stays for whoever logs in.
        lots = {}
        others = last.filtered(lambda each: each.unit_id != unit).sorted("id")
        for number, sheet in enumerate(others):
            lots.setdefault(FATES[number % len(FATES)], last.browse())
            lots[FATES[number % len(FATES)]] |= sheet
        older = before.sorted("id")
        lots["signed"] |= older[-1:]
        lots["confirmed"] |= older[-2:-1]
        lots["final"] |= older[:-2]
        reason = "核对中：部分故障由市政断电引起（示例）"
        paper = self._sign_paper(today, scan)
        lots["returned"].action_return(reason="缺少现场照片（示例）", paper=paper)
        disputed = lots["disputed"] | lots["referred"]
        remarks = {
            line.id: "断电当日已报备（示例）" for line in disputed.line_ids if line.lost
        }
        disputed.action_dispute(reason=reason, paper=paper, remarks=remarks)
        disputed.action_talk(reason="已与用户单位会商，待补充证明（示例）")
        lots["referred"].action_refer(reason="会商未达成一致（示例）")
        signed = lots["signed"] | lots["confirmed"] | lots["final"]
        for sheets, days in self._by_month(signed):
            sheets.action_sign(paper=self._sign_paper(days(9), scan))
            # They were put to the parties before these signed.
            sheets.write({"submitted_on": days(3)})
        for sheets, days in self._by_month(lots["confirmed"] | lots["final"]):
            sheets.action_confirm(paper=self._sign_paper(days(14), scan))
        lots["final"].action_finalize()

    @api.model
    def _by_month(self, sheets):
        """[(sheets, function from a number to that day after their month)]"""
        today = self.env["agreement"]._get_today()
        return [
            (
                same,
                lambda number, end=end: min(end + timedelta(days=number), today),
            )
            for end, same in sheets.grouped("period_end").items()
        ]

    @api.model
    def _rectify(self, sheets, memoranda, scan, today):
        """One demand that went all its way, and one that the unit has to check."""
        demands = self.env["om.rectification"]
        missed = sheets.line_ids.filtered(
            lambda line: line.source == "missed" and line.lost
        ).sorted("id")[:1]
        if missed:
            done = demands.create(
                {
                    "issuer": "unit",
                    "assessment_line_id": missed.id,
                    **demands._prepare_from_line(missed),
                }
            )
            self._put_right(done, today - timedelta(days=12), scan)
            done.action_accept(paper=self._sign_paper(today - timedelta(days=9), scan))
            done.action_file(paper=self._sign_paper(today - timedelta(days=7), scan))
        user = self.env.ref("om_base.demo_user_unit", False)
        unit = user and user.partner_id.commercial_partner_id
        own = memoranda.filtered(lambda memo: memo.unit_id == unit) or memoranda
        system = own[:1].system_ids.sorted("sequence_no")[:1]
        waiting = demands.create(
            {
                "issuer": "unit",
                "name": "机房空调滴水，机柜顶部有水渍，需排除并清理（示例）",
                "agreement_id": system.agreement_id.id,
                "unit_id": system.unit_id.id,
                "system_id": system.id,
                "hours": 48,
            }
        )
        self._put_right(waiting, today - timedelta(days=4), scan)

    @api.model
    def _put_right(self, demand, day, scan):
        demand.action_issue(paper=self._sign_paper(day, scan))
        photo = scan.copy(
            {
                "name": "整改照片（示例）.png",
                "res_model": demand._name,
                "res_id": demand.id,
            }
        )
        demand.action_report(
            "已排除故障并复查，现场清理完毕（示例）",
            photo,
            demand.issued_at + timedelta(hours=7),
        )
