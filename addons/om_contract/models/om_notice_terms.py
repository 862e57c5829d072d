from odoo import fields, models

from ..engine.penalties import served_on

WAYS = [
    ("hand", "By Hand"),
    ("mail", "By Registered Mail"),
    ("courier", "By Courier"),
    ("fax", "By Fax"),
]
NOTICE_TERMS = ("notice_mail_days", "notice_courier_days", "notice_fax_days")


class OmNoticeTerms(models.AbstractModel):
    """When a contract takes a notice for served, by the way on which it was sent.

    By hand at once; the others after the days entered here. BDA's contract, article
    8-2: registered mail on day 7, courier on day 3, fax on the next working day.
    """

    _name = "om.notice.terms"
    _description = "Notice Terms"

    notice_mail_days = fields.Integer(
        "Registered Mail Served After (days)",
        aggregator=None,
        help="0: the contract says nothing; the day of the notice is taken.",
    )
    notice_courier_days = fields.Integer(
        "Courier Served After (days)",
        aggregator=None,
        help="0: the contract says nothing; the day of the notice is taken.",
    )
    notice_fax_days = fields.Integer(
        "Fax Served After (working days)",
        aggregator=None,
        help="0: the contract says nothing; the day of the notice is taken.",
    )

    _notice_days_not_negative = models.Constraint(
        "CHECK (notice_mail_days >= 0 AND notice_courier_days >= 0"
        " AND notice_fax_days >= 0)",
        "Days cannot be negative.",
    )

    def _get_served_date(self, sent, way):
        """The day on which a notice sent on this day counts as served.

        :param way: one of :data:`WAYS`
        """
        self.ensure_one()
        if way == "hand":
            return sent
        days = self[f"notice_{way}_days"]
        if way == "fax":
            calendar = self.env["om.calendar"]
            return served_on(sent, days, lambda day: calendar.add_workdays(day, 1))
        return served_on(sent, days)
