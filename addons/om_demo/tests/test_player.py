from datetime import date, timedelta
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from odoo.addons.om_base.models.om_signature import INVENTED

from ..models.om_demo import PROGRAMME, Row
from .common import HistoryCase


@tagged("post_install", "-at_install")
class TestPlayer(HistoryCase):
    """Whatever stands in a row is carried out, by whom and when the row says."""

    def test_every_row_has_its_act(self):
        for chapter in ["om.demo", *(row.what for row in PROGRAMME)]:
            model = self.env[chapter]
            for row in model._rows:
                self.assertTrue(hasattr(model, f"_do_{row.act}"), row)
                self.assertTrue(model._user(row.who).active, row)

    def test_every_chapter_is_played(self):
        """One that the programme does not name would be played for nobody."""
        chapters = self.env.registry.descendants(["om.demo"], "_inherit")
        self.assertEqual(set(chapters) - {"om.demo"}, {row.what for row in PROGRAMME})

    @freeze_time("2026-03-09 02:00:00")
    def test_a_row_is_done_by_whom_and_when_it_says(self):
        today = date(2026, 3, 9)
        done = []

        def do_note(demo, what, day, word=None):
            self.assertIs(demo.env.context["om_invented"], INVENTED)
            done.append((demo.env.user.login, what, day, word))

        demo = self.env["om.demo"]
        rows = (
            Row("engineer", "note", "past", date(2026, 1, 5), {"word": "with"}),
            Row("manager", "note", "ahead", today + timedelta(days=1)),
            Row("unit", "note", "now"),
        )
        with (
            patch.object(type(demo), "_rows", rows),
            patch.object(type(demo), "_do_note", do_note, create=True),
        ):
            demo._play()
        self.assertEqual(
            done,
            [
                ("engineer", "past", date(2026, 1, 5), "with"),
                ("manager", "ahead", today, None),
                ("unit", "now", today, None),
            ],
        )

    def test_what_is_invented_has_its_ids_here(self):
        """The documents' data is not mixed with what was made up."""
        ids = self.env["ir.model.data"].search(
            [("name", "=like", r"%demo\_%"), ("module", "=", "om_engagements")]
        )
        self.assertFalse(ids.mapped("complete_name"))
