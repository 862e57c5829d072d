"""What each role has on its screens, in Chinese; run in an Odoo shell.

Prints one line of JSON: {login: {"menus": [path], "words": [word]}}. A menu's path is
written as in the guides, without the application's name. Words are those of the views
that the role gets (buttons, pages, labels, filters, values), from its menus on: lists,
forms, the records behind them and the dialogs it may open. ``get_views`` leaves out
what the role's groups do not allow, as it does for the client.
"""

import json
import os

from lxml import etree

ROOT = "om_base.om_menu_root"
# Records behind links are followed as far as they are part of the application.
OURS = (
    "om.",
    "agreement",
    "helpdesk.ticket",
    "maintenance.",
    "hr.employee.skill",
    "account.move",
    "stock.picking",
)
TEXTS = ("string", "placeholder", "title", "help", "sum", "avg", "data-tooltip")


def is_ours(model):
    return model.startswith(OURS)


class Screens:
    def __init__(self, env):
        self.env = env
        self.menus, self.words = set(), set()
        self.seen = set()

    def collect(self):
        menus = self.env["ir.ui.menu"].load_menus(False)
        self.walk(menus, self.env.ref(ROOT).id, [])
        for name in self.env.registry:
            model = self.env[name]
            if model._transient and is_ours(name) and model.has_access("create"):
                self.read(name, [(False, "form")])
        self.read_pages()
        return {"menus": sorted(self.menus), "words": sorted(filter(None, self.words))}

    def read_pages(self):
        """The second forms of models, which their buttons open."""
        forms = (
            self.env["ir.ui.view"]
            .sudo()
            .search(
                [
                    ("type", "=", "form"),
                    ("mode", "=", "primary"),
                    ("inherit_id", "=", False),
                    ("model", "=like", "om.%"),
                ]
            )
        )
        for view in forms:
            if view.xml_id.startswith("om_") and view.model in self.env.registry:
                self.read(view.model, [(view.id, "form")])

    def walk(self, menus, number, path):
        for child in menus[number]["children"]:
            menu = menus[child]
            names = [*path, menu["name"].strip()]
            self.menus.add(" > ".join(names))
            if menu["action_model"] == "ir.actions.act_window":
                self.open(menu["action_id"])
            self.walk(menus, child, names)

    def open(self, number):
        # An action is read as the client reads it: whoever has the menu may.
        action = self.env["ir.actions.act_window"].sudo().browse(number).exists()
        if not action or action.res_model not in self.env.registry:
            return
        self.words.add(action.name)
        views = [view for view in action.views if view[1] != "activity"]
        self.read(action.res_model, [*views, (action.search_view_id.id, "search")])

    def read(self, model, views):
        key = model, tuple(views)
        if key in self.seen or not self.env[model].has_access("read"):
            return
        self.seen.add(key)
        found = self.env[model].get_views(list(views), {"toolbar": True})
        for view in found["views"].values():
            for bound in view.get("toolbar", {}).values():
                self.words.update(each["name"] for each in bound)
            self.parse(etree.fromstring(view["arch"]), model, found["models"])

    def parse(self, arch, model, models):
        follow = set()
        for node in arch.iter(etree.Element):
            self.words.update(node.get(name, "").strip() for name in TEXTS)
            self.words.update(text.strip() for text in node.xpath("text()"))
            if node.tag == "button" and node.get("type") == "action":
                self.open(int(node.get("name")))
            if node.tag == "field":
                owner = self.owner(node, model, models)
                field = models.get(owner, {}).get("fields", {}).get(node.get("name"))
                if field:
                    self.words.add(node.get("string") or field["string"])
                    self.words.update(
                        label for _value, label in field.get("selection") or ()
                    )
                    if is_ours(field.get("relation") or ""):
                        follow.add(field["relation"])
        for comodel in follow:
            self.read(comodel, [(False, "list"), (False, "form")])

    def owner(self, node, model, models):
        """The model of a field: that of the nearest field it is nested in."""
        chain = [each for each in node.iterancestors("field")]
        for outer in reversed(chain):
            field = models.get(model, {}).get("fields", {}).get(outer.get("name"), {})
            model = field.get("relation") or model
        return model


def collect_all(env):
    answer = {}
    for login in os.environ["OM_LOGINS"].split():
        user = env["res.users"].search([("login", "=", login)])
        own = env(user=user.id, su=False, context={"lang": "zh_CN"})
        answer[login] = Screens(own).collect()
    print(json.dumps(answer, ensure_ascii=False))


collect_all(env)  # noqa: F821  (the shell provides it)
