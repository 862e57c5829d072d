from odoo import api, fields, models

from .om_sla_policy_line import TARGETS


class OmEscalationRule(models.Model):
    _name = "om.escalation.rule"
    _inherit = "om.act.mixin"
    _description = "Escalation Rule"
    _order = "percent, target, id"
    _rec_name = "percent"

    _free_fields = dict.fromkeys(
        (
            "active",
            "percent",
            "target",
            "to_engineer",
            "to_duty",
            "to_responsible",
            "to_leader",
            "user_ids",
            "activity",
            "mail",
            "wait_minutes",
            "company_id",
        )
    )

    active = fields.Boolean(default=True)
    percent = fields.Integer(
        "Share of the Time",
        required=True,
        default=80,
        help="In percent of the time from the start of the target to its deadline;"
        " 100 is the deadline itself.",
    )
    target = fields.Selection(TARGETS, help="Empty: every target.")
    to_engineer = fields.Boolean("Engineer", default=True)
    to_duty = fields.Boolean(
        "On Duty",
        help="Who is on duty at that moment by the published roster of the contract.",
    )
    to_responsible = fields.Boolean(
        "Project Manager", help="The person responsible for the system."
    )
    to_leader = fields.Boolean("Chief Dispatcher", help="The leader of the team.")
    user_ids = fields.Many2many(
        "res.users",
        string="Also",
        domain=[("share", "=", False)],
        help="Who else is told.",
    )
    activity = fields.Boolean(default=True)
    mail = fields.Boolean("E-mail", default=True)
    wait_minutes = fields.Integer(
        "Wait for Acknowledgement",
        help="Minutes after which the next level is told unless somebody who was told"
        " has acknowledged: the engineer, who is on duty, the chief dispatcher, the"
        " project manager, at last all dispatchers. 0: nobody is asked.",
    )
    company_id = fields.Many2one("res.company", help="Empty: every company.")

    _percent_range = models.Constraint(
        "CHECK (percent BETWEEN 1 AND 100)",
        "A share of the time lies between 1 and 100 percent.",
    )
    _wait_range = models.Constraint(
        "CHECK (wait_minutes BETWEEN 0 AND 1440)",
        "An acknowledgement is waited for up to 1440 minutes, a day.",
    )
    _says_something = models.Constraint(
        "CHECK (NOT active OR activity OR mail)",
        "An escalation sends an activity, an e-mail, or both.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._replan()
        return rules

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"active", "percent", "target", "company_id"}:
            self._replan()
        return result

    def unlink(self):
        result = super().unlink()
        self.browse()._replan()
        return result

    def _replan(self):
        """Let the tickets that lie ahead follow the rules.

        ``sudo``: when an open ticket is looked at next is nobody's secret.
        """
        self.env["helpdesk.ticket"].sudo()._replan_escalations()

    @api.model
    def _get_rules(self):
        """Return the active rules of every company.

        ``sudo``: what is escalated does not depend on who touches a ticket.
        """
        return self.sudo().search([("active", "=", True)])

    @api.model
    def _get_dispatchers(self):
        """Return who is told when nobody else can be."""
        group = self.env.ref("om_base.group_dispatcher").sudo()  # members only
        return group.all_user_ids.filtered(
            lambda user: user.active and not user.share and user._is_internal()
        )

    def _fits(self, ticket, target):
        """Tell whether the rule holds for a target of a ticket."""
        self.ensure_one()
        return (not self.target or self.target == target) and (
            not self.company_id or self.company_id == ticket.company_id
        )

    def _get_recipients(self, ticket, on_duty):
        """Return whom these rules tell about a ticket first.

        :param on_duty: users who are on duty for it now
        """
        users = self.user_ids
        for rule in self:
            if rule.to_engineer:
                users |= ticket.user_id
            if rule.to_duty:
                users |= on_duty
            if rule.to_responsible:
                users |= ticket.system_id.user_id
            if rule.to_leader:
                users |= ticket.team_id.user_id
        return users.filtered("active")

    @api.model
    def _get_next_level(self, ticket, on_duty, everybody, told):
        """Return whom to tell after nobody of ``told`` has acknowledged: the first
        circle in which somebody was not told. Empty: all have been.

        :param everybody: the dispatchers, who are the last circle
        """
        for circle in (
            ticket.user_id,
            on_duty,
            ticket.team_id.user_id,
            ticket.system_id.user_id,
            everybody,
        ):
            left = circle.filtered("active") - told
            if left:
                return left
        return told.browse()

    def _get_wait(self):
        """Return for how many minutes these rules wait; 0 where none does."""
        return min(filter(None, self.mapped("wait_minutes")), default=0)
