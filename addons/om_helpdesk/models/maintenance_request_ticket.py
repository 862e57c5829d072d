from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, plaintext2html

from odoo.addons.om_assets.engine import fault_report

from ..engine import timeline

# What one who reported a fault says of its repair in a day.
MAX_OBJECTIONS = 3


class MaintenanceRequest(models.Model):
    _inherit = "maintenance.request"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The ticket that carries the deadlines of this fault.",
    )

    @api.model
    def _get_report_fault_action(self, system, equipment):
        """Faults of systems are tickets; of other devices they stay requests."""
        action = super()._get_report_fault_action(system, equipment)
        if not system:
            return action
        return {
            "type": "ir.actions.act_window",
            "name": action["name"],
            "res_model": "helpdesk.ticket",
            "views": [(False, "form")],
            "context": {
                "default_name": action["context"]["default_name"],
                "default_system_id": system.id,
                "default_equipment_ids": equipment.ids,
                "default_company_id": action["context"]["default_company_id"],
            },
        }

    @api.model
    def _report_through_label(self, equipment, report, origin="", photos=()):
        request = super()._report_through_label(equipment, report, origin, photos)
        tickets = request._open_tickets("om_helpdesk.helpdesk_ticket_channel_label")
        if tickets and photos:
            # superuser: whoever reports owns no files; the ticket is the fault
            files = self.env["ir.attachment"].sudo()
            files.search(
                [("res_model", "=", request._name), ("res_id", "=", request.id)]
            ).write({"res_model": tickets._name, "res_id": tickets.id})
        return request

    def _get_followed_facts(self):
        facts = super()._get_followed_facts()
        ticket = self.ticket_id
        if not ticket:
            return facts
        steps = [(self.env._("Fault reported"), ticket.reported_at)]
        steps += [
            (ticket._om_kind_label(kind), moment)
            for kind, moment in (
                (timeline.RESPONDED, ticket.responded_at),
                (timeline.ARRIVED, ticket.arrived_at),
                (timeline.FIXED, ticket.fixed_at),
                (timeline.CONFIRMED, ticket.confirmed_at),
                (timeline.CANCELLED, ticket.cancelled_at),
            )
            if moment
        ]
        return {
            **facts,
            "number": ticket.number,
            "state": ticket._om_label("state"),
            "steps": steps,
            "may_object": ticket.state == "fixed",
            "solution": ticket.solution or "",
        }

    def _object(self, text):
        """Hear what whoever reported says of the repair: somebody of ours reads it.

        :raise UserError: it is not repaired, or said often enough today
        """
        self.ensure_one()
        ticket = self.ticket_id
        text = fault_report.clean_text(text)[: fault_report.MAX_TEXT]
        if not text:
            raise UserError(self.env._("Say what is not as it should be."))
        if ticket.state != "fixed":
            raise UserError(
                self.env._("This is not waiting for an answer any more: %s", self.name)
            )
        author = self.env.user.partner_id
        said = self.env["mail.message"].search_count(
            [
                ("model", "=", ticket._name),
                ("res_id", "=", ticket.id),
                ("author_id", "=", author.id),
                ("message_type", "=", "comment"),
                ("date", ">=", fields.Datetime.now() - timedelta(days=1)),
            ],
            limit=MAX_OBJECTIONS,
        )
        if said >= MAX_OBJECTIONS:
            raise UserError(
                self.env._("You have answered several times today. Please telephone.")
            )
        ticket.message_post(
            author_id=author.id,
            body=plaintext2html(
                self.env._(
                    "%(who)s, who reported it, says: %(text)s",
                    who=self.reporter_name,
                    text=text,
                )
            ),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _open_tickets(self, channel, user=None):
        """Open the tickets of faults that have none yet; one fault, one ticket.

        :param channel: external id of the channel
        :param user: who repairs; empty: somebody has to be sent
        """
        faults = self.filtered(
            lambda request: request.system_id and not request.ticket_id
        )
        if not faults:
            return self.env["helpdesk.ticket"]
        channel = self.env.ref(channel, raise_if_not_found=False)
        tickets = (
            self.env["helpdesk.ticket"]
            .sudo()  # whoever finds a fault reports it, also without other rights
            .create(
                [
                    fault._prepare_ticket_values(channel)
                    | {"user_id": user.id if user else False}
                    for fault in faults
                ]
            )
        )
        for fault, ticket in zip(faults.sudo(), tickets, strict=True):
            fault.ticket_id = ticket
        return tickets

    def _prepare_ticket_values(self, channel):
        self.ensure_one()
        return {
            "name": self.name,
            "description": self.description or self.name,
            "system_id": self.system_id.id,
            "equipment_ids": [(6, 0, self.equipment_id.ids)],
            "company_id": self.company_id.id,
            "channel_id": channel.id if channel else False,
            "partner_name": self.reporter_name,
            "partner_phone": self.reporter_contact,
            # Where it is an address, what becomes of it is told there.
            "partner_email": email_normalize(self.reporter_contact or "") or False,
            "severity": "general",
        }

    def get_formview_action(self, access_uid=None):
        """A fault with a ticket opens as the ticket: its deadlines are there."""
        ticket = self.ticket_id
        # Portal users have pages of their own; Odoo leads them there.
        if ticket and self.env.user._is_internal() and ticket.has_access("read"):
            return ticket.get_formview_action(access_uid=access_uid)
        return super().get_formview_action(access_uid=access_uid)

    def action_view_ticket(self):
        """Return the action that opens the ticket."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "views": [(False, "form")],
        }


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    request_ids = fields.One2many(
        "maintenance.request", "ticket_id", string="Maintenance Requests"
    )

    def _om_follow_requests(self):
        """Let the device's own request be done when the ticket is, and only then."""
        # superuser: the request is the same fault, for the history of the device
        requests = self.sudo().request_ids
        if not requests:
            return
        Stage = self.env["maintenance.stage"].sudo()
        done = Stage.search([("done", "=", True)], limit=1)
        todo = Stage.search([("done", "=", False)], limit=1)
        for request in requests:
            ended = bool(request.ticket_id._om_times().ended)
            if ended != request.stage_id.done:
                request.stage_id = done if ended else todo


class OmInspectionResult(models.Model):
    _inherit = "om.inspection.result"

    ticket_id = fields.Many2one(related="fault_id.ticket_id", string="Ticket")

    @api.depends("ticket_id")
    def _compute_fault_text(self):
        res = super()._compute_fault_text()
        for item in self.filtered("ticket_id"):
            item.fault_text = item.sudo().ticket_id.display_name
        return res

    def action_open_fault(self):
        """A finding becomes one fault, and the fault one ticket: the engineer's who
        found it, for he stands before it."""
        result = super().action_open_fault()
        user = self.env.user
        finder = user if user.has_group("om_base.group_engineer") else user.browse()
        self.fault_id._open_tickets(
            "om_helpdesk.helpdesk_ticket_channel_inspection", finder
        )
        return result
