import logging

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from ..models.helpdesk_ticket_escalation import LISTS

_logger = logging.getLogger(__name__)


class Acknowledge(http.Controller):
    """The link in a warning: one tap says that it was read."""

    @http.route(
        "/om/acknowledge/<int:ticket_id>/<string:token>",
        type="http",
        auth="user",
        methods=["GET"],
        sitemap=False,
    )
    def acknowledge(self, ticket_id, token):
        """Acknowledge as whoever is signed in, and show the ticket.

        A program that looks at links before their reader is not signed in, and a
        stranger cannot make the token. Where somebody else was quicker, or nothing is
        asked any more, the ticket shows it.
        """
        ticket = request.env["helpdesk.ticket"].browse(ticket_id).exists()
        # sudo: of tickets that are not the visitor's only the token is compared.
        if not ticket or not ticket.sudo()._om_is_acknowledge_token(token):
            raise request.not_found()
        try:
            ticket.action_acknowledge()
        except AccessError as error:
            raise request.not_found() from error
        except UserError as error:
            _logger.info("fault %s: %s", ticket_id, error)
        return request.redirect(f"/odoo/{LISTS[ticket.kind]}/{ticket.id}")
