from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.om_base.tools import beijing

from ..engine.people import insurance_gaps, month_number, month_text

STAFF = "hr.group_hr_user"


class HrEmployee(models.Model):
    _name = "hr.employee"
    _inherit = ["hr.employee", "om.search.mixin"]

    # Who keeps the files of people enters these; what a bid counts is proved by them.
    _free_fields = dict.fromkeys(
        (
            "om_title",
            "om_title_name",
            "om_degree_scan",
            "om_degree_scan_name",
            "om_title_scan",
            "om_title_scan_name",
            "om_insurance_scan",
            "om_insurance_scan_name",
            "om_cleared_on",
            "om_secrecy_on",
        )
    )

    om_title = fields.Selection(
        [
            ("assistant", "Assistant"),
            ("intermediate", "Intermediate"),
            ("senior", "Senior"),
        ],
        string="Professional Title",
        groups=STAFF,
        tracking=True,
    )
    om_title_name = fields.Char(
        "Title as Printed", groups=STAFF, help="Such as engineer, with its field."
    )
    om_degree_scan = fields.Binary(
        "Degree Certificate",
        attachment=True,
        groups=STAFF,
        help="Scan; the bid pack shows it beside the team.",
        copy=False,
    )
    om_degree_scan_name = fields.Char(groups=STAFF)
    om_title_scan = fields.Binary(
        "Title Certificate", attachment=True, groups=STAFF, copy=False
    )
    om_title_scan_name = fields.Char(groups=STAFF)
    om_insurance_scan = fields.Binary(
        "Proof of Insurance",
        attachment=True,
        groups=STAFF,
        help="The latest proof that the bureau has stamped.",
        copy=False,
    )
    om_insurance_scan_name = fields.Char(groups=STAFF)
    om_cleared_on = fields.Date(
        "Criminal Record Checked",
        groups=STAFF,
        tracking=True,
        help="Day of the certificate of no criminal record.",
        copy=False,
    )
    om_secrecy_on = fields.Date(
        "Secrecy Training",
        groups=STAFF,
        tracking=True,
        help="Day of the last secrecy training on record.",
        copy=False,
    )
    om_insurance_ids = fields.One2many(
        "om.social.insurance", "employee_id", string="Social Insurance", groups=STAFF
    )
    om_insurance_gaps = fields.Char(
        "Months Missing",
        compute="_compute_om_insurance_gaps",
        groups=STAFF,
        help="Months without insurance since the first one on record with us.",
    )
    om_assignment_ids = fields.One2many(
        "om.post.assignment", "employee_id", string="Posts", groups=STAFF
    )
    om_posting_ids = fields.One2many(
        "om.posting", "employee_id", string="Postings", groups=STAFF
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_record(self):
        """Who was in a bid stays in the file: certificates and insurance prove it."""
        # Whether there is anything on record is no disclosure to who may delete.
        known = self.sudo().filtered(
            lambda one: (
                one.om_insurance_ids
                or one.om_assignment_ids
                or one.employee_skill_ids.filtered("verified_on")
            )
        )
        if known:
            raise UserError(
                self.env._(
                    "These people have posts, verified certificates or social insurance"
                    " on record. Archive them instead: %s",
                    format_list(self.env, known.mapped("name")),
                )
            )

    @api.model
    def _get_certificate_selection(self):
        options = super()._get_certificate_selection()
        return [("college", self.env._("College")), *options]

    @api.depends("om_insurance_ids.month", "om_insurance_ids.employer_id")
    def _compute_om_insurance_gaps(self):
        today = beijing.today()
        for employee in self:
            months = {
                month_number(line.month)
                for line in employee.om_insurance_ids
                if line.employer_id == employee.company_id.partner_id
            }
            gaps = []
            if months:
                # The present month is printed only after it has ended.
                gaps = insurance_gaps(months, min(months), month_number(today) - 1)
            employee.om_insurance_gaps = format_list(
                self.env, (month_text(number) for number in gaps)
            )
