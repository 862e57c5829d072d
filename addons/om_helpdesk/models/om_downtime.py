from datetime import UTC

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..engine.availability import Downtime, availability

CAUSES = [
    ("roadworks", "Roadworks or Municipal Works"),
    ("power", "Power Cut"),
    ("shutdown", "Approved Shutdown"),
    ("third_party", "Third Party"),
    ("force_majeure", "Force Majeure"),
]


class OmDowntime(models.Model):
    """Time in which a system, or some of its devices, could not be used.

    Such time lowers the availability, unless its cause is one that the contract
    excludes and the purchaser has approved that.
    """

    _name = "om.downtime"
    _description = "Downtime"
    _inherit = "mail.thread"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    system_id = fields.Many2one(
        "om.system",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    unit_id = fields.Many2one(related="system_id.unit_id", store=True, index=True)
    company_id = fields.Many2one(related="system_id.company_id", store=True, index=True)
    ticket_id = fields.Many2one(
        "helpdesk.ticket", index="btree_not_null", ondelete="restrict"
    )
    date_from = fields.Datetime("From", required=True, tracking=True)
    date_to = fields.Datetime(
        "To", tracking=True, help="Empty: it still lasts.", copy=False
    )
    device_count = fields.Integer(
        "Devices",
        tracking=True,
        help="How many devices were down. Zero: the whole system.",
    )
    equipment_ids = fields.Many2many(
        "maintenance.equipment",
        string="Which Devices",
        check_company=True,
        domain="[('system_id', '=', system_id)]",
    )
    excluded_cause = fields.Selection(
        CAUSES,
        tracking=True,
        help="A cause that is no fault by the contract. The time counts all the same"
        " until the purchaser approves the exclusion.",
    )
    exclusion_state = fields.Selection(
        [
            ("none", "Counts"),
            ("claimed", "Waiting for Approval"),
            ("approved", "Excluded"),
            ("refused", "Refused"),
        ],
        required=True,
        default="none",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    approved_by_id = fields.Many2one(
        "res.partner",
        string="Decided By",
        readonly=True,
        copy=False,
        tracking=True,
        help="Who decided on the purchaser's side.",
    )
    approved_on = fields.Datetime("Decided On", readonly=True, copy=False)
    note = fields.Text(
        "Evidence", help="What shows the cause: notice, letter, confirmation."
    )

    _to_after_from = models.Constraint(
        "CHECK (date_to >= date_from)", "A downtime cannot end before it starts."
    )
    _count_not_negative = models.Constraint(
        "CHECK (device_count >= 0)", "The number of devices cannot be negative."
    )
    _cause_known = models.Constraint(
        "CHECK (exclusion_state = 'none' OR excluded_cause IS NOT NULL)",
        "An exclusion names its cause.",
    )
    _period = models.Index("(system_id, date_from, date_to)")

    @api.depends("system_id.name", "date_from")
    def _compute_name(self):
        moment = self.env["helpdesk.ticket"]._om_format
        for downtime in self:
            downtime.name = f"{downtime.system_id.name}, {moment(downtime.date_from)}"

    @api.constrains("date_from", "date_to")
    def _check_not_future(self):
        now = fields.Datetime.now()
        if any(
            each.date_from > now or (each.date_to and each.date_to > now)
            for each in self
        ):
            raise UserError(
                self.env._("A downtime is entered when it has begun, not before.")
            )

    @api.constrains("device_count", "equipment_ids", "system_id")
    def _check_devices(self):
        for downtime in self:
            if downtime.equipment_ids.system_id - downtime.system_id:
                raise UserError(
                    self.env._(
                        "%s names devices of another system.", downtime.display_name
                    )
                )
            if len(downtime.equipment_ids) > downtime.device_count:
                raise UserError(
                    self.env._(
                        "%s names more devices than it counts.", downtime.display_name
                    )
                )

    @api.onchange("equipment_ids")
    def _onchange_equipment_ids(self):
        self.device_count = max(self.device_count, len(self.equipment_ids))

    @api.onchange("ticket_id")
    def _onchange_ticket_id(self):
        ticket = self.ticket_id
        if ticket:
            self.system_id = ticket.system_id
            self.equipment_ids = ticket.equipment_ids
            self.date_from = self.date_from or ticket.reported_at
            self.date_to = self.date_to or ticket.fixed_at

    def write(self, vals):
        deciding = {"date_from", "date_to", "device_count", "equipment_ids"}
        deciding |= {"system_id", "excluded_cause"}
        if vals.keys() & deciding:
            decided = self.filtered(
                lambda each: each.exclusion_state in ("approved", "refused")
            )
            if decided:
                raise UserError(
                    self.env._(
                        "The purchaser has decided on this. Take the decision back"
                        " first: %s",
                        ", ".join(decided.mapped("display_name")),
                    )
                )
        return super().write(vals)

    def action_claim(self):
        """Ask the purchaser to exclude the time."""
        if any(not each.excluded_cause for each in self):
            raise UserError(self.env._("Choose the cause that is to be excluded."))
        self._check_exclusion_state("none", "refused")
        return self.write({"exclusion_state": "claimed"})

    def action_approve(self):
        """Enter that the purchaser agrees; a project manager has it in writing."""
        return self._decide("approved")

    def action_refuse(self):
        """Enter that the purchaser does not agree."""
        return self._decide("refused")

    def action_take_back(self):
        """Take a decision back that was entered by mistake."""
        self._check_may_decide()
        self._check_exclusion_state("approved", "refused", "claimed")
        return self.write(
            {"exclusion_state": "none", "approved_by_id": False, "approved_on": False}
        )

    def _decide(self, state, partner=None):
        """Note the decision of ``partner``; by default the system's purchaser."""
        self._check_may_decide()
        self._check_exclusion_state("claimed")
        for system, downtimes in self.grouped("system_id").items():
            downtimes.write(
                {
                    "exclusion_state": state,
                    "approved_by_id": (partner or system.purchaser_id).id,
                    "approved_on": fields.Datetime.now(),
                }
            )
        return True

    def _check_may_decide(self):
        user = self.env.user
        if user.has_group("om_base.group_manager"):
            return
        own = user.has_group("om_base.group_portal_purchaser") and all(
            each.system_id.purchaser_id == user.commercial_partner_id for each in self
        )
        if not own:
            raise AccessError(
                self.env._(
                    "The purchaser decides; a project manager may enter the decision."
                )
            )

    def _check_exclusion_state(self, *allowed):
        wrong = self.filtered(lambda each: each.exclusion_state not in allowed)
        if wrong:
            raise UserError(
                self.env._(
                    "This was decided meanwhile: %s",
                    ", ".join(wrong.mapped("display_name")),
                )
            )

    @api.model
    def _get_availability(self, systems, start, end):
        """Return {system: ``availability.Availability``} of a period, naive UTC.

        The part of the period that lies in the future is left out. Devices are those
        that the contract declares, at least one.
        """
        now = fields.Datetime.now()
        end = max(min(end, now), start)
        rows = {system: [] for system in systems}
        for each in self.search_fetch(
            Domain("system_id", "in", systems.ids)
            & Domain("date_from", "<", end)
            & (Domain("date_to", "=", False) | Domain("date_to", ">", start)),
            ["system_id", "date_from", "date_to", "device_count", "exclusion_state"],
        ):
            rows[each.system_id].append(
                Downtime(
                    each.date_from.replace(tzinfo=UTC),
                    (each.date_to or now).replace(tzinfo=UTC),
                    each.device_count or None,
                    each.exclusion_state == "approved",
                )
            )
        return {
            system: availability(
                start.replace(tzinfo=UTC),
                end.replace(tzinfo=UTC),
                rows[system],
                max(system.device_count, 1),
            )
            for system in systems
        }
