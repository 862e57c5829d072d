from datetime import UTC, datetime

from odoo.fields import Command
from odoo.tests import Form, tagged

from ..engine.policy import Times, judge_fault
from .sla_common import SlaCommon


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@tagged("post_install", "-at_install")
class TestExplanation(SlaCommon):
    """The sheet that goes with a disputed deduction."""

    def _try(self, **values):
        trial = self.env["om.sla.try"].new(
            {"policy_id": self.default.id, "severity": "minor", **values}
        )
        return trial.result

    def test_working_days(self):
        sheet = self._try(reported_at="2026-09-25 02:00:00")
        for text in (
            "2026-10-12 Monday 18:00",
            "2026-09-25 Friday 10:00 (reported)",
            "Mid-autumn Festival",
            "10-01–10-07 National Day",
            "Make-up working day (National Day)",
            "Civil Code, article 201",
        ):
            self.assertIn(text, sheet)

    def test_service_hours(self):
        sheet = self._try(
            policy_id=self.env.ref("om_helpdesk.om_sla_policy_bda_office").id,
            severity="general",
            reported_at="2026-02-13 09:30:00",
        )
        # Friday 17:30 and an hour: half an hour on the make-up Saturday.
        for text in (
            "2026-02-14 Saturday 09:00",
            "2026-02-13 Friday 18:00 – 2026-02-14 Saturday 08:30: outside service",
            "Make-up working day (Spring Festival)",
        ):
            self.assertIn(text, sheet)

    def test_pause_with_who_and_why(self):
        policy = self.default
        judged = judge_fault(
            policy._get_engine_policy(),
            "urgent",
            Times(utc(2026, 3, 11, 2), responded=utc(2026, 3, 11, 3)),
            utc(2026, 3, 11, 5),
        )
        sheets = self.env["om.sla.explanation"]._prepare(policy, judged)
        self.assertEqual([sheet["status"] for sheet in sheets], ["breached", "running"])
        sheet = self._try(
            severity="urgent",
            reported_at="2026-03-11 02:00:00",
            pause_from="2026-03-11 02:10:00",
            pause_to="2026-03-11 02:30:00",
            responded_at="2026-03-11 02:45:00",
        )
        self.assertIn("20 min lost, deadline 2026-03-11 Wednesday 10:50", sheet)
        self.assertIn("Met", sheet)

    def test_times_that_do_not_follow(self):
        sheet = self._try(
            severity="urgent",
            reported_at="2026-03-11 02:00:00",
            pause_from="2026-03-11 04:10:00",
            pause_to="2026-03-11 02:30:00",
        )
        self.assertIn("do not follow", sheet)

    def test_dialog_knows_the_system_and_its_key_periods(self):
        (system,) = self._create_systems(1)
        self.env["om.key.period"].create(
            {
                "name": "Test period",
                "date_start": "2026-08-11",
                "date_end": "2026-08-13",
                "system_ids": [Command.set(system.ids)],
            }
        )
        engineer = self._create_user("engineer")
        with Form(self.env["om.sla.try"].with_user(engineer)) as form:
            form.system_id = system
            self.assertEqual(form.policy_id, system.sla_policy_id)
            # 00:30 on 11 August in Beijing, then the minute before midnight.
            form.reported_at = "2026-08-10 16:30:00"
            self.assertTrue(form.in_key_period)
            form.reported_at = "2026-08-10 15:59:00"
            self.assertFalse(form.in_key_period)
            self.assertIn("2026-08-10 Monday 23:59", form.result)

    def test_key_period_is_named(self):
        sheet = self._try(
            severity="general", reported_at="2026-05-01 02:00:00", in_key_period=True
        )
        self.assertIn("2026-05-01 Friday 12:00", sheet)
        self.assertIn("in key periods", sheet)
