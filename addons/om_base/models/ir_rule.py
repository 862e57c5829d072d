from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _compute_domain(self, model_name, mode="read"):
        """Keep a dialog to whoever opened it: nobody reads, fills in or confirms
        another's, whatever its access list says of the role."""
        domain = super()._compute_domain(model_name, mode)
        if model_name.startswith("om.") and self.env[model_name]._transient:
            domain &= Domain("create_uid", "=", self.env.uid)
        return domain

    def _make_access_error(self, operation, records):
        """Say plainly what is refused: who reads it may be an auditor of an agency.

        Odoo's own wording, with the names of the rules, stays for developers (debug
        mode), and its offer to change the company for those who can.
        """
        error = super()._make_access_error(operation, records)
        if self.env.user.has_group("base.group_no_one"):
            return error
        # Called with the rights of the superuser; the words are for the user.
        self = self.with_context(**self.env.user.context_get())
        document = self.env["ir.model"]._get(records._name).name or records._name
        sentences = {
            "read": self.env._("You may not read these records: %s.", document),
            "write": self.env._("You may not change these records: %s.", document),
            "create": self.env._("You may not create such records: %s.", document),
            "unlink": self.env._("You may not delete these records: %s.", document),
        }
        lines = [
            sentences[operation],
            self.env._(
                "Your role does not reach them. If your work needs them, ask your"
                " administrator."
            ),
        ]
        company = (getattr(error, "context", None) or {}).get("suggested_company")
        if company:
            lines.append(
                self.env._(
                    "They belong to the company “%s”: switch to it in the menu at the"
                    " top.",
                    company["display_name"],
                )
            )
        plain = AccessError("\n".join(lines))
        plain.context = getattr(error, "context", None)
        return plain
