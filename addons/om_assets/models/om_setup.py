from odoo import api, models


class OmSetup(models.AbstractModel):
    _inherit = "om.setup"

    @api.model
    def _forget_examples(self):
        """Classes by which one district's register is ordered: no trade's."""
        result = super()._forget_examples()
        shipped = self._get_shipped("om_assets", "om.system.category")
        used = self.env["om.system"].with_context(active_test=False)
        used = used.search([("category_id", "in", shipped.ids)]).category_id
        (shipped - used).unlink()
        return result

    @api.model
    def _bring_examples_back(self):
        result = super()._bring_examples_back()
        if not self._get_shipped("om_assets", "om.system.category"):
            self._load_again("om_assets/data/om_system_category_data.xml")
        return result

    @api.model
    def _get_steps(self):
        System = self.env["om.system"]
        systems = System.search_count(
            [("company_id", "in", self.env.companies.ids)], limit=1
        )
        planned = self.env["om.inspection.plan"].search_count([], limit=1)
        return [
            *super()._get_steps(),
            self._make_step(
                "register",
                50,
                self.env._("Register"),
                self.env._(
                    "The systems in service with their units, hardware and inspection"
                    " plans, from one spreadsheet or by hand: inspections, faults and"
                    " prices rest on them."
                ),
                [
                    (systems, self.env._("The register has no system yet.")),
                    (
                        planned or not systems,
                        self.env._("No system has an inspection plan."),
                    ),
                ],
                [
                    (
                        self.env._("Get the Form"),
                        "om_assets.om_register_export_action",
                        None,
                    ),
                    (
                        self.env._("Import"),
                        "om_assets.om_register_import_action",
                        None,
                    ),
                    (self.env._("By Hand"), "om_assets.om_system_action", None),
                ],
            ),
        ]
