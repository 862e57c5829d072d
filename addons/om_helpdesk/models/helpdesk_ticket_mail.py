from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class HelpdeskTicket(models.Model):
    """Reports by e-mail, acknowledged with their deadlines; whom links may go to."""

    _inherit = "helpdesk.ticket"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A report by e-mail names no system: that of a unit with one only is known,
        else the ticket says that it is missing and the contract's default holds."""
        values = dict(custom_values or {})
        channel = self.env.ref(
            "om_helpdesk.helpdesk_ticket_channel_email", raise_if_not_found=False
        )
        if channel:
            values.setdefault("channel_id", channel.id)
        author = self.env["res.partner"].browse(msg_dict.get("author_id") or ())
        if author and "system_id" not in values:
            # superuser, as the gateway itself works
            systems = self.env["om.system"].sudo()._get_served_of(author)
            if len(systems) == 1:
                values["system_id"] = systems.id
                values.setdefault("partner_id", author.id)
        ticket = super().message_new(msg_dict, custom_values=values)
        if author:
            ticket.partner_name = author.name
        ticket._om_acknowledge()
        return ticket

    def _om_acknowledge(self):
        """Answer with number and deadlines; answers to that come back as comments."""
        template = self.env.ref(
            "om_helpdesk.mail_template_ticket_received", raise_if_not_found=False
        )
        if not template:
            return
        for ticket in self:
            if ticket.partner_id.email or ticket.partner_email:
                ticket.message_post_with_source(
                    template, message_type="auto_comment", subtype_xmlid="mail.mt_note"
                )

    # ------------------------------------------------------------
    # Whose fault it is
    # ------------------------------------------------------------

    def _om_get_customers(self):
        """Return whose fault it is: unit, purchaser and supervisor, or who reported."""
        self.ensure_one()
        system = self.system_id.sudo()  # its parties are no secret of the register
        parties = system.unit_id | system.purchaser_id | system.supervisor_id
        return (parties or self.partner_id).commercial_partner_id

    def _om_check_customers(self, partners):
        customers = self._om_get_customers()
        strangers = partners.filtered(
            lambda partner: partner.commercial_partner_id not in customers
        )
        if strangers:
            raise UserError(
                self.env._(
                    "A fault is shown to its user unit, the purchaser and the"
                    " supervisor only. Take out: %s",
                    format_list(self.env, strangers.mapped("display_name")),
                )
            )


class OmSystem(models.Model):
    _inherit = "om.system"

    @api.model
    def _get_served_of(self, partner):
        """Return the systems in service of the unit for which ``partner`` speaks."""
        return self.search(
            [
                ("unit_id", "=", partner.commercial_partner_id.id),
                ("state", "=", "in_service"),
            ]
        )
