from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.om_base.tests.common import new_test_user

from .test_assessment import MonthCommon

NOW = "2026-12-02 04:00:00"
# Articles on the user units' rights and on penalties (3 and 7) of Shunyi's contract.
PRICE = 77133300.0


class RectificationCommon(MonthCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clauses = cls.contract.clause_ids
        (cls.refusal,) = cls.clauses.filtered(lambda one: one.percent == 0.5)[-1:]
        cls.refusal.fact = "rectification"

    def _get_issuing_user(self, issuer):
        return {
            "unit": self.unit_user,
            "purchaser": self.purchaser_user,
            "contractor": self.manager,
        }[issuer]

    def _create(self, issuer="unit", **values):
        """A draft by who is about to issue it, as the portal makes it."""
        return (
            self.env["om.rectification"]
            .with_user(self._get_issuing_user(issuer))
            .sudo()
            .create(
                {
                    "name": "机房漏水，未清理",
                    "agreement_id": self.contract.id,
                    "unit_id": self.unit.id,
                    "system_id": self.system.id,
                    "issuer": issuer,
                    **values,
                }
            )
            .with_user(self.manager)
            .sudo(False)
        )

    def _issue(self, demand):
        demand.with_user(self._get_issuing_user(demand.issuer)).action_issue()
        return demand

    def _report(self, demand, user=None, **values):
        user = user or self.manager
        photo = (
            self.env["ir.attachment"]
            .with_user(user)
            .create(
                {
                    "name": "现场照片.png",
                    "raw": b"photo",
                    "res_model": demand._name,
                    "res_id": demand.id,
                }
            )
        )
        demand.with_user(user).action_report("已清理并修复接头", photo, **values)
        return photo


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestRectification(RectificationCommon):
    def test_from_demand_to_file(self):
        demand = self._issue(self._create(hours=24))
        self.assertEqual(str(demand.deadline), "2026-12-03 04:00:00")
        self.assertEqual(str(demand.due_date), "2026-12-03")
        self.assertEqual(demand.state, "issued")
        photo = self._report(demand)
        self.assertEqual((demand.state, demand.is_late), ("done", False))
        self.assertEqual(demand.evidence_ids, photo)
        demand.with_user(self.unit_user).action_accept()
        self.assertEqual(str(demand.accepted_on), "2026-12-02")
        demand.with_user(self.purchaser_user).action_file()
        self.assertEqual(demand.state, "filed")
        self.assertEqual(
            demand.act_ids.sorted("id").mapped("act"),
            ["create", "issue", "report", "accept", "file"],
        )
        signed = demand.act_ids.signature_id
        self.assertEqual(signed.party_id, self.unit | self.purchaser)
        self.assertFalse(demand.has_breach)

    def test_nobody_speaks_for_another(self):
        demand = self._create()
        with self.assertRaises(UserError):
            demand.action_issue()
        with self.assertRaises(UserError):
            demand.action_issue_ours()
        self._issue(demand)
        self._report(demand)
        for name in ("accept", "file"):
            with self.assertRaises(UserError):
                getattr(demand, f"action_{name}")()
        with self.assertRaises(AccessError):
            demand.with_user(self.purchaser_user).action_accept()
        with self.assertRaises(AccessError):
            demand.with_user(self.other_user).action_accept()

    def test_a_paper_counts_from_the_end_of_its_day(self):
        demand = self._create(hours=24)
        demand.action_issue(paper=self._paper("单位乙", "2026-12-01"))
        # The day's end in Shanghai is 16:00 UTC.
        self.assertEqual(str(demand.deadline), "2026-12-02 16:00:00")

    def test_late_and_returned(self):
        demand = self._create(hours=2)
        with freeze_time("2026-12-02 01:00:00"):
            self._issue(demand)
        self.assertTrue(demand.is_overdue)
        self.assertIn(
            demand, self.env["om.rectification"].search([("is_overdue", "=", True)])
        )
        self._report(demand)
        self.assertTrue(demand.is_late)
        self.assertFalse(demand.is_overdue)
        with self.assertRaises(UserError):
            demand.with_user(self.unit_user).action_return()
        demand.with_user(self.unit_user).action_return(reason="仍在漏水")
        self.assertEqual((demand.state, demand.return_count), ("returned", 1))
        self.assertTrue(demand.is_overdue, "the time that was given runs on")
        self._report(demand, done_at="2026-12-02 02:30:00")
        self.assertEqual(str(demand.done_at), "2026-12-02 02:30:00")
        self.assertFalse(demand.is_late)

    def test_what_is_reported_has_evidence_and_its_time(self):
        demand = self._issue(self._create())
        none = self.env["ir.attachment"]
        with self.assertRaises(UserError):
            demand.action_report("已修复", none)
        for wrong in ("2026-12-02 03:00:00", "2026-12-02 05:00:00"):
            with self.assertRaises(UserError):
                self._report(demand, done_at=wrong)
        self.assertEqual(demand.state, "issued")

    def test_refusal_costs_half_a_percent(self):
        """0.5 % of 77,133,300.00 is 385,666.50; the clause counts its events and says
        from which one on the contract may be ended."""
        self.contract.sudo().with_context(om_act=None).amount_total = PRICE
        demand = self._issue(self._create("purchaser"))
        with self.assertRaises(UserError):
            demand.action_refuse()
        demand.action_refuse(reason="不属于运维范围")
        self.assertTrue(demand.has_breach)
        self.assertEqual(demand.clause_id, self.refusal)
        self.assertEqual(demand.clause_events, 0)
        demand.action_propose_deduction()
        deduction = self.refusal.deduction_ids
        self.assertEqual(deduction.amount, 385666.50)
        self.assertEqual(deduction.source, demand)
        demand.invalidate_recordset()
        self.assertEqual(demand.clause_events, 1)
        self.assertTrue(demand.is_serious, "refusing also gives a right to terminate")
        demand.action_propose_deduction()
        self.assertEqual(len(self.refusal.deduction_ids), 1, "once for each fact")

    def test_the_purchaser_establishes_a_refusal(self):
        demand = self._issue(self._create())
        with self.assertRaises(AccessError):
            demand.with_user(self.unit_user).action_establish(reason="逾期未改")
        demand.with_user(self.purchaser_user).action_establish(reason="逾期未改")
        self.assertEqual(demand.state, "refused")
        # Put right after all, the refusal stays on record.
        self._report(demand)
        demand.with_user(self.unit_user).action_accept()
        self.assertTrue(demand.has_breach)
        self.assertEqual(demand.clause_id, self.refusal)

    def test_the_same_again(self):
        """0.1 % of the price for insufficient capability; serious from the second."""
        self.contract.sudo().amount_total = PRICE
        first = self._issue(self._create())
        self.assertFalse(first.has_breach)
        again = self._issue(self._create(repeat_of_id=first.id))
        clause = again.clause_id
        self.assertEqual((clause.fact, clause.percent), ("deadline", 0.1))
        again.action_propose_deduction()
        self.assertEqual(clause.deduction_ids.amount, 77133.30)
        again.invalidate_recordset()
        self.assertFalse(again.is_serious)
        third = self._issue(self._create(repeat_of_id=again.id))
        third.action_propose_deduction()
        third.invalidate_recordset()
        self.assertEqual((third.clause_events, third.is_serious), (2, True))

    def test_withdrawn(self):
        demand = self._issue(self._create())
        demand.with_user(self.unit_user).action_withdraw(reason="已自行恢复")
        self.assertEqual(demand.state, "withdrawn")
        self.assertFalse(demand.has_breach)
        with self.assertRaises(UserError):
            demand.action_propose_deduction()
        with self.assertRaises(UserError):
            demand.unlink()

    def test_from_a_line(self):
        """A line gives what was missed and the time of its memorandum; the next month's
        repeats it, and is not paid for twice."""
        self._create_tickets(1, fix_status="breached")
        self._create_tickets(1, day="2026-10-20", fix_status="breached")
        scheme = self._create_scheme(
            {
                "name": "超时",
                "source": "missed",
                "operator": "<=",
                "target": 0,
                "rectify_hours": 48,
            },
            money_rule="point",
            money_value=400,
        )
        sheet = self._draw(scheme)
        before = self._draw_again(sheet.period_start.replace(month=10))
        demands = self.env["om.rectification"]
        for line in before.line_ids | sheet.line_ids:
            context = line.action_rectify()["context"]
            demand = (
                self.env["om.rectification"]
                .with_user(self.manager)
                .with_context(**context)
                .create({"issuer": "contractor"})
            )
            self.assertEqual((demand.hours, demand.unit_id), (48, self.unit))
            self.assertEqual(demand.system_id, self.system)
            self.assertIn("超时", demand.name)
            self.assertEqual(line.rectification_count, 1)
            demand.action_issue_ours()
            demands |= demand
        first, second = demands
        self.assertEqual(second.repeat_of_id, first)
        sheet.action_submit()
        with self.assertRaises(UserError) as caught:
            second.action_propose_deduction()
        self.assertIn(sheet.name, str(caught.exception))

    def test_what_was_demanded_stays(self):
        demand = self._create()
        demand.name = "改正前"
        self._issue(demand)
        for values in (
            {"name": "别的"},
            {"hours": 72},
            {"deadline": "2027-01-01 00:00:00"},
            {"state": "accepted"},
            {"unit_id": self.other_unit.id},
        ):
            with self.assertRaises(UserError):
                demand.write(values)
        demand.note = "我方备注"

    def test_of_another_unit(self):
        with self.assertRaises(UserError):
            self._create(
                system_id=self.other_system.id, unit_id=self.unit.id
            ).flush_recordset()

    def test_reminder(self):
        demand = self._issue(self._create())
        rows = self.env["om.expiry"].with_user(self.manager)
        row = rows.search([("kind", "=", "rectification")])
        self.assertEqual((row.res_id, str(row.date)), (demand.id, "2026-12-03"))
        self._report(demand)
        self.assertFalse(rows.search([("kind", "=", "rectification")]))

    def test_the_responsible_is_told_at_once(self):
        engineer = self.users["engineer"]
        demand = self._create(user_id=engineer.id)
        self._issue(demand)
        told = self.env["mail.message"].search(
            [
                ("partner_ids", "in", engineer.partner_id.ids),
                ("model", "=", demand._name),
            ]
        )
        self.assertEqual(told.res_id, demand.id)

    def test_roles(self):
        engineer = self.users["engineer"]
        mine = self._issue(self._create(user_id=engineer.id))
        other = self._issue(self._create(user_id=self.manager.id))
        self._report(mine, engineer)
        with self.assertRaises(AccessError):
            self._report(other, engineer)
        with self.assertRaises(AccessError):
            mine.with_user(engineer).action_refuse(reason="示例")
        for role in ("staffing", "auditor"):
            seen = other.with_user(self.users[role])
            self.assertTrue(seen.name)
            with self.assertRaises(AccessError):
                seen.note = "示例"
        for user, wanted in (
            (self.unit_user, mine | other),
            (self.purchaser_user, mine | other),
            (self.other_user, mine.browse()),
        ):
            self.assertEqual(mine.with_user(user).search([]).sorted(), wanted.sorted())
        draft = self._create("purchaser")
        with self.assertRaises(AccessError):
            draft.with_user(self.unit_user).read(["name"])
        with self.assertRaises(AccessError):
            mine.with_user(self.unit_user).read(["note"])

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "乙公司"})
        user = new_test_user(
            self.env,
            "om_rectification_other",
            groups="om_base.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        demand = self._create()
        self.assertFalse(demand.with_user(user).search([("id", "=", demand.id)]))

    def test_printed_notice(self):
        demand = self._issue(self._create(hours=36))
        self._report(demand)
        page, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "om_assessment.om_rectification_notice_report", demand.ids
        )
        text = page.decode()
        for part in (demand.number, self.unit.name, "2026-12-04 00:00", "现场照片.png"):
            self.assertIn(part, text)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestRectificationPortal(HttpCase, RectificationCommon):
    """The unit demands in the portal, checks, and the purchaser takes it on file."""

    def _login(self, name):
        self.authenticate(f"om_assessment_{name}", f"{name}-of-the-test")

    def _page(self, path):
        answer = self.url_open(path)
        return answer, html.fromstring(answer.content)

    def _post(self, path, form, **values):
        _answer, page = self._page(form)
        token = page.xpath("//input[@name='csrf_token']/@value")[0]
        return self.url_open(path, data={"csrf_token": token, **values})

    def _demand(self, **values):
        return self._post(
            "/my/rectifications/new",
            "/my/rectifications/new",
            **{
                "name": "空调停机",
                "hours": "24",
                "system_id": self.system.id,
                **values,
            },
        )

    def _decide(self, demand, decision, **values):
        path = f"/my/rectifications/{demand.id}"
        answer = self._post(f"{path}/decide", path, decision=decision, **values)
        demand.invalidate_recordset()
        return answer

    def test_demanded_and_checked(self):
        self._login("unit")
        _answer, page = self._page("/my/rectifications/new")
        self.assertEqual(
            page.xpath("//option/@value"), ["", str(self.system.id)], "its own only"
        )
        self._demand()
        demand = self.env["om.rectification"].search([("name", "=", "空调停机")])
        self.assertEqual((demand.state, demand.issuer), ("issued", "unit"))
        self.assertEqual(demand.agreement_id, self.contract)
        photo = self._report(demand.with_user(self.manager))
        answer, _page = self._page(f"/my/rectifications/{demand.id}")
        self.assertIn("已清理并修复接头", answer.text)
        file = self.url_open(f"/my/rectifications/{demand.id}/file/{photo.id}")
        self.assertEqual(file.content, b"photo")
        self._decide(demand, "return", reason="照片不清楚")
        self.assertEqual(demand.state, "returned")
        self._report(demand.with_user(self.manager))
        self._decide(demand, "accept")
        self.assertEqual(demand.state, "accepted")
        self._login("purchaser")
        answer, _page = self._page("/my/rectifications")
        self.assertIn(demand.number, answer.text)
        self._decide(demand, "file")
        self.assertEqual(demand.state, "filed")

    def test_by_the_purchaser(self):
        self._login("purchaser")
        self._demand(system_id=self.other_system.id, hours="72")
        demand = self.env["om.rectification"].search([("name", "=", "空调停机")])
        self.assertEqual(
            (demand.issuer, demand.unit_id), ("purchaser", self.other_unit)
        )
        self.assertEqual(demand.hours, 72)
        self._login("unit")
        answer, _page = self._page(f"/my/rectifications/{demand.id}")
        self.assertEqual(answer.status_code, 404, "of another unit")

    def test_of_what_is_not_ones_own(self):
        self._login("unit")
        for values in (
            {"system_id": self.other_system.id},
            {"hours": "0"},
            {"hours": "x"},
            {"name": " "},
        ):
            answer = self._demand(**values)
            self.assertIn("alert-warning", answer.text)
        self.assertFalse(
            self.env["om.rectification"].search([("unit_id", "=", self.other_unit.id)])
        )

    def test_from_a_line(self):
        self._create_tickets(1, fix_status="breached")
        sheet = self._draw(
            self._create_scheme(
                {
                    "name": "超时",
                    "source": "missed",
                    "operator": "<=",
                    "target": 0,
                    "rectify_hours": 48,
                }
            )
        )
        sheet.action_submit()
        self._login("unit")
        _answer, page = self._page(f"/my/assessments/{sheet.id}")
        (link,) = page.xpath("//a[contains(@href, 'rectifications/new')]/@href")
        _answer, page = self._page(link)
        self.assertEqual(page.xpath("//input[@name='hours']/@value"), ["48"])
        self._post(
            "/my/rectifications/new",
            link,
            line=sheet.line_ids.id,
            name="超时：请整改",
            hours="48",
            system_id="",
        )
        demand = sheet.line_ids.rectification_ids
        self.assertEqual((demand.state, demand.unit_id), ("issued", self.unit))
        self._login("other")
        _answer, page = self._page(link)
        self.assertEqual(page.xpath("//input[@name='hours']/@value"), ["24"])
