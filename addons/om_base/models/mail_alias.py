from odoo import api, models


class MailAlias(models.Model):
    _inherit = "mail.alias"

    @api.model
    def _get_om_public_models(self):
        """Names of the models that a stranger's mail may open: those in which somebody
        looks at what came in before anything follows from it."""
        return []

    @api.model_create_multi
    def create(self, vals_list):
        public = {
            self.env["ir.model"]._get_id(name) for name in self._get_om_public_models()
        }
        for vals in vals_list:
            # Odoo's default is everyone, so that any stranger's mail opens a document.
            vals.setdefault(
                "alias_contact",
                "everyone" if vals.get("alias_model_id") in public else "partners",
            )
        return super().create(vals_list)

    @api.model
    def _om_close_to_strangers(self):
        """Take mail from known people only, at the aliases that are there already."""
        self.search(
            [
                ("alias_contact", "=", "everyone"),
                ("alias_model_id.model", "not in", self._get_om_public_models()),
            ]
        ).alias_contact = "partners"
