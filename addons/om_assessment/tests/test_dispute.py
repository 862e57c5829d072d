from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .test_assessment import MonthCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-12-02 04:00:00")
class TestDispute(MonthCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scheme = cls._create_scheme(
            {"name": "修复及时率", "source": "fix", "target": 100},
            {"name": "超时", "source": "missed", "operator": "<=", "target": 0},
            money_rule="point",
            money_value=10,
            cap_amount=200,
        )

    def _open(self, sheet):
        return (
            self.env["om.assessment.dispute"]
            .browse(sheet.action_open_trial()["res_id"])
            .with_user(self.manager)
        )

    def test_facts(self):
        """Two of four faults late: 50 points of the share and two of the count, 520 CNY
        capped at 200. One granted: 2 of 3 and one, 33.33 + 1, 343.33 capped; both:
        nothing. The payment follows, the sheet stays."""
        self._create_tickets(2, fix_status="met")
        self._create_tickets(2, fix_status="breached")
        sheet = self._submit(self._draw(self.scheme))
        before = sheet.sudo()._pack()
        acts = len(sheet.act_ids)
        trial = self._open(sheet)
        # Each is in both lines.
        self.assertEqual(len(trial.fact_ids), 4)
        self.assertEqual((trial.amount_before, trial.amount_after), (200, 200))
        payment = self.contract.milestone_ids.sorted()[0]
        self.assertEqual(trial.payment_id, payment)
        self.assertEqual(trial.payment_before, payment.amount_due - 200)
        with Form(trial) as form:
            with form.fact_ids.edit(0) as fact:
                fact.is_granted = True
            self.assertEqual(form.amount_after, 200, "the cap binds")
            with form.fact_ids.edit(1) as fact:
                fact.is_granted = True
            self.assertEqual(form.amount_after, 0)
            self.assertEqual(form.score_after, 100)
            self.assertEqual(form.payment_after, payment.amount_due)
            self.assertIn("200.00", form.note)
        self.assertEqual(sheet.sudo()._pack(), before)
        self.assertEqual((len(sheet.act_ids), sheet.state), (acts, "submitted"))

    def test_lines(self):
        """One of ten late is 90 %, ten points of 10 CNY and one: agreed to be kept, one
        point is left."""
        self._create_tickets(9, fix_status="met")
        self._create_tickets(1, fix_status="breached")
        trial = self._open(self._draw(self.scheme))
        self.assertEqual((trial.score_before, trial.amount_before), (89, 110))
        line = trial.line_ids[0]
        line.decision = "kept"
        self.assertEqual((trial.score_after, trial.amount_after), (99, 10))
        line.write({"decision": "value", "decided_value": 95})
        self.assertEqual((trial.score_after, trial.amount_after), (94, 60))
        line.decision = "na"
        self.assertEqual(trial.amount_after, 10)

    def test_a_downtime(self):
        """Half of a system's November lost; without it nothing is."""
        self.env["om.downtime"].create(
            {
                "system_id": self.system.id,
                "date_from": "2026-10-31 16:00:00",
                "date_to": "2026-11-15 16:00:00",
            }
        )
        scheme = self._create_scheme(
            {"name": "运行", "source": "running", "target": 100},
            money_rule="point",
            money_value=10,
        )
        trial = self._open(self._draw(scheme))
        self.assertEqual(trial.amount_before, 500)
        trial.fact_ids.is_granted = True
        self.assertEqual(trial.amount_after, 0)

    def test_who_tries(self):
        sheet = self._draw(self.scheme)
        with self.assertRaises(UserError):
            sheet.with_user(self.users["dispatcher"]).action_open_trial()
        trial = self._open(sheet)
        with self.assertRaises(AccessError):
            trial.with_user(self.users["dispatcher"]).read(["amount_after"])
        with self.assertRaises(AccessError):
            trial.with_user(self.unit_user).read(["amount_after"])


@tagged("post_install", "-at_install")
@freeze_time("2026-11-21 04:00:00")
class TestRepairs(MonthCommon):
    """21 November, noon in Beijing: nine and a half days are left."""

    def _get_worths(self, scheme):
        self._draw(scheme, date(2026, 11, 21))
        return {
            record: worth
            for record, worth in self.env["om.repair.worth"]._get_worths().items()
            if record.system_id in self.system | self.other_system
        }

    def test_downtimes(self):
        """80 cameras of row 129: three that are down cost 28.5 camera-days more, one
        of them 9.5; what is excluded costs nothing."""
        self.system.hardware_line_ids = [(0, 0, {"name": "摄像机", "quantity": 80})]
        three, one, _over, spared = self.env["om.downtime"].create(
            [
                {
                    "system_id": self.system.id,
                    "date_from": "2026-11-20 16:00:00",
                    "device_count": devices,
                    **values,
                }
                for devices, values in (
                    (3, {}),
                    (1, {}),
                    (5, {"date_to": "2026-11-20 20:00:00"}),
                    (7, {"excluded_cause": "power"}),
                )
            ]
        )
        spared.action_claim()
        spared.with_user(self.manager).action_approve(
            paper=self._paper("采购乙", "2026-11-21")
        )
        scheme = self._create_scheme(
            {"name": "运行", "source": "running", "target": 98},
            money_rule="point",
            money_value=1000,
        )
        worths = self._get_worths(scheme)
        self.assertEqual(worths.keys(), {three, one})
        self.assertEqual((worths[three].saved, worths[one].saved), (28.5, 9.5))
        # 48 of 2,400 may fail; 4 from the 21st on are 40, 5 for 4 hours 0.83.
        self.assertAlmostEqual(float(worths[three].left), 48 - 40 - 5 / 6, 4)
        self.assertAlmostEqual(float(worths[three].left_if_done), 35.6667, 3)
        self.assertEqual(worths[three].money, 0, "the target is kept anyway")
        page = self.env["om.repair.worth"].with_user(self.users["engineer"]).get_page()
        keys = [figure["key"] for figure in page["areas"][0]["figures"]]
        places = [keys.index(f"om.downtime-{each.id}") for each in (three, one)]
        self.assertEqual(places, sorted(places), "the dearest first")

    def test_deadlines(self):
        """Nine in time; one whose deadline runs: late, it costs ten points."""
        self._create_tickets(9, fix_status="met")
        (fault,) = self._create_tickets(
            1, fix_status="running", fix_deadline="2026-11-21 10:00:00"
        )
        self._create_tickets(
            1, system=self.other_system, fix_status="running", fix_deadline="2026-11-21"
        )
        scheme = self._create_scheme(
            {"name": "修复", "source": "fix", "target": 100},
            money_rule="point",
            money_value=50,
        )
        worths = self._get_worths(scheme)
        self.assertEqual(worths.keys(), {fault})
        self.assertEqual((worths[fault].saved, worths[fault].money), (1, 500))
        day = self.env["om.day"].with_user(self.users["engineer"])
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET user_id = %s WHERE id = %s",
            [self.users["engineer"].id, fault.id],
        )
        self.env.invalidate_all()
        cards = {card["key"]: card for card in day.get_day()["cards"]}
        self.assertIn("500", cards[f"ticket-{fault.id}"]["worth"])
        page = (
            self.env["om.repair.worth"].with_user(self.users["dispatcher"]).get_page()
        )
        figures = [figure for area in page["areas"] for figure in area["figures"]]
        (mine,) = [
            figure
            for figure in figures
            if figure["key"] == f"helpdesk.ticket-{fault.id}"
        ]
        self.assertEqual((mine["count"], mine["level"]), (500, "danger"))
        with self.assertRaises(AccessError):
            self.env["om.repair.worth"].with_user(self.unit_user).get_page()


@tagged("post_install", "-at_install")
@freeze_time("2027-01-15 04:00:00")
class TestMissingSignatures(MonthCommon):
    def test_what_a_missing_signature_costs(self):
        """The contract ended on 31 December; its payment waits for two units. At 3.65 %
        a year each day costs a ten-thousandth of it."""
        self.env["agreement"]._cron_expire()
        self._create_memorandum(scheme_id=self._create_scheme().id)
        sheet = self._submit(self._draw_again(date(2026, 12, 15)))
        papers = (
            self.env["om.unit.paper"]
            .with_user(self.manager)
            .search([("agreement_id", "=", self.contract.id)])
        )
        mine = papers.filtered(lambda each: each.unit_id == self.unit)
        other = papers - mine
        self.assertEqual(len(other), 1)
        payment = mine.milestone_id
        self.assertEqual(mine.amount_held, payment.amount_residual)
        self.assertEqual(mine.missing_count, 2)
        self.assertEqual(mine.unsigned_ids, sheet)
        self.assertEqual(str(mine.waiting_since), "2027-01-15")
        self.assertEqual(mine.waits_for, sheet._om_label("waits_for"))
        self.assertFalse(other.unsigned_ids)
        self.assertEqual(
            other.waits_for, sheet._om_labels("waits_for")["us"], "not drawn up"
        )
        self.assertEqual((mine.held_cost, mine.day_cost), (0, 0), "no rate yet")
        self.contract.with_user(self.manager).capital_rate = 3.65
        papers.invalidate_recordset()
        self.assertEqual(mine.day_cost, round(payment.amount_residual / 10000, 2))
        self.assertEqual(
            mine.held_cost,
            round(payment.amount_residual * mine.held_days / 10000, 2),
        )
        self.assertTrue(mine.held_days, "nothing else is open")
        days = (date(2027, 1, 15) - mine.held_since).days
        self.assertEqual(mine.held_days, days)
        action = mine.action_view_unsigned()
        self.assertEqual(self.env["om.assessment"].search(action["domain"]), sheet)
        mine.action_remind_unsigned()
        with self.assertRaises(UserError):
            self.contract.with_user(self.manager).capital_rate = 101
