from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SparesCommon


@tagged("post_install", "-at_install")
class TestSpareSwap(SparesCommon):
    def _swap(self, given, taken):
        return (
            self.env["om.spare.swap"]
            .with_user(self.manager)
            .create(
                {
                    "list_id": self.list.id,
                    "reason": "摄像机故障多于预期",
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "side": "given",
                                "quota_id": self.lamp_quota.id,
                                "quantity": given,
                            },
                        ),
                        (
                            0,
                            0,
                            {
                                "side": "taken",
                                "quota_id": self.camera_quota.id,
                                "quantity": taken,
                            },
                        ),
                    ],
                }
            )
        )

    def test_same_price_other_quantities(self):
        swap = self._swap(5, 1)
        self.assertEqual(swap.difference, 0)
        swap.action_ask()
        with self.assertRaises(AccessError):
            swap.with_user(self.manager).action_agree()
        with self.assertRaises(AccessError):
            swap.with_user(self.overseer).action_agree()
        swap.with_user(self.buyer).action_agree()
        self.assertEqual(self._counters(self.lamp_quota), (0, 0, 2))
        self.assertEqual(self._counters(self.camera_quota), (0, 0, 4))
        self.assertEqual(
            sum(quota.allowed * quota.price_unit for quota in self.list.quota_ids),
            3 * 1500 + 7 * 300,
            "the list is worth what it was worth before",
        )

    def test_other_price_is_refused(self):
        with self.assertRaisesRegex(UserError, "300.* more"):
            self._swap(4, 1).action_ask()
        with self.assertRaisesRegex(UserError, r"[^-]300.* less"):
            self._swap(6, 1).action_ask()

    def test_only_what_is_unused_at_the_moment(self):
        swap = self._swap(5, 1)
        swap.action_ask()
        self._confirm(self._request(quantity=3))
        with self.assertRaisesRegex(UserError, "unused"), self.cr.savepoint():
            swap.with_user(self.buyer).action_agree()
        self.assertEqual(self._counters(self.lamp_quota), (0, 3, 4))
        self.assertEqual(swap.state, "asked")

    def test_refusal_changes_nothing(self):
        swap = self._swap(5, 1)
        swap.action_ask()
        swap.with_user(self.buyer).action_refuse("不同意")
        self.assertEqual(swap.state, "refused")
        self.assertEqual(self._counters(self.lamp_quota), (0, 0, 7))
