from odoo import Command, fields, models
from odoo.fields import Domain

# In the context while the list follows the postings, so that they do not follow it in
# turn. An object, which no client can send.
FOLLOWING = object()


class OmSystem(models.Model):
    """Who is posted is kept in postings; the system's own list of people is a copy."""

    _inherit = "om.system"
    _free_fields = {"posting_ids": None}

    posting_ids = fields.One2many(
        "om.posting", "system_id", string="Postings", groups="om_base.group_user"
    )

    def write(self, vals):
        result = super().write(vals)
        following = self.env.context.get("om_following") is FOLLOWING
        if "posted_employee_ids" in vals and not following:
            self._follow_names()
        return result

    def _get_present_postings(self):
        """The postings of these systems that are in force today."""
        Posting = self.env["om.posting"]
        # The callers need all of them; what they may change is checked where they do.
        return Posting.sudo().search(
            Posting._get_force_domain(Posting._get_today())
            & Domain("system_id", "in", self.ids)
        )

    def _follow_names(self):
        """Begin and end postings as somebody named people in the systems' lists.

        :raises UserError: if the contract asks for notice before somebody leaves
        """
        today = self.env["om.posting"]._get_today()
        present = self._get_present_postings()
        # Somebody whose file was archived stays named until taken off the list.
        named = {
            system.id: system.posted_employee_ids
            for system in self.sudo().with_context(active_test=False)
        }
        left = present.filtered(
            lambda one: one.employee_id not in named[one.system_id.id]
        )
        left.with_env(self.env)._check_announced()
        # Who may name people was checked with the list; postings follow from it.
        begun = left.filtered(lambda one: one.date_from < today)
        known = {(one.system_id.id, one.employee_id.id) for one in present - left}
        with present._together() as acting:
            acting.browse((left - begun).ids).unlink()
            acting.browse(begun.ids).date_to = fields.Date.subtract(today, days=1)
            acting.create(
                [
                    {
                        "system_id": system,
                        "employee_id": employee.id,
                        "date_from": today,
                    }
                    for system, employees in named.items()
                    for employee in employees
                    if (system, employee.id) not in known
                ]
            )

    def _follow_postings(self):
        """Let the list of people posted say who is posted today."""
        present = self._get_present_postings().grouped("system_id")
        # sudo: the list is a copy of the postings, whoever changed them.
        quiet = self.sudo().with_context(om_following=FOLLOWING, active_test=False)
        for system in quiet:
            people = present.get(system, self.env["om.posting"]).employee_id
            if system.posted_employee_ids != people:
                system.posted_employee_ids = [Command.set(people.ids)]
