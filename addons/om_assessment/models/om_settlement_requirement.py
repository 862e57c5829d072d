from odoo import api, fields, models

from odoo.addons.om_obligation.models.om_obligation import KINDS, PERS

OWNERS = [
    ("contractor", "Contractor"),
    ("purchaser", "Purchaser"),
    ("user_unit", "User Unit"),
    ("supervisor", "Supervisor"),
    ("expert", "Experts"),
]
# What says what is asked for.
ASKED = (
    "sequence",
    "name",
    "clause",
    "source",
    "least",
    "owner",
    "document_kind",
    "document_words",
    "obligation_kind",
    "obligation_per",
)


class OmSettlementRequirementMixin(models.AbstractModel):
    """One thing that the last payment asks for, and which records answer it."""

    _name = "om.settlement.requirement.mixin"
    _inherit = ["om.act.mixin"]
    _description = "Requirement of a Settlement"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char("What Is Asked For", required=True)
    clause = fields.Char(help="Where the contract asks for it.")
    source = fields.Selection(
        selection="_select_source",
        string="Answered By",
        required=True,
        default="document",
    )
    least = fields.Integer(
        "At Least",
        default=1,
        aggregator=False,
        help="How many there have to be; 0: only if there are any.",
    )
    owner = fields.Selection(
        OWNERS, string="Owed By", required=True, default="contractor"
    )
    document_kind = fields.Selection(
        selection="_select_document_kind", string="Kind of Paper"
    )
    document_words = fields.Char(
        "Title Contains", help="Which of the papers of this kind are meant."
    )
    obligation_kind = fields.Selection(KINDS, string="Kind of Obligation")
    obligation_per = fields.Selection(PERS, string="Period")

    _least_not_negative = models.Constraint(
        "CHECK (least >= 0)", "Less than none cannot be asked for."
    )

    @api.model
    def _select_source(self):
        return [
            (name, self.env._(source.label))
            for name, source in self.env["om.settlement.source"]._get_sources().items()
        ]

    @api.model
    def _select_document_kind(self):
        kind = self.env["om.contract.document"]._fields["kind"]
        return kind._description_selection(self.env)

    def _copy_asked(self):
        """What this asks for, for another record."""
        self.ensure_one()
        return {name: self[name] for name in ASKED}


class OmSettlementRequirement(models.Model):
    """What the settlement of contracts with these terms of payment asks for."""

    _name = "om.settlement.requirement"
    _inherit = ["om.settlement.requirement.mixin"]
    _description = "Requirement of a Settlement"

    _free_fields = dict.fromkeys(("payment_template_id", *ASKED))

    payment_template_id = fields.Many2one(
        "om.payment.template",
        string="Terms of Payment",
        required=True,
        index=True,
        ondelete="cascade",
    )
    name = fields.Char(translate=True)


class OmPaymentTemplate(models.Model):
    """Terms of payment say what the last payment asks for."""

    _inherit = "om.payment.template"

    _free_fields = {"requirement_ids": None}

    requirement_ids = fields.One2many(
        "om.settlement.requirement",
        "payment_template_id",
        string="For the Settlement",
        copy=True,
    )
