import re
from datetime import date
from pathlib import Path

from lxml import etree, html

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path, mute_logger, safe_eval

from odoo.addons.om_base.tests.common import INTERNAL_ROLES, create_role_users

from .new_record import NewForm


def fill_template(form):
    with form.line_ids.new() as line:
        line.name = "示例"
        line.percent = 100


def fill_clause(form):
    form.percent = 1


def fill_period(form):
    form.date_start = date(2037, 7, 1)
    form.date_end = date(2037, 7, 2)


def fill_month(form):
    form.month = date(2001, 1, 1)


def fill_attendance(form):
    form.day = date(2026, 1, 5)


def fill_channel(form):
    form.url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=example"


# What the rules of a model ask for beyond its required fields.
RULES = {
    "om.payment.template": fill_template,
    "om.deduction.clause": fill_clause,
    "om.key.period": fill_period,
    "om.attendance": fill_attendance,
    "om.notice.channel": fill_channel,
    "om.social.insurance": fill_month,
}


WINDOW = "ir.actions.act_window"
NO = ("0", "false", "False")
# Nothing invented gets among real records by one click on an empty page.
SAMPLE = re.compile(r"sample data|demo data", re.IGNORECASE)


def says_why_and_what(help_text):
    """Whether the text of an empty page has its two paragraphs."""
    if not help_text:
        return False
    paragraphs = html.fragment_fromstring(str(help_text), create_parent=True)
    return sum(bool(each.text_content().strip()) for each in paragraphs) > 1


def odd_in_help(help_text):
    """What the text of an empty page shows or offers that it must not."""
    page = html.fragment_fromstring(str(help_text), create_parent=True)
    pictures = [
        source
        for source in page.xpath("//img/@src")
        if not Path(file_path_or_nothing(source)).is_file()
    ]
    return pictures + SAMPLE.findall(page.text_content())


def file_path_or_nothing(url):
    """The file behind the address of a static file, or a path without a file."""
    try:
        return file_path(url.lstrip("/"))
    except FileNotFoundError:
        return url


@tagged("post_install", "-at_install")
class TestNewOnEveryMenu(TransactionCase):
    """Whoever sees "New" in one of our menus can choose what is asked for, and save."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = create_role_users(cls)
        windows = cls.env["ir.actions.act_window"].search([], order="id")
        names = windows.get_external_id()
        cls.actions = {
            names[window.id]: window
            for window in windows
            if names[window.id].startswith("om_")
        }

    def test_new(self):
        problems, tried = [], 0
        for role in INTERNAL_ROLES:
            user = self.users[role]
            shown = self._get_menu_actions(user)
            for name, action in self.actions.items():
                if action.id not in shown:
                    continue
                env = self.env(user=user, context=self._get_context(action, user))
                if not self._offers_new(env[action.res_model], action):
                    continue
                tried += 1
                problems += [
                    f"{role}, {name} ({action.res_model}): {problem}"
                    for problem in self._press_new(env[action.res_model], action)
                ]
        self.assertGreater(tried, 150)
        self.assertFalse(
            problems, f"{len(problems)} of {tried}:\n" + "\n".join(problems)
        )

    def test_new_on_a_telephone(self):
        """A telephone shows the cards of a list: what can be made there can be made
        here, and what a line is called stands on the card."""
        refused = []
        for name, action in self.actions.items():
            views = {kind: view for view, kind in action.views}
            if not {"list", "kanban"} <= views.keys():
                continue
            model = self.env[action.res_model]
            offers = [
                etree.fromstring(model.get_view(views[kind], kind)["arch"]).get(
                    "create", "1"
                )
                for kind in ("list", "kanban")
            ]
            if offers[0] not in NO and offers[1] in NO:
                refused.append(name)
        self.assertFalse(refused)

    def test_cards_name_lines_as_their_documents_do(self):
        """Without cards of its own a line is shown by its raw name, which is a code
        where the displayed name is computed."""
        raw = set()
        forms = self.env["ir.ui.view"].search([("type", "=", "form")])
        for model in set(forms.mapped("model")) & set(self.env.registry):
            if not model.startswith("om."):
                continue
            arch = etree.fromstring(self.env[model].get_view(view_type="form")["arch"])
            for node in arch.iter("field"):
                field = self.env[model]._fields.get(node.get("name"))
                if field is None or field.type not in ("one2many", "many2many"):
                    continue
                if node.get("widget") or node.find("kanban") is not None:
                    continue
                raw |= self._get_raw(field.comodel_name)
        self.assertFalse(raw)

    def _get_raw(self, name):
        """The model, if its cards are Odoo's and show another name than lists do."""
        model = self.env[name]
        if not name.startswith("om."):
            return set()
        shown = etree.fromstring(model.get_view(view_type="kanban")["arch"])
        own = self.env["ir.ui.view"].search_count(
            [("model", "=", name), ("type", "=", "kanban")]
        )
        record = model.search([], limit=1)
        if own or not record:
            return set()
        names = [node.get("name") for node in shown.iter("field")]
        same = record.display_name in [str(record[each]) for each in names]
        if same and not record.display_name.startswith(f"{name},"):
            return set()
        return {f"{name}: {names} for “{record.display_name}”"}

    def test_every_page_says_what_it_is_for(self):
        """An empty page tells why it is empty, and below it what to do."""
        menus = self.env["ir.ui.menu"].search([("action", "!=", False)])
        windows = {menu.action.id for menu in menus if menu.action.type == WINDOW}
        silent = [
            name
            for name, action in self.actions.items()
            if action.id in windows
            and not action.view_mode.startswith("form")
            and not says_why_and_what(action.help)
        ]
        self.assertFalse(silent)

    def test_empty_pages_show_what_is_there(self):
        """Odoo's pages, too: no picture that is missing, no offer of sample data."""
        menus = self.env["ir.ui.menu"].search([("action", "!=", False)])
        helps = {
            menu.complete_name: menu.action.help
            for menu in menus
            if menu.action.type == WINDOW and menu.action.help
        }
        self.assertGreater(len(helps), 150)
        problems = {
            name: found for name, text in helps.items() if (found := odd_in_help(text))
        }
        self.assertFalse(problems)

    def test_a_missing_picture_is_found(self):
        self.assertFalse(odd_in_help('<p><img src="/web/static/img/logo.png"/></p>'))
        self.assertEqual(odd_in_help('<img src="/no/icon.png"/>'), ["/no/icon.png"])
        self.assertEqual(odd_in_help("<a>Load Sample data.</a>"), ["Sample data"])

    def test_one_sentence_is_not_enough(self):
        self.assertFalse(says_why_and_what(False))
        self.assertFalse(says_why_and_what("<p>No contract yet</p><p> </p>"))
        self.assertTrue(says_why_and_what("<p>No contract yet</p><p>Enter one.</p>"))

    def _get_menu_actions(self, user):
        """Ids of the window actions this person's menus open."""
        menus = self.env["ir.ui.menu"].with_user(user)
        visible = menus.browse(menus._visible_menu_ids())
        return {
            menu.action.id
            for menu in visible.sudo()
            if menu.action and menu.action._name == "ir.actions.act_window"
        }

    def _get_context(self, action, user):
        """The context of records opened by the action, as the client makes it."""
        base = {"lang": "zh_CN", "tz": "Asia/Shanghai", "uid": user.id}
        own = safe_eval.safe_eval(
            action.context or "{}", {"context": base, "uid": user.id, **base}
        )
        return {
            **base,
            **{key: own[key] for key in own if not key.startswith("search_default_")},
        }

    def _offers_new(self, model, action):
        """Whether one of the action's views shows the button."""
        if not model.has_access("create"):
            return False
        for view, kind in action.views:
            if kind in ("list", "kanban", "form"):
                arch = etree.fromstring(model.get_view(view, kind)["arch"])
                if arch.get("create", "True") not in ("0", "false", "False"):
                    return True
        return False

    def _press_new(self, model, action):
        """What stands between a person and the saved record, as sentences."""
        problems = []
        try:
            with (
                self.env.cr.savepoint() as savepoint,
                mute_logger("odoo.sql_db", "odoo.domains", "odoo.tests.form.onchange"),
            ):
                form = NewForm(model, action)
                problems += [f"{name} reads “/”" for name in form.get_unnamed()]
                while missing := form.get_missing():
                    if not form.fill(missing[0]):
                        problems.append(f"nothing to choose in {missing[0]}")
                        break
                if not problems:
                    if model._name in RULES:
                        RULES[model._name](form)
                    record = form.save()
                    if not record.exists():
                        problems.append("nothing was saved")
                savepoint.rollback()
        except (UserError, AccessError, AssertionError) as refusal:
            problems.append(f"{type(refusal).__name__}: {refusal}")
        except Exception as failure:
            problems.append(f"{type(failure).__name__}: {failure}")
        self.env.invalidate_all()
        return problems
