from datetime import UTC, date, datetime, timedelta

import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import BaseCase, HttpCase, tagged

from ..tools.expiry import STAGES, Notice, next_step, stage_of
from ..tools.ics import Entry, write_calendar
from .common import new_test_user

TODAY = date(2026, 11, 29)
PURE = settings(deadline=None, derandomize=True, database=None, max_examples=300)


def ahead(days):
    return TODAY + timedelta(days=days)


@tagged("post_install", "-at_install")
class TestExpiryRule(BaseCase):
    def test_stages_on_their_edges(self):
        for days, stage in ((91, None), (90, 90), (61, 90), (60, 60), (31, 60)):
            self.assertEqual(stage_of(ahead(days), TODAY), stage, days)
        for days in (30, 0, -400):
            self.assertEqual(stage_of(ahead(days), TODAY), 30, days)

    def test_steps(self):
        day = ahead(32)
        for notice, expected in (
            (None, "new"),
            (Notice(day, 60, True), "keep"),
            (Notice(day, 90, True), "again"),
            # Done stays done, also at the next stage.
            (Notice(day, 90, False), "keep"),
            # The day moved: an open reminder follows, a done one comes anew.
            (Notice(ahead(20), 30, True), "move"),
            (Notice(ahead(20), 30, False), "new"),
        ):
            self.assertEqual(next_step(day, notice, TODAY), expected, notice)
        self.assertEqual(next_step(None, Notice(day, 60, True), TODAY), "drop")
        self.assertEqual(next_step(ahead(91), Notice(day, 60, True), TODAY), "drop")
        self.assertEqual(next_step(None, None, TODAY), "keep")

    def test_what_has_ended(self):
        """Only what is still owed is told of after its day."""
        self.assertEqual(next_step(ahead(-1), None, TODAY), "keep")
        self.assertEqual(next_step(ahead(-1), None, TODAY, owed=True), "new")
        self.assertEqual(next_step(ahead(0), None, TODAY), "new")

    @PURE
    @given(
        st.lists(
            st.tuples(st.sampled_from(("day", "done", "move")), st.integers(1, 40)),
            max_size=40,
        ),
        st.integers(-10, 200),
    )
    def test_a_life(self, events, first):
        """However days pass, are moved and ticked off: at most one word for each stage
        of one day, none after it was done, and never silence while the day comes near.
        """
        today, end, notice, told = TODAY, ahead(first), None, []
        for event, number in events:
            if event == "day":
                today += timedelta(days=number)
            elif event == "move":
                end += timedelta(days=number)
            elif notice:
                notice = Notice(notice.day, notice.stage, False)
            step = next_step(end, notice, today)
            stage = stage_of(end, today)
            if step in ("new", "again"):
                told.append((end, stage))
                if step == "again":
                    self.assertTrue(notice.open)
            if step == "drop":
                notice = None
            elif step != "keep":
                notice = Notice(end, stage, True)
            if stage and end >= today:
                self.assertEqual(notice.day, end)
                self.assertLessEqual(notice.open and notice.stage, stage)
            # Asked twice on one day it is silent.
            self.assertEqual(next_step(end, notice, today), "keep")
        self.assertEqual(len(told), len(set(told)))
        self.assertLessEqual({stage for _end, stage in told}, set(STAGES))

    def test_calendar_file(self):
        entry = Entry(
            "bond-7@db", date(2026, 12, 31), "保函 · 甲, 乙;丙\n丁", "http://x/1"
        )
        text = write_calendar("到期事项", [entry], datetime(2026, 11, 29, 1, 2, 3))
        [event] = vobject.readOne(text.decode()).vevent_list
        self.assertEqual(event.summary.value, entry.title)
        self.assertEqual(event.dtstart.value, date(2026, 12, 31))
        self.assertEqual(event.dtend.value, date(2027, 1, 1))
        self.assertEqual(event.uid.value, "bond-7@db")
        self.assertEqual(
            event.dtstamp.value, datetime(2026, 11, 29, 1, 2, 3, tzinfo=UTC)
        )
        for line in text.split(b"\r\n"):
            self.assertLessEqual(len(line), 75)
        self.assertFalse(
            vobject.readOne(
                write_calendar("空", [], datetime(2026, 1, 1)).decode()
            ).contents.get("vevent")
        )


@tagged("post_install", "-at_install")
class TestExpiryFeed(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(
            cls.env, login="om_base_feed", groups="om_base.group_manager"
        )

    def _get(self, url):
        return self.url_open(url.replace(self.env.user.get_base_url(), ""))

    def test_only_the_secret_address_opens(self):
        feed = self.env["om.expiry.feed"].with_user(self.reader)
        self.assertEqual(feed.create({}).url, "")
        feed.action_renew()
        first = feed.create({}).url
        answer = self._get(first)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("text/calendar", answer.headers["Content-Type"])
        self.assertIn("BEGIN:VCALENDAR", answer.text)
        for wrong in (
            first.replace(".ics", "0.ics"),
            f"/om/calendar/{self.reader.id}/0.ics",
            f"/om/calendar/{self.env.ref('base.user_admin').id}/{first.split('/')[-1]}",
            "/om/calendar/999999999/x.ics",
        ):
            self.assertEqual(self._get(wrong).status_code, 404, wrong)
        # A new address closes the old one; none is open once it is closed.
        feed.action_renew()
        second = feed.create({}).url
        self.assertNotEqual(first, second)
        self.assertEqual(self._get(first).status_code, 404)
        self.assertEqual(self._get(second).status_code, 200)
        # Who has left, or lost the role, reads no more.
        self.reader.active = False
        self.assertEqual(self._get(second).status_code, 404)
        self.reader.active = True
        feed.action_close()
        self.assertEqual(self._get(second).status_code, 404)

    def test_buttons_of_the_list_and_the_dialog(self):
        """As the client calls them: with the records that are selected, or none."""
        rows = self.env["om.expiry"].with_user(self.reader)
        action = call_kw(rows, "action_feed", [[]], {})
        dialog = self.env[action["res_model"]].with_user(self.reader)
        again = call_kw(dialog, "action_renew", [[action["res_id"]]], {})
        self.assertTrue(dialog.browse(again["res_id"]).url)
        again = call_kw(dialog, "action_close", [[again["res_id"]]], {})
        self.assertFalse(dialog.browse(again["res_id"]).url)

    def test_an_auditor_has_a_feed_and_writes_nothing(self):
        auditor = new_test_user(
            self.env, login="om_base_feed_a", groups="om_base.group_auditor"
        )
        dialog = self.env["om.expiry.feed"].with_user(auditor)
        made = dialog.sudo().search_count([])
        action = call_kw(
            self.env["om.expiry"].with_user(auditor), "action_feed", [[]], {}
        )
        self.assertFalse(action["res_id"])
        self.assertEqual(dialog.sudo().search_count([]), made)
        url = dialog.new({}).url
        self.assertEqual(self._get(url).status_code, 200)
        for name in ("action_renew", "action_close"):
            with self.assertRaises(AccessError):
                call_kw(dialog, name, [[]], {})
        self.assertFalse(auditor.sudo().om_feed_key)
        auditor.sudo().password = "示例口令 2026 甲"
        self.assertEqual(self._get(url).status_code, 404)
        self.assertEqual(self._get(dialog.new({}).url).status_code, 200)
        # With another role it is the feed of that role, opened by hand.
        auditor.sudo().group_ids += self.env.ref("om_base.group_manager")
        self.assertEqual(dialog.new({}).url, "")
        dialog.action_renew()
        self.assertEqual(self._get(dialog.new({}).url).status_code, 200)

    def test_key_is_hidden(self):
        feed = self.env["om.expiry.feed"].with_user(self.reader)
        feed.action_renew()
        own = self.env["res.users"].with_user(self.reader).browse(self.reader.id)
        with self.assertRaises(AccessError):
            own.read(["om_feed_key"])
        self.assertNotIn(self.reader.sudo().om_feed_key, feed.create({}).url)
