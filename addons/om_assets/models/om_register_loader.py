import logging
from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..engine.merge import Kept, Reason, group_by_values, merge

_logger = logging.getLogger(__name__)

# Deleting one of these would take history with it.
PROTECTED_MODELS = ("om.system", "res.partner")


@dataclass
class LoadReport:
    """What a load did: counts per model, and what it left alone.

    ``new_keys`` are the external ids of what was created; ``skipped`` names the fields
    of a record that refer to something that is gone.
    """

    created: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    updated: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    deleted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    kept: list[Kept] = field(default_factory=list)
    new_keys: set[str] = field(default_factory=set)
    skipped: dict[str, set[str]] = field(default_factory=dict)


class OmRegisterLoader(models.AbstractModel):
    """Loads a named data set with a three-way merge.

    The data is a dict {model: {external id: {field: value}}} in the order in which
    the models depend on each other. Values are plain; a many2one is an external id
    or None, a many2many a list of external ids, a date an ISO string.
    """

    _name = "om.register.loader"
    _description = "Register Loader"

    @api.model
    def _load(self, data, source):
        """Bring a data set into the database and return a :class:`LoadReport`.

        :param data: {model: {external id: values}}, parents first
        :param source: name of the data set; what it loaded before and no longer
            contains is deleted if nobody touched it
        :raise UserError: a required reference points to nothing
        """
        loader = self.sudo().with_context(
            active_test=False, lang=None, mail_create_nosubscribe=True
        )
        baselines = loader.env["om.register.baseline"].search([("source", "=", source)])
        old = defaultdict(dict)
        for baseline in baselines:
            old[baseline.model][baseline.name] = baseline.values or {}
        refs = loader._resolve(loader._collect_refs(data, old))
        known = {key for values in data.values() for key in values}.union(
            *(values.keys() for values in old.values())
        )
        report = LoadReport()
        deletes = []
        for model, new, before in loader._split_batches(data, old):
            plan = loader._load_batch(model, new, before, refs, known, report)
            deletes.append((model, plan.deletes))
        for model, keys in reversed(deletes):
            if keys:
                loader.env[model].browse([refs[key][1] for key in keys]).unlink()
                report.deleted[model] += len(keys)
        gone = {key for _model, keys in deletes for key in keys}
        loader._save_baselines(data, baselines, gone, source, report)
        loader._log_report(source, report)
        return report

    def _split_batches(self, data, old):
        """Return [(model, new, old)]: batches that can be created in one call each.

        A record that refers to another of its model comes in a later batch; what is
        no longer in the data comes in a batch of its own, at its model's place.
        """
        batches = []
        for model in [*data, *(name for name in old if name not in data)]:
            new, before = data.get(model, {}), old.get(model, {})
            pending = dict(new)
            while pending:
                wave = {
                    key: values
                    for key, values in pending.items()
                    if not self._get_targets(model, values) & pending.keys()
                }
                if not wave:
                    raise UserError(
                        self.env._(
                            "These records refer to each other in a circle: %s",
                            format_list(self.env, pending),
                        )
                    )
                batches.append(
                    (model, wave, {k: v for k, v in before.items() if k in wave})
                )
                pending = {k: v for k, v in pending.items() if k not in wave}
            gone = {key: values for key, values in before.items() if key not in new}
            if gone:
                batches.append((model, {}, gone))
        return batches

    def _load_batch(self, model, new, old, refs, known, report):
        """Create and update records of one model; return the merge plan."""
        Model = self.env[model]
        names = sorted(
            {name for values in (*new.values(), *old.values()) for name in values}
        )
        relations = {
            name: field_
            for name, field_ in Model._fields.items()
            if name in names and field_.relational
        }
        current = self._read_current(Model, {*new, *old}, names, refs)
        orphans, new_values = set(), {}
        for key, values in new.items():
            missing = self._find_missing(relations, values, refs)
            if missing and key not in current and key not in old:
                self._check_missing(key, missing, relations, known)
                if any(relations[name].required for name in missing):
                    orphans.add(key)
            if missing:
                report.skipped[key] = set(missing)
            new_values[key] = self._normalise(Model, values, refs, skip=missing)
        old_values = {
            key: self._normalise(Model, values, refs) for key, values in old.items()
        }
        plan = merge(
            old_values,
            new_values,
            current,
            protected=model in PROTECTED_MODELS,
            orphans=orphans,
        )
        report.kept.extend(plan.kept)
        self._create_records(Model, plan.creates, refs)
        report.created[model] += len(plan.creates)
        report.new_keys.update(plan.creates)
        for values, keys in group_by_values(plan.updates):
            Model.browse([refs[key][1] for key in keys]).write(
                self._to_write(Model, values)
            )
        report.updated[model] += len(plan.updates)
        return plan

    def _create_records(self, Model, creates, refs):
        if not creates:
            return
        records = Model.with_context(tracking_disable=True).create(
            [self._to_write(Model, values) for values in creates.values()]
        )
        self.env["ir.model.data"]._update_xmlids(
            [
                # noupdate: an upgrade would delete what its data files do not name
                {"xml_id": key, "record": record, "noupdate": True}
                for key, record in zip(creates, records, strict=True)
            ]
        )
        for key, record in zip(creates, records, strict=True):
            refs[key] = (Model._name, record.id)

    def _collect_refs(self, data, old):
        """Return every external id that the new and the old data name."""
        keys = set()
        for batch in (data, old):
            for model, records in batch.items():
                keys.update(records)
                for values in records.values():
                    keys.update(self._get_targets(model, values))
        return keys

    def _get_targets(self, model, values):
        """Return the external ids that the values of a record refer to."""
        targets = set()
        for name, value in values.items():
            if value and self.env[model]._fields[name].relational:
                targets.update([value] if isinstance(value, str) else value)
        return targets

    def _resolve(self, keys):
        """Return {external id: (model, id)} of those that exist, in one query each
        module."""
        names = defaultdict(list)
        for key in keys:
            module, name = key.split(".", 1)
            names[module].append(name)
        found = {}
        for module, module_names in names.items():
            for record in self.env["ir.model.data"].search_fetch(
                [("module", "=", module), ("name", "in", module_names)],
                ["module", "name", "model", "res_id"],
            ):
                found[f"{module}.{record.name}"] = (record.model, record.res_id)
        return found

    def _read_current(self, Model, keys, names, refs):
        """Return {external id: values} of the records that exist."""
        ids = {refs[key][1]: key for key in keys if key in refs}
        if not ids:
            return {}
        records = Model.search_fetch([("id", "in", list(ids))], names)
        current = {}
        for values in records.read(names, load=None):
            current[ids[values.pop("id")]] = {
                name: self._normalise_value(Model._fields[name], value)
                for name, value in values.items()
            }
        for key in {ids[id_] for id_ in ids} - set(current):
            refs.pop(key)
        return current

    def _find_missing(self, relations, values, refs):
        """Return the relational fields that refer to something that is not there."""
        missing = {}
        for name in relations.keys() & values.keys():
            value = values[name]
            targets = [value] if isinstance(value, str) else value or []
            absent = [target for target in targets if target not in refs]
            if absent:
                missing[name] = absent
        return missing

    def _check_missing(self, key, missing, relations, known):
        """Raise if a required target is unknown, not just deleted by hand."""
        for name, targets in missing.items():
            unknown = [target for target in targets if target not in known]
            if unknown and relations[name].required:
                raise UserError(
                    self.env._(
                        "%(record)s refers in %(field)s to records that do not"
                        " exist: %(targets)s",
                        record=key,
                        field=name,
                        targets=format_list(self.env, unknown),
                    )
                )

    def _normalise(self, Model, values, refs, skip=()):
        """Return data values in the form in which the database is read."""
        normalised = {}
        for name, value in values.items():
            if name in skip:
                continue
            field_ = Model._fields[name]
            if field_.type == "many2one":
                value = refs[value][1] if value in refs else False
            elif field_.type == "many2many":
                value = [refs[key][1] for key in value or [] if key in refs]
            normalised[name] = self._normalise_value(field_, value)
        return normalised

    @api.model
    def _normalise_value(self, field_, value):
        """Return a value that compares equal however it was obtained."""
        if field_.type == "many2many":
            return sorted(value or [])
        if field_.type in ("integer", "float", "monetary"):
            return round(value or 0, 6)
        if field_.type == "date":
            return str(value) if value else False
        return value or False

    @api.model
    def _to_write(self, Model, values):
        """Return values for create and write: many2many as a set command."""
        return {
            name: [fields.Command.set(value)]
            if Model._fields[name].type == "many2many"
            else value
            for name, value in values.items()
        }

    def _save_baselines(self, data, baselines, gone, source, report):
        """Remember what was loaded, also for records that were kept."""
        orphans = {kept.key for kept in report.kept if kept.reason is Reason.ORPHAN}
        by_name = {baseline.name: baseline for baseline in baselines}
        baselines.filtered(lambda baseline: baseline.name in gone).unlink()
        vals_list = []
        for model, records in data.items():
            for key, values in records.items():
                baseline = by_name.get(key)
                skipped = report.skipped.get(key, ())
                values = {k: v for k, v in values.items() if k not in skipped}
                if not baseline and key not in orphans:
                    vals_list.append(
                        {
                            "name": key,
                            "source": source,
                            "model": model,
                            "values": values,
                        }
                    )
                elif baseline and baseline.values != values:
                    baseline.values = values
        self.env["om.register.baseline"].create(vals_list)

    def _log_report(self, source, report):
        _logger.info(
            "%s: created %s, updated %s, deleted %s, left alone %s",
            source,
            sum(report.created.values()),
            sum(report.updated.values()),
            sum(report.deleted.values()),
            len(report.kept),
        )
        for kept in report.kept:
            _logger.info("%s %s: %s", kept.key, kept.field, kept.reason)
        for key, names in report.skipped.items():
            _logger.info("%s %s: refers to what is gone: %s", source, key, names)
