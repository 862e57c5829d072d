from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged, warmup
from odoo.tools import mute_logger

from .common import OmAssetsCommon

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


class InspectionPlanningCommon(OmAssetsCommon):
    """One system in service with one plan, once a month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.env["om.key.period"].search([]).unlink()
        cls.dispatcher = cls._create_user("dispatcher")
        cls.engineer = cls._create_user("engineer")
        cls.system = cls.system.with_env(cls.env)
        cls.system.action_start()
        cls.plan = cls.system.inspection_plan_ids

    @classmethod
    def _generate(cls, plans=None, first=FIRST, last=LAST):
        plans = (plans or cls.plan).with_user(cls.dispatcher)
        return plans._generate(first, last)

    def _requests(self, plan=None):
        return (plan or self.plan).request_ids.sorted("inspection_date")

    def _dates(self, plan=None):
        return self._requests(plan).mapped("inspection_date")


@tagged("post_install", "-at_install")
@freeze_time("2026-01-05 02:00:00")
class TestInspectionPlanning(InspectionPlanningCommon):
    def test_a_year_of_inspections(self):
        self.system.user_id = self.engineer
        report = self._generate()
        self.assertEqual(
            (report.created, report.moved, report.removed, report.kept_ids),
            (12, 0, 0, []),
        )
        requests = self._requests()
        self.assertEqual([d.month for d in self._dates()], list(range(1, 13)))
        march = requests[2]
        self.assertRecordValues(
            march,
            [
                {
                    "system_id": self.system.id,
                    "is_inspection": True,
                    "maintenance_type": "preventive",
                    "inspection_slot": "2026-03/1",
                    "inspection_deadline": date(2026, 3, 31),
                    "inspection_month": date(2026, 3, 1),
                    "planned_by_hand": False,
                    "inspection_done_on": False,
                    "inspection_late": False,
                    "user_id": self.engineer.id,
                    "create_uid": self.dispatcher.id,
                    "company_id": self.env.company.id,
                    "equipment_id": False,
                    "stage_id": self.env.ref("maintenance.stage_0").id,
                }
            ],
        )
        self.assertEqual(march.schedule_date.time(), datetime(2026, 1, 1, 1).time())
        self.assertEqual(march.schedule_date.date(), march.inspection_date)
        self.assertIn(self.system.name, march.name)
        self.assertEqual(self.plan.generated_until, LAST)
        ahead = [day for day in self._dates() if day >= date(2026, 1, 5)]
        self.assertEqual(self.plan.next_date, ahead[0])

    def test_thousands_of_requests_are_no_news(self):
        self.system.user_id = self.engineer
        self._generate()
        requests = self._requests()
        self.assertFalse(requests.activity_ids)
        self.assertFalse(requests.message_follower_ids)
        self.assertFalse(requests.message_ids)
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertFalse(requests.message_ids)

    def test_doing_it_again_changes_nothing(self):
        self._generate()
        before = self._requests().read(["write_date", "inspection_date"])
        report = self._generate()
        self.assertEqual((report.created, report.moved, report.removed), (0, 0, 0))
        self.assertEqual(
            self._requests().read(["write_date", "inspection_date"]), before
        )

    def test_two_plans_of_one_unit_meet_on_one_day(self):
        other = self.system.copy({"name": "甲单位门户网站"})
        other.action_start()
        self._generate(self.plan | other.inspection_plan_ids)
        self.assertEqual(self._dates(), self._dates(other.inspection_plan_ids))

    def test_only_systems_in_service_owe_inspections(self):
        draft = self.system.copy({"name": "未启用系统"})
        self.assertEqual(self._generate(draft.inspection_plan_ids).created, 0)
        draft.action_start()
        draft.service_start = "2026-11-10"
        self._generate(draft.inspection_plan_ids)
        slots = self._requests(draft.inspection_plan_ids).mapped("inspection_slot")
        self.assertEqual(slots, ["2026-11/1", "2026-12/1"])

    # -- what people did ------------------------------------------------------

    def test_moving_it_is_planning_by_hand(self):
        self._generate()
        march, april = self._requests()[2:4]
        march.with_user(self.engineer).inspection_date = "2026-03-27"
        self.assertEqual(march.schedule_date, datetime(2026, 3, 27, 1))
        # 17:00 in UTC is the next day in Beijing.
        april.with_user(self.dispatcher).schedule_date = "2026-04-16 17:00:00"
        self.assertEqual(april.inspection_date, date(2026, 4, 17))
        self.assertEqual((march | april).mapped("planned_by_hand"), [True, True])
        self.assertEqual(march.inspection_deadline, date(2026, 3, 31))
        self.assertEqual(self._generate().moved, 0)
        self.assertEqual(march.inspection_date, date(2026, 3, 27))

    def test_assigning_it_is_not(self):
        self._generate()
        self._requests().with_user(self.dispatcher).user_id = self.engineer
        self.assertNotIn(True, self._requests().mapped("planned_by_hand"))
        self.assertFalse(self._requests().activity_ids)

    def test_cancelled_ones_do_not_come_back(self):
        self._generate()
        march = self._requests()[2]
        march.with_user(self.dispatcher).archive = True
        self.assertEqual(march.inspection_status, "cancelled")
        self.assertEqual(self._generate().created, 0)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_facts_are_not_entered_by_hand(self):
        self._generate()
        march = self._requests()[2]
        for name, value in (
            ("inspection_deadline", "2026-12-31"),
            ("inspection_done_on", "2026-03-01"),
            ("inspection_late", True),
            ("inspection_plan_id", False),
            ("inspection_slot", "2026-04/1"),
            ("planned_by_hand", True),
        ):
            for user in (self.engineer, self.dispatcher):
                with self.subTest(name=name), self.assertRaises(UserError):
                    march.with_user(user).write({name: value})
        with self.assertRaises(UserError):
            self.env["maintenance.request"].with_user(self.engineer).create(
                {"name": "x", "inspection_plan_id": self.plan.id}
            )

    def test_an_extra_inspection_by_hand(self):
        request = (
            self.env["maintenance.request"]
            .with_user(self.engineer)
            .create(
                {
                    "name": "临时巡检",
                    "system_id": self.system.id,
                    "is_inspection": True,
                    "maintenance_type": "preventive",
                    "inspection_date": "2026-02-03",
                }
            )
        )
        self.assertEqual(request.schedule_date, datetime(2026, 2, 3, 1))
        self.assertEqual(request.inspection_month, date(2026, 2, 1))
        self.assertEqual(request.inspection_status, "planned")
        self.assertEqual(self._generate().created, 12)

    # -- what changes ---------------------------------------------------------

    def test_a_changed_plan_changes_what_lies_ahead(self):
        self._generate()
        first = self._requests()[0]
        by_hand = self._requests()[8]
        by_hand.inspection_date = "2026-09-17"
        with freeze_time("2026-02-01 02:00:00"):
            self.plan.with_user(self.dispatcher).write({"per": "quarter"})
        slots = self._requests().mapped("inspection_slot")
        self.assertEqual(slots, ["2026-01/1", "2026-Q2/1", "2026-09/1", "2026-Q4/1"])
        self.assertEqual(self._requests()[0], first)
        self.assertEqual(by_hand.inspection_date, date(2026, 9, 17))

    def test_a_stopped_system_loses_its_future(self):
        self._generate()
        by_hand = self._requests()[8]
        by_hand.inspection_date = "2026-09-17"
        with freeze_time("2026-06-20 02:00:00"):
            self.system.with_user(self.dispatcher)._stop("2026-07-01", "x")
            self.assertEqual(len(self._requests()), 6)
            self.assertFalse(by_hand.exists(), "the contract owes nothing any more")
            report = self.plan._preview(date(2026, 6, 20), LAST)
            self.assertEqual(report.kept_ids, [])
            self.system.action_reopen()
            self.assertEqual(len(self._requests()), 12)

    def test_the_day_of_the_stop_owes_nothing(self):
        """No fee is earned from the day of the stop on, so nothing is owed on it."""
        self._generate()
        before, after = self._requests()[4:6]
        before.inspection_date = "2026-06-30"
        after.inspection_date = "2026-07-01"
        alone = self.env["maintenance.request"].create(
            {
                "name": "x",
                "is_inspection": True,
                "system_id": self.system.id,
                "inspection_date": "2026-07-01",
            }
        )
        visits = self.env["om.inspection.visit"]._group(before | after | alone)
        with freeze_time("2026-06-20 02:00:00"):
            self.system.with_user(self.dispatcher)._stop("2026-07-01", "x")
        self.assertTrue(before.exists())
        self.assertFalse(after.exists(), "moved by hand, and not owed")
        self.assertEqual(alone.inspection_status, "cancelled")
        self.assertEqual(
            visits.exists().mapped("date"),
            [date(2026, 6, 30)],
            "nobody goes there on the day of the stop",
        )
        told = "".join(self.system.message_ids.mapped("body"))
        self.assertEqual(told.count("2026-07-01"), 2, "in the system's history")

    def test_a_stop_entered_late_takes_away_what_was_not_owed(self):
        self._generate()
        with freeze_time("2026-07-20 02:00:00"):
            self.system.with_user(self.dispatcher)._stop("2026-05-01", "x")
            self.assertEqual(len(self._requests()), 4)
            self.assertEqual(max(self._dates()).month, 4)

    def test_a_started_inspection_outlives_the_stop(self):
        self._generate()
        started = self._requests()[6]
        started.inspection_started_on = "2026-06-20 02:00:00"
        with freeze_time("2026-06-20 02:00:00"):
            self.system.with_user(self.dispatcher)._stop("2026-06-01", "x")
        self.assertTrue(started.exists())

    def test_a_suspended_system_owes_nothing_meanwhile(self):
        self._generate()
        with freeze_time("2026-03-20 02:00:00"):
            self.system.action_suspend()
        past = [d for d in self._dates() if d < date(2026, 3, 20)]
        self.assertEqual(self._dates(), past)
        with freeze_time("2026-06-10 02:00:00"):
            self.system.action_start()
        self.assertIn("2026-12/1", self._requests().mapped("inspection_slot"))
        self.assertNotIn("2026-05/1", self._requests().mapped("inspection_slot"))

    def test_a_changed_service_period_moves_with_it(self):
        self._generate()
        system = self.system.with_user(self.dispatcher)
        with self.assertRaisesRegex(UserError, "by hand"):
            system.service_end = "2026-08-31"
        with self.assertRaisesRegex(UserError, "reason"):
            system._reschedule("2026-01-01", "2026-08-31", " ")
        wizard = self.env["om.system.reschedule"].with_user(self.dispatcher)
        action = system.action_reschedule()
        wizard.with_context(**action["context"]).create(
            {"service_end": "2026-08-31", "reason": "补充协议一"}
        ).action_confirm()
        self.assertEqual([d.month for d in self._dates()], list(range(1, 9)))
        self.assertIn("补充协议一", system.message_ids[0].body)
        self.assertEqual(system.act_ids.sorted("position")[-1].reason, "补充协议一")
        system._reschedule("2026-01-01", "2026-12-31", "更正")
        self.assertEqual(len(self._requests()), 12)

    def test_a_deleted_plan_takes_its_future_along(self):
        self._generate()
        requests = self._requests()
        requests[6].inspection_date = "2026-07-17"
        with freeze_time("2026-03-01 02:00:00"):
            self.plan.with_user(self.dispatcher).unlink()
        left = requests.exists().sorted("inspection_date")
        self.assertEqual([r.inspection_date.month for r in left], [1, 2, 7])
        self.assertFalse(left.inspection_plan_id)
        self.assertEqual(left.mapped("is_inspection"), [True] * 3)

    # -- key periods ----------------------------------------------------------

    def _key_period(self, first, last, **values):
        periods = self.env["om.key.period"].with_user(self.dispatcher)
        if "agreement_id" in periods._fields:
            # Where there are contracts, too: these systems are in none.
            values = {"agreement_id": False, **values}
        return periods.create(
            {"name": "国庆", "date_start": first, "date_end": last, **values}
        )

    def test_key_periods_add_inspections(self):
        self._generate()
        self.plan.with_user(self.dispatcher).key_period_rule = "daily"
        self.assertEqual(len(self._requests()), 12)
        period = self._key_period("2026-10-01", "2026-10-07")
        in_week = [d for d in self._dates() if "2026-10-01" <= str(d) <= "2026-10-07"]
        self.assertEqual(in_week, [date(2026, 10, day) for day in range(1, 8)])
        period.date_end = "2026-10-03"
        self.assertEqual(
            len([d for d in self._dates() if "2026-10-01" <= str(d) <= "2026-10-03"]),
            3,
        )
        period.sudo().unlink()
        self.assertEqual(len(self._requests()), 12)

    def test_key_period_of_other_systems_does_not_count(self):
        self.plan.key_period_rule = "daily"
        self._generate()
        self._key_period("2026-10-01", "2026-10-07", system_ids=self.other_system.ids)
        self.assertEqual(len(self._requests()), 12)

    def test_overlapping_key_periods_are_refused(self):
        first = self._key_period("2026-10-01", "2026-10-07")
        self.assertEqual(first.day_count, 7)
        with self.assertRaises(ValidationError):
            self._key_period("2026-10-07", "2026-10-09")
        self._key_period("2026-10-08", "2026-10-09")
        with self.assertRaises(ValidationError):
            first.date_end = "2026-10-08"
        one = self._key_period("2026-11-01", "2026-11-03", system_ids=self.system.ids)
        two = self._key_period(
            "2026-11-02", "2026-11-05", system_ids=self.other_system.ids
        )
        with self.assertRaises(ValidationError):
            two.system_ids |= self.system
        one.active = False
        two.system_ids |= self.system

    # -- how it is started ----------------------------------------------------

    def test_the_wizard_shows_what_it_will_do(self):
        wizard = (
            self.env["om.inspection.generate"]
            .with_user(self.dispatcher)
            .create({"system_ids": self.system.ids})
        )
        self.assertEqual((wizard.date_from, wizard.date_to), (date(2026, 1, 5), LAST))
        self.assertEqual(wizard.create_count, 12)
        action = wizard.action_generate()
        self.assertIn("12", action["params"]["message"])
        found = self.env["maintenance.request"].search(
            action["params"]["next"]["domain"]
        )
        self.assertEqual(found, self.plan.request_ids)
        wizard.invalidate_recordset()
        self.assertEqual(wizard.create_count, 0)

    def test_the_wizard_refuses_nonsense(self):
        wizard = self.env["om.inspection.generate"].with_user(self.dispatcher)
        for first, last in (("2026-05-01", "2026-04-30"), ("2026-01-01", "2036-01-01")):
            with self.subTest(first=first), self.assertRaises(UserError):
                wizard.create(
                    {
                        "system_ids": self.system.ids,
                        "date_from": first,
                        "date_to": last,
                    }
                ).action_generate()

    def test_the_nightly_job_plans_ahead(self):
        self.env["ir.config_parameter"].set_param(
            "om_assets.inspection_horizon_days", 54
        )
        others = self.env["om.inspection.plan"].search([]) - self.plan
        others.system_id.filtered(lambda s: s.state == "in_service").write(
            {"state": "suspended"}
        )
        job = self.env.ref("om_assets.om_inspection_plan_cron_generate")
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.assertEqual([d.month for d in self._dates()], [1, 2])
        with freeze_time("2026-03-07 02:00:00"), self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.assertEqual([d.month for d in self._dates()], [1, 2, 3, 4])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_may_plan(self):
        for role in ("engineer", "auditor", "warehouse"):
            user = self.engineer if role == "engineer" else self._create_user(role)
            with self.subTest(role=role):
                with self.assertRaises(AccessError):
                    self.plan.with_user(user)._generate(FIRST, LAST)
                with self.assertRaises(AccessError):
                    self.env["om.inspection.generate"].with_user(user).create({})
                with self.assertRaises(AccessError):
                    self._key_period("2026-10-01", "2026-10-02").with_user(
                        user
                    ).name = "x"

    # -- how much it costs ----------------------------------------------------

    def _systems(self, count):
        systems = self.env["om.system"].create(
            [
                {
                    "name": f"系统 {number}",
                    "unit_id": self.unit.id,
                    "service_start": "2026-01-01",
                    "service_end": "2026-12-31",
                    "inspection_plan_ids": [(0, 0, {"per": "month"})],
                }
                for number in range(count)
            ]
        )
        systems.action_start()
        return systems.inspection_plan_ids

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    @warmup
    def test_queries_belong_to_the_batch(self):
        plans = self._systems(47)
        self._generate(plans[:2])
        small = self._count(lambda: self._generate(plans[2:7]))
        # 480 requests: the ORM inserts a hundred in one statement, of the ledger's
        # lines as well.
        large = self._count(lambda: self._generate(plans[7:]))
        self.assertLessEqual(large, small + 3 * 5)
        again_small = self._count(lambda: self._generate(plans[2:7]))
        again_large = self._count(lambda: self._generate(plans[7:]))
        self.assertLessEqual(again_large, again_small)

    @warmup
    def test_plans_of_a_forgotten_list_are_read_together(self):
        plans = self._systems(30)
        systems = plans.system_id

        def preview(count):
            some = systems[:count].inspection_plan_ids
            self.assertEqual(len(some), count)  # fills the cache that is dropped next
            self.env.invalidate_all()
            return self._count(lambda: some._preview(FIRST, LAST))

        preview(2)
        self.assertEqual(preview(30), preview(5))

    @warmup
    def test_stopping_costs_the_same_for_all(self):
        plans = self._systems(47)
        self._generate(plans)
        plans[:2].system_id._stop("2026-07-01", "x")
        small = self._count(lambda: plans[2:7].system_id._stop("2026-07-01", "x"))
        large = self._count(lambda: plans[7:].system_id._stop("2026-07-01", "x"))
        self.assertLessEqual(large, small + 5)
