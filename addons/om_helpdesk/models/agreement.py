from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Fact
from odoo.addons.om_contract.models.agreement import STATES


class Agreement(models.Model):
    _inherit = "agreement"

    _free_fields = dict.fromkeys(
        ("no_promise", "silence_days", "silence_unit", "silence_clause")
    )
    _reasoned_fields = dict.fromkeys(
        ("no_promise", "silence_days", "silence_unit", "silence_clause"),
        tuple(state for state, _label in STATES if state != "draft"),
    )
    _facts = {
        "no_promise": Fact("no_promise", sealed=()),
        "silence_days": Fact("silence_days", sealed=()),
        "silence_unit": Fact("silence_unit", sealed=()),
        "silence_clause": Fact("silence_clause", sealed=()),
    }

    sla_policy_ids = fields.One2many(
        "om.sla.policy", "agreement_id", string="Service Promises", readonly=True
    )
    default_policy_id = fields.Many2one(
        "om.sla.policy", string="Default Promise", compute="_compute_default_policy_id"
    )
    no_promise = fields.Boolean(
        "No Times for Faults",
        copy=False,
        tracking=True,
        help="The contract prints no times for response and repair. Its faults have no"
        " deadlines unless a system is promised some; that is no gap of the register.",
    )

    silence_days = fields.Integer(
        "Accepted without Objection After",
        copy=False,
        tracking=True,
        help="A repair to which nobody objects for so long counts as accepted. 0: the"
        " contract says nothing like that, and somebody confirms each repair.",
    )
    silence_unit = fields.Selection(
        [("workday", "Working Days"), ("day", "Calendar Days")],
        "Counted In",
        required=True,
        default="workday",
        copy=False,
        tracking=True,
    )
    silence_clause = fields.Char(
        "By the Clause",
        copy=False,
        tracking=True,
        help="Where the contract, or a memorandum of the parties, says so.",
    )

    _silence_not_negative = models.Constraint(
        "CHECK (silence_days >= 0)", "Days are counted from 0 on."
    )

    @api.depends("sla_policy_ids.is_default", "sla_policy_ids.active")
    def _compute_default_policy_id(self):
        for contract in self:
            contract.default_policy_id = contract.sla_policy_ids.filtered("is_default")[
                :1
            ]

    @api.constrains("silence_days", "silence_clause")
    def _check_silence(self):
        for contract in self:
            if contract.silence_days and not (contract.silence_clause or "").strip():
                raise ValidationError(
                    self.env._(
                        "“%s”: name the clause by which repairs count as accepted"
                        " without an objection. Without one nobody's silence counts.",
                        contract.display_name,
                    )
                )

    @api.constrains("no_promise")
    def _check_no_promise(self):
        silent = self.filtered("no_promise")
        for contract, policy in (
            self.env["om.sla.policy"].sudo()._get_defaults(silent).items()
        ):
            raise ValidationError(
                self.env._(
                    "“%(contract)s” is said to print no times for faults, and"
                    " “%(promise)s” is its default: one of them is wrong.",
                    contract=contract.display_name,
                    promise=policy.display_name,
                )
            )

    def write(self, vals):
        result = super().write(vals)
        if "no_promise" in vals:
            # superuser: whoever keeps the contract need not write faults.
            self.env["helpdesk.ticket"].sudo()._recompute_promises(
                [
                    ("agreement_id", "in", self.ids),
                    ("sla_source", "in", ("none", "missing")),
                ],
                self.env._("What the contract promises for faults changed"),
            )
        return result

    def _get_end_of_silence(self, start):
        """Return until when one may object to a repair that is told at ``start``; False
        where the contract knows no such rule. Days are counted by articles 200 to 203
        of the Civil Code: the day itself is not, and the last one ends at 24:00."""
        if not self.silence_days:
            return False
        end = self.env["om.calendar"]._end_of_period(
            start, self.silence_days, self.silence_unit
        )
        return beijing.to_stored(end.ends_at)

    def _word_silence(self):
        self.ensure_one()
        return (
            self.env._("%s working days", self.silence_days)
            if self.silence_unit == "workday"
            else self.env._("%s days", self.silence_days)
        )
