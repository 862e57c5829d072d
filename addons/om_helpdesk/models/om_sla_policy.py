from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.om_assets.models.om_system_deadline import SEVERITIES
from odoo.addons.om_base.tools.acts import Fact

from ..engine.policy import MAIN_TARGETS, Policy, make_policy
from ..engine.sla import Target
from .om_sla_policy_line import TARGETS, WRITING

# What decides deadlines, beside the lines.
TERMS = ("calendar_id", "key_respond_hours", "key_fix_hours", "near_km")
# Only code of the server holds this: what follows the default is announced with it.
REFRESHING = object()


class OmSlaPolicy(models.Model):
    """What is promised for faults: one record for the many systems that share it.

    A contract has one default, for the systems of which the register says nothing, or
    none: what its document does not print is not promised. No contract lends its
    promise to another.

    ``_policy_changed`` lets the deadlines that rest on it follow.
    """

    _name = "om.sla.policy"
    _inherit = ["mail.thread", "om.act.mixin"]
    _description = "Service Promise"
    _order = "sequence, name, id"
    _rec_names_search = ["name", "source"]
    _check_company_auto = True

    _free_fields = {
        "name": None,
        "sequence": None,
        "active": None,
        "company_id": None,
        "agreement_id": None,
        "calendar_id": None,
        "is_default": None,
        "source": None,
        "note": None,
        "line_ids": None,
        "key_respond_hours": None,
        "key_fix_hours": None,
        "near_km": None,
    }
    # Where systems are promised it
    _reasoned_fields = dict.fromkeys(
        (
            "calendar_id",
            "line_ids",
            "key_respond_hours",
            "key_fix_hours",
            "near_km",
            "active",
        )
    )
    _facts = {
        "active": Fact("active"),
        "calendar": Fact("calendar_id"),
        "contract": Fact("agreement_id"),
        "default": Fact("is_default"),
        "respond_in_key_periods": Fact("key_respond_hours"),
        "fix_in_key_periods": Fact("key_fix_hours"),
        "near": Fact("near_km"),
    }

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Left empty: for all companies."
    )
    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('domain', '=', 'sale'), ('is_template', '=', False)]",
        help="Whose promise it is. Left empty: it can be chosen for systems of any"
        " contract.",
    )
    calendar_id = fields.Many2one(
        "om.service.calendar",
        "Service Calendar",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        default=lambda self: self.env.ref(
            "om_helpdesk.om_service_calendar_5x8", raise_if_not_found=False
        ),
    )
    is_default = fields.Boolean(
        "Contract's Default",
        copy=False,
        tracking=True,
        help="Applies to the contract's systems where the register says nothing.",
    )
    source = fields.Char(
        translate=True, tracking=True, help="Document and clause that promise it."
    )
    note = fields.Text("Remarks", translate=True)
    register_key = fields.Char(
        copy=False,
        readonly=True,
        help="The deadlines of the register that this promise was made from.",
    )
    line_ids = fields.One2many(
        "om.sla.policy.line", "policy_id", string="Promises", copy=True
    )
    key_respond_hours = fields.Float(
        "Response in Key Periods",
        tracking=True,
        help="Natural hours from the report. Holds beside the ordinary promise: the"
        " earlier deadline decides. 0: no other promise.",
    )
    key_fix_hours = fields.Float(
        "Repair in Key Periods",
        tracking=True,
        help="Natural hours from the report. Holds beside the ordinary promise: the"
        " earlier deadline decides. 0: no other promise.",
    )
    near_km = fields.Float(
        "Near Is up to (km)",
        digits=(16, 1),
        tracking=True,
        help="From our base to the system; what lies beyond is far.",
    )
    system_ids = fields.One2many("om.system", "sla_policy_id", string="Systems")
    system_count = fields.Integer(compute="_compute_system_count")
    is_usable = fields.Boolean(
        "Complete",
        compute="_compute_is_usable",
        store=True,
        help="Response and repair are promised for each severity at any time of day,"
        " and the calendar has hours.",
    )
    summary = fields.Char("Promised", compute="_compute_summary")
    matrix = fields.Html(
        "At a Glance", compute="_compute_matrix", sanitize=False, readonly=True
    )

    _register_key_unique = models.UniqueIndex(
        "(COALESCE(agreement_id, 0), COALESCE(company_id, 0), register_key)",
        "There is a promise for these deadlines of the register already.",
    )
    _default_unique = models.UniqueIndex(
        "(agreement_id) WHERE is_default AND active",
        "The contract has another default already: there can be only one.",
    )
    _default_of_contract = models.Constraint(
        "CHECK (NOT is_default OR agreement_id IS NOT NULL)",
        "A default is that of a contract: choose the contract.",
    )
    _key_hours_not_negative = models.Constraint(
        "CHECK (key_respond_hours >= 0 AND key_fix_hours >= 0 AND near_km >= 0)",
        "A promise cannot be negative; 0 means none.",
    )

    # ------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------

    def _compute_system_count(self):
        counts = dict(
            self.env["om.system"]._read_group(
                [("sla_policy_id", "in", self.ids)], ["sla_policy_id"], ["__count"]
            )
        )
        for policy in self:
            policy.system_count = counts.get(policy._origin, 0)

    @api.depends(
        "active",
        "calendar_id.always",
        "calendar_id.window_ids",
        "line_ids.severity",
        "line_ids.target",
        "line_ids.window",
        "line_ids.channel_id",
        "line_ids.reach",
    )
    def _compute_is_usable(self):
        for policy in self:
            calendar = policy.calendar_id
            policy.is_usable = (
                policy.active
                and bool(calendar.always or calendar.window_ids)
                and all(
                    policy._promises(severity, target)
                    for severity, _label in SEVERITIES
                    for target in ("respond", "fix")
                )
            )

    def _promises(self, severity, target):
        """Return whether a target is promised at any time of day."""
        windows = {
            line.window
            for line in self.line_ids
            if (line.severity, line.target) == (severity, target)
            and not line.channel_id
            and (not line.reach or line.reach == "any")
            and line.window != "key"
        }
        return "any" in windows or windows == {"working", "off"}

    @api.depends(
        "line_ids.severity",
        "line_ids.target",
        "line_ids.value",
        "line_ids.unit",
        "line_ids.window",
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for policy in self:
            texts = []
            for severity, _label in SEVERITIES:
                lines = policy.line_ids.filtered(
                    lambda line, severity=severity: (
                        line.severity == severity
                        and line.target in MAIN_TARGETS
                        and line.window != "key"
                    )
                )
                texts.append(
                    " / ".join(line._get_duration() for line in lines.sorted("rank"))
                )
            # All four alike: once is enough.
            texts = texts[:1] if len(set(texts)) == 1 else texts
            policy.summary = " · ".join(text or "–" for text in texts)

    @api.depends("name", "register_key", "summary")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for policy in self:
            name = policy.name or ""
            if policy.register_key:
                name = f"{name}: {policy.summary}"
            policy.display_name = name

    @api.depends(
        "calendar_id",
        "key_respond_hours",
        "key_fix_hours",
        "line_ids.severity",
        "line_ids.target",
        "line_ids.value",
        "line_ids.unit",
        "line_ids.clock",
        "line_ids.window",
        "line_ids.start",
        "line_ids.channel_id",
        "line_ids.calendar_id",
        "line_ids.reach",
        "line_ids.from_default",
        "near_km",
    )
    @api.depends_context("lang")
    def _compute_matrix(self):
        for policy in self:
            policy.matrix = self.env["ir.qweb"]._render(
                "om_helpdesk.om_sla_policy_matrix", policy._prepare_matrix()
            )

    def _prepare_matrix(self):
        """Return what the table of the promises shows."""
        self.ensure_one()
        used = {*MAIN_TARGETS, *self.line_ids.mapped("target")}
        rows = []
        for severity, label in self.line_ids._fields["severity"]._description_selection(
            self.env
        ):
            cells = [
                self.line_ids.filtered(
                    lambda line, severity=severity, target=target: (
                        line.severity == severity and line.target == target
                    )
                ).sorted("rank")
                for target, _label in TARGETS
                if target in used
            ]
            rows.append((label, cells))
        return {
            "policy": self,
            "targets": [
                label
                for target, label in self.line_ids._fields[
                    "target"
                ]._description_selection(self.env)
                if target in used
            ],
            "key_cells": [
                {"respond": self.key_respond_hours, "fix": self.key_fix_hours}.get(
                    target, 0
                )
                for target, _label in TARGETS
                if target in used
            ],
            "rows": rows,
            "has_defaults": any(self.line_ids.mapped("from_default")),
            "hours": self._format_hours,
        }

    @api.model
    def _format_hours(self, hours):
        return self.env["om.system.deadline"]._get_duration_text(
            *((round(hours * 60), "minute") if hours % 1 else (hours, "hour"))
        )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        policies = super(
            OmSlaPolicy, self.with_context(om_policy_writing=WRITING)
        ).create(vals_list)
        self.env.registry.clear_cache()
        self._assign_defaults(policies.filtered("is_default").agreement_id)
        return policies.with_env(self.env)

    def write(self, vals):
        before = self._get_texts() if "line_ids" in vals else None
        contracts = self.agreement_id
        result = super(OmSlaPolicy, self.with_context(om_policy_writing=WRITING)).write(
            vals
        )
        if before is not None:
            self._follow_changes(before, set(vals) & {*TERMS, "active"})
        elif vals.keys() & {*TERMS, "active", "is_default", "agreement_id"}:
            self._announce_change(self.env._("Service promise changed"))
        if vals.keys() & {"active", "is_default", "company_id", "agreement_id"}:
            self._assign_defaults(contracts | self.agreement_id)
        return result

    def _get_reasoned(self, names):
        # sudo: whether a system of another company is promised it counts as well.
        return super()._get_reasoned(names) if self.sudo().system_ids else []

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        return [
            {**vals, "name": self.env._("%s (copy)", policy.name)}
            for policy, vals in zip(self, vals_list, strict=True)
        ]

    def unlink(self):
        # Not by the database: what is deleted is on record.
        self.line_ids.unlink()
        return super().unlink()

    @api.constrains("agreement_id")
    def _check_systems_of_contract(self):
        for policy in self.filtered("agreement_id"):
            # sudo: systems of another company are no less promised it.
            others = policy.sudo().system_ids.filtered(
                lambda system, own=policy.agreement_id: system.agreement_id != own
            )
            if others:
                raise ValidationError(
                    self.env._(
                        "Systems of other contracts are promised “%(promise)s”; give"
                        " them others first: %(systems)s",
                        promise=policy.display_name,
                        systems=format_list(self.env, others.mapped("display_name")),
                    )
                )

    @api.constrains("is_default", "agreement_id", "active")
    def _check_contract_promises(self):
        self.filtered(
            lambda policy: policy.is_default and policy.active
        ).agreement_id._check_no_promise()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered("system_ids")
        if used:
            raise UserError(
                self.env._(
                    "Systems are promised these terms; give them others first: %s",
                    format_list(self.env, used.mapped("display_name")),
                )
            )

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_try(self):
        """Return the dialog that reckons a fault by this promise."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_helpdesk.om_sla_try_action"
        )
        action["context"] = {"default_policy_id": self.id}
        return action

    def action_view_systems(self):
        """Return the list of the systems that are promised this."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_system_action"
        )
        action["domain"] = [("sla_policy_id", "=", self.id)]
        action["context"] = {"create": False}
        return action

    def _get_texts(self):
        """Return {policy: {line id: line in words}}, to compare after a change."""
        return {
            policy: {line.id: line.display_name for line in policy.line_ids}
            for policy in self
        }

    def _follow_changes(self, before, terms=()):
        """Log changed lines, and let what rests on them follow."""
        bodies = {}
        for policy, after in self._get_texts().items():
            old = before.get(policy, {})
            changes = [
                f"{old.get(key, '–')} → {after.get(key, '–')}"
                for key in dict.fromkeys([*old, *after])
                if old.get(key) != after.get(key)
            ]
            if changes:
                bodies[policy.id] = "\n".join(changes)
        changed = self.browse(bodies)
        changed._message_log_batch(bodies=bodies)
        refreshing = self.env.context.get("om_policy_refreshing") is REFRESHING
        if (changed or terms) and not refreshing:
            policies = self if terms else changed
            policies._announce_change(self.env._("Service promise changed"))

    def _announce_change(self, reason):
        """Let everything that rests on these policies follow, in one batch."""
        self.env.registry.clear_cache()
        policies = self | self._refresh_defaults()
        if policies:
            policies._policy_changed(reason)

    def _policy_changed(self, reason):
        """What these policies promise, or when their clocks run, has changed.

        Open tickets follow in one batch; confirmed results stay as they are.

        :param reason: what changed, in the user's language
        """
        domain = Domain("sla_policy_id", "in", self.ids) | Domain(
            "system_id.sla_policy_id", "in", self.ids
        )
        domain |= Domain("sla_source", "!=", "system") & Domain(
            "agreement_id", "in", self.filtered("is_default").agreement_id.ids
        )
        # superuser: the promise was changed with rights, its tickets have to follow
        self.env["helpdesk.ticket"].sudo()._recompute_promises(domain, reason)

    # ------------------------------------------------------------
    # For the engine
    # ------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_engine_policies(self):
        """Return {id: Policy}; those whose calendar is never served are not there.

        Promises are terms of contract: reading them as superuser gives nothing away.
        """
        calendars = self.env["om.service.calendar"]._get_engine_calendars()
        policies = self.sudo().with_context(active_test=False)
        policies = policies.search_fetch([], [*TERMS, "line_ids"])
        return {
            policy.id: policy._compile(lambda calendar: calendars[calendar.id])
            for policy in policies
            if {policy.calendar_id.id, *policy.line_ids.calendar_id.ids}
            <= calendars.keys()
        }

    def _compile(self, get_hours) -> Policy:
        """Return the promise for the engine.

        :param get_hours: what turns an ``om.service.calendar`` into its hours
        """
        self.ensure_one()
        calendar = get_hours(self.calendar_id)
        key_hours = {"respond": self.key_respond_hours, "fix": self.key_fix_hours}
        return make_policy(
            calendar,
            [
                line._get_engine_line(
                    get_hours(line.calendar_id) if line.calendar_id else calendar
                )
                for line in self.line_ids
            ],
            {
                target: Target(round(hours * 60), "minute", "always", calendar)
                for target, hours in key_hours.items()
                if hours
            },
        )

    def _get_engine_policy(self) -> Policy | None:
        """Return what the engine needs of a policy; None if it cannot be used."""
        self.ensure_one()
        return self._get_engine_policies().get(self.id)

    def _covers(self, severity):
        """Return whether anything is promised for a severity."""
        self.ensure_one()
        policy = self._get_engine_policy()
        return bool(
            policy
            and any((severity, target) in policy.lines for target, _label in TARGETS)
        )

    @api.model
    def _get_defaults(self, contracts):
        """Return {contract: its default}, of those that have one."""
        policies = self.search(
            [("is_default", "=", True), ("agreement_id", "in", contracts.ids)]
        )
        return {policy.agreement_id: policy for policy in policies}

    @api.model
    def _get_provisional(self, companies):
        """Return {company: what measures a fault of which no contract is known yet}.

        So that nobody forgets it: the first default, in the order of the list, of a
        contract that is not over. It ends when the system is known, and what a contract
        pays by never looks at it.
        """
        policies = self.search(
            [
                ("is_default", "=", True),
                ("agreement_id.company_id", "in", companies.ids),
                ("agreement_id.state", "in", ("draft", "in_force", "expired")),
            ],
            order="sequence, id",
        )
        first = {}
        for policy in policies:
            first.setdefault(policy.agreement_id.company_id, policy)
        return first
