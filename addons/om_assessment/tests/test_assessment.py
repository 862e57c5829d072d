from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import AssessmentCommon

NOVEMBER = date(2026, 11, 15)


@freeze_time("2026-12-02 04:00:00")
class MonthCommon(AssessmentCommon):
    """A contract in force with its payments; sheets of November 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract.write(
            {
                "signature_date": "2025-12-20",
                "payment_template_id": cls.env.ref(
                    "om_contract.om_payment_template_review"
                ).id,
            }
        )
        cls.contract.action_make_milestones()
        cls.contract.action_activate()
        cls.manager = cls.users["manager"]

    def _draw(self, scheme, day=NOVEMBER, **values):
        """Return the sheet of a month of the first unit, by a signed memorandum."""
        self._create_memorandum(scheme_id=scheme.id, **values)
        return self._draw_again(day)

    def _draw_again(self, day=NOVEMBER):
        return (
            self.env["om.assessment"]
            ._draw_up(day, self.contract)
            .with_user(self.manager)
        )

    def _create_tickets(self, number, system=None, day="2026-11-10", **columns):
        """Faults whose results are as given: what leads to them has its own tests."""
        tickets = self.env["helpdesk.ticket"].create(
            [
                {
                    "name": f"示例故障{index}",
                    "description": "<p>示例</p>",
                    "system_id": (system or self.system).id,
                    "severity": "general",
                }
                for index in range(number)
            ]
        )
        self.env.flush_all()
        columns = {"reported_at": f"{day} 02:00:00", **columns}
        for name, value in columns.items():
            self.env.cr.execute(
                f"UPDATE helpdesk_ticket SET {name} = %s WHERE id = ANY(%s)",
                [value, tickets.ids],
            )
        self.env.invalidate_all()
        return tickets

    def _submit(self, sheet):
        sheet.action_no_events()
        sheet.action_submit()
        return sheet

    def _as(self, user, sheet):
        return sheet.with_user(user)


@tagged("post_install", "-at_install")
@freeze_time("2026-12-02 04:00:00")
class TestMeasuring(MonthCommon):
    def _one(self, source, **values):
        return self._create_scheme({"name": "甲指标", "source": source, **values})

    def test_running_time(self):
        """Row 129: 80 cameras, 30 days, 60 camera-days offline, 15 of them by approved
        roadworks (clause 七-12): 97.500 % fails 98, 98.125 % passes."""
        self.system.write(
            {
                "service_start": "2026-09-09",
                "hardware_line_ids": [
                    Command.create({"name": "摄像机", "quantity": 80})
                ],
            }
        )
        stops = self.env["om.downtime"].create(
            [
                {
                    "system_id": self.system.id,
                    "date_from": f"2026-11-{first} 16:00:00",
                    "date_to": f"2026-11-{last} 16:00:00",
                    "device_count": devices,
                    "excluded_cause": "roadworks",
                }
                # 15 cameras for 3 days, 3 cameras for 5 days.
                for first, last, devices in (("09", "12", 15), ("19", "24", 3))
            ]
        )
        sheet = self._draw(self._one("running", target=98))
        line = sheet.line_ids
        self.assertEqual((line.denominator, line.numerator), (2400, 2340))
        self.assertEqual(line.value_text, "97.500%")
        self.assertFalse(line.is_kept)
        self.assertEqual(line.lost, 0.5)
        self.assertEqual(line.budget, -12, "48 may fail, 60 did")
        stops[1].action_claim()
        stops[1].with_user(self.manager).action_approve(
            paper=self._paper("采购乙", "2026-12-01")
        )
        sheet.action_refresh()
        self.assertEqual((line.numerator, line.excluded), (2355, 15))
        self.assertEqual(line.value_text, "98.125%")
        self.assertEqual(line.budget, 3)
        self.assertTrue(line.is_kept)
        self.assertEqual(sheet.score, 100)
        action = line.action_open_evidence()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), stops)

    def test_satisfaction(self):
        """BDA: 23 of 26 users were satisfied, 88.46 % of the wanted 90."""
        self._create_tickets(23, followup_result="satisfied")
        self._create_tickets(3, followup_result="dissatisfied")
        line = self._draw(self._one("satisfaction", target=90)).line_ids
        self.assertEqual((line.numerator, line.denominator), (23, 26))
        self.assertEqual(line.value_text, "88.461%")
        self.assertFalse(line.is_kept)
        self.assertEqual(line.failed_count, 3)

    def test_requests_beside_faults(self):
        """Four requests, one late, one dissatisfied: 75 % each. The faults' figures
        have none of them, nor the requests' any of the faults."""
        scheme = self._create_scheme(
            {"name": "服务请求及时率", "source": "requests", "target": 95},
            {"name": "服务满意率", "source": "requests_satisfaction", "target": 90},
            {"name": "修复及时率", "source": "fix", "target": 98},
            {"name": "报修满意率", "source": "satisfaction", "target": 90},
        )
        self._create_tickets(2, fix_status="breached", followup_result="dissatisfied")
        requests = self._create_tickets(
            3, fix_status="met", followup_result="satisfied"
        ) | self._create_tickets(
            1, fix_status="breached", followup_result="dissatisfied"
        )
        item = self.env["om.service.item"].create(
            {"name": "甲服务", "agreement_id": self.contract.id}
        )
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET kind = 'request', service_item_id = %s"
            " WHERE id = ANY(%s)",
            [item.id, requests.ids],
        )
        self.env.invalidate_all()
        sheet = self._draw(scheme)
        self.assertEqual(
            [line.value_text for line in sheet.line_ids],
            ["75.000%", "75.000%", "0.000%", "0.000%"],
        )
        action = sheet.line_ids[0].action_open_failed()
        self.assertEqual(
            self.env["helpdesk.ticket"].search(action["domain"]), requests[3]
        )

    def test_posted_staff(self):
        """Of six days of duty one is not entered, one absent, one late: 4 of 5 were
        there, 2 are events. On a unit's sheet only if the contract has no other."""
        tender = self.env["om.tender"].create(
            {"name": "甲规则", "agreement_id": self.contract.id}
        )
        people = self.env["hr.employee"].create(
            [{"name": "示例甲"}, {"name": "示例乙"}]
        )
        lines = self.env["om.attendance"].create(
            [
                {
                    "tender_id": tender.id,
                    "employee_id": people[0].id,
                    "day": f"2026-{day}",
                }
                for day in ("11-02", "11-03", "11-04", "11-05", "11-06", "11-30")
            ]
            + [
                {
                    "tender_id": tender.id,
                    "employee_id": people[0].id,
                    "day": "2026-12-01",
                }
            ]
        )
        lines[3].note = "病假"
        lines[4].replacement_id = people[1]
        for line, state in zip(
            lines, ("present", "present", "late", "absent", "replaced"), strict=False
        ):
            getattr(line, f"action_{state}")()
        lines[6].action_late()
        scheme = self._create_scheme(
            {"name": "到岗率", "source": "attendance", "target": 100},
            {
                "name": "迟到缺勤",
                "source": "attendance_missed",
                "operator": "<=",
                "target": 0,
            },
        )
        sheet = self._draw(scheme)
        share, missed = sheet.line_ids
        self.assertEqual((share.state, missed.value), ("na", 0), "of two units")
        self.other_system.sudo().unit_id = self.unit
        sheet.action_refresh()
        self.assertEqual((share.numerator, share.denominator), (4, 5))
        self.assertEqual(share.value_text, "80.000%")
        self.assertEqual(missed.value, 2)
        action = missed.action_open_failed()
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]), lines[2:4]
        )

    def test_deadlines(self):
        """98 % of 50: one late is kept, two are not; severity and month count."""
        scheme = self._create_scheme(
            {"name": "修复", "source": "fix", "target": 98},
            {
                "name": "紧急超时",
                "source": "missed",
                "severity": "urgent",
                "operator": "<=",
                "target": 0,
                "points": 5,
            },
        )
        self._create_tickets(49, fix_status="met")
        late = self._create_tickets(1, fix_status="breached")
        self._create_tickets(4, day="2026-10-31", fix_status="breached")
        self._create_tickets(4, system=self.other_system, fix_status="breached")
        sheet = self._draw(scheme)
        fix, urgent = sheet.line_ids
        self.assertEqual((fix.value_text, fix.is_kept), ("98.000%", True))
        self.assertEqual((urgent.value, urgent.state), (0, "measured"))
        self._create_tickets(1, fix_status="breached", severity="urgent")
        sheet.action_refresh()
        self.assertEqual(fix.value_text, "96.078%")
        self.assertEqual((urgent.value, urgent.lost), (1, 5))
        action = fix.action_open_failed()
        failed = self.env["helpdesk.ticket"].search(action["domain"])
        self.assertIn(late, failed)
        self.assertEqual(len(failed), 2)

    def test_nothing_to_judge_is_not_applicable(self):
        sheet = self._draw(self._one("fix", target=98))
        self.assertEqual(sheet.line_ids.state, "na")
        self.assertFalse(sheet.is_judged)
        self.assertTrue(sheet.is_complete)

    def test_the_mean_leaves_out_what_was_not_judged(self):
        """October has no fault, November one late of two: the mean is November's."""
        self._create_tickets(1, fix_status="met")
        self._create_tickets(1, fix_status="breached")
        sheets = self._draw(self._one("fix", target=100))
        sheets |= self._draw_again(date(2026, 10, 15))
        self.assertEqual(sheets.mapped("is_judged"), [True, False])
        ((mean,),) = self.env["om.assessment"]._read_group(
            [("id", "in", sheets.ids)], [], ["score:avg"]
        )
        self.assertEqual(mean, 50)

    def test_repeated(self):
        device = self.env["maintenance.equipment"].create(
            {"name": "甲设备", "system_id": self.system.id}
        )
        tickets = self._create_tickets(3)
        tickets[:2].write({"equipment_ids": [Command.set(device.ids)]})
        line = self._draw(self._one("repeated", operator="<=", target=0)).line_ids
        self.assertEqual((line.value, line.failed_count), (1, 1))

    def test_obligations(self):
        obligation = self.env["om.obligation"].create(
            {
                "name": "月度报告",
                "agreement_id": self.contract.id,
                "system_ids": [Command.set(self.system.ids)],
                "per": "month",
                "due_rule": "period_end",
                "record_from": "2026-10-01",
            }
        )
        obligation.action_agree()
        obligation.action_plan()
        scheme = self._create_scheme(
            {"name": "按期", "source": "obligations"},
            {
                "name": "缺交",
                "source": "obligations_late",
                "operator": "<=",
                "target": 0,
            },
        )
        sheet = self._draw(scheme)
        kept, late = sheet.line_ids
        self.assertEqual((kept.value, late.value), (0, 1), "November's was not handed")

    def test_inspections(self):
        plan = self.env["om.inspection.plan"].create(
            {
                "system_id": self.system.id,
                "scope": "hardware",
                "every": 1,
                "per": "week",
            }
        )
        inspections = self.env["maintenance.request"].create(
            [
                {
                    "name": "示例巡检",
                    "is_inspection": True,
                    "system_id": self.system.id,
                    "inspection_plan_id": plan.id,
                    "inspection_scope": "hardware",
                    "inspection_date": f"2026-11-{day}",
                }
                for day in ("03", "10", "17", "24")
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE maintenance_request SET inspection_done_on = inspection_date"
            " WHERE id = ANY(%s)",
            [inspections[:3].ids],
        )
        self.env.invalidate_all()
        line = self._draw(self._one("inspections")).line_ids
        self.assertEqual((line.numerator, line.denominator), (3, 4))

    def test_silent_devices_are_not_measured(self):
        """Devices without any rate: missing; with rates: their mean."""
        device = self.env["maintenance.equipment"].create(
            {"name": "甲设备", "system_id": self.system.id}
        )
        sheet = self._draw(self._one("online", target=95))
        self.assertEqual(sheet.line_ids.state, "missing")
        with self.assertRaises(UserError):
            sheet.action_submit()
        self.env["om.equipment.online"].create(
            [
                {"equipment_id": device.id, "date": f"2026-11-{day}", "rate": rate}
                for day, rate in (("05", 100), ("06", 80))
            ]
        )
        sheet.action_refresh()
        self.assertEqual(sheet.line_ids.value_text, "90.000%")
        self._submit(sheet)

    def test_by_hand_with_grounds(self):
        sheet = self._draw(self._create_scheme())
        line = sheet.line_ids
        self.assertEqual((line.state, sheet.is_complete), ("missing", False))
        with self.assertRaises(UserError):
            line.write({"hand_state": "value", "hand_value": 1})
        line.write({"hand_state": "value", "hand_value": 1, "hand_note": "通报第3号"})
        self.assertEqual((line.state, line.origin), ("measured", "typed"))
        self.assertEqual(sheet.score, 98)
        with self.assertRaises(UserError):
            line.write({"lost": 0})
        self._submit(sheet)
        with self.assertRaises(UserError):
            line.write({"hand_value": 0})

    def test_one_systems_indicator(self):
        """A row's own indicator counts its system only."""
        third = self._create_third_system()
        scheme = self._create_scheme(
            {
                "name": "甲系统修复",
                "source": "fix",
                "system_ids": [Command.set(self.system.ids)],
            },
            {"name": "全部修复", "source": "fix"},
        )
        self._create_tickets(2, fix_status="met")
        self._create_tickets(1, system=third, fix_status="breached")
        sheet = self._draw(scheme, systems=self.system | third)
        self.assertEqual(sheet.line_ids.mapped("denominator"), [2, 3])

    def _create_third_system(self):
        third = self._create_system("丙系统", self.unit, agreement_id=False)
        self.env.flush_all()
        # A system that joins a contract in force does so by an amendment.
        self.env.cr.execute(
            "UPDATE om_system SET agreement_id = %s WHERE id = %s",
            [self.contract.id, third.id],
        )
        self.env.invalidate_all()
        return third


@tagged("post_install", "-at_install")
@freeze_time("2026-12-02 04:00:00")
class TestDrawing(MonthCommon):
    def test_twice_is_equal(self):
        self._create_tickets(3, fix_status="breached")
        scheme = self._create_scheme(
            {"name": "修复", "source": "fix"}, money_rule="point", money_value=100
        )
        sheet = self._draw(scheme)
        before = sheet.sudo()._pack()
        again = self._draw_again()
        self.assertEqual(again, sheet)
        self.assertEqual(again.sudo()._pack(), before)

    def test_row_5(self):
        """Stopped on 2026-10-01: judged until the day before, not from October on."""
        self.system.sudo().write({"state": "stopped", "stop_date": "2026-10-01"})
        scheme = self._create_scheme()
        self._create_memorandum(scheme_id=scheme.id)
        self.assertFalse(self._draw_again(date(2026, 10, 15)))
        self.assertFalse(self._draw_again(NOVEMBER))
        sheet = self._draw_again(date(2026, 9, 15))
        self.assertEqual(sheet.scope[0][1:3], ["2026-09-01", "2026-09-30"])
        # 36,500.00 for 365 days: a hundred a day.
        self.assertEqual(sheet.fee, 3000)

    def test_the_fee_of_a_year(self):
        """Twelve months are the yearly fee to the cent."""
        scheme = self._create_scheme()
        self._create_memorandum(
            unit=self.other_unit, systems=self.other_system, scheme_id=scheme.id
        )
        sheets = self.env["om.assessment"]
        for month in range(1, 13):
            sheets |= self._draw_again(date(2026, month, 28))
        self.assertEqual(len(sheets), 12)
        total = sum(Decimal(f"{sheet.fee:.2f}") for sheet in sheets)
        self.assertEqual(total, Decimal("63500.00"))

    def test_what_is_certain_of_a_month_that_runs(self):
        """Two faults late, a point of 400 CNY each: 800 are certain. The report that
        nobody has judged yet, 5 points, stands apart; judged, nothing is pending."""
        self._create_tickets(2, day="2026-12-01", fix_status="breached")
        scheme = self._create_scheme(
            {"name": "超时", "source": "missed", "operator": "<=", "target": 0},
            {
                "name": "通报",
                "source": "manual_amount",
                "operator": "<=",
                "target": 0,
                "points": 5,
            },
            money_rule="point",
            money_value=400,
        )
        sheet = self._draw(scheme, date(2026, 12, 2))
        late, reported = sheet.line_ids
        self.assertEqual((late.certain_amount, late.pending_amount), (800, 0))
        self.assertEqual((reported.certain_amount, reported.pending_amount), (0, 2000))
        self.assertEqual((sheet.certain_amount, sheet.certain_score), (800, 98))
        self.assertEqual((sheet.amount, sheet.score), (2800, 93), "as if submitted now")
        area = self._get_area()
        self.assertEqual(area["assessment-cost"]["count"], 800)
        self.assertEqual(area["assessment-pending"]["count"], 2000)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assessment.om_assessment_line_cost_action"
        )
        self.assertEqual([mode for _id, mode in action["views"]][0], "list")
        sheet.action_no_events()
        self.assertEqual((sheet.amount, sheet.certain_amount), (800, 800))
        self.assertEqual(sum(sheet.line_ids.mapped("pending_amount")), 0)
        self.assertEqual(self._get_area()["assessment-pending"]["count"], 0)

    def _get_area(self):
        """Return {key: figure} of the assessment in the manager's overview."""
        self.env.flush_all()
        estate = self.env["om.dashboard"].with_user(self.manager)
        areas = estate.get_estate(self.contract.id)["areas"]
        return {
            figure["key"]: figure
            for area in areas
            if area["key"] == "assessment"
            for figure in area["figures"]
        }

    def test_service_months(self):
        """003: from the 15th to the 14th, the contract as a whole."""
        scheme = self._create_scheme(first_day=15)
        sheet = self._draw(
            scheme,
            day=date(2026, 11, 14),
            unit=self.env["res.partner"],
            systems=self.env["om.system"],
        )
        self.assertEqual(
            (str(sheet.period_start), str(sheet.period_end)),
            ("2026-10-15", "2026-11-14"),
        )
        self.assertEqual(len(sheet.system_ids), 2)
        self.assertFalse(sheet.unit_id)
        self._submit(sheet)
        # No unit signs: the purchaser's review is the word.
        with self.assertRaises(UserError):
            sheet.action_sign(paper=self._paper("采购乙", "2026-12-01"))
        sheet.with_user(self.purchaser_user).action_confirm()
        self.assertEqual(sheet.state, "confirmed")

    def test_memorandum_of_each_day(self):
        """Another scheme from the 16th on: two sheets, each with its days."""
        first = self._create_scheme()
        second = self._create_scheme()
        self._create_memorandum(scheme_id=first.id, date_to="2026-11-15")
        self._create_memorandum(scheme_id=second.id, date_from="2026-11-16", version=2)
        sheets = self._draw_again()
        self.assertEqual(
            sorted(sheet.scope[0][1:3] for sheet in sheets),
            [["2026-11-01", "2026-11-15"], ["2026-11-16", "2026-11-30"]],
        )
        self.assertEqual(sorted(sheets.mapped("fee")), [1500, 1500])

    def test_without_memorandum_nothing(self):
        dialog = (
            self.env["om.assessment.draw"]
            .with_user(self.manager)
            .create({"agreement_ids": [Command.set(self.contract.ids)]})
        )
        self.assertEqual(str(dialog.date), "2026-11-30")
        with self.assertRaises(UserError):
            dialog.action_draw_up()
        self._create_memorandum(scheme_id=self._create_scheme().id)
        action = dialog.action_draw_up()
        self.assertEqual(
            self.env["om.assessment"].search(action["domain"]).unit_id, self.unit
        )

    def test_the_job(self):
        """Once, on a working day, the month that is over; each day the one that
        runs."""
        self._create_memorandum(scheme_id=self._create_scheme().id)
        for _turn in range(2):
            self.env["om.assessment"]._cron_draw_up()
            sheets = self.env["om.assessment"].search(
                [("agreement_id", "=", self.contract.id)]
            )
            self.assertEqual(
                [str(sheet.period_start) for sheet in sheets],
                ["2026-12-01", "2026-11-01"],
            )

    def test_queries_do_not_grow(self):
        """As many for two units as for twelve, each with a scheme of its own."""
        sources = (
            "fix",
            "missed",
            "inspections",
            "findings",
            "running",
            "online",
            "satisfaction",
            "obligations",
        )

        def draw(units):
            made = self.env["om.memorandum"]
            for number in range(units):
                unit = self._create_partner(f"示例单位{number}", "user_unit")
                system = self._create_system("示例系统", unit, agreement_id=False)
                self.env.flush_all()
                self.env.cr.execute(
                    "UPDATE om_system SET agreement_id = %s WHERE id = %s",
                    [self.contract.id, system.id],
                )
                self.env.invalidate_all()
                scheme = self._create_scheme(
                    *({"name": source, "source": source} for source in sources)
                )
                made |= self._create_memorandum(
                    unit=unit, systems=system, scheme_id=scheme.id
                )
                self._create_tickets(2, system=system, fix_status="breached")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            sheets = self.env["om.assessment"]._draw_up(NOVEMBER, self.contract)
            self.env.flush_all()
            count = self.env.cr.sql_log_count - before
            self.assertEqual(len(sheets), units)
            sheets.line_ids.unlink()
            sheets.unlink()
            made.action_end(reason="示例", date="2026-01-01")
            return count

        draw(1)
        self.assertLessEqual(draw(12), draw(2) + 4)


@tagged("post_install", "-at_install")
@freeze_time("2026-12-02 04:00:00")
class TestSigning(MonthCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scheme = cls._create_scheme(
            {"name": "超时", "source": "missed", "operator": "<=", "target": 0},
            {
                "name": "通报",
                "source": "manual_amount",
                "operator": "<=",
                "target": 0,
                "points": 5,
            },
            money_rule="point",
            money_value=400,
        )

    def _draw_late(self, number=3):
        self._create_tickets(number, fix_status="breached")
        return self._draw(self.scheme)

    def test_from_evidence_to_money(self):
        """Three late faults: three points, 1,200.00; unit, purchaser and contractor
        sign, and the deduction stands with its clause and trace."""
        sheet = self._submit(self._draw_late())
        self.assertEqual((sheet.score, sheet.amount), (97, 1200))
        self._as(self.unit_user, sheet).action_sign()
        self.assertEqual(sheet.state, "signed")
        with self.assertRaises(UserError):
            sheet.action_finalize()
        self._as(self.purchaser_user, sheet).action_confirm()
        sheet.action_finalize()
        deduction = sheet.deduction_id
        self.assertEqual(deduction.amount, 1200)
        self.assertEqual(sum(sheet.line_ids.mapped("amount")), 1200)
        self.assertEqual((deduction.state, deduction.kind), ("agreed", "assessment"))
        self.assertEqual(deduction.clause_id.kind, "assessment")
        self.assertEqual(deduction.source, sheet)
        self.assertEqual(str(deduction.date), "2026-11-30")
        steps = deduction._get_calculation().steps
        self.assertTrue(any("1,200" in step.value for step in steps))
        deduction.with_user(self.manager).action_apply()
        self.assertTrue(deduction.line_ids.milestone_id)

    def test_for_whom_it_waits(self):
        sheet = self._draw_late()
        self.assertEqual(sheet.waits_for, "us")
        with self.assertRaisesRegex(UserError, "None of these waits"):
            sheet.action_remind()
        self._submit(sheet)
        told = []
        for side, user, go_on in (
            ("unit", self.unit_user, lambda own: own.action_sign()),
            ("purchaser", self.purchaser_user, lambda own: own.action_confirm()),
        ):
            self.assertEqual(sheet.waits_for, side)
            last = self.env["mail.message"].search([], order="id desc", limit=1)
            sheet.action_remind()
            message = self.env["mail.message"].search([("id", ">", last.id)])
            self.assertEqual(message.notified_partner_ids, user.partner_id, side)
            self.assertIn(sheet.name, message.body)
            told.append(message)
            go_on(self._as(user, sheet))
        self.assertEqual(sheet.waits_for, "us")
        sheet.action_finalize()
        self.assertEqual(sheet.waits_for, "nobody")
        self.assertEqual(len(told), 2)

    def test_who_only_reads_sets_nothing_going(self):
        sheet = self._draw_late()
        for user in (self.users["auditor"], self.users["staffing"], self.unit_user):
            with self.assertRaises(AccessError):
                self._as(user, sheet).action_refresh()
        self.assertTrue(self._as(self.users["dispatcher"], sheet).action_refresh())

    def test_only_who_submits_reminds(self):
        sheet = self._submit(self._draw_late())
        for role in ("engineer", "auditor"):
            with self.assertRaises(UserError):
                self._as(self.users[role], sheet).action_remind()

    def test_nobody_signs_for_another(self):
        sheet = self._submit(self._draw_late())
        for user in (self.manager, self.users["procurement"]):
            with self.assertRaises(UserError):
                self._as(user, sheet).action_sign()
        for user in (self.other_user, self.purchaser_user):
            with self.assertRaises(AccessError):
                self._as(user, sheet).action_sign()
        with self.assertRaises(UserError):
            self._as(self.purchaser_user, sheet).action_confirm()
        # The manager's own name is on no paper of the unit.
        with self.assertRaises(UserError):
            sheet.action_sign(paper=self._paper(self.manager.name, "2026-12-01"))
        sheet.action_sign(paper=self._paper("单位乙", "2026-12-01"))
        self.assertEqual(str(sheet.signed_on), "2026-12-01")

    def test_a_sees_nothing_of_b(self):
        sheet = self._submit(self._draw_late())
        self.assertEqual(self._as(self.unit_user, sheet).score, 97)
        self.assertTrue(self._as(self.unit_user, sheet).line_ids)
        for records in (sheet, sheet.line_ids):
            own = records.with_user(self.other_user)
            self.assertFalse(own.search([("id", "in", records.ids)]))
            with self.assertRaises(AccessError):
                own.read(["name"])
        waiting = self.env["om.assessment"].with_user(self.unit_user)
        self.assertEqual(waiting.search(waiting._get_waiting()), sheet)
        waiting = self.env["om.assessment"].with_user(self.other_user)
        self.assertFalse(waiting.search(waiting._get_waiting()))

    def test_a_draft_is_nobodys_but_ours(self):
        sheet = self._draw_late()
        with self.assertRaises(AccessError):
            self._as(self.unit_user, sheet).read(["name"])

    def test_dispute(self):
        """First with the unit, then with the purchaser, with minutes; then signed."""
        sheet = self._submit(self._draw_late())
        line = sheet.line_ids[0]
        own = self._as(self.unit_user, sheet)
        with self.assertRaises(UserError):
            own.action_dispute()
        own.action_dispute(reason="少计一次", remarks={line.id: "还有一次"})
        self.assertEqual(
            (sheet.state, sheet.dispute_stage, line.remark),
            ("disputed", "unit", "还有一次"),
        )
        purchaser = self._as(self.purchaser_user, sheet)
        with self.assertRaises(UserError):
            purchaser.action_decide(reason="维持")
        with self.assertRaises(UserError):
            sheet.action_talk()
        sheet.action_talk(reason="2026-12-01 与单位会商")
        sheet.action_refer(reason="未达成一致")
        purchaser.action_decide(reason="维持原评分")
        self.assertEqual((sheet.state, sheet.dispute_stage), ("submitted", False))
        own.action_sign()
        self.assertEqual(
            [act.act for act in sheet.act_ids.sorted("id")][-6:],
            ["submit", "dispute", "talk", "refer", "decide", "sign"],
        )

    def test_returned_and_corrected(self):
        sheet = self._submit(self._draw_late())
        self._as(self.unit_user, sheet).action_return(reason="请核对")
        self.assertEqual(sheet.state, "returned")
        self._create_tickets(1, fix_status="breached")
        sheet.action_submit()
        self.assertEqual(sheet.score, 96)

    def test_a_signed_sheet_changes_by_a_correction_only(self):
        sheet = self._submit(self._draw_late())
        self._as(self.unit_user, sheet).action_sign()
        before = sheet.fingerprint
        self._create_tickets(1, fix_status="breached")
        sheet.action_refresh()
        self._draw_again()
        self.assertEqual((sheet.score, sheet.fingerprint), (97, before))
        sheet.invalidate_recordset(["difference"])
        self.assertIn("4", sheet.difference)
        for values in ({"score": 100}, {"amount": 0}, {"state": "draft"}):
            with self.assertRaises(UserError):
                sheet.write(values)
        with self.assertRaises(UserError):
            sheet.action_correct()
        sheet.action_correct(reason="补录一次故障")
        self.assertEqual((sheet.state, sheet.score), ("draft", 96))
        self.assertFalse(sheet.signed_on or sheet.fingerprint or sheet.difference)

    def test_correcting_a_final_sheet(self):
        """Its deduction falls; one that is applied goes back first."""
        sheet = self._submit(self._draw_late())
        self._as(self.unit_user, sheet).action_sign()
        self._as(self.purchaser_user, sheet).action_confirm()
        sheet.action_finalize()
        deduction = sheet.deduction_id.with_user(self.manager)
        deduction.action_apply()
        with self.assertRaises(UserError):
            sheet.action_correct(reason="更正")
        deduction.action_reopen("更正")
        sheet.action_correct(reason="更正")
        self.assertEqual(deduction.state, "waived")
        self.assertFalse(sheet.deduction_id)

    def test_a_fact_is_deducted_for_once(self):
        """A late fault under a clause's penalty costs nothing in the sheet, and one
        that costs there is not put under a clause."""
        tickets = self._create_tickets(
            2, fix_status="breached", fix_deadline="2026-11-10 06:00:00"
        )
        clause = self.contract.clause_ids.filtered(lambda each: each.fact == "deadline")
        self.assertTrue(clause)
        tickets[0].with_user(self.manager).action_propose_deduction()
        sheet = self._submit(self._draw(self.scheme))
        line = sheet.line_ids[0]
        self.assertEqual((line.value, line.excluded), (1, 1))
        self.assertEqual(sheet.amount, 400)
        with self.assertRaises(UserError) as caught:
            tickets[1].with_user(self.manager).action_propose_deduction()
        self.assertIn(sheet.name, str(caught.exception))

    def test_no_month_before_its_end(self):
        sheet = self._draw(self._create_scheme(), day=date(2026, 12, 1))
        sheet.action_no_events()
        with self.assertRaises(UserError):
            sheet.action_submit()

    def test_roles(self):
        sheet = self._draw_late()
        for role in ("engineer", "staffing", "auditor"):
            with self.assertRaises(AccessError):
                self._as(self.users[role], sheet).action_submit()
        with self.assertRaises(AccessError):
            self.env["om.assessment.draw"].with_user(self.users["engineer"]).create({})

    def test_reason_dialog(self):
        sheet = self._submit(self._draw_late())
        action = sheet.action_open_correct()
        form = Form(
            self.env["om.assessment.reason"]
            .with_user(self.manager)
            .with_context(**action["context"])
        )
        form.reason = "示例"
        form.save().action_confirm()
        self.assertEqual(sheet.state, "draft")

    def test_printed_sheet(self):
        sheet = self._submit(self._draw_late())
        page, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "om_assessment.om_assessment_sheet_report", sheet.ids
        )
        text = page.decode()
        for part in (self.unit.name, "1,200.00", sheet.fingerprint):
            self.assertIn(part, text)


@tagged("post_install", "-at_install")
@freeze_time("2027-01-05 02:00:00")
class TestPaymentWaits(AssessmentCommon):
    """The payment at expiry waits for the signed months of every unit."""

    def test_all_but_one(self):
        contract = self.contract
        contract.write(
            {
                "signature_date": "2026-10-20",
                "start_date": "2026-11-01",
                "payment_template_id": self.env.ref(
                    "om_contract.om_payment_template_review"
                ).id,
            }
        )
        self.env["om.system"].browse(
            (self.system | self.other_system).ids
        ).service_start = "2026-11-01"
        contract.action_make_milestones()
        contract.action_activate()
        self.env["agreement"]._cron_expire()
        scheme = self._create_scheme()
        for unit, system in (
            (self.unit, self.system),
            (self.other_unit, self.other_system),
        ):
            self._create_memorandum(
                unit=unit, systems=system, scheme_id=scheme.id, date_from="2026-11-01"
            )
        second = contract.milestone_ids[1]
        manager = self.users["manager"]
        sheets = self.env["om.assessment"]
        for month in (11, 12):
            sheets |= self.env["om.assessment"]._draw_up(
                date(2026, month, 15), contract
            )
        self.assertEqual(len(sheets), 4)
        sheets = sheets.with_user(manager)
        sheets.action_no_events()
        sheets.action_submit()
        first = sheets.filtered(lambda each: each.unit_id == self.unit)
        first[0].with_user(self.unit_user).action_sign()
        self.assertIn(self.unit.name, second.why_not, "December is not signed")
        first[1].with_user(self.unit_user).action_sign()
        self.assertEqual(second.state, "waiting")
        self.assertNotIn(self.unit.name, second.why_not)
        self.assertIn(self.other_unit.name, second.why_not)
        (sheets - first).with_user(self.other_user).action_sign()
        paper = second.paper_ids.filtered(lambda each: each.unit_id == self.other_unit)
        self.assertEqual(str(paper.date), "2027-01-05")
        self.assertTrue(paper.file_ids)
        self.assertEqual(second.state, "ready")

    def test_fifty_three_of_fifty_four(self):
        """Shunyi has 54 user units: the payment waits and names the one."""
        contract = self.contract
        contract.write(
            {
                "signature_date": "2026-11-20",
                "start_date": "2026-12-01",
                "payment_template_id": self.env.ref(
                    "om_contract.om_payment_template_review"
                ).id,
            }
        )
        units = self.unit | self.other_unit
        systems = self.system | self.other_system
        for number in range(3, 55):
            unit = self._create_partner(f"示例单位{number:02d}号", "user_unit")
            units |= unit
            systems |= self._create_system(f"示例系统{number:02d}号", unit)
        systems.service_start = "2026-12-01"
        contract.action_make_milestones()
        contract.action_activate()
        self.env["agreement"]._cron_expire()
        scheme = self._create_scheme()
        for system in systems:
            self._create_memorandum(
                unit=system.unit_id,
                systems=system,
                scheme_id=scheme.id,
                date_from="2026-12-01",
            )
        sheets = self.env["om.assessment"]._draw_up(date(2026, 12, 15), contract)
        self.assertEqual(len(sheets), 54)
        sheets = sheets.with_user(self.users["manager"])
        sheets.action_no_events()
        sheets.action_submit()
        last = sheets.filtered(lambda each: each.unit_id == units[30])
        for sheet in sheets - last:
            sheet.action_sign(paper=self._paper(day="2027-01-04"))
        second = contract.milestone_ids[1]
        self.assertEqual(second.state, "waiting")
        named = [unit.name for unit in units if unit.name in second.why_not]
        self.assertEqual(named, [last.unit_id.name])
        last.action_sign(paper=self._paper(day="2027-01-04"))
        self.assertNotIn(last.unit_id.name, second.why_not or "")
