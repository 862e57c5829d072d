from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..engine.assessment import check
from .common import AssessmentCommon


@tagged("post_install", "-at_install")
class TestScheme(AssessmentCommon):
    def test_examples_can_be_reckoned(self):
        """Each is plainly an example, and its rules hold together."""
        examples = self.env["om.assessment.scheme"].search([("state", "=", "example")])
        self.assertGreaterEqual(len(examples), 4)
        for example in examples:
            check(example._get_scheme())
            self.assertTrue(example.line_ids and example.band_ids)
            self.assertFalse(example.agreement_id)

    def test_an_example_is_nobodys_rule(self):
        example = self.env.ref("om_assessment.om_assessment_scheme_video")
        manager = example.with_user(self.users["manager"])
        with self.assertRaises(UserError):
            manager.action_put_to_use()
        with self.assertRaises(UserError):
            manager.floor_score = 10
        with self.assertRaises(UserError):
            manager.line_ids[0].points = 10
        own = manager.browse(manager.action_make_own()["res_id"])
        self.assertEqual(own.state, "draft")
        self.assertEqual(own.rules["bands"], example.rules["bands"])
        self.assertEqual(len(own.line_ids), len(example.line_ids))
        own.line_ids[0].points = 3
        own.action_put_to_use()
        self.assertEqual(own.state, "in_use")

    def test_rules_in_use_stay(self):
        scheme = self._create_scheme().with_user(self.users["manager"])
        line = scheme.line_ids
        for change in (
            lambda: scheme.write({"money_rule": "point"}),
            lambda: line.write({"points": 1}),
            lambda: line.unlink(),
            lambda: line.copy({"scheme_id": scheme.id}),
            lambda: (
                self.env["om.assessment.band"]
                .with_user(self.users["manager"])
                .create({"scheme_id": scheme.id, "name": "优", "low": 90})
            ),
            lambda: scheme.unlink(),
        ):
            with self.assertRaises(UserError):
                change()
        with self.assertRaises(UserError):
            scheme.action_retire()
        scheme.action_retire(reason="换了办法")
        self.assertEqual(scheme.state, "retired")

    def test_a_scheme_that_pays_for_failure_is_refused(self):
        """The lower grade would be paid more than the higher one."""
        scheme = self._create_scheme(
            use=False,
            money_rule="band",
            band_ids=[
                Command.create({"name": "优", "low": 90, "coefficient": 80}),
                Command.create({"name": "差", "low": 0, "coefficient": 90}),
            ],
        )
        with self.assertRaises(UserError):
            scheme.action_put_to_use()
        scheme.band_ids[0].coefficient = 100
        scheme.action_put_to_use()

    def test_only_those_who_keep_contracts(self):
        for role in ("engineer", "dispatcher", "staffing", "auditor"):
            with self.assertRaises(UserError):
                self.env["om.assessment.scheme"].with_user(self.users[role]).create(
                    {"name": "甲"}
                )

    def test_events_are_wanted_none_of(self):
        form = Form(self.env["om.assessment.scheme.line"])
        form.source = "missed"
        self.assertEqual((form.operator, form.target), ("<=", 0.0))
        form.source = "running"
        self.assertEqual((form.operator, form.target), (">=", 100.0))
