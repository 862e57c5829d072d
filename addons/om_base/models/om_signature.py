from odoo import api, fields, models

from ..tools import seal

CAPACITIES = [
    ("purchaser", "Purchaser"),
    ("user_unit", "User Unit"),
    ("supervisor", "Supervisor"),
    ("contractor", "Contractor"),
]


class OmSignature(models.Model):
    """The word of a party for an act: its own login, its drawn name, or its paper.

    Nobody signs for another party. Its own people act with their login, in the portal;
    what was signed on paper is entered by ours with the scan, the person's name and the
    day, and reads "on paper, entered by" for ever.
    """

    _name = "om.signature"
    _inherit = "om.on.record.mixin"
    _description = "Signature"
    _order = "id desc"
    _rec_name = "person"
    _log_access = False

    act = fields.Char(required=True, readonly=True)
    party_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="restrict"
    )
    capacity = fields.Selection(CAPACITIES, required=True, readonly=True)
    person = fields.Char(required=True, readonly=True)
    way = fields.Selection(
        [
            ("login", "Own Login"),
            ("drawn", "Drawn by Hand"),
            ("paper", "On Paper"),
        ],
        required=True,
        readonly=True,
    )
    signed_on = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Entered By", required=True, readonly=True, ondelete="restrict"
    )
    entered_at = fields.Datetime(required=True, readonly=True)
    address = fields.Char("Network Address", readonly=True)
    attachment_id = fields.Many2one(
        "ir.attachment",
        "Scan or Drawing",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    file_digest = fields.Char(readonly=True)
    signed = fields.Char("Fingerprint of What Was Signed", required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True)

    _document = models.Index("(res_model, res_id)")
    _paper_has_scan = models.Constraint(
        "CHECK (way = 'login' OR attachment_id IS NOT NULL)",
        "A signature on paper needs its scan, a drawn one its drawing.",
    )

    @api.depends("person", "party_id", "way", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        ways = dict(self._fields["way"]._description_selection(self.env))
        for signature in self:
            text = self.env._(
                "%(person)s for %(party)s, %(way)s",
                person=signature.person,
                party=signature.party_id.display_name,
                way=ways.get(signature.way, ""),
            )
            if signature.way == "paper":
                text = self.env._(
                    "%(text)s, entered by %(user)s",
                    text=text,
                    user=signature.user_id.display_name,
                )
            signature.display_name = text

    @api.model_create_multi
    @api.private
    def create(self, vals_list):
        """Signatures of acts; not for clients."""
        self.check_access("create")
        for vals in vals_list:
            vals["file_digest"] = (
                self.env["om.act"]._get_sha256(
                    self.env["ir.attachment"].browse(vals["attachment_id"])
                )
                if vals.get("attachment_id")
                else False
            )
            vals["digest"] = self._digest(vals)
        return super().create(vals_list)

    @api.model
    def _digest(self, vals):
        names = ("res_model", "res_id", "act", "party_id", "capacity", "person", "way")
        names += ("signed_on", "user_id", "entered_at", "file_digest", "signed")
        return seal.digest({name: vals.get(name) or None for name in names})

    def _get_digest(self):
        """The digest of this signature as it is now, its file included."""
        self.ensure_one()
        vals = self.read(load="")[0]
        if self.attachment_id:
            vals["file_digest"] = self.env["om.act"]._get_sha256(self.attachment_id)
        return self._digest(vals)
