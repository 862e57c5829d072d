"""No menu leads from our roles to a raw form of Odoo, and widgets fit their fields."""

from lxml import etree

from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import safe_eval

# Odoo's models whose records are ours: what their forms show must be, too.
MODELS = (
    "maintenance.request",
    "maintenance.equipment",
    "helpdesk.ticket",
    "agreement",
    "stock.picking",
)
# Those that fields and addresses lead to; of a transfer Odoo's form is the only one.
LINKED = MODELS[:4]
ROLES = (
    "engineer",
    "dispatcher",
    "manager",
    "procurement",
    "warehouse",
    "staffing",
    "auditor",
    "administrator",
)
# What the client accepts; see static/src/views/fields of web.
WIDGETS = {
    "date": {"date"},
    "datetime": {"datetime"},
    "daterange": {"date", "datetime"},
    "remaining_days": {"date", "datetime"},
    "monetary": {"monetary", "float", "integer"},
    "boolean_toggle": {"boolean"},
    "many2many_tags": {"many2many", "one2many"},
    "image": {"binary"},
    "percentage": {"integer", "float"},
}


@tagged("post_install", "-at_install")
class TestOwnViews(TransactionCase):
    def _get_user(self, role):
        user = self.env["res.users"].search(
            [("login", "=", role), ("share", "=", False)], limit=1
        )
        return user or self.env["res.users"].create(
            {
                "name": f"示例 {role}",
                "login": f"own_views_{role}",
                "group_ids": [(6, 0, [self.env.ref(f"om_base.group_{role}").id])],
            }
        )

    def _get_menu_actions(self, user):
        """Return {action: path of its menu} of what a user's menus open."""
        Menu = self.env["ir.ui.menu"].with_user(user)
        menus = Menu.sudo().browse(Menu._visible_menu_ids(debug=False))
        return {
            menu.action: menu.complete_name
            for menu in menus
            if menu.action and menu.action._name == "ir.actions.act_window"
        }

    def _get_own_fields(self, model):
        """Return the fields that an add-on of ours has added to a model."""
        return {
            name
            for name, field in self.env[model]._fields.items()
            if any(module.startswith("om_") for module in field._modules)
        }

    def test_no_menu_leads_to_a_raw_form(self):
        raw, seen = [], set()
        for role in ROLES:
            user = self._get_user(role)
            for action, path in self._get_menu_actions(user).items():
                if action.res_model not in MODELS:
                    continue
                context = safe_eval(
                    action.context or "{}",
                    {"uid": user.id, "active_id": False, "allowed_company_ids": []},
                )
                model = self.env[action.res_model].with_user(user)
                model = model.with_context(**context)
                views = [(view or False, kind) for view, kind in action.views]
                form = model.get_views(views)["views"].get("form")
                if not form:
                    continue
                seen.add(action.res_model)
                shown = set(etree.fromstring(form["arch"]).xpath("//field/@name"))
                if not shown & self._get_own_fields(action.res_model):
                    raw.append(f"{role}: {path} ({action.res_model})")
        self.assertEqual(raw, [])
        self.assertGreaterEqual(seen, set(LINKED), "each is somewhere in a menu")

    def test_no_link_leads_to_a_raw_form(self):
        """Neither a link of a field nor an address without a view does."""
        for role in ROLES:
            user = self._get_user(role)
            for name in LINKED:
                model = self.env[name].with_user(user)
                if not model.has_access("read"):
                    continue
                form = model.get_views([(False, "form")])["views"]["form"]
                shown = set(etree.fromstring(form["arch"]).xpath("//field/@name"))
                self.assertTrue(shown & self._get_own_fields(name), f"{role} at {name}")

    def test_a_fault_opens_as_its_ticket(self):
        system = self.env["om.system"].search([("state", "=", "in_service")], limit=1)
        inspection = self.env["maintenance.request"].create(
            {
                "name": "示例巡检",
                "is_inspection": True,
                "system_id": system.id,
                "inspection_scope": "environment",
            }
        )
        inspection.action_start_inspection()
        finding = inspection.result_ids.filtered(lambda item: not item.measured)[:1]
        finding.write({"result": "fail", "note": "示例"})
        finding.action_open_fault()
        fault = finding.fault_id
        self.assertTrue(fault.ticket_id)
        engineer = self._get_user("engineer")
        for action in (
            fault.with_user(engineer).get_formview_action(),
            finding.with_user(engineer).action_view_fault(),
        ):
            self.assertEqual(action["res_model"], "helpdesk.ticket")
            self.assertEqual(action["res_id"], fault.ticket_id.id)
        self.assertIn(fault.ticket_id.number, finding.fault_text)

    def test_cards_say_their_column(self):
        """On a telephone cards are one list: what heads their column stands on them."""
        silent, seen = [], 0
        views = self.env["ir.ui.view"].search(
            [("type", "=", "kanban"), ("mode", "=", "primary")]
        )
        names = views.get_external_id()
        for view in views.filtered(lambda each: names[each.id].startswith("om_")):
            arch = etree.fromstring(
                self.env[view.model].get_view(view.id, "kanban")["arch"]
            )
            column = arch.get("default_group_by")
            if not column:
                continue
            seen += 1
            if not arch.xpath(f"//t[@t-name='card']//field[@name='{column}']"):
                silent.append(f"{names[view.id]}: {column}")
        self.assertEqual(silent, [])
        self.assertGreater(seen, 5)

    def test_lists_are_cards_on_a_telephone(self):
        """A list is as wide as a desk: what a menu opens has cards beside it."""
        settings = self.env.ref("om_base.om_menu_configuration")
        menus = (
            self.env["ir.ui.menu"]
            .with_context(**{"ir.ui.menu.full_list": True})
            .search(
                [("id", "not in", settings.ids), "!", ("id", "child_of", settings.id)]
            )
        )
        names = menus.get_external_id()
        wide, seen = set(), 0
        for menu in menus.filtered(lambda each: names[each.id].startswith("om_")):
            action = menu.action
            if not action or action._name != "ir.actions.act_window":
                continue
            kinds = action.view_mode.split(",")
            seen += "kanban" in kinds
            # Figures are compared in rows and columns on a telephone, too.
            if kinds[0] == "list" and "form" in kinds and "kanban" not in kinds:
                wide.add(action.get_external_id()[action.id])
        self.assertEqual(wide, set())
        self.assertGreater(seen, 20)

    def test_papers_of_the_portal_have_a_name(self):
        """Odoo's portal asks the document how to call the file."""
        reports = self.env["ir.actions.report"].search(
            [("report_type", "=", "qweb-pdf")]
        )
        names = reports.get_external_id()
        ours = [
            report.model
            for report in reports
            if names[report.id].startswith("om_")
            and hasattr(self.env[report.model], "_portal_ensure_token")
        ]
        self.assertGreater(len(ours), 1)
        nameless = {
            model
            for model in ours
            if not hasattr(self.env[model], "_get_report_base_filename")
        }
        self.assertEqual(nameless, set())

    def test_widgets_fit_their_fields(self):
        """The client warns, or shows nothing, if they do not."""
        wrong = []
        views = self.env["ir.ui.view"].search(
            [("type", "in", ("form", "list", "kanban")), ("mode", "=", "primary")]
        )
        for view in views:
            if not (view.xml_id.startswith("om_") and view.model in self.env):
                continue
            tree = etree.fromstring(view.get_combined_arch())
            self._check_widgets(tree, self.env[view.model], view.xml_id, wrong)
        self.assertEqual(wrong, [])

    def test_titles_are_read_whole_while_they_are_written(self):
        """An input has one line and cuts a long name off; a text has as many as the
        name needs."""
        cut, found = [], 0
        views = self.env["ir.ui.view"].search(
            [("type", "=", "form"), ("mode", "=", "primary")]
        )
        for view in views:
            own = view.xml_id.startswith("om_") or view.model in LINKED
            if not own or view.model not in self.env:
                continue
            tree = etree.fromstring(view.get_combined_arch())
            model = self.env[view.model]
            for node in tree.xpath("//div[hasclass('oe_title')]//h1//field"):
                field = model._fields.get(node.get("name"))
                if field is None or field.type != "char" or field.readonly:
                    continue
                if (
                    node.get("readonly") in ("1", "True")
                    or node.get("invisible") == "1"
                ):
                    continue
                found += 1
                if node.get("widget") != "text":
                    cut.append(f"{view.xml_id}: {field}")
        self.assertEqual(cut, [])
        self.assertGreater(found, 20)

    def _check_widgets(self, node, model, place, wrong):
        for child in node:
            inner = model
            if child.tag == "field":
                field = model._fields.get(child.get("name"))
                fits = WIDGETS.get(child.get("widget"))
                if field and fits and field.type not in fits:
                    wrong.append(f"{place}: {field} is no {child.get('widget')}")
                if field and field.comodel_name:
                    inner = self.env[field.comodel_name]
            if isinstance(child.tag, str):
                self._check_widgets(child, inner, place, wrong)
