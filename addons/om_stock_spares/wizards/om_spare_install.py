from odoo import api, fields, models
from odoo.exceptions import UserError


class OmSpareInstall(models.TransientModel):
    """What shows that a part is in: where, which one came out, and a photo of both."""

    _name = "om.spare.install"
    _description = "Installation of a Part"

    request_id = fields.Many2one("om.spare.request", required=True, readonly=True)
    part = fields.Char(related="request_id.quota_id.name")
    equipment_id = fields.Many2one(related="request_id.equipment_id")
    new_serials = fields.Char(
        "Serial Number Put In", related="request_id.serial_numbers"
    )
    old_serial = fields.Char(
        "Serial Number Taken Out",
        help="As on the label of the old one; the settlement rests on it.",
    )
    no_old_serial = fields.Boolean("The Old One Has None")
    place = fields.Char("Where It Is", help="As precisely as somebody finds it again.")
    photo_ids = fields.Many2many(
        "ir.attachment", string="Photos", bypass_search_access=True
    )

    @api.model
    def default_get(self, fields):
        """What the ledger knows of the broken device."""
        values = super().default_get(fields)
        request = self.env["om.spare.request"].browse(values.get("request_id"))
        device = request.equipment_id
        return {
            "old_serial": device.serial_no,
            "place": device.location or device.address,
            **values,
        }

    def action_install(self):
        """Enter it; the photos become evidence of the act.

        :raises UserError: what the settlement will ask for is missing
        """
        self.ensure_one()
        old_serial = (self.old_serial or "").strip()
        place = (self.place or "").strip()
        if not old_serial and not self.no_old_serial:
            raise UserError(
                self.env._(
                    "Enter the serial number of the old part, or say that it has none."
                )
            )
        if not place:
            raise UserError(self.env._("Enter where it was put in."))
        if not self.photo_ids:
            raise UserError(
                self.env._(
                    "Add a photo of the part in its place: it is the evidence that it"
                    " was put in."
                )
            )
        return self.request_id._install(
            place=place, old_serial=old_serial, photos=self.photo_ids
        )
