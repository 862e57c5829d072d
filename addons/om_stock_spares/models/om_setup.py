from odoo import api, models


class OmSetup(models.AbstractModel):
    _inherit = "om.setup"

    @api.model
    def _get_steps(self):
        # sudo: where the stores stand is no secret of who runs the work.
        stores = (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "in", self.env.companies.ids)])
        )
        ready = stores.filtered(
            lambda store: store.district_code and store.dismantled_location_id
        )
        return [
            *super()._get_steps(),
            self._make_step(
                "store",
                80,
                self.env._("Spare Parts Store"),
                self.env._(
                    "Where spare parts are kept and removed devices wait. A contract"
                    " without spare parts of ours needs none."
                ),
                [
                    (
                        ready,
                        self.env._(
                            "No store says in which district it stands and where"
                            " dismantled parts are kept."
                        ),
                    )
                ],
                [
                    (
                        self.env._("Stores"),
                        "stock.action_warehouse_form",
                        "stock.group_stock_manager",
                    ),
                    (
                        self.env._("Spare Lists"),
                        "om_stock_spares.om_spare_list_action",
                        None,
                    ),
                ],
            ),
        ]
