from odoo.tests import tagged, warmup

from .common import OmAssetsCommon


@tagged("post_install", "-at_install")
class TestQueries(OmAssetsCommon):
    """The number of queries belongs to the batch, not to the record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._create_user("dispatcher")

    def _values(self, count, **values):
        return [
            {
                **values,
                "name": f"系统 {number}",
                "unit_id": self.unit.id,
                "hardware_line_ids": [
                    (0, 0, {"name": f"设备 {line}", "quantity": 2}) for line in range(5)
                ],
                "inspection_plan_ids": [(0, 0, {"per": "month"})],
                "deadline_ids": [
                    (0, 0, {"severity": severity}) for severity in ("minor", "urgent")
                ],
            }
            for number in range(count)
        ]

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _create(self, count, **values):
        return (
            self.env["om.system"]
            .with_user(self.dispatcher)
            .with_context(tracking_disable=False)
            .create(self._values(count, **values))
        )

    @warmup
    def test_create_with_a_responsible(self):
        engineer = self._create_user("engineer")
        told = [
            ("message_type", "=", "user_notification"),
            ("notified_partner_ids", "in", engineer.partner_id.ids),
        ]

        def create(count):
            return self._create(count, user_id=engineer.id)

        create(2)
        small = self._count(lambda: create(10))
        before = self.env["mail.message"].search_count(told)
        large = self._count(lambda: create(60))
        self.assertLessEqual(large, small + 5)
        self.assertEqual(self.env["mail.message"].search_count(told), before + 1)
        follows = self.env["om.system"].search([("user_id", "=", engineer.id)])
        self.assertEqual(len(follows), 72)
        for system in follows:
            self.assertIn(engineer.partner_id, system.message_partner_ids)

    @warmup
    def test_create(self):
        self._create(2)
        small = self._count(lambda: self._create(10))
        large = self._count(lambda: self._create(100))
        self.assertLessEqual(large, small + 10)

    @warmup
    def test_list_is_constant(self):
        systems = self._create(100)
        fields = {
            "name": {},
            "unit_id": {"fields": {"display_name": {}}},
            "category_id": {"fields": {"display_name": {}}},
            "device_count": {},
            "equipment_count": {},
            "request_open_count": {},
            "inspection_plan_ids": {"fields": {"display_name": {}}},
            "deadline_ids": {"fields": {"respond_text": {}, "fix_text": {}}},
            "state": {},
        }

        def read(count):
            self.env["om.system"].with_user(self.dispatcher).web_search_read(
                [("id", "in", systems[:count].ids)], fields
            )

        read(2)
        small = self._count(lambda: read(10))
        self.assertEqual(self._count(lambda: read(100)), small)

    @warmup
    def test_stop_is_constant(self):
        systems = self._create(101)
        systems.service_start = "2026-01-01"
        systems.action_start()
        systems[:1]._stop("2026-07-01", "x")
        small = self._count(lambda: systems[1:11]._stop("2026-07-01", "x"))
        large = self._count(lambda: systems[11:]._stop("2026-07-01", "x"))
        self.assertLessEqual(large, small + 5)

    @warmup
    def test_changed_deadlines_are_logged_in_a_batch(self):
        systems = self._create(101)
        systems[:1].deadline_ids.fix_value = 1
        small = self._count(lambda: systems[1:11].deadline_ids.write({"fix_value": 2}))
        large = self._count(lambda: systems[11:].deadline_ids.write({"fix_value": 2}))
        self.assertLessEqual(large, small + 5)
