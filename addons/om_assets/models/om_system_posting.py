from odoo import Command, api, fields, models
from odoo.exceptions import AccessError


class OmSystem(models.Model):
    _inherit = "om.system"

    posted_employee_ids = fields.Many2many(
        "hr.employee",
        "om_system_posted_employee_rel",
        "system_id",
        "employee_id",
        string="People Posted",
        check_company=True,
        copy=False,
        groups="om_base.group_user",
        help="Who is posted at the user unit for this system at present.",
    )
    posted_count = fields.Integer(
        "Staff Posted",
        compute="_compute_posted_count",
        store=True,
        compute_sudo=True,
    )
    posting_missing = fields.Integer(
        "Staff Missing",
        compute="_compute_posted_count",
        store=True,
        compute_sudo=True,
        help="Posted staff that the contract asks for and nobody is named for.",
    )

    @api.depends("onsite_staff", "posted_employee_ids", "posted_employee_ids.active")
    def _compute_posted_count(self):
        for system in self:
            posted = len(system.posted_employee_ids.filtered("active"))
            system.posted_count = posted
            system.posting_missing = max(0, system.onsite_staff - posted)

    def _check_posted(self, commands):
        """Raise unless the values only name people whose names this user may read."""
        named = set()
        for command in commands or []:
            if isinstance(command, int):
                named.add(command)
            elif command[0] == Command.LINK:
                named.add(command[1])
            elif command[0] == Command.SET:
                named.update(command[2])
            elif command[0] not in (Command.UNLINK, Command.CLEAR):
                raise AccessError(
                    self.env._("Employees are entered and edited in their own list.")
                )
        self.env["hr.employee.public"].browse(named).check_access("read")
