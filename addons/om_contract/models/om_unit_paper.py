from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.models.om_act_mixin import can_act
from odoo.addons.om_base.tools.acts import Act, Fact

from .agreement import LATE

_lt = LazyTranslate(__name__)

# A paper that lay in a drawer is entered with the reason.
LATE_REASON = timedelta(days=7)


class OmUnitPaper(models.Model):
    """What one user unit has handed in for a payment: its assessment documents.

    Shunyi pays at expiry on the assessment documents of all user units (contract,
    article 4): each unit of the contract's systems has a line, and the payment waits
    for every one. The lines follow from the systems; nobody makes or deletes them.
    """

    _name = "om.unit.paper"
    _inherit = ["om.act.mixin"]
    _description = "Document of a User Unit"
    _order = "condition_id, date desc nulls first, id"
    _rec_name = "unit_id"

    _state_field = "contract_state"
    _acts = {
        "enter": Act(
            _lt("Document Handed In by the User Unit"),
            party="_get_unit_side",
            locks=("condition_id",),
            late=LATE,
            late_reason=LATE_REASON,
        ),
        "fill": Act(
            _lt("Document Taken Over"),
            locks=("condition_id",),
            late=LATE,
        ),
        "withdraw": Act(
            _lt("Take a Document Back"), reason=True, locks=("condition_id",)
        ),
    }
    _facts = {
        "payment": Fact("milestone_id"),
        "unit": Fact("unit_id"),
        "day": Fact("date"),
        "files": Fact("file_ids"),
    }

    condition_id = fields.Many2one(
        "om.payment.condition", required=True, index=True, ondelete="cascade"
    )
    milestone_id = fields.Many2one(
        related="condition_id.milestone_id", store=True, index=True
    )
    agreement_id = fields.Many2one(
        related="condition_id.agreement_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="condition_id.company_id", store=True, index=True
    )
    contract_state = fields.Selection(related="agreement_id.state")
    unit_id = fields.Many2one(
        "res.partner",
        string="User Unit",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('om_acts_as', '=', 'user_unit')]",
    )
    date = fields.Date("Day on the Paper", readonly=True, copy=False)
    file_ids = fields.Many2many(
        "ir.attachment",
        "om_unit_paper_attachment_rel",
        "paper_id",
        "attachment_id",
        string="Scans",
        copy=False,
        readonly=True,
        bypass_search_access=True,
    )
    can_enter = can_act()
    can_withdraw = can_act()

    _one_per_unit = models.Constraint(
        "unique(condition_id, unit_id)",
        "Each user unit has one line for a payment.",
    )

    def _get_unit_side(self):
        """The documents are the word of the unit that uses the systems."""
        return self.unit_id, "user_unit"

    def _can(self, act):
        """A paper is entered once, and taken back while nothing is invoiced on it."""
        is_open = self.contract_state not in (False, "draft")
        is_in = bool(self.date)
        wanted = act is not self._get_acts()["withdraw"]
        return is_open and is_in != wanted and super()._can(act)

    def _filter_closed_files(self, files):
        """What a payment rests on stays."""
        lines = self.browse(set(files.mapped("res_id"))).exists()
        kept = lines.filtered("date")
        return files.filtered(lambda file: file.res_id in kept.ids)

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    @api.private
    def action_enter(self, paper=None, reason=None):
        """Note that the units have handed in their documents.

        :param paper: the scan, who signed and the day on it
        :param reason: where it is entered more than a week after that day
        :raises UserError: no scan, a draft contract, or one that is there already
        """
        if not paper or not paper.scan:
            raise UserError(self.env._("Add the scan of the unit's document."))
        day = fields.Date.to_date(paper.signed_on)
        with self._act(
            "enter", reason=reason, happened_at=self._get_moment(day), paper=paper
        ) as lines:
            lines._put(day, paper.scan)
        return True

    @api.private
    def action_fill(self, day, files, reason=None):
        """Take the units' documents over from records that they have signed already.

        For add-ons whose own acts carry a unit's word, such as its assessment.
        """
        day = fields.Date.to_date(day)
        with self._act(
            "fill", reason=reason, happened_at=self._get_moment(day), evidence=files
        ) as lines:
            lines._put(day, files)
        return True

    def _put(self, day, files):
        for line in self:
            if line.contract_state in (False, "draft"):
                raise UserError(
                    self.env._(
                        "“%s” belongs to a draft: bring the contract into force first.",
                        line.display_name,
                    )
                )
            if line.date:
                raise UserError(
                    self.env._(
                        "The document of “%(unit)s” of %(day)s is on record already.",
                        unit=line.display_name,
                        day=line.date,
                    )
                )
        self.write({"date": day, "file_ids": [fields.Command.set(files.ids)]})
        self.condition_id._log_on_contracts(
            self.env._("Document of the user unit handed in"),
            format_list(self.env, self.mapped("display_name")),
        )

    def action_withdraw(self, reason=None):
        """Take entered documents back.

        :raises UserError: without a reason, or when the payment is invoiced
        """
        with self._act("withdraw", reason=reason) as lines:
            lines.condition_id._check_not_billed()
            names = format_list(self.env, lines.mapped("display_name"))
            lines.write({"date": False, "file_ids": [fields.Command.clear()]})
            lines.condition_id._log_on_contracts(
                self.env._("Document of the user unit taken back"), f"{names}. {reason}"
            )
        return True

    # ------------------------------------------------------------
    # Dialogs
    # ------------------------------------------------------------

    def action_enter_paper(self):
        """Return the dialog that takes the scan, who signed and the day."""
        return self._open_paper("enter")

    def action_open_withdraw(self):
        """Return the dialog that asks for the reason."""
        return self.env["om.contract.act"]._open("unit_paper", paper_ids=self.ids)
