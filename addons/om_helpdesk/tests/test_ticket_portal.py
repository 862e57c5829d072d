import re

from lxml import html

from odoo import http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.om_base.tests.common import new_test_user

from .ticket_common import TicketCommon, after

SILENT = (
    "odoo.http",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
)
SECRET = "机密乙单位"
ARGUMENT = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
READABLE = ("char", "text", "html")


class TicketPortalCommon(TicketCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_login("unit_a", "portal_user_unit", cls.unit)
        cls.foreign = cls._create_login("unit_b", "portal_user_unit", cls.other_unit)
        cls.buyer = cls._create_login("buyer_a", "portal_purchaser", cls.purchaser)
        cls.overseer = cls._create_login(
            "overseer_a", "portal_supervisor", cls.supervisor
        )

    @classmethod
    def _create_login(cls, login, role, company):
        contact = cls.env["res.partner"].create(
            {"name": f"丙 {login}", "parent_id": company.id, "lang": "en_US"}
        )
        return new_test_user(
            cls.env,
            login=f"om_{login}",
            groups=f"om_base.group_{role}",
            partner_id=contact.id,
        )

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _post(self, path, files=None, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(path, data=data, files=files)

    def _ticket(self, system=None, **values):
        return self.env["helpdesk.ticket"].create(
            {
                "name": "主会场无图像",
                "description": "<p>今早开始</p>",
                "system_id": (system or self.system).id,
                "severity": "urgent",
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestTicketPortal(TicketPortalCommon):
    def test_the_way_to_the_first_report(self):
        """Shown before there is any fault to count."""
        for user, shown in ((self.user, True), (self.buyer, False)):
            self._login(user)
            page = html.fromstring(self.url_open("/my").content)
            (card,) = page.xpath("//a[@href='/my/tickets']/..")
            self.assertEqual("d-none" not in card.get("class"), shown)

    def test_e_mails_are_switched_off_and_on(self):
        partner = self.user.partner_id
        partner.email = "bing@example.com"
        self._login(self.user)
        self.assertIn("bing@example.com", self.url_open("/my/tickets").text)
        for wanted, off in (("", True), ("1", False)):
            self._post("/my/tickets/news", wanted=wanted)
            self.assertEqual(partner.om_news_off, off)
            page = html.fromstring(self.url_open("/my/tickets").content)
            (switch,) = page.xpath("//form[@id='om_news']//input[@name='wanted']")
            self.assertEqual(switch.get("value"), "1" if off else "")
        # Nobody else's choice changes with it.
        self.assertFalse(self.foreign.partner_id.om_news_off)
        # Purchasers report nothing.
        self.buyer.partner_id.email = "buyer@example.com"
        self._login(self.buyer)
        self.assertNotIn("om_news", self.url_open("/my/tickets").text)

    def test_one_login_speaks_for_two_units(self):
        """Somebody who looks after both sees, reports and confirms for both, and no
        longer than that is entered."""
        third = self._create_system(
            "丙单位系统", self._create_party("丙单位", "user_unit")
        )
        mine, other = self._ticket(), self._ticket(self.other_system)
        alien = self._ticket(third)
        self._login(self.user)
        self.assertNotIn(other.number, self.url_open("/my/tickets").text)
        self.user.om_unit_ids = self.other_unit
        page = self.url_open("/my/tickets").text
        self.assertIn(mine.number, page)
        self.assertIn(other.number, page)
        self.assertNotIn(alien.number, page)
        form = self.url_open("/my/tickets/new").text
        self.assertIn(self.other_system.name, form)
        self.assertNotIn(third.name, form)
        self.assertTrue(self.user._speaks_for(self.other_unit))
        other.with_user(self.engineer).sudo()._om_act("fixed")
        self._post(f"/my/ticket/{other.id}/confirm")
        other.invalidate_recordset()
        self.assertEqual(other.state, "confirmed")
        self.assertEqual(
            other.act_ids.sorted("id")[-1].signature_id.party_id, self.other_unit
        )
        self.assertIn(
            self.user.partner_id, self.env["om.signature"]._get_told(self.other_unit)
        )
        with self.assertRaises(AccessError):
            self.user.with_user(self.user).om_unit_ids = third.unit_id
        self.user.om_unit_ids = False
        self.assertNotIn(other.number, self.url_open("/my/tickets").text)
        self.assertFalse(self.user._speaks_for(self.other_unit))

    def test_a_department_belongs_to_its_unit(self):
        """A system that was entered for a department is the unit's, in the portal, too;
        a subordinate body with systems of its own is another unit."""
        department = self.env["res.partner"].create(
            {"name": "甲单位平安办", "parent_id": self.unit.id}
        )
        below = self.env["res.partner"].create(
            {
                "name": "甲单位下属中心",
                "parent_id": self.unit.id,
                "is_company": True,
                "om_role": "user_unit",
            }
        )
        ours = self._ticket(self._create_system("平安系统", department))
        theirs = self._ticket(self._create_system("中心系统", below))
        self._login(self.user)
        page = self.url_open("/my/tickets").text
        self.assertIn(ours.number, page)
        self.assertNotIn(theirs.number, page)
        self.assertIn("平安系统", self.url_open("/my/tickets/new").text)

    def test_report_follow_confirm_rate(self):
        self._login(self.user)
        page = self.url_open("/my/tickets/new")
        self.assertIn(self.system.name, page.text)
        self.assertNotIn(self.other_system.name, page.text)
        page = self._post(
            "/my/tickets/new",
            files=[("files", ("现场.txt", b"photo", "text/plain"))],
            system_id=self.system.id,
            name="主会场无图像",
            description="今早 9 点开始，全部终端",
            severity="urgent",
            phone="0000",
        )
        ticket = self.env["helpdesk.ticket"].search(
            [("system_id", "=", self.system.id)], order="id desc", limit=1
        )
        self.assertTrue(page.url.endswith(f"/my/ticket/{ticket.id}"))
        self.assertEqual(ticket.severity, "urgent")
        self.assertEqual(ticket.partner_id, self.user.partner_id)
        self.assertEqual(ticket.respond_status, "running")
        self.assertIn("现场.txt", page.text)
        file = self.env["ir.attachment"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)]
        )
        answer = self.url_open(f"/my/ticket/{ticket.id}/file/{file.id}")
        self.assertEqual(answer.content, b"photo")
        page = self._post(f"/my/ticket/{ticket.id}/comment", body="还在等")
        self.assertIn("还在等", page.text)
        ticket.with_user(self.dispatcher).user_id = self.engineer
        mine = ticket.with_user(self.engineer)
        mine._om_act("responded")
        mine._om_act("fixed")
        page = self._post(f"/my/ticket/{ticket.id}/refuse", reason=" ")
        self.assertIn("alert-danger", page.text)
        self._post(f"/my/ticket/{ticket.id}/refuse", reason="仍无图像")
        ticket.invalidate_recordset()
        self.assertEqual(ticket.reopen_count, 1)
        mine._om_act("fixed")
        self._post(f"/my/ticket/{ticket.id}/confirm")
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "confirmed")
        event = ticket.event_ids.filtered(lambda each: each.kind == "confirmed")
        self.assertEqual(event.user_id, self.user)
        page = self._post(f"/my/ticket/{ticket.id}/rate", rating="4", feedback="快")
        self.assertEqual(ticket.rating_ids.mapped("rating"), [4.0])
        self.assertNotIn("o_om_rate", page.text)
        with mute_logger(*SILENT):
            again = self._post(f"/my/ticket/{ticket.id}/rate", rating="1")
        self.assertEqual(again.status_code, 404)

    def test_what_a_report_lacks(self):
        self._login(self.user)
        before = self.env["helpdesk.ticket"].search_count([])
        for change in (
            {"system_id": self.other_system.id},
            {"name": " "},
            {"description": ""},
            {"severity": "worst"},
        ):
            values = {
                "system_id": self.system.id,
                "name": "x",
                "description": "x",
                "severity": "minor",
            }
            page = self._post("/my/tickets/new", **(values | change))
            self.assertEqual(page.status_code, 422, change)
            self.assertIn("o_om_new_ticket", page.text)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_a_label_fills_in_system_and_device(self):
        device = self.env["maintenance.equipment"].create(
            {"name": "终端 01", "system_id": self.system.id}
        )
        device._draw_label_tokens()
        token = device.label_token
        self.assertTrue(token)
        self._login(self.user)
        self.assertIn(
            f"/my/tickets/new?device={token}", self.url_open(f"/om/d/{token}").text
        )
        page = self.url_open(f"/my/tickets/new?device={token}")
        self.assertIn("终端 01", page.text)
        self._post(
            "/my/tickets/new",
            device=token,
            system_id=self.system.id,
            name="黑屏",
            description="x",
            severity="general",
        )
        ticket = self.env["helpdesk.ticket"].search(
            [("name", "=", "黑屏"), ("system_id", "=", self.system.id)]
        )
        self.assertEqual(ticket.equipment_ids, device)
        self._login(self.foreign)
        self.assertNotIn(
            "终端 01", self.url_open(f"/my/tickets/new?device={token}").text
        )

    def test_purchaser_and_supervisor_look_on(self):
        ticket = self._ticket()
        other = self._ticket(self.other_system, name="别的")
        for user in (self.buyer, self.overseer):
            self._login(user)
            page = self.url_open("/my/tickets")
            self.assertIn(ticket.number, page.text)
            self.assertNotIn(other.number, page.text)
            self.assertEqual(self.url_open(f"/my/ticket/{ticket.id}").status_code, 200)
            ticket.with_user(self.engineer).sudo()._om_act("fixed")
            with mute_logger(*SILENT):
                answer = self._post(f"/my/ticket/{ticket.id}/confirm")
            self.assertEqual(answer.status_code, 404, "the unit confirms")
            ticket.sudo()._om_act("reopened", reason="x")

    def test_internal_notes_stay_inside(self):
        ticket = self._ticket()
        ticket.message_post(
            body="内部说明", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        note_file = self.env["ir.attachment"].create(
            {"name": "内部.txt", "raw": b"x", "res_model": "mail.compose.message"}
        )
        ticket.message_post(
            body="内部文件",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            attachment_ids=note_file.ids,
        )
        self._login(self.user)
        page = self.url_open(f"/my/ticket/{ticket.id}")
        self.assertNotIn("内部", page.text)
        with mute_logger(*SILENT):
            answer = self.url_open(f"/my/ticket/{ticket.id}/file/{note_file.id}")
        self.assertEqual(answer.status_code, 404)

    def test_a_public_link_shows_its_ticket_and_nothing_else(self):
        ticket, other = self._ticket(), self._ticket(name="另一张")
        ticket.message_post(
            body="往来", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        token = ticket._portal_ensure_token()
        self.authenticate(None, None)
        page = self.url_open(f"/my/ticket/{ticket.id}?access_token={token}")
        self.assertIn("主会场无图像", page.text)
        self.assertNotIn("往来", page.text)
        self.assertNotIn("/confirm", page.text)
        with mute_logger(*SILENT):
            for path in (
                f"/my/ticket/{other.id}?access_token={token}",
                f"/my/ticket/{ticket.id}?access_token=x",
                f"/my/ticket/{ticket.id}",
            ):
                self.assertEqual(self.url_open(path).status_code, 404, path)

    @mute_logger(*SILENT)
    def test_the_holes_of_the_base_are_closed(self):
        ticket = self._ticket(self.other_system)
        stage = self.env["helpdesk.ticket.stage"].search(
            [("close_from_portal", "=", True)], limit=1
        ) or self.env["helpdesk.ticket.stage"].search([], limit=1)
        stage.close_from_portal = True
        before = ticket.stage_id
        self._login(self.user)
        for answer in (
            self.url_open(f"/ticket/close?ticket_id={ticket.id}&stage_id={stage.id}"),
            self._post("/ticket/close", ticket_id=ticket.id, stage_id=stage.id),
            self._post(
                "/submitted/ticket", subject="x", description="x", category="", team="1"
            ),
        ):
            self.assertEqual(answer.status_code, 404)
        ticket.invalidate_recordset()
        self.assertEqual(ticket.stage_id, before)
        self.assertTrue(self.url_open("/new/ticket").url.endswith("/my/tickets/new"))
        public = self.env.ref("base.public_user")
        with self.assertRaises(AccessError):
            stage.with_user(public).write({"name": "x"})
        self.assertFalse(
            self.env["ir.attachment"].search_count(
                [
                    ("res_model", "=", "helpdesk.ticket"),
                    ("access_token", "!=", False),
                    ("res_id", "=", ticket.id),
                ]
            )
        )


@tagged("post_install", "-at_install")
class TestTicketIsolation(TicketPortalCommon):
    """Unit A asks for what is unit B's, by every door there is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_system.name = f"{SECRET}系统"
        cls.ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": f"{SECRET}故障",
                "description": SECRET,
                "system_id": cls.other_system.id,
                "severity": "urgent",
                "partner_id": cls.foreign.partner_id.id,
            }
        )
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": f"{SECRET}.txt",
                "raw": SECRET.encode(),
                "res_model": "helpdesk.ticket",
                "res_id": cls.ticket.id,
            }
        )
        cls.ticket.message_post(
            body=SECRET, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        cls.env["om.ticket.pause"].create(
            {"ticket_id": cls.ticket.id, "kind": "user", "reason": SECRET}
        )
        # Following opens nothing: the system decides.
        cls.ticket.message_subscribe(cls.user.partner_id.ids)

    @mute_logger(*SILENT)
    def test_every_portal_route(self):
        """Each GET route under /my, /ticket and /om, with the other unit's ids."""
        self._login(self.user)
        tried = 0
        for rule in self.env["ir.http"].routing_map().iter_rules():
            path = rule.rule
            if not path.startswith(("/my", "/ticket", "/om", "/new/ticket")):
                continue
            if "GET" not in (rule.methods or {"GET"}):
                continue
            url = ARGUMENT.sub(self._get_argument, path)
            with self.subTest(route=path):
                answer = self.url_open(url, timeout=60)
                self.assertNotIn(SECRET, answer.text)
                tried += 1
        self.assertGreater(tried, 10)

    def _get_argument(self, match):
        kind, name = match.groups()
        if kind == "int":
            return str(self.file.id if "file" in name else self.ticket.id)
        return "x"

    @mute_logger(*SILENT)
    def test_every_model(self):
        """Each model that the user may read at all: nothing of the other unit."""
        env = self.env(user=self.user, su=False)
        tried = 0
        for name in sorted(self.env.registry):
            Model = env[name]
            if Model._abstract or Model._transient or not Model.has_access("read"):
                continue
            names = [
                field
                for field, definition in Model._fields.items()
                if definition.type in READABLE
                and definition.store
                and not definition.groups
            ]
            with self.subTest(model=name):
                try:
                    rows = Model.search([], order="id desc", limit=3000).read(names)
                except AccessError:
                    continue
                self.assertNotIn(SECRET, str(rows))
                tried += 1
        self.assertGreater(tried, 10)
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.user).read(["name"])
        with self.assertRaises(AccessError):
            self.file.with_user(self.user).read(["name"])

    @mute_logger(*SILENT)
    def test_nobody_writes_over_rpc(self):
        mine = self._ticket()
        for ticket in (mine, self.ticket):
            for vals in ({"name": "x"}, {"fixed_at": after(hours=1)}):
                with self.assertRaises(AccessError):
                    ticket.with_user(self.user).write(vals)
        with self.assertRaises(AccessError):
            self.env["helpdesk.ticket"].with_user(self.user).create(
                {"name": "x", "description": "x"}
            )
