import ast
import re
from pathlib import Path

from lxml import etree

from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import safe_eval
from odoo.tools.translate import code_translations

from odoo.addons.http_routing.tests.common import MockRequest
from odoo.addons.om_assessment.controllers.portal import AssessmentPortal
from odoo.addons.om_assessment.controllers.rectification_portal import (
    RectificationPortal,
)
from odoo.addons.om_assets.controllers.inspection_portal import InspectionPortal
from odoo.addons.om_base.tests.common import create_role_users
from odoo.addons.om_contract.controllers.portal import ContractPortal
from odoo.addons.om_helpdesk.controllers.ticket_portal import TicketPortal
from odoo.addons.om_obligation.controllers.portal import ObligationPortal
from odoo.addons.om_stock_spares.controllers.spare_portal import SparePortal

ADDONS = Path(__file__).parents[2]
# The portal's lists: who makes the filters, and of which model.
PORTAL_FILTERS = {
    "_get_ticket_filters": (TicketPortal, "helpdesk.ticket"),
    "_get_inspection_filters": (InspectionPortal, "maintenance.request"),
    "_get_spare_filters": (SparePortal, "om.spare.request"),
    "_get_deduction_filters": (ContractPortal, "om.deduction"),
    "_get_obligation_filters": (ObligationPortal, "om.obligation.item"),
    "_get_assessment_filters": (AssessmentPortal, "om.assessment"),
    "_get_rectification_filters": (RectificationPortal, "om.rectification"),
}
# Choices that are no state: a filter by the direction says who pays whom.
NO_STATES = {"direction", "domain"}
# Alone they say nothing of what begins or ends.
PREPOSITIONS = {"自", "至", "从", "到", "起", "止"}


def leaves(domain):
    """The conditions of a domain, without the operators between them."""
    return [leaf for leaf in domain if isinstance(leaf, list | tuple)]


@tagged("post_install", "-at_install")
class TestOneWord(TransactionCase):
    """One state is one word, on every screen.

    What lists or counts the records of exactly one state is called like the state.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env = cls.env(context={**cls.env.context, "lang": "zh_CN"})

    def test_what_was_done_has_one_name(self):
        """The tab of a document, its heading and the menu of all of them."""
        names = {self.env.ref("om_base.om_act_action").name}
        tabs = 0
        for view in self.env["ir.ui.view"].search([("mode", "=", "primary")]):
            if view.type != "form" or view.model not in self.env:
                continue
            tree = etree.fromstring(view.get_combined_arch())
            pages = tree.xpath("//*[@string][field[@name='act_ids']]")
            tabs += len(pages)
            names.update(page.get("string") for page in pages)
            for button in tree.xpath("//button[@name='action_view_acts'][@string]"):
                names.add(button.get("string"))
        self.assertGreater(tabs, 10)
        self.assertEqual(names, {"操作记录"})

    def _labels(self, model, name):
        field = self.env[model]._fields[name]
        return dict(field._description_selection(self.env))

    def _get_state(self, model, domain):
        """Return (field, label) if a domain is one value of a selection, else None."""
        conditions = leaves(domain)
        if model not in self.env or len(conditions) != 1 or "!" in domain:
            return None
        name, operator, value = conditions[0]
        field = self.env[model]._fields.get(name)
        if field is None or field.type != "selection" or name in NO_STATES:
            return None
        if operator == "in" and len(value) == 1:
            (value,) = value
        elif operator != "=":
            return None
        label = self._labels(model, name).get(value)
        return label and (name, label)

    def _compare(self, where, words, model, domain):
        """Return the complaint about what is called ``words``, or nothing."""
        state = self._get_state(model, domain)
        if state and state[1] not in words:
            return [f"{where}: {words!r} shows {model}.{state[0]} {state[1]!r}"]
        if state or "state" not in self.env[model]._fields:
            return []
        # The word of a state for what is something else.
        field = self.env[model]._fields["state"]
        mine = {
            leaf[2] for leaf in leaves(domain) if leaf[0] == "state" and leaf[1] == "="
        }
        if field.type == "selection":
            for value, label in self._labels(model, "state").items():
                if label == words and value not in mine:
                    return [f"{where}: {words!r} is not {model}.state {value!r}"]
        return []

    def _filters(self):
        """Yield (where, label, model, domain) of the filters of our search views."""
        views = self.env["ir.ui.view"].search([("type", "=", "search")])
        names = views.get_external_id()
        for view in views:
            if not names[view.id].startswith("om_"):
                continue
            for node in etree.fromstring(view.arch).iter("filter"):
                # Without the names of a date: no state is one.
                if (node.get("domain") or "").startswith("[") and node.get("string"):
                    domain = safe_eval(node.get("domain"), {"uid": self.env.uid})
                    where = f"{names[view.id]} {node.get('name')}"
                    yield where, node.get("string"), view.model, domain

    def test_filters_of_lists(self):
        filters = list(self._filters())
        found = [bad for each in filters for bad in self._compare(*each)]
        self.assertGreater(len(filters), 150)
        self.assertFalse(found, "\n".join(found))

    def test_stages_are_states(self):
        labels = self._labels("helpdesk.ticket.stage", "om_state")
        self.assertEqual(labels, self._labels("helpdesk.ticket", "state"))
        names = self.env["ir.model.data"].search(
            [("model", "=", "helpdesk.ticket.stage"), ("module", "=", "om_helpdesk")]
        )
        stages = self.env["helpdesk.ticket.stage"].browse(names.mapped("res_id"))
        self.assertTrue(stages)
        for stage in stages:
            self.assertEqual(stage.name, labels[stage.om_state])

    def test_board_and_tiles(self):
        states = self._labels("helpdesk.ticket", "state")
        board = self.env["helpdesk.ticket"].get_board()
        columns = {each["key"]: each["label"] for each in board["columns"]}
        known = {key: label for key, label in columns.items() if key in states}
        self.assertGreater(len(known), 3)
        self.assertEqual(known, {key: states[key] for key in known})
        users = create_role_users(self)
        found, count = [], 0
        for user in users.values():
            if not user.has_group("om_base.group_user"):
                continue
            overview = self.env["om.dashboard"].with_user(user).get_estate()
            for area in overview["areas"]:
                for figure in area["figures"]:
                    count += 1
                    found += self._compare(
                        figure["key"],
                        figure["label"],
                        figure["model"],
                        figure["domain"],
                    )
        self.assertGreater(count, 10)
        self.assertFalse(found, "\n".join(found))

    def test_filters_of_the_portal(self):
        found, count = [], 0
        for script in ADDONS.glob("om_*/controllers/*.py"):
            for name in re.findall(r"def (_get_\w*filters)\(", script.read_text()):
                self.assertIn(name, PORTAL_FILTERS, f"{script.name}: of which model?")
                Portal, model = PORTAL_FILTERS[name]
                with MockRequest(self.env):
                    filters = getattr(Portal(), name)()
                for key, each in filters.items():
                    domain = list(Domain(each["domain"]))
                    count += 1
                    found += self._compare(
                        f"{script.name} {key}", str(each["label"]), model, domain
                    )
        self.assertGreater(count, 8)
        self.assertFalse(found, "\n".join(found))

    def _states(self):
        """``{model: {value: label}}`` of the states of all our models."""
        return {
            name: self._labels(name, "state")
            for name, Model in self.env.registry.items()
            if name.startswith(("om.", "helpdesk.ticket", "agreement"))
            and "state" in Model._fields
            and Model._fields["state"].type == "selection"
        }

    def test_labels_in_the_code(self):
        """A table of labels beside the selection reads like it."""
        states, found, tables = self._states(), [], 0
        for script in ADDONS.glob("om_*/**/*.py"):
            if "tests" in script.parts:
                continue
            module = script.relative_to(ADDONS).parts[0]
            terms = code_translations.get_python_translations(module, "zh_CN")
            for node in ast.walk(ast.parse(script.read_text("utf-8"))):
                if not isinstance(node, ast.Dict):
                    continue
                table = dict(translated_items(node))
                tables += bool(table)
                # The model is the one that knows most of the keys.
                known = [
                    (len(table.keys() & labels.keys()), name, labels)
                    for name, labels in states.items()
                    if len(table.keys() & labels.keys()) > 1
                ]
                best = max((each[0] for each in known), default=0)
                right = [labels for count, _name, labels in known if count == best]
                for value, source in table.items():
                    words = terms.get(source, source)
                    if right and not any(
                        labels.get(value, words) in words for labels in right
                    ):
                        found.append(f"{script.name}:{node.lineno} {value}: {words!r}")
        self.assertTrue(tables)
        self.assertFalse(found, "\n".join(found))

    def test_badges_of_templates(self):
        """A badge that a template writes for one state reads like the state."""
        labels = {}
        for Model in self.env.registry.values():
            for field in Model._fields.values():
                if field.type == "selection" and isinstance(field.selection, list):
                    for value, label in field._description_selection(self.env):
                        labels.setdefault(value, set()).add(label)
        found, badges = [], 0
        views = self.env["ir.ui.view"].search(
            [("type", "=", "qweb"), ("key", "=like", "om\\_%")]
        )
        trees = [(view.key, view.arch) for view in views]
        for key, arch in trees:
            for node in etree.fromstring(arch).iter(etree.Element):
                test = node.get("t-if") or node.get("t-elif") or ""
                value = re.fullmatch(r"[\w.\[\]']+ == '(\w+)'", test)
                text = "".join(node.itertext()).strip()
                if value and "badge" in (node.get("class") or "") and text:
                    badges += 1
                    if text not in labels.get(value[1], {text}):
                        found.append(f"{key}: {value[1]} reads {text!r}")
        self.assertTrue(badges)
        self.assertFalse(found, "\n".join(found))

    def test_labels_say_of_what(self):
        """No field is called "from" or "to" alone."""
        found = [
            f"{name}.{field.name}"
            for name, Model in self.env.registry.items()
            for field in Model._fields.values()
            if any(module.startswith("om_") for module in field._modules)
            and field._description_string(self.env) in PREPOSITIONS
        ]
        self.assertFalse(found, "\n".join(found))

    def test_another_word_is_found(self):
        domain = [("state", "=", "fixed")]
        self.assertTrue(self._compare("list", "已修复", "helpdesk.ticket", domain))
        self.assertFalse(self._compare("list", "待确认", "helpdesk.ticket", domain))
        late = [("is_breached", "=", True)]
        self.assertTrue(self._compare("list", "待确认", "helpdesk.ticket", late))


def translated_items(node):
    """Yield (key, source) of a dictionary's plain keys with ``_("...")`` as value."""
    for key, value in zip(node.keys, node.values, strict=True):
        if (
            isinstance(key, ast.Constant)
            and isinstance(key.value, str)
            and isinstance(value, ast.Call)
            and getattr(value.func, "attr", None) == "_"
            and len(value.args) == 1
            and isinstance(value.args[0], ast.Constant)
        ):
            yield key.value, value.args[0].value
