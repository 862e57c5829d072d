from datetime import date

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@tagged("post_install", "-at_install")
class TestTwoCursors(BaseCase):
    """Two people plan the same system: two transactions that know nothing of each
    other. What is tried here is committed, and taken away again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            unit = env["res.partner"].create(
                {"name": "甲单位", "is_company": True, "om_role": "user_unit"}
            )
            system = env["om.system"].create(
                {
                    "name": "甲单位双人排期系统",
                    "unit_id": unit.id,
                    "service_start": "2026-01-01",
                    "service_end": "2026-12-31",
                    "inspection_plan_ids": [(0, 0, {"per": "month"})],
                }
            )
            # By itself no act on it, so that it can be taken away again.
            system.state = "in_service"
            cls.system_id, cls.unit_id = system.id, unit.id
        cls.addClassCleanup(cls._clean_up)

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            system = env["om.system"].browse(cls.system_id)
            system.request_ids.unlink()
            system.state = "draft"
            system.unlink()
            env["res.partner"].browse(cls.unit_id).unlink()

    def _plan(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        return env["om.system"].browse(self.system_id).inspection_plan_ids

    @mute_logger("odoo.sql_db")
    def test_nothing_comes_twice(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            early = self._plan(two)
            # The second transaction sees the database as of now, without inspections.
            self.assertEqual(len(early.request_ids), 0)
            self.assertEqual(self._plan(one)._generate(FIRST, LAST).created, 12)
            with self.assertRaisesRegex(UserError, "planned by somebody"):
                early._generate(FIRST, LAST)
            one.commit()
            # Odoo repeats a transaction that fails so.
            with self.assertRaises(SerializationFailure):
                early._generate(FIRST, LAST)
            two.rollback()
            again = self._plan(two)
            self.assertEqual(len(again.request_ids), 12)
            self.assertEqual(again._generate(FIRST, LAST).created, 0)
            two.rollback()
