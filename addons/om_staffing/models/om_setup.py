from odoo import api, models


class OmSetup(models.AbstractModel):
    _inherit = "om.setup"

    @api.model
    def _forget_examples(self):
        """Tenders of engagements that are not ours."""
        result = super()._forget_examples()
        tenders = self._get_shipped("om_staffing", "om.tender")
        tenders.filtered(lambda tender: tender.state == "preparing").unlink()
        return result

    @api.model
    def _bring_examples_back(self):
        """Load the tenders again that a real start took away: somebody adds the
        engagements after all, and they refer to them."""
        result = super()._bring_examples_back()
        if not self._get_shipped("om_staffing", "om.tender"):
            self._load_again("om_staffing/data/om_tender_data.xml")
        return result

    @api.model
    def _get_steps(self):
        System = self.env["om.system"]
        served = [
            ("state", "=", "in_service"),
            ("company_id", "in", self.env.companies.ids),
        ]
        systems = System.search_count(served, limit=1)
        short = System.search_count([*served, ("posting_missing", ">", 0)])
        # sudo: how many there are; who they are is for those who keep them.
        people = self.env["hr.employee"].sudo().search_count([], limit=2)
        return [
            *super()._get_steps(),
            self._make_step(
                "posts",
                70,
                self.env._("Posts"),
                self.env._(
                    "Who is posted where: rosters, attendance and the contract's"
                    " minimum of people on site rest on it."
                ),
                [
                    (systems, self.env._("No system is in service yet.")),
                    (
                        not short,
                        self.env._("%s systems lack posted staff.", short),
                    ),
                ],
                [
                    (
                        self.env._("Posted Staff"),
                        "om_assets.om_system_posting_action",
                        None,
                    ),
                    (
                        self.env._("Employees"),
                        "hr.open_view_employee_list_my",
                        "hr.group_hr_user",
                    ),
                ],
                hints=[]
                if people > 1
                else [self.env._("Enter the employees first: only they are posted.")],
            ),
        ]
