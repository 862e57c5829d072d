"""What the client does between "New" and "Save", for any model.

Built on Odoo's ``Form``, which knows defaults, onchanges and modifiers; added here is
what a person sees: which fields are still to be filled, what each drop-down offers.
"""

import base64

from lxml import etree

from odoo import fields
from odoo.tests import Form
from odoo.tools import safe_eval

# As many as the drop-down of the client shows.
CHOICES = 8


class NewForm(Form):
    """A form as the client opens it, also the row of an editable list."""

    def __init__(self, record, action):
        views = {kind: view for view, kind in action.views}
        listing = record.get_view(views.get("list") or None, "list")
        arch = etree.fromstring(listing["arch"])
        editable = arch.get("editable") and arch.get("open_form_view") != "True"
        object.__setattr__(self, "is_row", bool(editable))
        if editable:
            super().__init__(record, listing["id"])
        else:
            super().__init__(record, views.get("form") or None)

    def get_node(self, name):
        return self._view["tree"].xpath(f".//field[@name='{name}']")[-1]

    def get_unnamed(self):
        """The fields on which a new record shows "/" where its number will be."""
        return [
            name
            for name in self._view["fields"]
            if self._values.get(name) == "/"
            and not self._get_modifier(name, "invisible")
        ]

    def _get_eval_context(self, values=None):
        company_ids = self._env.companies.ids
        return {
            "uid": self._env.uid,
            "allowed_company_ids": company_ids,
            "current_company_id": self._env.company.id,
            "time": safe_eval.time,
            "datetime": safe_eval.datetime,
            "context_today": lambda: fields.Date.context_today(self._record),
            **super()._get_eval_context(values),
        }

    def shows(self, name):
        return not (
            self._get_modifier(name, "invisible")
            or self._get_modifier(name, "column_invisible")
        )

    def is_open(self, name):
        """Whether a person can fill the field."""
        return self.shows(name) and not self._get_modifier(name, "readonly")

    def get_missing(self):
        """Names of the fields to fill before the client saves."""
        return [
            name
            for name, info in self._view["fields"].items()
            if name != "id"
            and info["type"] != "boolean"
            and self._get_modifier(name, "required")
            and self.is_open(name)
            and not self._values[name]
            and info["type"] not in ("integer", "float", "monetary")
        ]

    def get_choices(self, name):
        """The records that the drop-down of a many2one or many2many offers."""
        info = self._view["fields"][name]
        domain = self.get_node(name).get("domain") or info.get("domain") or []
        if isinstance(domain, str):
            domain = safe_eval.safe_eval(domain, self._get_eval_context())
        context = {**self._env.context, **self._get_context(name)}
        comodel = self._env[info["relation"]].with_context(**context)
        found = comodel.name_search("", domain, limit=CHOICES)
        return self._env[info["relation"]].browse([id_ for id_, _name in found])

    def fill(self, name):
        """Choose or type something plain; False when nothing is offered."""
        info = self._view["fields"][name]
        kind = info["type"]
        if kind in ("many2one", "many2many"):
            choices = self.get_choices(name)[:1]
            if choices:
                self[name] = choices
            return bool(choices)
        if kind == "selection":
            self[name] = info["selection"][0][0]
        elif kind == "date":
            self[name] = fields.Date.context_today(self._record)
        elif kind == "datetime":
            self[name] = fields.Datetime.now()
        elif kind == "binary":
            self[name] = base64.b64encode(b"%PDF-1.4 a file")
        elif kind in ("char", "text", "html"):
            self[name] = "示例"
        else:
            return False
        return True
