from odoo import api, fields, models


class ResCompany(models.Model):
    """A company's own team, and what it is paid for of MLPS."""

    _inherit = "res.company"

    mlps_cap_level2 = fields.Integer(
        "Level 2 Assessments Paid",
        help="How many level 2 assessments the contract pays for in a year. Zero: not"
        " said.",
    )
    mlps_cap_level3 = fields.Integer(
        "Level 3 Assessments Paid",
        help="How many level 3 assessments the contract pays for in a year. Zero: not"
        " said.",
    )
    mlps_user_id = fields.Many2one(
        "res.users",
        string="Responsible for MLPS",
        domain="[('share', '=', False)]",
        help="Asked for the assessments of systems that have no responsible.",
    )

    _mlps_caps_not_negative = models.Constraint(
        "CHECK (mlps_cap_level2 >= 0 AND mlps_cap_level3 >= 0)",
        "The number of assessments that the contract pays for cannot be negative.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._make_maintenance_teams()
        return companies

    def _make_maintenance_teams(self):
        """Give a team to each of these companies that has none: Odoo makes one for the
        first company only, and inspections and faults need one of their own."""
        # sudo: whoever makes a company need not keep teams.
        Team = self.env["maintenance.team"].sudo()
        known = Team.search([("company_id", "in", [False, *self.ids])]).company_id
        shared = Team.search_count([("company_id", "=", False)], limit=1)
        Team.create(
            [
                {
                    "name": company.with_context(
                        lang=company.partner_id.lang or self.env.lang
                    ).env._("Maintenance Team"),
                    "company_id": company.id,
                }
                for company in self - known
                if not shared
            ]
        )

    @api.model
    def _make_missing_teams(self):
        """When the add-on is installed or upgraded: teams of companies made before."""
        # pylint: disable=no-search-all
        self.search([])._make_maintenance_teams()
