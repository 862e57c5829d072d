from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AssessmentCommon


@tagged("post_install", "-at_install")
class TestMemorandum(AssessmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scheme = cls._create_scheme()

    def _create(self, **values):
        return self._create_memorandum(scheme_id=self.scheme.id, **values)

    def test_signed_by_three(self):
        memo = self._create(sign=False).with_user(self.users["manager"])
        with self.assertRaises(UserError):
            memo.action_enforce()
        # Nobody signs for another party.
        with self.assertRaises(UserError):
            memo.action_sign_unit()
        memo.action_sign_unit(paper=self._paper("单位乙", "2026-11-18"))
        memo.action_sign_purchaser(paper=self._paper("采购乙", "2026-11-19"))
        self.assertFalse(memo.can_enforce)
        memo.action_sign_ours()
        self.assertTrue(memo.can_enforce)
        memo.action_enforce()
        self.assertEqual(memo.state, "in_force")
        self.assertEqual(str(memo.unit_signed_on), "2026-11-18")
        self.assertEqual(len(memo.file_ids), 2)
        with self.assertRaises(UserError):
            memo.scheme_id = self._create_scheme()
        with self.assertRaises(UserError):
            memo.unlink()

    def test_a_draft_scheme_is_not_signed(self):
        draft = self._create_scheme(use=False)
        memo = self._create_memorandum(scheme_id=draft.id, sign=False)
        with self.assertRaises(UserError):
            memo.action_sign_purchaser(paper=self._paper("采购乙"))

    def test_one_in_force_for_a_system_and_day(self):
        first = self._create()
        second = self._create(sign=False, date_from="2026-07-01", version=2)
        with self.assertRaises(UserError) as caught:
            self._sign_memorandum(second)
        self.assertIn(first.name, str(caught.exception))
        first.action_end(reason="新版", date="2026-06-30")
        self._sign_memorandum(second)
        self.assertEqual(second.state, "in_force")
        # One for the whole contract covers the system, too.
        whole = self._create(
            unit=self.env["res.partner"],
            systems=self.env["om.system"],
            sign=False,
            date_from="2026-12-01",
        )
        with self.assertRaises(UserError):
            self._sign_memorandum(whole)

    def test_in_force_on_a_day(self):
        memo = self._create(date_from="2026-03-10")
        find = self.env["om.memorandum"]._get_in_force
        self.assertFalse(find(self.contract, "2026-03-01", "2026-03-09"))
        self.assertEqual(find(self.contract, "2026-03-01", "2026-03-10"), memo)
        memo.action_end(reason="终止", date="2026-04-15")
        self.assertEqual(find(self.contract, "2026-04-15", "2026-04-30"), memo)
        self.assertFalse(find(self.contract, "2026-04-16", "2026-04-30"))

    def test_systems_of_its_contract_and_unit(self):
        with self.assertRaises(UserError):
            self._create(sign=False, systems=self.other_system)

    def test_signatures_are_taken_back_with_a_reason(self):
        memo = self._create(sign=False).with_user(self.users["manager"])
        memo.action_sign_ours()
        with self.assertRaises(UserError):
            memo.action_unsign()
        memo.action_unsign(reason="日期有误")
        self.assertFalse(memo.contractor_signed_on)

    def test_next_version(self):
        memo = self._create()
        following = memo.copy()
        self.assertEqual((following.version, following.state), (2, "draft"))
        self.assertFalse(following.unit_signed_on or following.file_ids)

    def test_roles(self):
        memo = self._create(sign=False)
        for role in ("engineer", "dispatcher", "auditor"):
            seen = memo.with_user(self.users[role])
            self.assertTrue(seen.name)
            with self.assertRaises(AccessError):
                seen.open_points = "示例"
        with self.assertRaises(AccessError):
            memo.with_user(self.unit_user).read(["name"])

    def test_reason_dialog(self):
        memo = self._create().with_user(self.users["manager"])
        action = memo.action_open_end()
        dialog = (
            self.env["om.assessment.reason"]
            .with_user(self.users["manager"])
            .with_context(**action["context"])
            .create({"reason": "合并", "date": "2026-11-30"})
        )
        self.assertEqual(dialog.memorandum_ids, memo)
        dialog.action_confirm()
        self.assertEqual((memo.state, str(memo.date_to)), ("ended", "2026-11-30"))

    def test_systems_without_a_unit(self):
        """One for a whole contract names no system and covers all of them."""
        whole = self._create(
            unit=self.env["res.partner"], systems=self.env["om.system"]
        )
        self.assertEqual(whole._get_systems(), self.system + self.other_system)
        self.assertEqual(whole.state, "in_force")
