from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate

from odoo.addons.om_base.models.om_portal_mixin import Answer
from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Act, Fact

_lt = LazyTranslate(__name__)

KEEPERS = ("om_base.group_procurement", "om_base.group_manager")


class OmSpareSignoffMixin(models.AbstractModel):
    """A statement about a contract's spare parts that the supervisor confirms.

    It is drawn up and can be drawn up again while it is a draft; from the moment it is
    submitted nothing in it changes. The supervisor answers with their own login, or
    ours enter its signed paper.
    """

    _name = "om.spare.signoff.mixin"
    _inherit = [
        "om.act.mixin",
        "om.portal.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Confirmed by the Supervisor"
    _portal_answers = {
        "confirm": Answer("action_confirm"),
        "refuse": Answer("action_refuse", "reason"),
    }
    _acts = {
        "submit": Act(_lt("Submitted"), source=("draft",), target="submitted"),
        "withdraw": Act(_lt("Withdrawn"), source=("submitted",), target="draft"),
        "confirm": Act(
            _lt("Confirmed by the Supervisor"),
            source=("submitted",),
            target="confirmed",
            groups=KEEPERS,
            party="_get_side",
        ),
        "refuse": Act(
            _lt("Sent Back by the Supervisor"),
            source=("submitted",),
            target="draft",
            groups=KEEPERS,
            party="_get_side",
            reason=True,
        ),
    }
    _facts = {
        "number": Fact("name"),
        "contract": Fact("agreement_id"),
        "state": Fact("state"),
        "submitted_on": Fact("submitted_on"),
        "confirmed_on": Fact("confirmed_on"),
    }

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Waiting for the Supervisor"),
            ("confirmed", "Confirmed"),
        ],
        required=True,
        default="draft",
        readonly=True,
        index=True,
        tracking=True,
        copy=False,
    )
    submitted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    submitted_on = fields.Datetime(readonly=True, copy=False)
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    confirmed_on = fields.Datetime(readonly=True, copy=False)

    def _get_report_base_filename(self):
        """What the portal calls the file of the paper, without ending."""
        return self._get_file_name()

    @api.model
    def _number_new(self, vals_list):
        """``vals_list`` with a number for each that has none."""
        numbers = self.env["ir.sequence"]
        return [
            {**vals, "name": numbers.next_by_code(self._name)}
            if not vals.get("name")
            else vals
            for vals in vals_list
        ]

    @api.model
    def _complete_new(self, vals_list):
        return self._number_new(super()._complete_new(vals_list))

    def _check_is_draft(self):
        """Raise for the first of these statements that is no draft any more."""
        fixed = self.filtered(lambda statement: statement.state != "draft")
        if fixed:
            raise UserError(
                self.env._(
                    "%s was submitted to the supervisor and stays as it is. Withdraw it"
                    " to change it.",
                    fixed[0].display_name,
                )
            )

    def _get_side(self):
        """Whose word a confirmation is, and in which capacity."""
        # sudo: whose contract it is is no secret to who reads the statement.
        return self.sudo()._get_supervisor(), "supervisor"

    def _get_supervisor(self):
        """Return the company that confirms."""
        self.ensure_one()
        return self.agreement_id.supervisor_id.commercial_partner_id

    @api.model
    def _format_moment(self, moment):
        """Return a moment as the paper has it: Beijing time, or nothing."""
        return beijing.word(moment)

    # ------------------------------------------------------------
    # Ours
    # ------------------------------------------------------------

    def action_submit(self):
        """Fix this statement and put it to the supervisor.

        :raises UserError: nobody to confirm it, or what keeps it from being final
        """
        self.ensure_one()
        with self._act("submit") as statement:
            if not statement._get_supervisor():
                raise UserError(
                    self.env._(
                        "The contract of %s names no supervisor who could confirm it.",
                        self.display_name,
                    )
                )
            statement._prepare_submission()
            statement.write(
                {
                    "state": "submitted",
                    "submitted_by_id": self.env.uid,
                    "submitted_on": fields.Datetime.now(),
                }
            )
        people = self._get_supervisor_users().partner_id
        for lang, readers in people._group_by_lang().items():
            statement = self.with_context(lang=lang)
            statement.message_notify(
                partner_ids=readers.ids,
                subject=statement.env._("To confirm: %s", statement.display_name),
                body=statement._get_submission_text(),
            )
        return True

    def _prepare_submission(self):
        """Bring the statement up to date; raise if it cannot be final."""

    def _get_submission_text(self):
        """Return what the supervisor reads in the notification."""
        return self.display_name

    def _get_supervisor_users(self):
        """Return the supervisor's people with a login of their own."""
        self.ensure_one()
        # Reading who is to be told gives nothing but their names.
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    (
                        "all_group_ids",
                        "in",
                        self.env.ref("om_base.group_portal_supervisor").id,
                    ),
                    (
                        "partner_id.commercial_partner_id",
                        "=",
                        self._get_supervisor().id,
                    ),
                ]
            )
        )

    def action_withdraw(self):
        """Take a statement back that the supervisor has not confirmed yet."""
        self.ensure_one()
        with self._act("withdraw") as statement:
            statement._reopen()
        self.message_post(body=self.env._("Withdrawn to be changed."))
        return True

    def _reopen(self):
        self.write({"state": "draft", "submitted_by_id": False, "submitted_on": False})

    # ------------------------------------------------------------
    # The supervisor's
    # ------------------------------------------------------------

    @api.private
    def action_confirm(self, paper=None):
        """Confirm for the supervisor of the contract.

        :param paper: its signed paper, as ours enter it
        """
        self.ensure_one()
        self._check_is_supervisor(paper)
        with self._act("confirm", paper=paper) as statement:
            statement.write(
                {
                    "state": "confirmed",
                    "confirmed_by_id": self.env.uid,
                    "confirmed_on": fields.Datetime.now(),
                }
            )
            statement._follow_confirmation()
        return True

    def _follow_confirmation(self):
        """What else a confirmation brings about."""

    @api.private
    def action_refuse(self, reason, paper=None):
        """Send it back for the supervisor of the contract, with the reason."""
        self.ensure_one()
        self._check_is_supervisor(paper)
        with self._act("refuse", reason=reason, paper=paper) as statement:
            statement._reopen()
            statement.message_post(
                body=self.env._(
                    "Sent back by %(user)s: %(reason)s",
                    user=paper.person if paper else self.env.user.name,
                    reason=reason,
                )
            )
        return True

    def action_enter_paper(self):
        """Open the dialog for the supervisor's paper; which one, the button says."""
        return self._open_paper(self.env.context.get("om_paper"))

    def _is_supervisor(self):
        """True if the user is one of the supervisor's people."""
        self.ensure_one()
        user = self.env.user
        return user.has_group(
            "om_base.group_portal_supervisor"
        ) and user.sudo()._speaks_for(self._get_side()[0])

    def _check_is_supervisor(self, paper):
        """Raise unless the supervisor's people act, or ours with its paper."""
        self.check_access("read")
        if not self._is_supervisor() and not (paper and not self.env.user.share):
            raise AccessError(
                self.env._("Only the supervisor of the contract answers here.")
            )
