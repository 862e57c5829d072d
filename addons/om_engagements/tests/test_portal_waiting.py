"""The portal's home says what waits for a party: all of it, and nothing else."""

import re
from html import unescape

from odoo.tests import HttpCase, tagged

LOGINS = ("unit", "purchaser", "supervisor")
PASSWORD = "waiting for you"
LINE = re.compile(
    r'href="(?P<url>/my/[^"]+)"[^>]*>\s*<span>(?P<label>[^<]+)</span>\s*'
    r"<span[^>]*>(?P<count>\d+)</span>"
)
# A page offers a word by a form that posts to an address of its own; comments, ratings
# and withdrawals are there at any time.
FORM = re.compile(r"<form[^>]*>")
WORD = re.compile(r'action="/my/(?!ticket/\d+/(?:comment|rate|cancel)")[^"]*\d')


def offers_a_word(page):
    forms = (form for form in FORM.findall(page) if 'method="post"' in form.lower())
    return any(WORD.search(form) for form in forms)


@tagged("post_install", "-at_install")
class TestPortalWaiting(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The logins of the demonstration: what waits for whom is its history.
        cls.users = cls.env["res.users"].search([("login", "in", LOGINS)])
        for user in cls.users:
            user.password = PASSWORD

    def setUp(self):
        super().setUp()
        if len(self.users) < len(LOGINS):
            self.skipTest("no demonstration in this database")

    def _get(self, url):
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200, url)
        return answer.text

    def _read_home(self, login):
        self.authenticate(login, PASSWORD)
        found = LINE.finditer(self._get("/my"))
        return {line["url"]: int(line["count"]) for line in found}

    def test_counts_are_those_of_the_record(self):
        party = self.users.filtered(lambda user: user.login == "unit").om_party_ids
        fixed = self.env["helpdesk.ticket"].search_count(
            [
                ("state", "=", "fixed"),
                ("unit_id.commercial_partner_id", "in", party.ids),
            ]
        )
        self.assertTrue(fixed)
        self.assertEqual(
            self._read_home("unit")["/my/tickets?filterby=to_confirm"], fixed
        )
        ticket = self.env["helpdesk.ticket"].search([("state", "=", "fixed")])
        ticket.unit_id = self.env["res.partner"].create({"name": "别的单位"})
        self.assertNotIn(
            "/my/tickets?filterby=to_confirm", self._read_home("unit"), "not theirs"
        )

    def test_each_line_leads_to_what_can_be_answered(self):
        tried, wrong = 0, []
        for login in LOGINS:
            for url, count in self._read_home(login).items():
                path = unescape(url).split("?")[0].removesuffix("s")
                links = re.findall(
                    rf'href="({re.escape(path)}s?/\d+)[?"]', self._get(unescape(url))
                )
                pages = [self._get(link) for link in dict.fromkeys(links)]
                # Some are answered on the list itself.
                pages = pages or [self._get(unescape(url))]
                offered = sum(map(offers_a_word, pages))
                tried += offered
                if not offered:
                    wrong.append(f"{login}: {url} ({count})")
        self.assertGreater(tried, 10)
        self.assertFalse(wrong, "\n".join(wrong))
