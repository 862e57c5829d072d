from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OmInspectionSignatureMixin(models.AbstractModel):
    """Two signatures, each with the server's time stamp."""

    _name = "om.inspection.signature.mixin"
    _description = "Signatures of an Inspection"

    inspector_signature = fields.Binary("Inspector's Signature", copy=False)
    inspector_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Who carried out the inspection and signed for it.",
    )
    inspector_signed_on = fields.Datetime(
        "Signed by Inspector On", readonly=True, copy=False
    )
    unit_signature = fields.Binary("User Unit's Signature", copy=False)
    unit_signer = fields.Char(
        "Signed for the User Unit By", copy=False, help="Name of the person who signs."
    )
    unit_signed_on = fields.Datetime(
        "Signed by User Unit On", readonly=True, copy=False
    )

    @api.constrains("unit_signature", "unit_signer")
    def _check_unit_signer(self):
        for record in self:
            if record.unit_signature and not (record.unit_signer or "").strip():
                raise ValidationError(
                    self.env._("Enter the name of the person who signs for the unit.")
                )

    @api.model
    def _stamp_signatures(self, vals):
        """Return values with who signed and when, as the server knows it."""
        vals = {
            name: value
            for name, value in vals.items()
            if name not in ("inspector_id", "inspector_signed_on", "unit_signed_on")
        }
        now = fields.Datetime.now()
        if "inspector_signature" in vals:
            signed = bool(vals["inspector_signature"])
            vals["inspector_signed_on"] = now if signed else False
            vals["inspector_id"] = self.env.uid if signed else False
        if "unit_signature" in vals:
            vals["unit_signed_on"] = now if vals["unit_signature"] else False
        return vals
