from contextlib import contextmanager

from odoo import models
from odoo.exceptions import AccessError, LockError, UserError

from ..engine.policy import TARGETS

# Only code of the server holds this object: no client can say that it corrects.
CORRECTING = object()


class HelpdeskTicket(models.Model):
    """What every change of deadlines and results passes through."""

    _inherit = "helpdesk.ticket"

    @contextmanager
    def _om_changing(self):
        """Change what decides deadlines: locked, and never to the better in silence.

        What reads as breached stays breached, whatever is clicked in whatever order;
        a project manager may correct it, and that is on record.
        """
        tickets = self.browse(self.ids)
        tickets._om_lock()
        tickets._om_check_not_frozen()
        before = tickets._om_breaches()
        yield
        tickets._om_check_breaches(before)
        tickets._om_sync_stage()
        tickets._notify_board()

    def _om_lock(self):
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is changing this ticket just now. Look again: %s",
                    ", ".join(self.mapped("number")),
                )
            ) from error

    def _om_check_not_frozen(self):
        if self.env.context.get("om_correcting") is CORRECTING:
            return
        frozen = self.filtered("confirmed_at")
        if frozen:
            raise UserError(
                self.env._(
                    "The result is confirmed and does not change any more. A project"
                    " manager can correct it, with a reason: %s",
                    ", ".join(frozen.mapped("display_name")),
                )
            )

    def _om_breaches(self):
        """Return {(ticket, target)} of what reads as breached now."""
        return {
            (ticket, target)
            for ticket in self
            for target in TARGETS
            if ticket[f"{target}_status_now"] == "breached"
        }

    def _om_check_breaches(self, before):
        """Refuse a change that lets a breach disappear, except a manager's."""
        healed = before - self._om_breaches()
        if healed and not self._om_is_manager():
            labels = self._om_target_labels()
            raise UserError(
                self.env._(
                    "After the deadline has passed, only a project manager can enter"
                    " what changes the result, with a reason: %s",
                    ", ".join(
                        f"{ticket.number} ({labels[target]})"
                        for ticket, target in sorted(
                            healed, key=lambda pair: (pair[0].id, pair[1])
                        )
                    ),
                )
            )

    def _om_is_manager(self):
        return self.env.user.has_group("om_base.group_manager")

    def _check_manager(self, message):
        """Raise unless the user is a project manager (or nothing is asked)."""
        if self and not self._om_is_manager():
            raise AccessError(message)

    def _om_check_may_correct(self):
        """Severity, system and time of report are the dispatchers' to correct."""
        user = self.env.user
        if not (self.env.su or user.has_group("om_base.group_dispatcher")):
            raise AccessError(
                self.env._(
                    "Severity, system and the time of the report are corrected by a"
                    " dispatcher."
                )
            )
