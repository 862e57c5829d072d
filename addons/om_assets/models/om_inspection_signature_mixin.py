from odoo import api, fields, models


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

    @api.model
    def _stamp_inspector(self, drawing):
        """Return the inspector's signature with who signed and when."""
        return {
            "inspector_signature": drawing,
            "inspector_id": self.env.uid,
            "inspector_signed_on": fields.Datetime.now(),
        }

    @api.model
    def _stamp_unit(self, paper):
        """Return who signed for the unit and when, with the drawing if it is one.

        :param paper: ``Paper``; None for the unit's own login
        """
        drawn = paper and paper.way == "drawn"
        return {
            "unit_signer": paper.person.strip() if paper else self.env.user.name,
            "unit_signature": paper.scan.datas if drawn else False,
            "unit_signed_on": fields.Datetime.now(),
        }

    @api.model
    def _get_unsigned_values(self):
        return dict.fromkeys(
            (
                "inspector_signature",
                "inspector_id",
                "inspector_signed_on",
                "unit_signature",
                "unit_signer",
                "unit_signed_on",
            ),
            False,
        )
