from odoo import models

# Contracts that are worked for: the others are over, or not begun.
WORKED = ("in_force",)


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_working_contracts(self):
        """Return the contracts that this user works for: is responsible for, or for a
        system of. Add-ons that post people add theirs."""
        self.ensure_one()
        # sudo: whose work it is tells nothing of what a contract says.
        return self.env["agreement"].browse(
            self.env["agreement"]
            .sudo()
            .search(
                [
                    ("domain", "=", "sale"),
                    ("state", "in", WORKED),
                    ("company_id", "in", self.env.companies.ids),
                    "|",
                    ("user_id", "=", self.id),
                    ("system_ids.user_id", "=", self.id),
                ]
            )
            .ids
        )

    def _get_default_contract(self):
        """Return the only contract that this user works for, else the only one in
        force that has systems; empty if there is a choice."""
        mine = self._get_working_contracts()
        if not mine:
            mine = self.env["agreement"].search(
                [
                    ("domain", "=", "sale"),
                    ("state", "=", "in_force"),
                    ("company_id", "=", self.env.company.id),
                    ("system_ids", "!=", False),
                ],
                limit=2,
            )
        return mine if len(mine) == 1 else mine.browse()
