from datetime import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.models.om_act_mixin import can_act
from odoo.addons.om_base.models.om_portal_mixin import Answer
from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.availability import Downtime, availability

_lt = LazyTranslate(__name__)

CAUSES = [
    ("roadworks", "Roadworks or Municipal Works"),
    ("power", "Power Cut"),
    ("shutdown", "Approved Shutdown"),
    ("third_party", "Third Party"),
    ("force_majeure", "Force Majeure"),
]
# Until the purchaser has decided.
UNDECIDED = ("none", "claimed")


class OmDowntime(models.Model):
    """Time in which a system, or some of its devices, could not be used.

    Such time lowers the availability, unless its cause is one that the contract
    excludes and the purchaser has approved that.
    """

    _name = "om.downtime"
    _description = "Downtime"
    _inherit = [
        "mail.thread",
        "om.portal.mixin",
        "om.act.mixin",
        "om.contract.work.mixin",
    ]
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _state_field = "exclusion_state"
    _portal_path = "/my/downtimes"
    _portal_answers = {
        "approve": Answer("action_approve"),
        "refuse": Answer("action_refuse"),
    }

    _free_fields = {
        "system_id": UNDECIDED,
        "ticket_id": UNDECIDED,
        "date_from": UNDECIDED,
        "date_to": UNDECIDED,
        "device_count": UNDECIDED,
        "equipment_ids": UNDECIDED,
        "excluded_cause": UNDECIDED,
        "note": UNDECIDED,
    }
    _acts = {
        "claim": Act(
            _lt("Asked to Exclude"), source=("none", "refused"), target="claimed"
        ),
        "approve": Act(
            _lt("Excluded by the Purchaser"),
            source=("claimed",),
            target="approved",
            groups=("om_base.group_manager",),
            party="_get_purchaser",
        ),
        "refuse": Act(
            _lt("Refused by the Purchaser"),
            source=("claimed",),
            target="refused",
            groups=("om_base.group_manager",),
            party="_get_purchaser",
        ),
        "take_back": Act(
            _lt("Taken Back"),
            source=("claimed", "approved", "refused"),
            target="none",
            groups=("om_base.group_manager",),
        ),
    }
    _facts = {
        "system": Fact("system_id"),
        "ticket": Fact("ticket_id"),
        "from": Fact("date_from"),
        "to": Fact("date_to"),
        "devices": Fact("device_count"),
        "cause": Fact("excluded_cause"),
        "evidence": Fact("note"),
        "exclusion": Fact("exclusion_state"),
        "decided_by": Fact("approved_by_id"),
        "decided_on": Fact("approved_on"),
    }

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
        ondelete="restrict",
        readonly=True,
        copy=False,
        tracking=True,
        help="Who decided on the purchaser's side.",
    )
    approved_on = fields.Datetime("Decided On", readonly=True, copy=False)
    note = fields.Text(
        "Evidence", help="What shows the cause: notice, letter, confirmation."
    )
    is_monitored = fields.Boolean(
        "Measured",
        readonly=True,
        copy=False,
        help="Begun by a monitoring system, and ended by it.",
    )
    alert_ids = fields.One2many(
        "om.alert", "downtime_id", string="Alerts", groups="base.group_user"
    )
    can_claim = can_act()
    can_approve = can_act()
    can_take_back = can_act()

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

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        # It lowers the availability from the moment it is entered.
        raise UserError(
            self.env._(
                "Downtimes stay on record. What was entered by mistake ends when it"
                " began."
            )
        )

    def _filter_closed_files(self, files):
        """What the purchaser has decided on stays as it was."""
        decided = self.browse(set(files.mapped("res_id"))).exists()
        decided = decided.filtered(lambda each: each.exclusion_state not in UNDECIDED)
        return files.filtered(lambda file: file.res_id in decided.ids)

    def _get_purchaser(self):
        """Return whose word an exclusion is, and in which capacity."""
        self.ensure_one()
        return self.system_id.sudo().purchaser_id, "purchaser"  # no secret

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    def action_claim(self):
        """Ask the purchaser to exclude the time."""
        if any(not each.excluded_cause for each in self):
            raise UserError(self.env._("Choose the cause that is to be excluded."))
        with self._act("claim"):
            pass
        return True

    @api.private
    def action_approve(self, paper=None):
        """The purchaser agrees: by its own login, or ours enter its paper."""
        return self._decide("approve", paper)

    @api.private
    def action_refuse(self, paper=None):
        """The purchaser does not agree; as above."""
        return self._decide("refuse", paper)

    def action_enter_approval(self):
        """Ask for the paper on which the purchaser agrees."""
        return self._open_paper("approve")

    def action_enter_refusal(self):
        """Ask for the paper on which the purchaser refuses."""
        return self._open_paper("refuse")

    def _answer_in_portal(self, word, reason="", **more):
        result = super()._answer_in_portal(word, reason, **more)
        if reason:
            self.sudo()._message_log(  # portal users write no notes
                body=reason, author_id=self.env.user.partner_id.id
            )
        return result

    def action_take_back(self):
        """Take a decision back that was entered by mistake: the time counts again."""
        with self._act("take_back") as downtimes:
            downtimes.write({"approved_by_id": False, "approved_on": False})
        return True

    def _decide(self, act, paper=None):
        """Note the purchaser's decision; the signature says whose it was and how."""
        unknown = self.filtered(lambda each: not each._get_purchaser()[0])
        if unknown and not self.env.user.share:
            raise UserError(
                self.env._(
                    "Enter the purchaser of the system first: %s",
                    format_list(self.env, unknown.mapped("display_name")),
                )
            )
        user = self.env.user
        with self._act(act, paper=paper) as downtimes:
            for downtime in downtimes:
                purchaser = downtime._get_purchaser()[0]
                # sudo: whose person the user is is no secret to the user.
                own = user.sudo()._speaks_for(purchaser)
                downtime.approved_by_id = user.partner_id if own else purchaser
                downtime.approved_on = fields.Datetime.now()
        return True

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
