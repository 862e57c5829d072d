from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class OmSpareSignoffMixin(models.AbstractModel):
    """A statement about a contract's spare parts that the supervisor confirms.

    It is drawn up and can be drawn up again while it is a draft; from the moment it is
    submitted nothing in it changes. The supervisor answers with their own login.
    """

    _name = "om.spare.signoff.mixin"
    _inherit = [
        "om.contract.guard.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Confirmed by the Supervisor"
    # The portal's address of these statements, without number.
    _portal_path = ""
    _guarded_fields = frozenset(
        (
            "state",
            "submitted_by_id",
            "submitted_on",
            "confirmed_by_id",
            "confirmed_on",
        )
    )

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

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for statement in self:
            statement.access_url = f"{self._portal_path}/{statement.id}"
        return result

    def write(self, vals):
        fixed = set(vals) & self._get_fixed_fields()
        if fixed and not self._is_acting():
            self._check_is_draft()
        return super().write(vals)

    def _get_fixed_fields(self):
        """Return the names of the fields that a submitted statement keeps."""
        return set()

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

    def _get_supervisor(self):
        """Return the company that confirms."""
        self.ensure_one()
        return self.agreement_id.supervisor_id.commercial_partner_id

    @api.model
    def _format_moment(self, moment):
        """Return a moment as the paper has it: Beijing time, or nothing."""
        if not moment:
            return ""
        here = self.with_context(tz="Asia/Shanghai")
        return fields.Datetime.context_timestamp(here, moment).strftime(
            "%Y-%m-%d %H:%M"
        )

    # ------------------------------------------------------------
    # Ours
    # ------------------------------------------------------------

    def action_submit(self):
        """Fix this statement and put it to the supervisor.

        :raises UserError: nobody to confirm it, or what keeps it from being final
        """
        self.ensure_one()
        self.check_access("write")
        self._lock()
        self.invalidate_recordset()
        self._check_state("draft")
        if not self._get_supervisor():
            raise UserError(
                self.env._(
                    "The contract of %s names no supervisor who could confirm it.",
                    self.display_name,
                )
            )
        self._prepare_submission()
        self._acting().write(
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
        self.check_access("write")
        self._lock()
        self.invalidate_recordset()
        self._check_state("submitted")
        self._reopen()
        self.message_post(body=self.env._("Withdrawn to be changed."))
        return True

    def _reopen(self):
        self._acting().write(
            {"state": "draft", "submitted_by_id": False, "submitted_on": False}
        )

    # ------------------------------------------------------------
    # The supervisor's
    # ------------------------------------------------------------

    def action_confirm(self):
        """Confirm for the supervisor of the contract."""
        statement = self._as_supervisor()
        statement._acting().write(
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

    def action_refuse(self, reason):
        """Send it back for the supervisor of the contract, with the reason."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say what is wrong with it."))
        statement = self._as_supervisor()
        statement._reopen()
        statement.message_post(
            body=self.env._(
                "Sent back by %(user)s: %(reason)s",
                user=self.env.user.name,
                reason=reason,
            )
        )
        return True

    def _is_supervisor(self):
        """True if the user is one of the supervisor's people."""
        self.ensure_one()
        user = self.env.user
        supervisor = self.sudo()._get_supervisor()
        return bool(
            supervisor
            and user.has_group("om_base.group_portal_supervisor")
            and user.partner_id.commercial_partner_id == supervisor
        )

    def _as_supervisor(self):
        """This statement with the right to decide, for the supervisor's people only.

        :raises AccessError: somebody else
        """
        self.ensure_one()
        self.check_access("read")
        if not self._is_supervisor():
            raise AccessError(
                self.env._("Only the supervisor of the contract answers here.")
            )
        # The supervisor's people may only read: what they may do was checked above.
        statement = self.sudo()
        statement._lock()
        statement.invalidate_recordset()
        statement._check_state("submitted")
        return statement
