"""What an obligation hangs on: when it changes, what lies ahead follows."""

from odoo import models

from odoo.addons.om_assets.models.om_system import SERVICE_FIELDS


class OmSystem(models.Model):
    _inherit = "om.system"

    def write(self, vals):
        result = super().write(vals)
        if SERVICE_FIELDS & vals.keys():
            # sudo: what is owed follows from the service, whoever changes it.
            self.env["om.obligation"].sudo()._get_of_systems(self)._replan(strict=False)
        return result


class Agreement(models.Model):
    _inherit = "agreement"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"start_date", "end_date", "termination_date"}:
            # sudo: as above
            self.env["om.obligation"].sudo().search(
                [("agreement_id", "in", self.ids), ("state", "=", "in_force")]
            )._replan(strict=False)
        return result

    def _get_obligation_file_name(self):
        """The name of the yearly sheet, without its ending."""
        self.ensure_one()
        return self.env._("Obligations %s", self.code)

    def action_view_obligations(self):
        """Return the list of what these contracts owe."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_obligation.om_obligation_action"
        )
        action["domain"] = [("agreement_id", "in", self.ids)]
        action["context"] = {"default_agreement_id": self[:1].id}
        return action
