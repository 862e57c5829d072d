from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.om_base.tests.common import new_test_user


@tagged("post_install", "-at_install")
class TestTwoEngineers(BaseCase):
    """Two engineers take one ticket: two transactions that know nothing of each other.
    What is tried here is committed, and taken away again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            users = [
                new_test_user(
                    env, f"om_two_engineers_{number}", "om_base.group_engineer"
                )
                for number in (1, 2)
            ]
            ticket = env["helpdesk.ticket"].create(
                {"name": "Wanted by two", "description": "Test"}
            )
            cls.user_ids = [user.id for user in users]
            cls.ticket_id = ticket.id
        cls.addClassCleanup(cls._clean_up)

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            cr.execute(
                "DELETE FROM om_ticket_event WHERE ticket_id=%s", [cls.ticket_id]
            )
            cr.execute("DELETE FROM helpdesk_ticket WHERE id = %s", [cls.ticket_id])
            # What is on record goes with it here: nothing of it has happened.
            cr.execute(
                "DELETE FROM om_act WHERE res_model = %s AND res_id = %s",
                ["helpdesk.ticket", cls.ticket_id],
            )
            env["mail.message"].search(
                [("model", "=", "helpdesk.ticket"), ("res_id", "=", cls.ticket_id)]
            ).unlink()
            users = env["res.users"].browse(cls.user_ids)
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def _ticket(self, cr, index):
        env = api.Environment(cr, self.user_ids[index], {"tracking_disable": True})
        return env["helpdesk.ticket"].browse(self.ticket_id)

    @mute_logger("odoo.sql_db")
    def test_one_takes_it(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            early = self._ticket(two, 1)
            self.assertFalse(early.user_id)
            self._ticket(one, 0).action_take()
            one.flush()
            # While the first one has not finished, the second is told so.
            with self.assertRaisesRegex(UserError, "Somebody else"):
                early.action_take()
            one.commit()
            # Its view of the database is too old: Odoo repeats such a transaction.
            with self.assertRaises(SerializationFailure):
                early.action_take()
            two.rollback()
            again = self._ticket(two, 1)
            with self.assertRaisesRegex(UserError, "om_two_engineers_1"):
                again.action_take()
            two.rollback()
            self.assertEqual(again.user_id.id, self.user_ids[0])
            self.assertEqual(len(again.event_ids), 2)
