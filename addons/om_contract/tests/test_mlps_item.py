from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import OmContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 02:00:00")
class TestMlpsItem(OmContractCommon):
    """The MLPS assessments that a contract pays for: bought, used, left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._create_user("dispatcher")
        cls.contract = cls._create_contract(code="MLPS-1")
        cls.contract.write({"mlps_bought_level3": 2, "mlps_bought_level2": 1})
        cls.systems = cls.env["om.system"].create(
            [
                {
                    "name": f"等保系统{number}",
                    "unit_id": cls.unit.id,
                    "mlps_level": level,
                    "agreement_id": cls.contract.id,
                }
                for number, level in enumerate("3332", 1)
            ]
        )

    def _assess(self, system, **values):
        return (
            self.env["om.mlps.assessment"]
            .with_user(self.dispatcher)
            .create(
                {
                    "system_id": system.id,
                    "level": system.mlps_level,
                    "date": "2026-03-02",
                    **values,
                }
            )
        )

    def _get_figures(self, level):
        self.contract.invalidate_recordset()
        return [
            self.contract[f"mlps_{name}_level{level}"]
            for name in ("bought", "used", "planned", "left")
        ]

    def test_bought_used_left(self):
        done = {"state": "done", "result": "conform"}
        first = self._assess(self.systems[0], **done)
        self._assess(self.systems[1])
        self._assess(self.systems[2], paid_by_contract=False, **done)
        self._assess(self.systems[3], **done)
        self.assertEqual(first.sudo().agreement_id, self.contract)
        self.assertEqual(self._get_figures("3"), [2, 1, 1, 1])
        self.assertEqual(self._get_figures("2"), [1, 1, 0, 0])
        action = self.contract.action_view_mlps()
        listed = self.env["om.mlps.assessment"].search(action["domain"])
        self.assertEqual(
            listed.system_id, self.systems[0] | self.systems[1] | self.systems[3]
        )

    def test_no_more_than_bought(self):
        done = {"state": "done", "result": "conform"}
        self._assess(self.systems[0], **done)
        self._assess(self.systems[1], **done)
        third = self._assess(self.systems[2], result="conform")
        self.assertEqual(self._get_figures("3"), [2, 2, 1, 0])
        with (
            self.assertRaisesRegex(ValidationError, "pays for 2 assessments"),
            self.env.cr.savepoint(),
        ):
            third.action_finish()
        third.paid_by_contract = False
        third.action_finish()
        self.assertEqual(third.state, "done")
        self.assertEqual(self._get_figures("3"), [2, 2, 0, 0])

    def test_a_contract_that_says_nothing_limits_nothing(self):
        silent = self._create_contract(code="MLPS-2")
        self.systems[0].agreement_id = silent
        one = self._assess(self.systems[0], state="done", result="conform")
        self.assertEqual(one.sudo().agreement_id, silent)
        self.assertFalse(silent.mlps_left_level3)

    def test_findings_are_owed_mended(self):
        one = self._assess(
            self.systems[0], state="done", result="mostly", note="口令策略不符合"
        )
        good = self._assess(self.systems[3], state="done", result="conform")
        self.assertTrue(one.needs_mending)
        self.assertFalse(good.needs_mending)
        self.contract.invalidate_recordset()
        self.assertEqual(self.contract.mlps_to_mend, 1)
        with self.assertRaisesRegex(UserError, "Say what was put right"):
            one.action_mend()
        one.mending_note = "口令策略已整改，见复测记录"
        one.action_mend()
        self.assertEqual(one.mended_on, date(2026, 3, 10))
        self.assertFalse(one.needs_mending)
        self.assertIn("mend", one.sudo().act_ids.mapped("act"))
        self.contract.invalidate_recordset()
        self.assertFalse(self.contract.mlps_to_mend)
        one.action_reopen()
        self.assertFalse(one.mended_on)
        # Nobody writes the day by hand.
        with self.assertRaises(UserError):
            one.mended_on = "2026-03-01"

    def test_overview_counts_what_contracts_buy(self):
        """The banner over the list of what is due; without such a contract it is the
        settings that say."""
        self.env["agreement"].search([("id", "!=", self.contract.id)]).write(
            {"mlps_bought_level2": 0, "mlps_bought_level3": 0}
        )
        self.contract.write({"start_date": "2026-01-01", "end_date": "2026-12-31"})
        rows = self.env["om.system"].with_user(self.dispatcher).get_mlps_overview()
        self.assertEqual({row["level"]: row["cap"] for row in rows}, {"3": 2, "2": 1})
        self.contract.write({"mlps_bought_level2": 0, "mlps_bought_level3": 0})
        self.env.company.write({"mlps_cap_level2": 7, "mlps_cap_level3": 5})
        rows = self.env["om.system"].with_user(self.dispatcher).get_mlps_overview()
        self.assertEqual({row["level"]: row["cap"] for row in rows}, {"3": 5, "2": 7})

    def test_bought_changes_with_the_draft_only(self):
        officer = self.contract.with_user(self.officer)
        officer.mlps_bought_level3 = 3
        self.contract.sudo().state = "in_force"
        with self.assertRaises(UserError):
            officer.mlps_bought_level3 = 4
