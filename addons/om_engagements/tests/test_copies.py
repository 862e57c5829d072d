from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

# States in which a record starts.
STARTS = {
    "draft",
    "in_use",
    "kept",
    "new",
    "pending",
    "preparing",
    "proposed",
    "waiting",
}
# Beside its state: names of fields that say what happened to a record.
EVENTS = (
    "agreed_on",
    "applied",
    "approved",
    "asked_at",
    "assigned",
    "checked_on",
    "closed",
    "confirmed",
    "date_met",
    "decided",
    "done",
    "drawn",
    "frozen",
    "generated",
    "handed",
    "installed",
    "invoice_date",
    "issued",
    "reserved",
    "scan",
    "signature",
    "signed",
    "started",
    "submitted",
    "undone",
    "verified",
)
# What sounds like an event and is a term, agreed for the copy as well.
TERMS = {
    "helpdesk.ticket.number",  # a new one is drawn
    "om.reference.signed_on",  # what a reference is about
    "res.users.signature",  # how a person's mails end
}


@tagged("post_install", "-at_install")
class TestCopies(TransactionCase):
    """A duplicate starts as new: no state, result, signature, day or number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        windows = cls.env["ir.actions.act_window"].search([])
        names = windows.get_external_id()
        cls.views = {}
        for window in windows:
            model = cls.env[window.res_model]
            # A stage is no record with a state: it is one.
            if (
                names[window.id].startswith("om_")
                and model._auto
                and not model._transient
                and model._name != "helpdesk.ticket.stage"
            ):
                cls.views.setdefault(model._name, set()).update(window.views)

    def _get_advanced(self, model):
        """The record that went farthest, or any."""
        for name in ("state", "om_state"):
            field = model._fields.get(name)
            if field and field.store and field.type == "selection":
                rows = model.search([(name, "not in", list(STARTS))], limit=1)
                if rows:
                    return rows
        return model.search([], limit=1)

    def _may_duplicate(self, model):
        """Whether one of its pages offers to."""
        for view, kind in self.views[model._name]:
            if kind in ("list", "form"):
                tree = etree.fromstring(model.get_view(view or None, kind)["arch"])
                if tree.get("duplicate", "1") != "0" and tree.get(
                    "create", "1"
                ) not in ("0", "False", "false"):
                    return True
        return False

    def test_copies(self):
        kept, tried = [], 0
        for name in sorted(self.views):
            model = self.env[name].with_context(lang="zh_CN")
            original = self._get_advanced(model)
            if not original:
                continue
            tried += 1
            try:
                with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                    copy = original.copy()
                    self.env.flush_all()
            except (UserError, IntegrityError) as refusal:
                if self._may_duplicate(model):
                    kept.append(f"{name}: {refusal}")
                continue
            kept += [f"{name}.{field}" for field in self._get_kept(original, copy)]
        self.assertGreater(tried, 25)
        self.assertFalse(kept)

    def _get_kept(self, original, copy):
        """Names of the fields by which the copy is more than new."""
        for name, field in original._fields.items():
            if not field.store or not original[name] or field.type == "one2many":
                continue
            if name in ("state", "om_state"):
                if copy[name] not in STARTS:
                    yield f"{name}={copy[name]}"
            elif f"{original._name}.{name}" in TERMS or copy[name] != original[name]:
                continue
            elif any(word in name for word in EVENTS) or name in (
                "number",
                "date_done",
                "ledger_number",
            ):
                yield name

    def test_names_of_copies_are_chinese(self):
        for name in sorted(self.views):
            model = self.env[name].with_context(lang="zh_CN")
            original = model.search([], limit=1)
            if not original or not self._may_duplicate(model):
                continue
            copy = original.copy()
            with self.subTest(model=name):
                self.assertNotIn("copy", copy.display_name or "")

    def test_facts_written_by_acts_are_not_copied(self):
        """What a person cannot enter was written by an act on the original."""
        found = []
        for name in sorted(self.views):
            if not self._may_duplicate(self.env[name]):
                continue
            for field in self.env[name]._fields.values():
                if (
                    field.store
                    and field.copy
                    and field.readonly
                    and not (field.compute or field.related or field.required)
                    and field.type != "one2many"
                    and field.name not in MAGIC_COLUMNS
                    and str(field) not in TERMS
                    and any(module.startswith("om_") for module in field._modules)
                ):
                    found.append(str(field))
        self.assertFalse(found)
