from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain

from ..engine.merge import group_by_values
from .om_inspection_plan_generation import IMPORTING
from .om_register_sheet import LINES, SHEETS, SYSTEMS

# As many reasons as a person reads before doing something about them.
MOST_REASONS = 10
SPECS = {spec.model: spec for spec in SHEETS}


class OmRegisterImport(models.Model):
    _inherit = "om.register.import"

    # ------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------

    def action_apply(self):
        """Bring the differences into the register, all or none.

        :raise UserError: the register is no longer what the differences were told of
        """
        self.ensure_one()
        self.check_access("write")
        self._lock("ready")
        plan = self._get_plan()
        if plan.problems or plan.get_fingerprint() != self.fingerprint:
            raise UserError(
                self.env._(
                    "The register was changed after this file was read, so the"
                    " differences shown are no longer true. Read the file again."
                )
            )
        if not self.change_ids:
            raise UserError(self.env._("There is no difference to apply."))
        with self._act("apply") as acting:
            touched = acting._with_import()._apply()
            self.env.flush_all()
            acting.write(
                {
                    "state": "applied",
                    "applied_by": self.env.uid,
                    "applied_on": fields.Datetime.now(),
                    "snapshot": self._take_snapshot(touched),
                }
            )
        touched = {model: each.with_env(self.env) for model, each in touched.items()}
        self._log_changes(touched[SYSTEMS.model], undone=False)
        self._replan_systems(touched)
        return True

    def _with_import(self):
        return self.with_context(tracking_disable=True, om_register_import=IMPORTING)

    def _apply(self):
        """Write all changes; return {model: records that are there afterwards}."""
        touched = defaultdict(set)
        by_kind = self._get_by_kind()
        self = self.with_context(om_register_made=self._create_referred(by_kind["new"]))
        for model, changes in by_kind["removed"].items():
            self._remove_lines(model, changes)
        updates = self._get_updates("new")
        for model, values in updates.items():
            self._write_values(model, values)
            touched[model].update(values)
        self.env.flush_all()
        codes = dict(
            self.env["om.system"]
            .search([("company_id", "=", self.company_id.id)])
            .mapped(lambda system: (system.code, system.id))
        )
        for spec in SHEETS:
            changes = by_kind["new"].get(spec.model)
            if not changes:
                continue
            records = self._create_records(spec, changes, codes)
            touched[spec.model].update(records.ids)
            if spec is SYSTEMS:
                codes.update({system.code: system.id for system in records})
        return {
            model: self.env[model].browse(sorted(touched[model])) for model in SPECS
        }

    def _get_by_kind(self):
        result = defaultdict(lambda: defaultdict(list))
        for change in self.change_ids:
            result[change.kind][change.model].append(change)
        return result

    def _get_updates(self, side):
        """Return {model: {id: values}} of what is changed, or was: "new" or "old"."""
        updates = defaultdict(lambda: defaultdict(dict))
        for change in self.change_ids:
            values = updates[change.model][change.res_id] if change.res_id else None
            if change.kind == "changed":
                values[change.payload["field"]] = change.payload[side]
            elif change.kind == "stopped":
                values.update(change.payload[side])
        return {
            model: {id_: values for id_, values in records.items() if values}
            for model, records in updates.items()
        }

    def _write_values(self, model, updates):
        """Write values; what gets the same values in one go."""
        records = self.env[model].browse(updates)
        for values, ids in group_by_values(updates):
            # What one of them asks the database for, it asks for all.
            same = records.browse(ids).with_prefetch(records._prefetch_ids)
            same.write(self._to_write(model, values))

    def _create_records(self, spec, changes, codes):
        vals_list, fields_ = [], self.env[spec.model]._fields
        last = self._get_last_sequences(spec) if spec is not SYSTEMS else {}
        for change in changes:
            values = dict(change.payload["values"])
            if spec is SYSTEMS:
                values["company_id"] = self.company_id.id
            else:
                system_id = codes[values.pop("system_code")]
                last[system_id] = last.get(system_id, 0) + 10
                values.update(system_id=system_id, sequence=last[system_id])
            written = self._to_write(spec.model, values)
            # What has to be there and the file leaves open begins as it does by hand.
            vals_list.append(
                {
                    name: value
                    for name, value in written.items()
                    if value is not False or not fields_[name].required
                }
            )
        records = self.env[spec.model].create(vals_list)
        for change, record in zip(changes, records, strict=True):
            change.sudo().res_id = record.id
        return records

    def _get_last_sequences(self, spec):
        return {
            system.id: last
            for system, last in self.env[spec.model]._read_group(
                [("system_id.company_id", "=", self.company_id.id)],
                ["system_id"],
                ["sequence:max"],
            )
        }

    def _remove_lines(self, model, changes):
        """Delete lines, remembering what was counted for them."""
        lines = self.env[model].browse([change.res_id for change in changes])
        links = defaultdict(dict)
        for reference in self._get_references(model):
            if reference.ttype != "many2one":
                continue
            for record in self._search_references(reference, lines.ids):
                target = record[reference.name].id
                place = f"{reference.model},{reference.name}"
                links[target].setdefault(place, []).append(record.id)
        for change in changes:
            change.sudo().payload = {
                **change.payload,
                "links": links.get(change.res_id, {}),
            }
        lines.unlink()

    @api.model
    def _to_write(self, model, values):
        """Return values for create and write: an empty text is none, and a name where a
        number belongs is that of what this import made."""
        made = self.env.context.get("om_register_made", {})
        fields_ = self.env[model]._fields
        return {
            name: made[fields_[name].comodel_name][value]
            if isinstance(value, str) and value and fields_[name].type == "many2one"
            else value
            if value != ""
            else False
            for name, value in values.items()
        }

    # ------------------------------------------------------------
    # Undoing
    # ------------------------------------------------------------

    def action_undo(self):
        """Bring the register back to what it was before.

        :raise UserError: something was built on what the import changed
        """
        self.ensure_one()
        self.check_access("write")
        self._lock("applied")
        reasons = self._get_obstacles()
        if reasons:
            raise UserError(
                self.env._(
                    "This import can no longer be undone:\n%s",
                    "\n".join(f"- {reason}" for reason in reasons[:MOST_REASONS]),
                )
            )
        with self._act("undo") as acting:
            touched = acting._with_import()._undo()
            self.env.flush_all()
            acting.write(
                {
                    "state": "undone",
                    "undone_by": self.env.uid,
                    "undone_on": fields.Datetime.now(),
                }
            )
        touched = {model: each.with_env(self.env) for model, each in touched.items()}
        self._log_changes(touched[SYSTEMS.model], undone=True)
        self._replan_systems(touched)
        return True

    def _undo(self):
        by_kind = self._get_by_kind()
        touched = defaultdict(set)
        for spec in (*LINES, SYSTEMS):
            changes = by_kind["new"].get(spec.model)
            if changes:
                records = self.env[spec.model].browse(
                    [change.res_id for change in changes]
                )
                if spec is SYSTEMS:
                    # Only drafts are deleted; these were never served.
                    records.write({"state": "draft", "stop_date": False})
                records.unlink()
        for model, values in self._get_updates("old").items():
            values = {id_: vals for id_, vals in values.items() if vals}
            self._write_values(model, values)
            touched[model].update(values)
        self.env.flush_all()
        self._remove_referred(by_kind["new"])
        for model, changes in by_kind["removed"].items():
            touched[model].update(self._restore(model, changes).ids)
        return {
            model: self.env[model].browse(sorted(touched[model])) for model in SPECS
        }

    def _restore(self, model, changes):
        """Create removed lines again, with what was counted for them."""
        names = {*SPECS[model].fields, "system_id", "sequence"}
        lines = self.env[model].create(
            [
                self._to_write(
                    model,
                    {
                        name: value
                        for name, value in change.payload["values"].items()
                        if name in names
                    },
                )
                for change in changes
            ]
        )
        for change, line in zip(changes, lines, strict=True):
            for place, ids in change.payload.get("links", {}).items():
                other, name = place.split(",")
                # The line's number is new, what was counted for it is not.
                records = self.env[other].sudo().browse(ids).exists()
                records.filtered(lambda record: not record[name]).write(  # noqa: B023
                    {name: line.id}
                )
        return lines

    def _get_obstacles(self):
        """Return why the import cannot be undone, in words."""
        return self._get_changed_since() or self._get_built_since()

    def _get_changed_since(self):
        """Return what was changed of what the import wrote."""
        reasons = []
        Sheet = self.env["om.register.sheet"]
        names = {(change.model, change.res_id): change for change in self.change_ids}
        for model, then in (self.snapshot or {}).items():
            spec = SPECS[model]
            then = {int(id_): values for id_, values in then.items()}
            records = self.env[model].browse(then).exists()
            now = Sheet._read_values(records, Sheet._get_fields(spec))
            for id_, values in then.items():
                change = names.get((model, id_))
                name = change and " / ".join(
                    dict.fromkeys([change.system_name, change.record_name])
                )
                if id_ not in now:
                    reasons.append(self.env._("%s was deleted.", name))
                elif any(now[id_][key] != value for key, value in values.items()):
                    reasons.append(self.env._("%s was changed since.", name))
        return reasons

    def _get_built_since(self):
        """Return what refers to records that the import made."""
        reasons = []
        new = defaultdict(dict)
        for change in self.change_ids.filtered(lambda change: change.kind == "new"):
            new[change.model][change.res_id] = change.record_name
        own = {model: set(names) for model, names in new.items()}
        for model, names in new.items():
            parts = self._get_parts(model)
            for reference in self._get_references(model):
                if reference.model in parts:
                    continue
                records = self._search_references(reference, list(names))
                records = records.filtered(
                    lambda record: (
                        record.id not in own.get(record._name, ())  # noqa: B023
                    )
                )
                if records:
                    reasons.append(
                        self.env._(
                            "%(name)s: %(count)s entries of “%(model)s” refer to it.",
                            name=names.get(records[0][reference.name][:1].id, ""),
                            count=len(records),
                            model=self.env["ir.model"]._get(records._name).name,
                        )
                    )
            reasons += self._get_people_since(model, names)
        return reasons

    def _get_people_since(self, model, names):
        """Return what people wrote, planned and filed on new records."""
        reasons = []
        ids = list(names)
        for other, id_name, more in (
            ("mail.activity", "res_id", []),
            ("ir.attachment", "res_id", [("res_field", "=", False)]),
            ("mail.message", "res_id", [("message_type", "in", ("comment", "email"))]),
        ):
            model_name = "model" if other == "mail.message" else "res_model"
            records = (
                self.env[other]
                .sudo()
                .search([(model_name, "=", model), (id_name, "in", ids), *more])
            )
            if records:
                reasons.append(
                    self.env._(
                        "%(name)s: %(count)s entries of “%(model)s” refer to it.",
                        name=names[records[0][id_name]],
                        count=len(records),
                        model=self.env["ir.model"]._get(other).name,
                    )
                )
        return reasons

    @api.model
    def _get_references(self, model):
        """Return the stored fields of other records that refer to a model."""
        return (
            self.env["ir.model.fields"]
            .sudo()
            .search(
                [
                    ("relation", "=", model),
                    ("ttype", "in", ("many2one", "many2many")),
                    ("store", "=", True),
                ]
            )
            .filtered(
                lambda field: (
                    (other := self.env.get(field.model)) is not None
                    and other._auto
                    and not other._transient
                    and not other._abstract
                )
            )
        )

    def _search_references(self, reference, ids):
        """Return the records that refer to one of ``ids``, whoever may see them.

        Inspections that a plan made and nobody touched go and come with the plan.
        """
        domain = Domain(reference.name, "in", ids)
        if reference.model == "maintenance.request":
            domain &= (
                Domain("inspection_plan_id", "=", False)
                | Domain("planned_by_hand", "=", True)
                | Domain("inspection_done_on", "!=", False)
                | Domain("archive", "=", True)
                | Domain("stage_id.done", "=", True)
            )
        Model = self.env[reference.model].sudo().with_context(active_test=False)
        return Model.search(domain)

    # ------------------------------------------------------------
    # Both
    # ------------------------------------------------------------

    def _lock(self, state):
        """Hold the import for this transaction; raise unless it is in ``state``."""
        try:
            self.sudo().lock_for_update()
        except LockError:
            raise UserError(
                self.env._("Somebody else is working on this import at this moment.")
            ) from None
        self.invalidate_recordset(["state"])
        if self.state != state:
            raise UserError(
                self.env._("Read the file first; it must be without mistakes.")
                if state == "ready"
                else self.env._("Only what was applied can be undone.")
            )

    def _take_snapshot(self, touched):
        """Return {model: {id: values}} of what the import wrote."""
        Sheet = self.env["om.register.sheet"]
        return {
            model: Sheet._read_values(records, Sheet._get_fields(SPECS[model]))
            for model, records in touched.items()
            if records
        }

    def _log_changes(self, systems, undone):
        """Leave one message on each system that says what was changed."""
        by_code = {system.code: system for system in self._get_logged(systems)}
        items = defaultdict(Markup)
        for change in self.change_ids:
            system = by_code.get(change.system_code)
            if system:
                old, new = change.old_text or "–", change.new_text or "–"
                if undone:
                    old, new = new, old
                items[system.id] += Markup("<li>%s: %s → %s</li>") % (
                    change.field_label or change.record_name or "",
                    old,
                    new,
                )
        title = (
            self.env._("Import “%s” undone", self.name)
            if undone
            else self.env._("Import “%s” applied", self.name)
        )
        logged = self.env["om.system"].browse(items)
        logged._message_log_batch(
            bodies={
                id_: Markup("<p>%s</p><ul>%s</ul>") % (title, item)
                for id_, item in items.items()
            }
        )

    def _get_logged(self, systems):
        codes = list(set(self.change_ids.mapped("system_code")))
        return systems | self.env["om.system"].search(
            [("company_id", "=", self.company_id.id), ("code", "in", codes)]
        )

    def _replan_systems(self, touched):
        """Let the inspections that lie ahead follow, once."""
        plans = touched["om.inspection.plan"]
        plans |= touched[SYSTEMS.model].inspection_plan_ids
        plans._replan()
