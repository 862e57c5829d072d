from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, freeze_time, tagged

from .common import SCAN, OmObligationCommon

TODAY = "2026-10-09"


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 02:00:00")
class TestSource(OmObligationCommon):
    """What the product makes anyway meets what is owed, with the link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system.sudo().agreement_id = cls.contract

    @classmethod
    def _inspect(cls, day, done_on=None, system=None, **values):
        """An inspection that was planned for a day, and done on another, or not yet."""
        inspection = cls.env["maintenance.request"].create(
            {
                "name": f"巡检 {day}",
                "system_id": (system or cls.system).id,
                "is_inspection": True,
                "inspection_date": day,
                "inspection_deadline": day,
                "maintenance_type": "preventive",
                **values,
            }
        )
        if done_on:
            inspection.sudo().inspection_done_on = done_on
        return inspection

    def _meet(self):
        self.env["om.obligation.item"]._cron_meet()

    def _month(self, obligation, number):
        return obligation.item_ids.sorted("period_start")[number - 1]

    # ------------------------------------------------------------
    # Inspections
    # ------------------------------------------------------------

    def test_inspections(self):
        """September's record is met when the last of its inspections is done, on that
        day, and links to them; it is handed in once."""
        obligation = self._create_obligation(source="inspections")
        september = self._month(obligation, 9)
        first = self._inspect("2026-09-05", "2026-09-05")
        second = self._inspect("2026-09-20")
        self._meet()
        self.assertEqual(september.state, "owed")
        second.sudo().inspection_done_on = "2026-09-22"
        self._meet()
        self.assertEqual(september.state, "handed_in")
        self.assertEqual(september.handed_in_on, date(2026, 9, 22))
        self.assertEqual((september.result, september.late_days), ("kept", 0))
        self.assertEqual(september.delivery_ids._get_records(), first | second)
        action = september.action_open_records()
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]), first | second
        )
        act = september.act_ids.filtered(lambda line: line.act == "meet")
        self.assertEqual(len(act), 1)
        self._meet()
        self.assertEqual(len(september.delivery_ids), 1)
        # October has none planned, so nothing meets it.
        self.assertEqual(self._month(obligation, 10).state, "owed")

    def test_done_late_is_late(self):
        obligation = self._create_obligation(
            source="inspections", due_rule="period_end"
        )
        self._inspect("2026-09-28", "2026-10-03")
        self._meet()
        september = self._month(obligation, 9)
        self.assertEqual((september.result, september.late_days), ("late", 3))

    def test_cancelled_is_not_waited_for(self):
        obligation = self._create_obligation(source="inspections")
        self._inspect("2026-10-05", "2026-10-05")
        ahead = self._inspect("2026-10-12")
        self._meet()
        self.assertEqual(self._month(obligation, 10).state, "owed")
        ahead.sudo().archive = True
        self._meet()
        self.assertEqual(self._month(obligation, 10).state, "handed_in")

    def test_each_system_is_inspected(self):
        """One paper for two systems: both of them have to be inspected."""
        other = self._create_system(
            "甲系统二", self.unit, agreement_id=self.contract.id
        )
        obligation = self._create_obligation(
            source="inspections", system_ids=[Command.set((self.system | other).ids)]
        )
        self._inspect("2026-09-05", "2026-09-05")
        self._meet()
        self.assertEqual(self._month(obligation, 9).state, "owed")
        self._inspect("2026-09-06", "2026-09-06", other)
        self._meet()
        self.assertEqual(self._month(obligation, 9).state, "handed_in")

    def test_only_these_plans(self):
        """000: the daily backup's inspection meets the backup, another one does not."""
        plans = self.env["om.inspection.plan"].create(
            [
                {"system_id": self.system.id, "per": "day", "scope": scope}
                for scope in ("database", "network")
            ]
        )
        obligation = self._create_obligation(
            per="day",
            due_rule="period_end",
            source="inspections",
            system_ids=False,
            plan_ids=[Command.set(plans[0].ids)],
        )
        values = {"inspection_plan_id": plans[1].id, "inspection_slot": "a"}
        self._inspect("2026-10-08", "2026-10-08", **values)
        self._meet()
        item = obligation.item_ids.filtered(
            lambda one: one.period_start == date(2026, 10, 8)
        )
        self.assertEqual(item.state, "owed")
        values = {"inspection_plan_id": plans[0].id, "inspection_slot": "b"}
        self._inspect("2026-10-08", "2026-10-08", **values)
        self._meet()
        self.assertEqual(item.state, "handed_in")

    def test_more_may_follow(self):
        """A month that is not planned to its end waits; one that is, does not."""
        plan = self.env["om.inspection.plan"].create(
            {"system_id": self.system.id, "per": "week", "scope": "hardware"}
        )
        obligation = self._create_obligation(
            source="inspections", due_rule="period_end"
        )
        october = self._month(obligation, 10)
        values = {"inspection_plan_id": plan.id, "inspection_slot": "c"}
        self._inspect("2026-10-05", "2026-10-05", **values)
        plan.sudo().generated_until = "2026-10-20"
        self._meet()
        self.assertEqual(october.state, "owed")
        plan.sudo().generated_until = "2026-10-31"
        self._meet()
        self.assertEqual(october.state, "handed_in")

    def test_returned_is_a_persons(self):
        """What came back, or was taken back, is not handed in again by itself."""
        obligation = self._create_obligation(source="inspections")
        september = self._month(obligation, 9)
        self._inspect("2026-09-05", "2026-09-05")
        self._meet()
        september.with_user(self.users["manager"]).action_take_back("还没有签字")
        self._meet()
        self.assertEqual(september.state, "owed")
        september.with_user(self.users["manager"]).action_take()
        self.assertEqual(september.state, "handed_in")
        self.assertEqual(september.handed_in_on, date(2026, 9, 5))
        september.with_user(self.unit_user).action_return(reason="缺少照片")
        self._meet()
        self.assertEqual(september.state, "returned")

    # ------------------------------------------------------------
    # Events
    # ------------------------------------------------------------

    def test_with_each_inspection(self):
        """“With each inspection”: each one is owed for, and meets it, once."""
        obligation = self._create_obligation(
            per="event",
            due_rule="period_end",
            source="inspections",
            record_from="2026-09-10",
        )
        self._inspect("2026-09-05", "2026-09-05")
        mine = self._inspect("2026-09-20", "2026-09-21")
        self._inspect("2026-09-27")
        for _time in range(2):
            self._meet()
            self.assertEqual(len(obligation.item_ids), 1)
        item = obligation.item_ids
        self.assertEqual((item.due_date, item.result), (date(2026, 9, 21), "kept"))
        self.assertEqual(item.delivery_ids._get_records(), mine)

    def test_with_each_repair(self):
        obligation = self._create_obligation(
            per="event", due_rule="period_end", source="work", record_from="2026-09-10"
        )
        with freeze_time("2026-09-30 17:30:00"):
            ticket = self.env["helpdesk.ticket"].create(
                {
                    "name": "空调不制冷",
                    "description": "空调不制冷",
                    "system_id": self.system.id,
                    "reported_at": "2026-09-30 16:00:00",
                }
            )
        self._meet()
        self.assertFalse(obligation.item_ids)
        # 01:30 on 1 October where the parties are.
        ticket.sudo().write(
            {"fixed_at": datetime(2026, 9, 30, 17, 30), "state": "fixed"}
        )
        self._meet()
        item = obligation.item_ids
        self.assertEqual(item.delivery_ids._get_records(), ticket)
        self.assertEqual((item.due_date, item.result), (date(2026, 10, 1), "kept"))

    def test_assessment(self):
        """The results are kept on the day of the assessment, with their report."""
        self.system.sudo().mlps_level = "3"
        obligation = self._create_obligation(
            per="event",
            due_rule="period_end",
            source="mlps",
            system_ids=False,
            record_from="2026-09-10",
        )
        report = self.env["ir.attachment"].create(
            {"name": "测评报告.pdf", "datas": SCAN}
        )
        self.env["om.mlps.assessment"].create(
            {
                "system_id": self.system.id,
                "date": "2026-09-15",
                "state": "done",
                "result": "conform",
                "report_ids": [Command.set(report.ids)],
            }
        )
        self._meet()
        item = obligation.item_ids
        self.assertEqual(item.result, "kept")
        self.assertEqual(item.file_ids.mapped("name"), ["测评报告.pdf"])
        self.assertNotEqual(item.file_ids, report)

    # ------------------------------------------------------------
    # Trainings
    # ------------------------------------------------------------

    def _train(self, day, people, record=SCAN):
        return self.env["om.safety.training"].create(
            {
                "name": "用电安全",
                "date": day,
                "attendee_ids": [Command.set(people.ids)],
                "record": record,
                "record_name": "签到表.pdf",
            }
        )

    def test_training(self):
        """Monthly education of those posted for the contract, with its signed record;
        that of others, or without a record, meets nothing."""
        people = self.env["hr.employee"].create(
            [{"name": f"甲{number}"} for number in range(2)]
        )
        self.env["om.posting"].create(
            {
                "employee_id": people[0].id,
                "system_id": self.system.id,
                "date_from": "2026-01-01",
            }
        )
        obligation = self._create_obligation(
            kind="training", source="training", system_ids=False, due_rule="period_end"
        )
        september, october = (self._month(obligation, number) for number in (9, 10))
        with freeze_time("2026-09-28 02:00:00"):
            self._train("2026-09-10", people[1])
            self._train("2026-09-12", people, record=False)
            self._meet()
            self.assertEqual(september.state, "owed")
            training = self._train("2026-09-14", people)
            training.flush_recordset()
            self.env.cr.execute(
                "UPDATE om_safety_training SET create_date = %s WHERE id = %s",
                ["2026-09-28 02:00:00", training.id],
            )
            training.invalidate_recordset()
            self._meet()
        self.assertEqual(september.handed_in_on, date(2026, 9, 14))
        self.assertEqual(september.file_ids.mapped("name"), ["签到表.pdf"])
        self.assertEqual(september.delivery_ids._get_records(), training)
        self.assertEqual(october.state, "owed")
        # Entered months later, it counts from the day on which it was entered.
        march = self._month(obligation, 3)
        late = self._train("2026-03-10", people)
        self._meet()
        entered = self.env["om.calendar"]._to_date(late.create_date)
        self.assertEqual(march.handed_in_on, entered)
        self.assertEqual(march.result, "late")

    # ------------------------------------------------------------
    # Reports
    # ------------------------------------------------------------

    def test_reports_are_printed_once_over(self):
        """The report of a month that is not over, or of nothing, is not printed; what
        nothing meets is handed in by hand."""
        obligation = self._create_obligation(source="inspection_report")
        manager = self.users["manager"]
        october = self._month(obligation, 10).with_user(manager)
        with self.assertRaisesRegex(UserError, "not over"):
            october.action_take()
        september = self._month(obligation, 9).with_user(manager)
        with self.assertRaisesRegex(UserError, "no inspection was planned"):
            september.action_take()
        by_hand = self._month(self._create_obligation(), 9).with_user(manager)
        with self.assertRaises(UserError):
            by_hand.action_take()
        missing = self._month(self._create_obligation(source="inspections"), 9)
        with self.assertRaisesRegex(UserError, missing.name):
            missing.with_user(manager).action_take()
        for role in ("engineer", "auditor"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                september.with_user(self.users[role]).action_take()

    def test_month_of_service(self):
        """003: its month goes from the 15th to the 14th, and so does its report."""
        wizard = self.env["om.service.report"].create(
            {
                "agreement_id": self.contract.id,
                "period": "month",
                "date": "2026-10-14",
                "first_day": "2026-09-15",
                "last_day": "2026-10-14",
            }
        )
        self.assertEqual(
            wizard._get_moments(),
            (datetime(2026, 9, 14, 16), datetime(2026, 10, 14, 16)),
        )

    def test_declarations(self):
        """What a source cannot answer is not declared."""
        for values in (
            {"source": "repairs"},
            {"source": "inspections", "system_ids": False},
            {"source": "inspection_report", "per": "quarter"},
            {"source": "service_report", "per": "once"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._create_obligation(agree=False, **values)

    def test_every_source_answers(self):
        """Each value of the selection has its method, also those of other add-ons."""
        Obligation, Item = self.env["om.obligation"], self.env["om.obligation.item"]
        for source, _label in Obligation._fields["source"].selection:
            self.assertTrue(
                hasattr(Obligation, f"_trace_{source}")
                or hasattr(Item, f"_print_{source}"),
                source,
            )

    def test_queries(self):
        """As many for thirty obligations as for three."""

        def meet(number, month):
            systems = self.env["om.system"].union(
                *(
                    self._create_system(f"系统 {month}/{index}", self.unit)
                    for index in range(number)
                )
            )
            for system in systems:
                self._create_obligation(
                    source="inspections",
                    system_ids=[Command.set(system.ids)],
                    due_rule="period_end",
                )
                self._inspect(f"2026-{month:02}-10", f"2026-{month:02}-10", system)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._meet()
            self.env.flush_all()
            met = self.env["om.obligation.item"].search_count(
                [
                    ("state", "=", "handed_in"),
                    ("obligation_id.system_ids", "in", systems.ids),
                ]
            )
            self.assertEqual(met, number)
            return self.env.cr.sql_log_count - before

        meet(2, 7)
        few = meet(3, 8)
        self.assertLessEqual(meet(30, 9), few + 5)


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 02:00:00")
class TestSourcePapers(OmObligationCommon, HttpCase):
    def test_reports(self):
        """The month's reports are printed by whoever hands them in, an engineer too,
        and the unit reads them, and about the inspections."""
        self.system.sudo().agreement_id = self.contract
        inspection = self.env["maintenance.request"].create(
            {
                "name": "九月巡检",
                "system_id": self.system.id,
                "is_inspection": True,
                "inspection_date": "2026-09-10",
                "inspection_deadline": "2026-09-30",
                "maintenance_type": "preventive",
            }
        )
        inspection.sudo().inspection_done_on = "2026-09-11"
        obligation = self._create_obligation(
            source="both_reports", user_id=self.users["engineer"].id
        )
        september = obligation.item_ids.sorted("period_start")[8]
        september.with_user(self.users["engineer"]).with_context(
            force_report_rendering=True
        ).action_take()
        self.assertEqual(september.state, "handed_in")
        self.assertEqual(len(september.file_ids), 2)
        for file in september.file_ids:
            self.assertTrue(file.raw.startswith(b"%PDF"), file.name)
            self.assertIn("TEST-OBLIGATIONS", file.name)
        rounds = self._create_obligation(source="inspections")
        self.env["om.obligation.item"]._cron_meet()
        item = rounds.item_ids.sorted("period_start")[8]
        self.authenticate("om_obligation_unit", "unit-of-the-test")
        page = self.url_open(f"/my/obligations/{item.id}").text
        self.assertIn(f"/my/inspections/{inspection.id}", page)
        self.authenticate("om_obligation_other", "other-of-the-test")
        page = self.url_open(f"/my/obligations/{item.id}").text
        self.assertNotIn(f"/my/inspections/{inspection.id}", page)
