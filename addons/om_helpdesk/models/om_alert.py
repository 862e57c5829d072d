from datetime import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.om_assets.models.om_system_deadline import SEVERITIES
from odoo.addons.om_base.models.om_act_mixin import can_act
from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.alerts import Span, uncovered
from .helpdesk_ticket import CLOSED_STATES
from .om_alert_rule import MAKES

_lt = LazyTranslate(__name__)

CHANNEL = "om_helpdesk.helpdesk_ticket_channel_monitoring"
DISPATCHER = "om_base.group_dispatcher"


class OmAlert(models.Model):
    """An alert of a monitoring system, and what became of it.

    What no device or no rule fits waits for a person, who says what it is about.
    """

    _name = "om.alert"
    _inherit = ["om.act.mixin"]
    _description = "Alert"
    _order = "starts_at desc, id desc"

    _state_field = "match_state"
    _free_fields = dict.fromkeys(
        ("system_id", "equipment_id", "makes", "severity"), ("unmatched",)
    )
    _acts = {
        "match": Act(
            _lt("Matched by Hand"),
            source=("unmatched",),
            target="matched",
            groups=(DISPATCHER,),
        ),
        "ignore": Act(
            _lt("Left Alone"),
            source=("unmatched",),
            target="ignored",
            groups=(DISPATCHER,),
        ),
    }
    _facts = {
        "connection": Fact("source_id"),
        "alert": Fact("key"),
        "from": Fact("starts_at"),
        "system": Fact("system_id"),
        "device": Fact("equipment_id"),
    }

    source_id = fields.Many2one(
        "om.alert.source",
        string="Connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    agreement_id = fields.Many2one(
        related="source_id.agreement_id", string="Contract", store=True, index=True
    )
    company_id = fields.Many2one(related="source_id.company_id", store=True, index=True)
    key = fields.Char(
        required=True,
        readonly=True,
        help="Its fingerprint and the moment of its start.",
    )
    fingerprint = fields.Char(readonly=True)
    name = fields.Char("Alert", readonly=True)
    summary = fields.Char(readonly=True)
    labels = fields.Json("As Posted", readonly=True)
    labels_text = fields.Text("Labels", compute="_compute_labels_text")
    starts_at = fields.Datetime("From", required=True, readonly=True, index=True)
    ends_at = fields.Datetime("To", readonly=True, help="Empty: it still fires.")
    match_state = fields.Selection(
        [
            ("unmatched", "To Be Matched"),
            ("matched", "Matched"),
            ("ignored", "Left Alone"),
        ],
        string="State",
        required=True,
        readonly=True,
        default="unmatched",
        index=True,
    )
    reason = fields.Selection(
        [
            ("no_rule", "No rule fits"),
            ("unknown", "No such device or system in the contract"),
            ("many", "Several devices are called so"),
        ],
        string="Why Not",
        readonly=True,
    )
    makes = fields.Selection(MAKES, string="Becomes", required=True, default="downtime")
    severity = fields.Selection(SEVERITIES, required=True, default="general")
    system_id = fields.Many2one(
        "om.system",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('agreement_id', '=', agreement_id)]",
    )
    equipment_id = fields.Many2one(
        "maintenance.equipment",
        string="Device",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('system_id', '=?', system_id),"
        " ('system_id.agreement_id', '=', agreement_id)]",
        help="Empty: the system as a whole.",
    )
    downtime_id = fields.Many2one(
        "om.downtime", index="btree_not_null", readonly=True, ondelete="restrict"
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Fault",
        index="btree_not_null",
        readonly=True,
        ondelete="restrict",
    )
    can_match = can_act()
    can_ignore = can_act()

    _once = models.UniqueIndex("(source_id, key)", "This alert is on record already.")

    @api.depends("labels")
    def _compute_labels_text(self):
        for alert in self:
            alert.labels_text = "\n".join(
                f"{name} = {value}"
                for name, value in sorted((alert.labels or {}).items())
            )

    @api.onchange("equipment_id")
    def _onchange_equipment_id(self):
        if self.equipment_id:
            self.system_id = self.equipment_id.system_id

    @api.constrains("system_id", "equipment_id")
    def _check_of_contract(self):
        for alert in self:
            system = alert.system_id
            if (system and system.agreement_id != alert.agreement_id) or (
                alert.equipment_id and alert.equipment_id.system_id != system
            ):
                raise UserError(
                    self.env._(
                        "“%s”: choose a system of the connection's contract, and a"
                        " device of that system.",
                        alert.display_name,
                    )
                )

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    def action_match(self):
        """Take what the dispatcher has chosen: it becomes what a rule would make."""
        if any(not alert.system_id for alert in self):
            raise UserError(
                self.env._("Choose the system, and the device if it is about one.")
            )
        with self._act("match") as alerts:
            alerts.write({"reason": False})
        # sudo: what follows from the match is the same as from a rule.
        self.sudo()._apply()
        return True

    def action_ignore(self):
        """It is about nothing that is on record here."""
        with self._act("ignore"):
            pass
        return True

    # ------------------------------------------------------------
    # What follows; superuser
    # ------------------------------------------------------------

    def _apply(self):
        """Make downtimes and faults of matched alerts."""
        # First the faults: their downtimes name them.
        self._add_faults(self.filtered(lambda each: each.makes in ("fault", "both")))
        self._add_downtimes(
            self.filtered(lambda each: each.makes in ("downtime", "both"))
        )

    def _get_target(self):
        """What is down: the device, or the system as a whole."""
        return (self.system_id.id, self.equipment_id.id)

    def _get_span(self):
        return Span(
            _aware(self.starts_at), self.ends_at and _aware(self.ends_at) or None
        )

    @api.model
    def _add_downtimes(self, alerts):
        """A device that two alerts call down is down once; each time that is not on
        record yet is added."""
        if not alerts:
            return
        first = min(alerts.mapped("starts_at"))
        of_target = {}
        for downtime in self.env["om.downtime"].search(
            [
                ("system_id", "in", alerts.system_id.ids),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", first),
            ]
        ):
            span = Span(
                _aware(downtime.date_from),
                downtime.date_to and _aware(downtime.date_to) or None,
            )
            devices = downtime.equipment_ids.ids
            if not devices and downtime.device_count:
                # Some devices, nobody says which.
                continue
            for device in devices or [False]:
                target = of_target.setdefault((downtime.system_id.id, device), [])
                target.append((span, downtime, None))
        new, owners = [], {}
        for alert in alerts.sorted(lambda each: (each.starts_at, each.id)):
            rows = of_target.setdefault(alert._get_target(), [])
            span = alert._get_span()
            for piece in uncovered(span, [known for known, _own, _number in rows]):
                rows.append((piece, None, len(new)))
                new.append(alert._prepare_downtime(piece))
            touching = [
                row
                for row in rows
                if (row[0].end is None or row[0].end >= span.start)
                and (span.end is None or row[0].start <= span.end)
            ]
            # The one that lasts longest is the one that its end closes.
            owners[alert] = max(
                touching,
                key=lambda row: (row[0].end is None, row[0].end or row[0].start),
                default=None,
            )
        made = self.env["om.downtime"].create(new)
        for alert, row in owners.items():
            if row:
                _span, downtime, number = row
                alert.downtime_id = downtime or made[number]

    def _prepare_downtime(self, piece):
        return {
            "system_id": self.system_id.id,
            "date_from": beijing.to_stored(piece.start),
            "date_to": piece.end and beijing.to_stored(piece.end),
            "device_count": 1 if self.equipment_id else 0,
            "equipment_ids": [fields.Command.set(self.equipment_id.ids)],
            "ticket_id": self.ticket_id.id,
            "is_monitored": True,
            "note": self._word(),
        }

    def _word(self):
        return self.env._(
            "Alert %(name)s of %(connection)s: %(summary)s",
            name=self.name,
            connection=self.source_id.name,
            summary=self.summary or self.labels_text,
        )

    @api.model
    def _add_faults(self, alerts):
        """One fault for a device and a name of alert, as long as it is open."""
        if not alerts:
            return
        known = {
            (*each._get_target(), each.name): each.ticket_id
            for each in self.search(
                [
                    ("system_id", "in", alerts.system_id.ids),
                    ("name", "in", alerts.mapped("name")),
                    ("ticket_id.state", "not in", CLOSED_STATES),
                    ("ticket_id", "!=", False),
                ]
            )
        }
        new, places = [], {}
        for alert in alerts:
            place = (*alert._get_target(), alert.name)
            if place not in known and place not in places:
                places[place] = len(new)
                new.append(alert._prepare_fault())
        made = self.env["helpdesk.ticket"].create(new)
        for alert in alerts:
            place = (*alert._get_target(), alert.name)
            alert.ticket_id = known.get(place) or made[places[place]]

    def _prepare_fault(self):
        where = self.equipment_id.display_name or self.system_id.name
        return {
            "name": f"{self.name} {where}",
            "description": self._word(),
            "system_id": self.system_id.id,
            "equipment_ids": [fields.Command.set(self.equipment_id.ids)],
            "severity": self.severity,
            "partner_name": self.source_id.name,
            "channel_id": self.env.ref(CHANNEL).id,
        }

    def _end(self):
        """Close the downtimes that monitoring began, once none of their alerts fires;
        what a person entered, a person ends. A fault is told: who repaired it, and
        when, is the engineer's word."""
        downtimes = self.downtime_id.filtered(
            lambda each: each.is_monitored and not each.date_to
        )
        over = downtimes.filtered(
            lambda each: all(alert.ends_at for alert in each.alert_ids)
        )
        # Each moment once: what ended together is told together.
        for moment, ended in over.grouped(
            lambda each: max(*each.alert_ids.mapped("ends_at"), each.date_from)
        ).items():
            ended.write({"date_to": moment})
        tickets = self.ticket_id.filtered(lambda each: each.is_open)
        if tickets:
            tickets._message_log_batch(
                bodies=dict.fromkeys(
                    tickets.ids, self.env._("Monitoring says that it is over.")
                )
            )


def _aware(moment):
    return moment.replace(tzinfo=UTC)
