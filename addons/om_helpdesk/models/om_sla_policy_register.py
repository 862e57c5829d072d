import json

from odoo import api, fields, models

from odoo.addons.om_assets.models.om_system_deadline import SEVERITIES

from ..engine.policy import MAIN_TARGETS
from .om_sla_policy import REFRESHING

# Where the default fills in what a system's own terms leave open. Nobody is owed an
# arrival that no contract mentions.
FILLED = ("respond", "fix")
# What the deadlines of the register do not decide: somebody chose it, or the contract
# prints more for these systems than times by severity.
OWN = ("manual", "printed")
# Only code of the server holds these: a promise is assigned by the register; it was on
# record with the changed deadline already.
ASSIGNING = object()
DEADLINE_CHANGED = object()
# A load brings the contract after its systems: promises are assigned at its end.
LATER = object()


class OmSlaPolicy(models.Model):
    _inherit = "om.sla.policy"

    @api.model
    def _assign_all(self):
        """Give every system its promise; what somebody chose by hand stays."""
        self._assign_from_deadlines(
            self.env["om.system"].sudo().search([("sla_policy_origin", "not in", OWN)])
        )

    @api.model
    def _assign_from_deadlines(self, systems):
        """Give systems the promise that their deadlines of the register make.

        Systems with the same deadlines share one policy, made when it is first needed.
        A system without any gets the default of its contract, if that has one. What
        somebody chose by hand, or a contract prints for it alone, is left alone. The
        number of queries does not depend on that of the systems.
        """
        if self.env.context.get("om_sla_later") is LATER:
            return systems.browse()
        # superuser: whoever enters deadlines of a system need not write policies
        systems = systems.sudo().exists()
        systems = systems.filtered(
            lambda system: (
                system.sla_policy_origin not in OWN or not system.sla_policy_id
            )
        )
        keys = self._get_register_keys(systems)
        by_contract = self.sudo()._get_defaults(systems.agreement_id)
        defaults = {
            system: by_contract.get(system.agreement_id, self.browse())
            for system in systems
        }
        policies = self.sudo()._get_register_policies(
            dict.fromkeys(
                (defaults[system], keys[system]) for system in systems if system in keys
            )
        )
        wanted = {}
        for system in systems:
            key = keys.get(system)
            default = defaults[system]
            if key:
                choice = policies[default, key], "register"
            else:
                choice = default, "default" if default else False
            if (system.sla_policy_id, system.sla_policy_origin) != choice:
                wanted.setdefault(choice, []).append(system.id)
        return self._assign(wanted)

    @api.model
    def _assign(self, wanted):
        """Give systems promises in one batch; return those changed.

        :param wanted: {(promise, origin): [id of a system, ...]}
        """
        systems = self.env["om.system"].sudo()  # as above
        systems = systems.browse([each for ids in wanted.values() for each in ids])
        old = {
            system: system.sla_policy_id.display_name
            for system in systems
            if system.sla_policy_id
        }
        # sudo: the promise follows from what the register says, whoever entered it.
        with systems.sudo()._together() as acting:
            acting = acting.with_context(
                tracking_disable=True, om_sla_assigning=ASSIGNING
            )
            for (policy, origin), ids in wanted.items():
                acting.browse(ids).write(
                    {"sla_policy_id": policy.id, "sla_policy_origin": origin}
                )
        if systems:
            self._log_assignments(systems, old)
            systems._sla_policy_changed()
        return systems

    @api.model
    def _give_printed(self, systems, values, lines):
        """Give systems the promise that their contract prints for them alone.

        It begins with their deadlines of the register, filled up by the default; what
        the lines say goes before that. What somebody chose by hand is left alone.

        :param values: of the promise; ``lines``: values of its lines
        """
        contract = systems.agreement_id
        default = self._get_defaults(contract).get(contract, self.browse())
        keys = self._get_register_keys(systems)
        found = {keys.get(system, "[]") for system in systems}
        if len(contract) != 1 or len(found) > 1:
            raise ValueError("systems of one contract with the same deadlines")
        (vals,) = self._prepare_register_policies([(default, key) for key in found])
        said = {
            (line["severity"], line["target"])
            for line in lines
            if not line.get("channel_id") and line.get("window", "any") != "key"
        }
        base = [
            command
            for command in vals["line_ids"]
            if (command[2]["severity"], command[2]["target"]) not in said
        ]
        policy = self.create(
            {
                **vals,
                "register_key": False,
                "agreement_id": contract.id,
                **values,
                "line_ids": base + [fields.Command.create(line) for line in lines],
            }
        )
        free = systems.filtered(lambda system: system.sla_policy_origin != "manual")
        if free:
            self._assign({(policy, "printed"): free.ids})
        return policy

    @api.model
    def _assign_defaults(self, contracts):
        """Let the systems of these contracts have what follows from their default."""
        if not contracts:
            return
        # superuser: as above
        self._assign_from_deadlines(
            self.env["om.system"]
            .sudo()
            .search(
                [
                    ("agreement_id", "in", contracts.ids),
                    ("sla_policy_origin", "not in", OWN),
                ]
            )
        )

    def _log_assignments(self, systems, old):
        """Say in the systems' discussions which promise has replaced which."""
        bodies = {
            system.id: self.env._(
                "Service promise: %(old)s → %(new)s",
                old=old[system],
                new=system.sla_policy_id.display_name or "–",
            )
            for system in systems
            if system in old and old[system] != system.sla_policy_id.display_name
        }
        # A changed deadline is on record with the system already.
        quiet = self.env.context.get("om_deadline_changed") is DEADLINE_CHANGED
        if bodies and not quiet:
            systems.browse(bodies)._message_log_batch(bodies=bodies)

    # ------------------------------------------------------------
    # Policies from deadlines
    # ------------------------------------------------------------

    @api.model
    def _get_register_keys(self, systems):
        """Return {system: its deadlines as a text}, without those that have none."""
        deadlines = (
            self.env["om.system.deadline"]
            .sudo()
            .search_fetch([("system_id", "in", systems.ids)])
        )
        return {
            system: json.dumps(
                sorted(line._get_register_values() for line in lines),
                separators=(",", ":"),
            )
            for system, lines in deadlines.grouped("system_id").items()
        }

    def _get_register_policies(self, wanted):
        """Return {(default, key): policy}; makes those that are missing.

        They belong to the contract of the default that fills them up; what no default
        fills is the same for all.
        """
        found = self.with_context(active_test=False).search_fetch(
            [("register_key", "in", [key for _default, key in wanted])],
            ["agreement_id", "company_id", "register_key"],
        )
        by_key = {
            (policy.agreement_id, policy.company_id, policy.register_key): policy
            for policy in found
        }
        missing = [
            (default, key)
            for default, key in wanted
            if (default.agreement_id, default.company_id, key) not in by_key
        ]
        if missing:
            quiet = self.with_context(tracking_disable=True)
            created = quiet.create(self._prepare_register_policies(missing))
            for (default, key), policy in zip(missing, created, strict=True):
                by_key[default.agreement_id, default.company_id, key] = policy
        return {
            (default, key): by_key[default.agreement_id, default.company_id, key]
            for default, key in wanted
        }

    def _prepare_register_policies(self, missing):
        """Return values of new policies, numbered on from the last one."""
        number = self.with_context(active_test=False).search_count(
            [("register_key", "!=", False)]
        )
        vals_list = []
        for index, (default, key) in enumerate(missing, start=number + 1):
            lines = self._prepare_register_lines(json.loads(key), default)
            vals = {
                "name": f"R{index:02d}",
                "sequence": 50,
                "company_id": default.company_id.id,
                "agreement_id": default.agreement_id.id,
                "register_key": key,
                "key_respond_hours": default.key_respond_hours,
                "key_fix_hours": default.key_fix_hours,
                "line_ids": [fields.Command.create(line) for line in lines],
            }
            if default:
                vals["calendar_id"] = default.calendar_id.id
            vals_list.append(vals)
        return vals_list

    def _prepare_register_lines(self, register, default):
        """Return the lines of the deadlines, what is open taken from ``default``.

        :param register: ``_get_register_values`` of a system's deadlines
        """
        printed = {}
        # What is said for a severity goes before what is said for all of them.
        for severity, *promises in sorted(register, key=lambda row: row[0] != "flat"):
            severities = [severity]
            if severity == "flat":
                severities = [each for each, _label in SEVERITIES]
            for target, promise in zip(MAIN_TARGETS, promises, strict=True):
                if promise:
                    for each in severities:
                        printed[each, target] = promise
        vals_list = [
            {
                "severity": severity,
                "target": target,
                "value": value,
                "unit": unit,
                "clock": clock,
            }
            for (severity, target), (value, unit, clock) in printed.items()
        ]
        return vals_list + default._prepare_default_lines(printed)

    def _prepare_default_lines(self, printed):
        """Return copies of the default's lines for what is not among ``printed``."""
        lines = self.line_ids.filtered(
            lambda line: (
                line.target in FILLED and (line.severity, line.target) not in printed
            )
        )
        return [line._prepare_copy() for line in lines]

    def _refresh_defaults(self):
        """Let lines taken from the default follow it; return the policies changed."""
        refreshed = self.browse()
        defaults = self.filtered("is_default").sudo()
        if not defaults:
            return refreshed
        copies = defaults.line_ids.search_fetch(
            [
                ("from_default", "=", True),
                ("policy_id.agreement_id", "in", defaults.agreement_id.ids),
            ]
        )
        by_contract = self.sudo()._get_defaults(defaults.agreement_id)
        for policy, lines in copies.grouped("policy_id").items():
            default = by_contract.get(policy.agreement_id)
            if not default or default not in defaults:
                continue
            own = policy.line_ids - lines
            vals_list = default._prepare_default_lines(
                {(line.severity, line.target) for line in own}
            )
            old = [line._prepare_copy() for line in lines]
            if all(vals in old for vals in vals_list) and len(old) == len(vals_list):
                continue
            commands = [fields.Command.delete(line.id) for line in lines]
            commands += map(fields.Command.create, vals_list)
            policy.with_context(om_policy_refreshing=REFRESHING).write(
                {"line_ids": commands}
            )
            refreshed |= policy
        return refreshed
