from odoo import Command, fields, models


class OmSystem(models.Model):
    _inherit = "om.system"

    posting_ids = fields.One2many(
        "om.posting", "system_id", string="Postings", groups="om_base.group_user"
    )

    def _follow_postings(self):
        """Let the list of people posted say who is posted today."""
        Posting = self.env["om.posting"]
        today = Posting._get_today()
        # The list of names is a copy of the postings, which were checked.
        present = dict(
            Posting.sudo()._read_group(
                Posting._get_force_domain(today)
                & fields.Domain("system_id", "in", self.ids),
                ["system_id"],
                ["employee_id:recordset"],
            )
        )
        for system in self.sudo():
            people = present.get(system, self.env["hr.employee"])
            if system.posted_employee_ids != people:
                system.posted_employee_ids = [Command.set(people.ids)]
