"""What of the service desk may not be archived: see ``om.archive.guard.mixin``."""

from odoo import models
from odoo.fields import Domain

OPEN = Domain("state", "not in", ("confirmed", "cancelled"))


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        return [
            *super()._get_archive_bars(),
            (
                self._om_get_counting(),
                self.env._(
                    "its deadlines count. Deal with the ticket, merge it, or cancel it"
                    " with the reason."
                ),
            ),
        ]


class HelpdeskTicketStage(models.Model):
    _name = "helpdesk.ticket.stage"
    _inherit = ["helpdesk.ticket.stage", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        return [
            *super()._get_archive_bars(),
            (
                self._get_referred("helpdesk.ticket", "stage_id"),
                self.env._("tickets are in this stage."),
            ),
        ]


class HelpdeskTicketTeam(models.Model):
    _name = "helpdesk.ticket.team"
    _inherit = ["helpdesk.ticket.team", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        return [
            *super()._get_archive_bars(),
            (
                self._get_referred("helpdesk.ticket", "team_id", OPEN),
                self.env._("the team has open tickets. Give them to another first."),
            ),
        ]


class OmSlaPolicy(models.Model):
    _name = "om.sla.policy"
    _inherit = ["om.sla.policy", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        return [
            *super()._get_archive_bars(),
            (
                self._get_referred("om.system", "sla_policy_id"),
                self.env._("systems are promised these terms; give them others first."),
            ),
            (
                self._get_referred(
                    "om.service.item", "sla_policy_id", [("active", "=", True)]
                ),
                self.env._("services of the catalogue promise it."),
            ),
            (
                self._get_referred("helpdesk.ticket", "sla_policy_id", OPEN),
                self.env._("the deadlines of open tickets follow it."),
            ),
        ]


class OmServiceCalendar(models.Model):
    _name = "om.service.calendar"
    _inherit = ["om.service.calendar", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        return [
            *super()._get_archive_bars(),
            (
                self._get_referred(
                    "om.sla.policy", "calendar_id", [("active", "=", True)]
                ),
                self.env._("promises are reckoned by these service hours."),
            ),
        ]


class OmServiceItem(models.Model):
    _name = "om.service.item"
    _inherit = ["om.service.item", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        return [
            *super()._get_archive_bars(),
            (
                self._get_referred("helpdesk.ticket", "service_item_id", OPEN),
                self.env._("requests for it are open."),
            ),
        ]


class OmServiceRoom(models.Model):
    _name = "om.service.room"
    _inherit = ["om.service.room", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        return [
            *super()._get_archive_bars(),
            (
                self._get_referred("helpdesk.ticket", "room_id", OPEN),
                self.env._("open requests are planned in it."),
            ),
        ]
