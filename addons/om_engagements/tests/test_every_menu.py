from collections import defaultdict
from dataclasses import asdict
from io import BytesIO

from lxml import etree, html
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools.translate import code_translations

from odoo.addons.om_base.terms import extra_terms
from odoo.addons.om_base.tests.common import (
    INTERNAL_ROLES,
    PORTAL_ROLES,
    create_role_users,
)

from .allowed_words import CODE_LISTS
from .walk import Walk
from .words import latin_words, texts_of, texts_of_fields

# What people enter is data, in whatever script.
ENTERED = ("char", "text", "html")
OURS = (
    "om.",
    "account.move",
    "agreement",
    "helpdesk.",
    "maintenance.",
    "hr.",
    "res.",
    "product.",
)
SYSTEMS = "om_assets.om_system_menu"
# Of a volume's data: what no reader sees.
CODES = ("language", "mime", "key", "kind")
OUR_PAGES = ("/my/contracts", "/my/tickets", "/my/inspections", "/my/spares")


def report(found):
    """The words with two of their places each, for the message of a failed test."""
    lines = [f"{word}: {sorted(places)[:2]}" for word, places in sorted(found.items())]
    return f"{len(found)} texts\n" + "\n".join(lines)


class Chinese:
    """Users of all roles who read Chinese, and the Latin words that are data."""

    @classmethod
    def set_up_chinese(cls):
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.users = create_role_users(cls)
        for user in cls.users.values():
            user.lang = "zh_CN"

    def words_of_data(self):
        """The Latin words that people typed: names of devices, codes, logins."""
        self.env.flush_all()
        words = set()
        for name, Model in self.env.registry.items():
            if not name.startswith(OURS) or not Model._auto or Model._abstract:
                continue
            for field in Model._fields.values():
                if is_entered(field):
                    self.env.cr.execute(
                        "SELECT DISTINCT lower(match[1]) FROM (SELECT"
                        f" regexp_matches(\"{field.name}\", '[A-Za-z]{{2,}}', 'g')"
                        f' AS match FROM "{Model._table}") AS found'
                    )
                    words.update(word for (word,) in self.env.cr.fetchall())
        return words


def texts_of_volume(data):
    """All words of a volume's data, however deep; codes for programs are none."""
    if isinstance(data, dict):
        data = [value for key, value in data.items() if key not in CODES]
    if isinstance(data, str):
        yield data
    elif isinstance(data, list | tuple):
        for each in data:
            yield from texts_of_volume(each)


@tagged("post_install", "-at_install")
class TestEveryMenu(Chinese, TransactionCase):
    """Each role opens each of its menus: nothing is refused, nothing is English."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chinese()

    def _words_of_views(self, walk, found):
        for name, menu in walk.menus().items():
            for word in latin_words(menu["name"]):
                found[menu["name"]].add(f"menu {name} {word}")
        for action in walk.actions.values():
            if action.get("type") == "ir.actions.act_window":
                for key in ("name", "help"):
                    if latin_words(action[key]):
                        found[action[key]].add(f"{action['xml_id']} {key}")
        for (menu, model), answer in walk.answers.items():
            for kind, view in answer["views"].items():
                buttons = sum(view.get("toolbar", {}).values(), [])
                texts = [
                    *texts_of(etree.fromstring(view["arch"])),
                    *(("toolbar", each["name"]) for each in buttons),
                    *(("favourite", each["name"]) for each in view.get("filters", [])),
                ]
                for where, text in texts:
                    if latin_words(text):
                        found[text.strip()].add(f"{menu} {model} {kind} {where}")
            for related, description in answer["models"].items():
                fields = description["fields"]
                for where, text in texts_of_fields(fields):
                    name = where.split()[0]
                    if latin_words(text) and name not in CODE_LISTS:
                        found[text].add(f"{related} {where}")

    def test_each_role_reads_what_its_menus_show_in_chinese(self):
        refused, found, reads, filtered = {}, defaultdict(set), {}, set()
        for role in INTERNAL_ROLES:
            walk = Walk(self.users[role], filtered).walk()
            refused.update({(role, *key): words for key, words in walk.refused.items()})
            reads[role] = walk.counts["reads"]
            self._words_of_views(walk, found)
        # The walk itself must not fall silent: the least of the roles reads hundreds.
        self.assertGreater(min(reads.values()), 300, reads)
        lines = "\n".join(f"{key}: {words[:200]}" for key, words in refused.items())
        self.assertFalse(refused, lines)
        if found:
            self.fail(report(found))

    def test_a_refusal_is_noted(self):
        """The walk finds what a page refuses: here a list inside a system's form.

        A menu whose own model may not be read is not shown.
        """
        plans = [("model_id.model", "=", "om.inspection.plan")]
        self.env["ir.model.access"].search(plans).perm_read = False
        walk = Walk(self.users["auditor"]).walk(only=[SYSTEMS])
        places = {(model, what) for _menu, model, _view, what in walk.refused}
        self.assertIn(("om.system", "first record"), places)

    def test_an_english_word_is_found(self):
        field = self.env.ref("om_assets.field_om_system__support_hours")
        field.with_context(lang="zh_CN").field_description = "Support hours"
        walk = Walk(self.users["auditor"]).walk(only=[SYSTEMS])
        found = defaultdict(set)
        self._words_of_views(walk, found)
        self.assertIn("Support hours", found)


@tagged("post_install", "-at_install")
class TestChinesePapers(Chinese, HttpCase):
    """Reports, spreadsheets, mails, refusals and portal pages in Chinese."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chinese()

    def _records_for(self, action):
        Model = self.env[action.model].with_context(lang="zh_CN", tz="Asia/Shanghai")
        if Model.is_transient():
            values = {}
            if "agreement_id" in Model._fields:
                values["agreement_id"] = Model.env["agreement"].search([], limit=1).id
            return Model.create(values)
        return Model.search([], limit=20)

    def test_reports(self):
        found, known = defaultdict(set), self.words_of_data()
        names = self.env["ir.model.data"].search(
            [("model", "=", "ir.actions.report"), ("module", "=like", "om\\_%")]
        )
        actions = self.env["ir.actions.report"].browse(names.mapped("res_id"))
        read = 0
        for action in actions.with_context(lang="zh_CN", tz="Asia/Shanghai"):
            for word in latin_words(action.name):
                found[action.name].add(f"{action.report_name} name {word}")
            for record in self._records_for(action):
                try:
                    texts = self._texts_of_report(action, record)
                except UserError as refused:
                    # A draft is not printed; the refusal is read instead.
                    texts = [str(refused)]
                read += len(texts)
                for text in texts:
                    if latin_words(text, known):
                        found[text].add(action.report_name)
        self.assertGreater(read, 300)
        if found:
            self.fail(report(found))

    def _texts_of_report(self, action, record):
        if action.report_type == "xlsx":
            data, _kind = action._render_xlsx(action.report_name, record.ids, {})
            sheets = load_workbook(BytesIO(data), read_only=True).worksheets
            return [
                cell
                for sheet in sheets
                for row in sheet.iter_rows(values_only=True)
                for cell in row
                if isinstance(cell, str) and not cell.startswith("=")
            ]
        maker = self.env.get(f"report.{action.report_name}")
        if hasattr(maker, "_get_volume"):
            volume = maker.with_env(action.env)._get_volume(record)
            return list(texts_of_volume(asdict(volume)))
        page, _kind = action._render_qweb_html(action.report_name, record.ids)
        return texts_of_page(page)

    def test_papers_that_nobody_has_printed_yet(self):
        """Templates speak for themselves where there is no record to print."""
        found = defaultdict(set)
        views = self.env["ir.ui.view"].with_context(lang="zh_CN")
        for view in views.search([("type", "=", "qweb"), ("key", "=like", "om\\_%")]):
            for where, text in texts_of(etree.fromstring(view.arch)):
                if latin_words(text):
                    found[text.strip()].add(f"{view.key} {where}")
        if found:
            self.fail(report(found))

    def test_mails(self):
        found, known = defaultdict(set), self.words_of_data()
        names = self.env["ir.model.data"].search(
            [("model", "=", "mail.template"), ("module", "=like", "om\\_%")]
        )
        for template in self.env["mail.template"].browse(names.mapped("res_id")):
            record = self.env[template.model].search([], limit=1)
            if not record:
                continue
            mail = template.with_context(lang="zh_CN")._generate_template(
                record.ids, ("subject", "body_html")
            )[record.id]
            for text in [mail["subject"], *texts_of_page(mail["body_html"])]:
                if latin_words(text, known):
                    found[text].add(template.name)
        if found:
            self.fail(report(found))

    def test_sentences_of_the_code(self):
        """Refusals, notes in the chatter, notices: all that the code says."""
        found, count = defaultdict(set), 0
        modules = self.env["ir.module.module"]._installed()
        for module in modules:
            if module.startswith("om_"):
                for kind, source, words in code_terms(module):
                    count += 1
                    if latin_words(words):
                        found[words].add(f"{module} {kind} {source[:60]}")
        self.assertGreater(count, 1000)
        if found:
            self.fail(report(found))

    def test_refusals(self):
        engineer = self.users["engineer"]
        documents = self.env["om.system"].search([], limit=1)
        for operation in ("write", "unlink", "create"):
            with self.assertRaises(AccessError) as refused:
                documents.with_user(engineer).with_context(lang="zh_CN").check_access(
                    operation
                )
            words = str(refused.exception)
            self.assertFalse(latin_words(words), words)
            for joke in ("饼干", "哦豁", "绝密"):
                self.assertNotIn(joke, words)

    def test_portal(self):
        found, known = defaultdict(set), self.words_of_data()
        units = self.env["om.system"].search([("unit_id", "!=", False)], limit=1)
        for role in PORTAL_ROLES:
            user = self.users[role]
            user.partner_id.parent_id = units.unit_id
            self.authenticate(user.login, user.login)
            for path in ("/my", *OUR_PAGES, "/my/tickets/new", "/my/service-report"):
                answer = self.url_open(path)
                if answer.status_code in (403, 404):
                    continue
                self.assertEqual(answer.status_code, 200, path)
                for text in texts_of_page(answer.text):
                    if latin_words(text, known):
                        found[text].add(f"{role} {path}")
        if found:
            self.fail(report(found))


def is_entered(field):
    """Whether a column holds what people typed, in one language."""
    simple = not field.translate and not field.company_dependent
    return field.type in ENTERED and field.store and field.column_type and simple


def code_terms(module):
    """``(kind, source, words)`` of all terms in an add-on's Python and JavaScript."""
    # Those of other add-ons are spoken by them.
    foreign = {row["src"] for row in extra_terms("zh_CN").get(module, ())}
    python = code_translations.get_python_translations(module, "zh_CN")
    for source, words in python.items():
        if source not in foreign:
            yield "python", source, words
    client = code_translations.get_web_translations(module, "zh_CN")["messages"]
    for each in client:
        if each["id"] not in foreign:
            yield "client", each["id"], each["string"]


def texts_of_page(page):
    """The texts that a page shows, and the attributes that a reader meets."""
    if not page or not str(page).strip():
        return []
    tree = html.fromstring(page)
    texts = []
    for node in tree.iter():
        if not isinstance(node.tag, str) or node.tag in ("script", "style", "head"):
            continue
        if any(parent.tag in ("head", "script") for parent in node.iterancestors()):
            texts.append(node.tail or "")
            continue
        texts += [node.get(name) or "" for name in ("title", "placeholder", "alt")]
        texts += [node.text or "", node.tail or ""]
    return [text.strip() for text in texts if text.strip()]
