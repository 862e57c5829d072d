from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.om_base.tests.common import create_role_users


@tagged("post_install", "-at_install")
class TestOwnDialogs(TransactionCase):
    """What somebody has typed into a dialog is nobody else's."""

    def test_a_dialog_belongs_to_who_opened_it(self):
        users = create_role_users(self)
        opener, other = users["manager"], users["administrator"]
        tried, open_to = [], []
        for name in sorted(self.env.registry):
            model = self.env[name]
            if not name.startswith("om.") or not model._transient:
                continue
            rule = self.env["ir.rule"].with_user(other)._compute_domain(name)
            if "create_uid" not in repr(rule):
                open_to.append(name)
            dialog = self._open(model.with_user(opener))
            if not dialog:
                continue
            tried.append(name)
            for user, model_of in ((opener, dialog), (other, dialog.with_user(other))):
                # Access lists differ by dialog; what counts is whose rows are reached.
                domain = self.env["ir.rule"].with_user(user)._compute_domain(name)
                reached = model_of.sudo().filtered_domain(domain)
                if bool(reached) != (user == opener):
                    open_to.append(f"{name}: {user.login}")
                if user == other and dialog.with_user(other).has_access("write"):
                    open_to.append(f"{name}: written by {user.login}")
        self.assertEqual(open_to, [])
        self.assertGreater(len(tried), 10, tried)

    def _open(self, model):
        """A row of the dialog, if it can be without more than its defaults."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                dialog = model.sudo().create({})
                dialog.flush_recordset()
                return dialog.sudo(False)
        except Exception:
            self.env.invalidate_all()
            return None
