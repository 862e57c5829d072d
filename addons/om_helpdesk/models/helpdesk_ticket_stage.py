from odoo import fields, models

STATES = [
    ("new", "To Dispatch"),
    ("dispatched", "Dispatched"),
    ("progress", "In Progress"),
    ("waiting", "Waiting"),
    ("proposed", "Waiting for the Unit's Word"),
    ("fixed", "To Confirm"),
    ("confirmed", "Confirmed"),
    ("cancelled", "Cancelled"),
]


class HelpdeskTicketStage(models.Model):
    _name = "helpdesk.ticket.stage"
    _inherit = ["helpdesk.ticket.stage", "om.act.mixin"]
    _description = "Stage of Faults"

    # Settings: the stage follows what happens, and decides nothing.
    _free_fields = dict.fromkeys(
        (
            "name",
            "description",
            "sequence",
            "active",
            "unattended",
            "closed",
            "fold",
            "mail_template_id",
            "company_id",
            "team_ids",
            "close_from_portal",
            "om_state",
        )
    )

    name = fields.Char("Stage")
    closed = fields.Boolean("Closes the Fault")
    fold = fields.Boolean("Folded", help=None)
    mail_template_id = fields.Many2one(string="E-mail to the Contact", help=None)
    om_state = fields.Selection(
        STATES,
        string="Stands For",
        index="btree_not_null",
        help="Tickets come here by what happens to them; moving a ticket here means"
        " that it has happened.",
    )


class HelpdeskTicketChannel(models.Model):
    _inherit = "helpdesk.ticket.channel"
    _description = "Channel of Reports"

    name = fields.Char("Channel")
    active = fields.Boolean("In Use")


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"
    _description = "Service Desk Team"

    name = fields.Char("Team")
    user_id = fields.Many2one(string="Chief Dispatcher", domain=[("share", "=", False)])
    user_ids = fields.Many2many(string="Members")
    alias_name = fields.Char("E-mail Address", help=None)
