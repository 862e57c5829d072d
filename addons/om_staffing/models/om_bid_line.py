from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

# What somebody types once for a bid, and the papers that are handed in with it.
VALUES = (
    "agency",
    "head_name",
    "head_sex",
    "head_age",
    "head_post",
    "agent_name",
    "address",
    "phone",
    "fax",
    "email",
    "terms",
    "industry",
    "owner_sex",
    "foreign",
)
PAPERS = ("licence", "special", "deposit", "head_id", "agent_id", "prison")


class OmBidLine(models.Model):
    """What people type for a bid's file: values of its forms, papers, deviations,
    enterprises and the chapters of the technical volume, a line each."""

    _name = "om.bid.line"
    _inherit = "om.act.mixin"
    _description = "Line of a Bid File"
    _order = "tender_id, kind, sequence, id"
    _check_company_auto = True
    _free_fields = dict.fromkeys(
        (
            "tender_id",
            "kind",
            "sequence",
            "key",
            "name",
            "asked",
            "answer",
            "about",
            "deviation",
            "remark",
            "staff",
            "revenue",
            "assets",
            "size",
            "points",
            "estimate",
            "author_id",
            "file_ids",
        )
    )

    tender_id = fields.Many2one(
        "om.tender", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="tender_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("value", "Value of a Form"),
            ("paper", "Paper"),
            ("deviation", "Deviation"),
            ("related", "Related Unit"),
            ("enterprise", "Small or Medium Enterprise"),
            ("chapter", "Chapter of the Technical Volume"),
        ],
        required=True,
        default="value",
    )
    sequence = fields.Integer(default=10)
    key = fields.Selection(
        [
            ("agency", "Agency"),
            ("head_name", "Legal Representative"),
            ("head_sex", "Legal Representative: Sex"),
            ("head_age", "Legal Representative: Age"),
            ("head_post", "Legal Representative: Post"),
            ("agent_name", "Authorised Agent"),
            ("address", "Address for Letters"),
            ("phone", "Telephone"),
            ("fax", "Fax"),
            ("email", "E-Mail"),
            ("terms", "Other Terms of the Bid Letter (may stay empty)"),
            ("industry", "Industry That the Tender Names"),
            ("owner_sex", "Sex of Who Owns 51 % or More"),
            ("foreign", "Foreign Investment"),
            ("licence", "Business Licence"),
            ("special", "Proof of Special Demands (if there are any)"),
            ("deposit", "Receipt or Letter of the Bid Security"),
            ("head_id", "Legal Representative's Identity Card"),
            ("agent_id", "Authorised Agent's Identity Card"),
            ("prison", "Proof of a Prison Enterprise (if we are one)"),
        ],
        string="What",
    )
    name = fields.Char(help="Clause and page, name of the unit, or chapter.")
    asked = fields.Text("The Tender Asks")
    answer = fields.Text("We Answer")
    about = fields.Selection(
        [
            ("contract", "Terms of the Contract"),
            ("need", "Demands"),
            ("spare", "Spare and Wear Parts"),
        ],
        "Table",
    )
    deviation = fields.Selection(
        [("none", "None"), ("positive", "Positive"), ("negative", "Negative")],
        default="none",
    )
    remark = fields.Char("Explanation")
    staff = fields.Integer("Employees", help="Of the year before.")
    revenue = fields.Float("Revenue (10,000 yuan)", digits=(16, 2))
    assets = fields.Float("Assets (10,000 yuan)", digits=(16, 2))
    size = fields.Selection(
        [("medium", "Medium"), ("small", "Small"), ("micro", "Micro")],
    )
    points = fields.Float(
        "Points Offered", digits=(5, 2), help="Of the tender's scheme."
    )
    estimate = fields.Float(
        "Own Estimate",
        digits=(5, 2),
        help="What we expect the committee to give; printed nowhere in the bid.",
    )
    author_id = fields.Many2one("res.users", domain="[('share', '=', False)]")
    file_ids = fields.Many2many(
        "ir.attachment",
        "om_bid_line_file_rel",
        "line_id",
        "attachment_id",
        string="Files",
        copy=False,
        help="PDF, PNG or JPEG: printed into the volume page by page.",
    )

    _key_uniq = models.UniqueIndex(
        "(tender_id, key) WHERE key IS NOT NULL",
        "A tender's bid file has each value and paper once.",
    )
    _key_of_kind = models.Constraint(
        "CHECK ((key IS NOT NULL) = (kind IN ('value', 'paper')))",
        "Values and papers say what they are; nothing else does.",
    )
    _table_known = models.Constraint(
        "CHECK (kind != 'deviation' OR (about IS NOT NULL AND deviation IS NOT NULL))",
        "A deviation belongs to one of the three tables.",
    )
    _points_hold = models.Constraint(
        "CHECK (points >= 0 AND estimate >= 0 AND estimate <= points"
        " AND staff >= 0 AND revenue >= 0 AND assets >= 0)",
        "An estimate is at most the points of the scheme; figures are not negative.",
    )

    @api.depends("kind", "key", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.name or line._om_label("key")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_preparing()
        lines._om_adopt("file_ids")
        return lines

    def write(self, vals):
        self._check_preparing()
        result = super().write(vals)
        self._check_preparing()
        if "file_ids" in vals:
            self._om_adopt("file_ids")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self._check_preparing()

    def _check_preparing(self):
        """Raise if a bid was handed in: what its file told stays."""
        if self.env.su and self.env.context.get("install_mode"):
            # What an add-on ships for a tender that is under way already.
            return
        submitted = self.tender_id.filtered(lambda one: one.state != "preparing")
        if submitted:
            raise UserError(
                self.env._(
                    "The bid was submitted: what its file tells stays as it is. Take"
                    " the tender back to the preparation first: %s",
                    format_list(self.env, submitted.mapped("name")),
                )
            )
