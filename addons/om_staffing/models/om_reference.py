from odoo import api, fields, models

from odoo.addons.om_base.tools.acts import Fact


class OmReference(models.Model):
    _name = "om.reference"
    _inherit = ["mail.thread", "om.act.mixin"]
    _description = "Performance Reference"
    _order = "signed_on desc, id desc"
    _free_fields = dict.fromkeys(
        (
            "name",
            "agreement_id",
            "partner_id",
            "company_id",
            "signed_on",
            "amount",
            "completed_on",
            "is_om",
            "contact",
            "scan",
            "scan_name",
        )
    )
    _facts = {
        "contract": Fact("name"),
        "amount": Fact("amount"),
        "counts": Fact("is_om"),
        "scan": Fact("scan"),
    }

    name = fields.Char("Contract", required=True, tracking=True)
    agreement_id = fields.Many2one(
        "agreement",
        string="Own Contract",
        index="btree_not_null",
        ondelete="set null",
        help="Where the contract is kept here: fills in its facts.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        domain="[('om_acts_as', '=', 'purchaser')]",
        compute="_compute_facts",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    signed_on = fields.Date(
        required=True,
        index=True,
        tracking=True,
        compute="_compute_facts",
        store=True,
        readonly=False,
        precompute=True,
    )
    completed_on = fields.Date(
        compute="_compute_facts",
        store=True,
        readonly=False,
        precompute=True,
        help="As the bid's table of similar contracts (9-2) prints it.",
    )
    amount = fields.Monetary(tracking=True)
    is_om = fields.Boolean(
        "IT Operations and Maintenance",
        default=True,
        help="Only such contracts count as performance.",
    )
    contact = fields.Char(
        "Contact Post",
        help="Whom the committee may ask, as a post or department; no private data.",
    )
    scan = fields.Binary(attachment=True, copy=False)
    scan_name = fields.Char()

    @api.depends("agreement_id")
    def _compute_facts(self):
        for reference in self:
            contract = reference.agreement_id
            reference.partner_id = contract.partner_id or reference.partner_id
            reference.signed_on = contract.signature_date or reference.signed_on
            reference.completed_on = contract.end_date or reference.completed_on
