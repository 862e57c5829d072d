import secrets

from odoo import api, fields, models
from odoo.tools import LazyTranslate, consteq
from odoo.tools.misc import hmac

from odoo.addons.om_base.models.om_act_mixin import can_act
from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Act, Fact
from odoo.addons.om_base.tools.text import clean_code

from ..engine.alerts import Rule, find_rule, host_of

_lt = LazyTranslate(__name__)

# Where a device is looked for by what an alert calls it, the surest first.
DEVICE_FIELDS = ("ip_address", "ledger_number", "serial_no", "name")
GONE = ("removed", "scrapped")
CONFIGURATION = """\
route:
  receiver: om
receivers:
  - name: om
    webhook_configs:
      - url: "%(address)s"
        send_resolved: true
        http_config:
          authorization:
            credentials: "%(secret)s"
"""


class OmAlertSource(models.Model):
    """A monitoring system that posts the alerts of one contract's devices.

    It is Prometheus' Alertmanager, or what posts as it does. What its alerts become is
    said by rules, the first that fits holds. It knows the secret; nobody else may post.
    """

    _name = "om.alert.source"
    _inherit = ["om.act.mixin"]
    _description = "Monitoring Connection"
    _order = "name, id"

    _free_fields = dict.fromkeys(
        ("active", "name", "agreement_id", "device_label", "system_label", "rule_ids")
    )
    _acts = {
        "renew": Act(_lt("New Secret"), groups=("om_base.group_manager",)),
    }
    _facts = {
        "name": Fact("name"),
        "contract": Fact("agreement_id"),
        "device_label": Fact("device_label"),
        "system_label": Fact("system_label"),
    }

    active = fields.Boolean(default=True)
    name = fields.Char(required=True)
    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        required=True,
        index=True,
        ondelete="restrict",
        help="Only devices and systems of this contract are found.",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True, precompute=True
    )
    device_label = fields.Char(
        "Label of the Device",
        required=True,
        default="instance",
        help="The label that names the device: by its address in the network, its"
        " number in the ledger, its serial number or its name. Port and path do not"
        " matter.",
    )
    system_label = fields.Char(
        "Label of the System",
        help="The label that names the system, by its code or name, where an alert is"
        " about the whole of it. Empty: none.",
    )
    rule_ids = fields.One2many(
        "om.alert.rule",
        "source_id",
        string="Rules",
        # What nobody says otherwise of is a downtime.
        default=lambda self: [fields.Command.create({})],
    )
    secret_key = fields.Char(
        copy=False,
        groups=fields.NO_ACCESS,
        help="What makes the secret; a new one makes the old secret invalid.",
    )
    address = fields.Char(compute="_compute_configuration")
    configuration = fields.Text(
        compute="_compute_configuration",
        groups="om_base.group_manager",
        help="For the file alertmanager.yml; it holds the secret.",
    )
    received_at = fields.Datetime(
        "Last Heard Of",
        readonly=True,
        copy=False,
        help="A monitoring system that is silent measures nothing: let it send an alert"
        " that always fires, and look here.",
    )
    can_renew = can_act()

    @api.depends("secret_key")
    def _compute_configuration(self):
        for source in self:
            number = source._origin.id
            source.address = f"{source.get_base_url()}/om/alerts/{number}"
            # Before it is saved there is none.
            source.configuration = number and CONFIGURATION % {
                "address": source.address,
                "secret": source._get_secret(),
            }

    @api.model_create_multi
    def create(self, vals_list):
        sources = super().create(vals_list)
        # sudo: the key is hidden from everybody.
        for source in sources.sudo():
            source.secret_key = secrets.token_hex(16)
        return sources

    def _get_secret(self):
        """What the monitoring system has to show.

        It follows from the key and the database's own secret, so that who reads the
        table knows no secret.
        """
        # sudo: keys are hidden from everybody; callers show it to managers or compare.
        key = self.sudo().secret_key or ""
        return hmac(self.env(su=True), "om-alert-source", (self._origin.id, key))

    def _is_secret(self, given):
        """Compare in constant time; also where there is no such connection."""
        known = self.exists().filtered("active")
        secret = known._get_secret() if known else secrets.token_hex(32)
        return consteq(secret.encode(), given.encode()) and bool(known)

    def action_renew(self):
        """Make another secret: the old one is refused from now on."""
        with self._act("renew") as sources:
            for source in sources:
                # sudo: the key is hidden from everybody.
                source.sudo().write({"secret_key": secrets.token_hex(16)})
        return True

    # ------------------------------------------------------------
    # Receiving
    # ------------------------------------------------------------

    def _receive(self, alerts):
        """Take a batch of alerts; superuser.

        The same alert counts once, however often it comes; one that is over closes the
        downtime that it began. The number of queries does not depend on the number of
        alerts.
        """
        self.ensure_one()
        # One batch after the other: what the other one wrote has to be seen, so that
        # the request starts again (a failed serialization).
        self.env.cr.execute(
            "SELECT id FROM om_alert_source WHERE id = %s FOR UPDATE", [self.id]
        )
        now = fields.Datetime.now()
        self.write({"received_at": now})
        known = {
            alert.key: alert
            for alert in self.env["om.alert"].search(
                [
                    ("source_id", "=", self.id),
                    ("key", "in", [each.key for each in alerts]),
                ]
            )
        }
        ended = self.env["om.alert"]
        for each in alerts:
            alert = known.get(each.key)
            if alert and not alert.ends_at and each.ends_at:
                alert.write({"ends_at": self._to_stored(each.ends_at, now)})
                ended |= alert
        new = [each for each in alerts if each.key not in known]
        made = self.env["om.alert"].create(self._prepare_alerts(new, now))
        made.filtered(lambda each: each.match_state == "matched")._apply()
        ended._end()
        return made

    def _to_stored(self, moment, now):
        """A moment as it is stored; clocks that run ahead are not believed."""
        return min(beijing.to_stored(moment), now)

    def _prepare_alerts(self, alerts, now):
        rules = {rule.id: rule for rule in self.rule_ids}
        plain = [
            Rule(rule.id, rule.pattern, rule.label or "", rule.label_value or "")
            for rule in self.rule_ids
        ]
        devices, systems = self._find_devices(alerts), self._find_systems(alerts)
        found = []
        for each in alerts:
            rule = rules.get(find_rule(plain, each.labels))
            device = devices[each.key]
            system = device.system_id or systems[each.key]
            reason = False
            if rule is None:
                reason = "no_rule"
            elif rule.makes == "nothing":
                pass
            elif len(device) > 1:
                reason = "many"
            elif not system:
                reason = "unknown"
            start = self._to_stored(each.starts_at, now)
            if rule is not None and rule.makes == "nothing":
                state = "ignored"
            else:
                state = "unmatched" if reason else "matched"
            found.append(
                {
                    "source_id": self.id,
                    "key": each.key,
                    "fingerprint": each.fingerprint,
                    "name": clean_code(each.name),
                    "summary": clean_code(each.summary),
                    "labels": dict(each.labels),
                    "starts_at": start,
                    "ends_at": max(self._to_stored(each.ends_at, now), start)
                    if each.ends_at
                    else False,
                    "match_state": state,
                    "reason": reason,
                    "makes": rule.makes if rule else "downtime",
                    "severity": rule.severity if rule else "general",
                    "system_id": system.id if len(device) < 2 else False,
                    "equipment_id": device.id if len(device) == 1 else False,
                }
            )
        return found

    def _get_words(self, alert):
        value = alert.labels.get(self.device_label, "")
        return [
            word for word in (clean_code(value), clean_code(host_of(value))) if word
        ]

    def _find_devices(self, alerts):
        """Return {key: the devices that an alert may mean}; one if it is plain."""
        words = {each.key: self._get_words(each) for each in alerts}
        every = sorted({word for some in words.values() for word in some})
        devices = self.env["maintenance.equipment"]
        known = {name: {} for name in DEVICE_FIELDS}
        if every:
            for device in devices.search(
                fields.Domain("system_id.agreement_id", "=", self.agreement_id.id)
                & fields.Domain("om_state", "not in", GONE)
                & fields.Domain.OR(
                    fields.Domain(name, "in", every) for name in DEVICE_FIELDS
                )
            ):
                for name in DEVICE_FIELDS:
                    of_name = known[name]
                    of_name[device[name]] = of_name.get(device[name], devices) | device
        return {
            key: next(
                (
                    known[name][word]
                    for name in DEVICE_FIELDS
                    for word in some
                    if word in known[name]
                ),
                devices,
            )
            for key, some in words.items()
        }

    def _find_systems(self, alerts):
        """Return {key: the system that an alert is about as a whole}"""
        label = self.system_label
        values = {
            each.key: clean_code(each.labels.get(label, "")) if label else ""
            for each in alerts
        }
        systems = self.env["om.system"]
        wanted = sorted(filter(None, set(values.values())))
        known = {}
        if wanted:
            for system in systems.search(
                [
                    ("agreement_id", "=", self.agreement_id.id),
                    "|",
                    ("code", "in", wanted),
                    ("name", "in", wanted),
                ]
            ):
                for name in (system.code, system.name):
                    known[name] = known.get(name, systems) | system
        return {
            key: found if len(found := known.get(value, systems)) == 1 else systems
            for key, value in values.items()
        }
