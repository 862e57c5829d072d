from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.om_base.tools.acts import Fact

from ..engine.notice import untrained


class OmSafetyTraining(models.Model):
    _name = "om.safety.training"
    _inherit = ["mail.thread", "om.act.mixin"]
    _description = "Safety Training"
    _order = "date desc, id desc"
    _free_fields = dict.fromkeys(
        (
            "name",
            "date",
            "company_id",
            "trainer",
            "place",
            "attendee_ids",
            "record",
            "record_name",
            "note",
        )
    )
    _facts = {
        "date": Fact("date"),
        "attendees": Fact("attendee_ids"),
        "record": Fact("record"),
    }

    name = fields.Char("Topic", required=True, tracking=True)
    date = fields.Date(
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env["om.posting"]._get_today(),
        copy=False,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    trainer = fields.Char("Held By", help="Post or firm.")
    place = fields.Char()
    attendee_ids = fields.Many2many("hr.employee", string="Attended By")
    missing_employee_ids = fields.Many2many(
        "hr.employee",
        string="Posted and Not Yet Trained",
        compute="_compute_missing_employee_ids",
        # Names only, for managers too, who have no access to personal files.
        compute_sudo=True,
        help="Who is posted in the month and has had no safety training in it.",
    )
    record = fields.Binary("Signed Record", attachment=True, copy=False)
    record_name = fields.Char()
    note = fields.Text("Content")

    @api.depends("date", "company_id", "attendee_ids")
    def _compute_missing_employee_ids(self):
        days = [training.date for training in self if training.date]
        for training in self:
            training.missing_employee_ids = False
        if not days:
            return
        found = self._get_untrained(min(days), max(days), self.company_id)
        for training in self.filtered("date"):
            month = training.date.replace(day=1)
            here = found.get((training.company_id.id, month), [])
            training.missing_employee_ids = (
                self.env["hr.employee"].browse(here) - training.attendee_ids._origin
            )

    @api.constrains("date")
    def _check_date(self):
        today = self.env["om.posting"]._get_today()
        if any(training.date > today for training in self):
            raise ValidationError(
                self.env._("A training is put on record once it has taken place.")
            )

    @api.model
    def _get_untrained(self, first, last, companies):
        """{(company id, first day of the month): [employee id]} between the months of
        two days; two queries for any number of people."""
        months, day = [], first.replace(day=1)
        while day <= last:
            months.append((day, fields.Date.end_of(day, "month")))
            day = fields.Date.add(day, months=1)
        begin, end = months[0][0], months[-1][1]
        postings = self.env["om.posting"].search(
            Domain("company_id", "in", companies.ids)
            & Domain("date_from", "<=", end)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", begin))
        )
        trainings = self.search(
            [
                ("company_id", "in", companies.ids),
                ("date", ">=", begin),
                ("date", "<=", end),
            ]
        )
        found = {}
        for company in companies:
            posted = [
                (one.employee_id.id, one.date_from, one.date_to or None)
                for one in postings
                if one.company_id == company
            ]
            trained = [
                (employee.id, training.date)
                for training in trainings
                if training.company_id == company
                for employee in training.attendee_ids
            ]
            for month, people in untrained(posted, trained, months).items():
                found[company.id, month] = people
        return found
