from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import mute_logger, safe_eval

from odoo.addons.om_base.tests.common import create_role_users

# Models of others whose forms carry buttons of ours.
EXTENDED = ("agreement", "helpdesk.ticket", "maintenance.request", "account.move")
WINDOW = "ir.actions.act_window"
# Records tried of each model: the states of the demonstration differ.
TRIED = 6


@tagged("post_install", "-at_install")
class TestEveryDialog(TransactionCase):
    """A button that opens a dialog opens it, or refuses in words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(user=create_role_users(cls)["administrator"])

    def test_every_dialog_opens(self):
        problems, opened = [], 0
        for name in sorted(self.env.registry):
            model = self.env[name]
            ours = name.startswith("om.") or name in EXTENDED
            if not ours or model._abstract or model._transient or not model._auto:
                continue
            if not model.has_access("write"):
                continue
            records = self._get_records(model)
            for button in self._get_buttons(model) if records else ():
                for record in records:
                    try:
                        with (
                            self.env.cr.savepoint() as savepoint,
                            mute_logger("odoo.sql_db", "odoo.tests.form.onchange"),
                        ):
                            opened += self._press(record, button)
                            savepoint.rollback()
                    except UserError:
                        continue
                    except Exception as problem:  # what a person reads as a crash
                        problems.append(
                            f"{record} {button.get('string')} {button.get('name')}:"
                            f" {type(problem).__name__} {problem}"
                        )
                        break
                    finally:
                        self.env.invalidate_all()
        self.assertEqual(problems, [])
        self.assertGreater(opened, 40)

    def _get_records(self, model):
        """A few records, of each state the newest."""
        if "state" not in model._fields or not model._fields["state"].store:
            return model.search([], limit=TRIED)
        groups = model._read_group([], ["state"], ["id:max"])
        return model.browse([newest for _state, newest in groups][:TRIED])

    def _get_buttons(self, model):
        """The buttons of form and list that may open a dialog, each once."""
        found = {}
        for kind in ("form", "list"):
            arch = etree.fromstring(model.get_view(None, kind)["arch"])
            # Not those of lines: they are other models'.
            for node in arch.xpath("//button[@type][not(ancestor::field)]"):
                window = node.get("type") == "action" and node.get("name").isdigit()
                if window or node.get("name", "").startswith("action_open"):
                    found[node.get("name"), node.get("context")] = node
        return found.values()

    def _press(self, record, button):
        """Whether a dialog has opened."""
        if button.get("type") == "action":
            window = self.env[WINDOW].sudo().browse(int(button.get("name"))).exists()
            action = window and window._get_action_dict()
        else:
            action = getattr(record, button.get("name"))()
        if not isinstance(action, dict) or action.get("type") != WINDOW:
            return False
        if action.get("target") != "new":
            return False
        here = {
            "active_model": record._name,
            "active_id": record.id,
            "active_ids": record.ids,
        }
        names = {**here, "id": record.id, "uid": self.env.uid, "context": {}}
        context = dict(self.env.context, **here)
        for more in (action.get("context"), button.get("context")):
            if isinstance(more, str):
                more = safe_eval.safe_eval(more, names)
            context.update(more or {})
        dialog = self.env[action["res_model"]].with_context(**context)
        if action.get("res_id"):
            dialog = dialog.browse(action["res_id"])
        view = next((v for v, kind in action.get("views", ()) if kind == "form"), None)
        Form(dialog, view=view or None)
        return True
