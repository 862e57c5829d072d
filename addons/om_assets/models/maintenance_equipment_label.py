import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# 96 random bits: nobody guesses the address of a label, and it still fits a small code.
TOKEN_BYTES = 12
# A PDF of more labels takes minutes, and nobody glues them in one go.
MAX_LABELS = 1200


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    label_token = fields.Char(
        copy=False,
        readonly=True,
        groups="base.group_system",
        help="Secret part of the address on the device's label.",
    )

    _label_token_uniq = models.UniqueIndex(
        "(label_token) WHERE label_token IS NOT NULL",
        "Another device has the same label.",
    )

    def action_print_labels(self):
        """Return the PDF of the labels of these devices."""
        if not self:
            raise UserError(self.env._("Choose the devices to label first."))
        self._check_label_count()
        return self.env.ref(
            "om_assets.maintenance_equipment_label_report"
        ).report_action(self, config=False)

    def _check_label_count(self):
        if len(self) > MAX_LABELS:
            raise UserError(
                self.env._(
                    "%(count)s labels are too many for one file: print at most"
                    " %(most)s at once, one place or hardware line after the other.",
                    count=len(self),
                    most=MAX_LABELS,
                )
            )

    def action_renew_label(self):
        """Give the devices new label addresses: labels glued so far lead nowhere."""
        self.check_access("write")
        self.sudo()._draw_label_tokens()
        self._message_log_batch(
            bodies=dict.fromkeys(
                self.ids,
                self.env._("The label was made void; print a new one."),
            )
        )
        return True

    def _get_label_urls(self):
        """Return {device id: address on its label}; draws the missing ones."""
        self.check_access("read")
        # Readers print labels too; the secret is not theirs to see as a field.
        devices = self.sudo()
        devices.filtered(lambda device: not device.label_token)._draw_label_tokens()
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        return {device.id: f"{base}/om/d/{device.label_token}" for device in devices}

    def _draw_label_tokens(self):
        for device in self.with_context(tracking_disable=True):
            device.label_token = secrets.token_urlsafe(TOKEN_BYTES)

    @api.model
    def _find_by_label(self, token):
        """Return the device with this label as superuser, or an empty recordset."""
        Equipment = self.sudo().with_context(active_test=False)
        if not token or len(token) > 64:
            return Equipment.browse()
        return Equipment.search([("label_token", "=", token)], limit=1)

    def _is_in_service(self):
        """Tell whether faults of the device are still taken."""
        self.ensure_one()
        return (
            self.active
            and self.filtered_domain(self._get_present_domain())
            and self.system_id.state != "stopped"
        )

    def _get_label_reports_domain(self):
        """Return the faults that came in through the labels of these devices."""
        return Domain("equipment_id", "in", self.ids) & Domain(
            "report_channel", "=", "label"
        )
