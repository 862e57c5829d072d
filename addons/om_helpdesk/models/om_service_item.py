from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.om_base.tools.acts import Fact

DEMANDS = (
    "needs_order",
    "needs_summary",
    "file_count",
    "checklist_id",
    "signer",
    "asks_time",
    "people_needed",
)


class OmServiceItem(models.Model):
    """What can be asked for beside repairs: one entry of the catalogue.

    It says what has to be told when it is asked for, what is promised, and what has to
    be there before a request counts as done. ``DEMANDS`` change for requests that are
    open, too; what is done with stays done.
    """

    _name = "om.service.item"
    _inherit = ["mail.thread", "om.act.mixin"]
    _description = "Service in the Catalogue"
    _order = "sequence, name, id"
    _rec_names_search = ["name", "clause"]
    _check_company_auto = True
    _free_fields = dict.fromkeys(
        (
            "name",
            "active",
            "sequence",
            "company_id",
            "agreement_id",
            "system_ids",
            "clause",
            "description",
            "in_portal",
            "form_definition",
            "duration",
            "lead_hours",
            "ready_minutes",
            "sla_policy_id",
            "asks_room",
            *DEMANDS,
        )
    )
    _facts = {
        "contract": Fact("agreement_id"),
        "promise": Fact("sla_policy_id"),
        "ready_before": Fact("ready_minutes"),
        **{name: Fact(name) for name in DEMANDS},
    }

    name = fields.Char("Service", required=True, translate=True, tracking=True)
    active = fields.Boolean("Offered", default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Empty: it can be asked for under every contract.",
    )
    system_ids = fields.Many2many(
        "om.system",
        "om_service_item_system_rel",
        "item_id",
        "system_id",
        string="For These Systems Only",
        check_company=True,
        help="Empty: for all systems of the contract.",
    )
    clause = fields.Char(help="Where the contract, or its register, asks for it.")
    description = fields.Text(
        "What It Covers", translate=True, help="Whoever asks for it reads this first."
    )
    in_portal = fields.Boolean(
        "Asked For in the Portal", default=True, help="Or else by telephone only."
    )
    form_definition = fields.PropertiesDefinition("Form")

    asks_time = fields.Boolean(
        "At a Time",
        help="Whoever asks for it says when it begins; it stands in the calendar.",
    )
    duration = fields.Float("Duration (Hours)", default=1.0)
    asks_room = fields.Boolean("In a Room")
    people_needed = fields.Integer(default=0)
    lead_hours = fields.Float(
        "Lead Time (Hours)",
        help="How long ahead it is to be asked for. A later request is marked, and"
        " served all the same.",
    )
    ready_minutes = fields.Integer(
        "Ready Before (Minutes)",
        help="How long before it begins somebody is there and everything is tested.",
    )
    sla_policy_id = fields.Many2one(
        "om.sla.policy",
        string="Promise",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Deadlines from the request on, reckoned as those of a fault of general"
        " severity. Empty: none is promised.",
    )

    needs_order = fields.Boolean(
        "Written Order",
        tracking=True,
        help="Outside the contract's content, or done on written order only: the"
        " purchaser orders it by its own login or a signed paper.",
    )
    needs_summary = fields.Boolean("Summary", default=True, tracking=True)
    file_count = fields.Integer(
        "Files",
        tracking=True,
        help="How many files, such as the signed record or photographs, have to be"
        " there.",
    )
    checklist_id = fields.Many2one(
        "om.inspection.checklist",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Its items are judged on each request.",
    )
    signer = fields.Selection(
        [("unit", "User Unit"), ("purchaser", "Purchaser")],
        string="Confirmed By",
        required=True,
        default="unit",
        tracking=True,
    )
    request_count = fields.Integer("Requests", compute="_compute_request_count")

    _not_negative = models.Constraint(
        "CHECK (duration >= 0 AND lead_hours >= 0 AND ready_minutes >= 0"
        " AND people_needed >= 0 AND file_count >= 0)",
        "Durations and numbers of a service are not negative.",
    )

    @api.depends("name", "agreement_id.code")
    @api.depends_context("om_with_contract")
    def _compute_display_name(self):
        told = self.env.context.get("om_with_contract")
        for item in self:
            code = item.agreement_id.code if told else ""
            item.display_name = " ".join(filter(None, (item.name, code)))

    def _compute_request_count(self):
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("service_item_id", "in", self.ids)], ["service_item_id"], ["__count"]
            )
        )
        for item in self:
            item.request_count = counts.get(item._origin, 0)

    @api.constrains("asks_time", "ready_minutes", "asks_room", "lead_hours")
    def _check_at_a_time(self):
        wrong = self.filtered(
            lambda item: (
                not item.asks_time
                and (item.ready_minutes or item.asks_room or item.lead_hours)
            )
        )
        if wrong:
            raise ValidationError(
                self.env._(
                    "“%s”: lead time, room and readiness need a time at which it"
                    " begins.",
                    wrong[0].name,
                )
            )

    @api.constrains("agreement_id", "sla_policy_id")
    def _check_promise(self):
        for item in self:
            contract = item.sla_policy_id.agreement_id
            if contract and contract != item.agreement_id:
                raise ValidationError(
                    self.env._(
                        "“%(promise)s” is a promise of another contract than that of"
                        " “%(item)s”.",
                        promise=item.sla_policy_id.display_name,
                        item=item.name,
                    )
                )

    @api.model
    def _get_offered_domain(self, system):
        """What can be asked for on a system, as a domain."""
        # superuser: which contract the system is in, whoever asks
        system = system.sudo()
        return (
            Domain("company_id", "=", system.company_id.id)
            & Domain("agreement_id", "in", [system.agreement_id.id, False])
            & (Domain("system_ids", "=", False) | Domain("system_ids", "in", system.id))
        )

    def _is_offered(self, system):
        """Whether this service can be asked for on a system."""
        self.ensure_one()
        return bool(self.filtered_domain(self._get_offered_domain(system)))

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"sla_policy_id"}:
            # superuser: whoever keeps the catalogue need not write requests
            self.env["helpdesk.ticket"].sudo()._recompute_promises(
                [("service_item_id", "in", self.ids)],
                self.env._("What the service promises changed"),
            )
        return result

    def action_view_requests(self):
        """Return the list of the requests for these services."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_helpdesk.helpdesk_request_action"
        )
        action["domain"] = [("service_item_id", "in", self.ids)]
        action["context"] = {"default_service_item_id": self.ids[0]}
        return action
