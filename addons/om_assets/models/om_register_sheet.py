from typing import NamedTuple

from odoo import api, models

from odoo.addons.om_base.tools.tables import Column, Table
from odoo.addons.om_base.tools.xlsx import clean_text


class SheetSpec(NamedTuple):
    """A sheet of the register's spreadsheet.

    :param fields: what its columns hold beside those that every sheet of lines has
    :param naming: the fields that a record is called by
    """

    model: str
    fields: tuple[str, ...]
    naming: tuple[str, ...]
    required: tuple[str, ...] = ()


# Remarks of one's own (om.system.note) stay out: the file goes to other parties.
SHEETS = (
    SheetSpec(
        "om.system",
        (
            "code",
            "sequence_no",
            "name",
            "unit_id",
            "category_id",
            "summary",
            "state",
            "service_start",
            "service_end",
            "service_end_note",
            "stop_date",
            "deployment_kind",
            "deployment_site",
            "network_service",
            "power_service",
            "service_mode",
            "support_hours",
            "repair_software",
            "repair_hardware",
            "onsite_staff",
            "onsite_hours",
            "key_period_note",
            "key_period_days",
            "duty_note",
            "trainings_per_year",
            "penalty_terms",
            "mlps_level",
            "mlps_state",
            "mlps_last_year",
            "mlps_scope",
            "mlps_note",
        ),
        ("name", "unit_id"),
        ("name", "unit_id", "state"),
    ),
    SheetSpec(
        "om.system.hardware", ("name", "quantity", "uom_name"), ("name",), ("name",)
    ),
    SheetSpec(
        "om.inspection.plan",
        (
            "scope",
            "mode",
            "every",
            "per",
            "moment",
            "times",
            "key_period_rule",
            "short_year",
        ),
        ("scope", "mode"),
        ("scope", "every", "per", "times", "key_period_rule"),
    ),
    SheetSpec(
        "om.system.deadline",
        (
            "severity",
            "respond_value",
            "respond_unit",
            "onsite_value",
            "onsite_unit",
            "fix_value",
            "fix_unit",
        ),
        ("severity",),
        ("severity",),
    ),
    SheetSpec(
        "om.system.kpi",
        ("name", "operator", "value", "uom_name"),
        ("name",),
        ("name", "operator"),
    ),
    SheetSpec("om.system.report", ("name", "per", "due"), ("name",), ("name",)),
    SheetSpec(
        "om.system.spare", ("name", "quantity", "uom_name"), ("name",), ("name",)
    ),
)
SYSTEMS, *LINES = SHEETS
# What a file may call by a name that is not on record yet: it is made new.
OPEN = frozenset(("unit_id", "category_id"))
TYPES = {
    "char": "text",
    "text": "text",
    "integer": "integer",
    "float": "number",
    "monetary": "number",
    "date": "date",
    "boolean": "flag",
    "selection": "choice",
    "many2one": "choice",
}


class OmRegisterSheet(models.AbstractModel):
    """What the register's spreadsheet looks like, for those who write and read it."""

    _name = "om.register.sheet"
    _description = "Sheets of the Register"

    @api.model
    def _get_tables(self, company):
        """Return the tables, their first labels in the language of the user.

        Headings and choices are known in every installed language.
        """
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        own = self.env.lang or "en_US"
        envs = [
            self.with_context(lang=code).env
            for code in dict.fromkeys([own, *languages, "en_US"])
        ]
        targets = self._get_targets(company)
        optional = self._get_optional_fields()
        open_ = self._get_open_fields()
        referred = self._get_referred()
        tables = []
        for spec in (*SHEETS, *referred):
            fields_ = self.env[spec.model]._fields
            columns = [
                self._get_column(
                    (fields_[name]._description_string(env) for env in envs),
                    name,
                    kind=TYPES[fields_[name].type],
                    choices=self._get_choices(fields_[name], envs, targets),
                    is_key=name == "code",
                    required=name in spec.required,
                    optional=name in optional,
                    is_open=name in open_,
                )
                for name in self._get_fields(spec)
            ]
            if spec in LINES:
                columns = [*self._get_line_columns(envs), *columns]
            name, *names = (self._get_sheet_name(env, spec.model) for env in envs)
            tables.append(
                Table(
                    name,
                    columns,
                    frozen=3,
                    key=spec.model,
                    names=names,
                    optional=spec in referred,
                )
            )
        return tables

    @api.model
    def _get_column(self, labels, key, **more):
        """Return a column that is found by its heading in any language."""
        head, *names = filter(None, labels)
        return Column(head, key, names=names, **more)

    @api.model
    def _get_fields(self, spec):
        """Return the fields of a sheet; add-ons add theirs."""
        return spec.fields

    @api.model
    def _get_optional_fields(self):
        """Return the fields whose columns a file need not have."""
        return frozenset()

    @api.model
    def _get_open_fields(self):
        """Return the fields that may name what is not on record yet."""
        return OPEN

    @api.model
    def _get_referred(self):
        """Return the sheets of what systems refer to, made before them; a file need
        not have any. Add-ons add theirs."""
        return ()

    @api.model
    def _get_line_columns(self, envs):
        """Return the columns that say which line of which system it is."""
        return [
            self._get_column(
                (env._("System Code") for env in envs),
                "system_code",
                is_key=True,
                required=True,
            ),
            self._get_column(
                (env._("System (for Reading Only)") for env in envs),
                "system_name",
                read=False,
            ),
            self._get_column(
                (env._("Line No. (Keep)") for env in envs),
                "id",
                kind="integer",
                is_key=True,
            ),
        ]

    @api.model
    def _get_sheet_name(self, env, model):
        """Return the name of a sheet; spreadsheet programs allow 31 characters."""
        return {
            "om.system": env._("Systems"),
            "om.system.hardware": env._("Hardware"),
            "om.inspection.plan": env._("Inspection Plans"),
            "om.system.deadline": env._("Deadlines"),
            "om.system.kpi": env._("Indicators"),
            "om.system.report": env._("Reports"),
            "om.system.spare": env._("Spare Parts"),
        }[model][:31]

    @api.model
    def _get_choices_name(self, env):
        """Return the name of the hidden sheet that lists the choices."""
        return env._("Choices")[:31]

    @api.model
    def _get_choices(self, field, envs, targets):
        """Return {what a cell says: value} of a field with a choice."""
        if field.type == "many2one":
            return targets[field.name]
        choices = {}
        if field.type == "boolean":
            for env in envs:
                choices.setdefault(env._("Yes"), True)
                choices.setdefault(env._("No"), False)
        elif field.type == "selection":
            for env in envs:
                for value, label in field._description_selection(env):
                    choices.setdefault(label, value)
        return choices

    @api.model
    def _get_targets(self, company):
        """Return {field: {name: id}} of what systems refer to by name.

        Of several that share a name each goes by its name and number; the name alone
        stands for none of them.
        """
        units = (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search(
                [
                    "|",
                    ("om_system_ids.company_id", "=", company.id),
                    "&",
                    ("om_role", "in", ("user_unit", "purchaser")),
                    "&",
                    ("active", "=", True),
                    ("company_id", "in", (company.id, False)),
                ]
            )
        )
        categories = self.env["om.system.category"].with_context(active_test=False)
        return {
            "unit_id": _by_name(units),
            "category_id": _by_name(categories.search_fetch([], ["name"])),
        }

    @api.model
    def _get_labels(self, tables):
        """Return {model: {field: {value: what a cell says}}} of the choices."""
        labels = {}
        for table in tables:
            for column in table.columns:
                labels.setdefault(table.key, {})[column.key] = column.get_texts()
        return labels

    @api.model
    def _read_values(self, records, names):
        """Return {id: values} in the form in which a sheet is read."""
        fields_ = records._fields
        result = {}
        for values in records.read(list(names), load=None):
            result[values.pop("id")] = {
                name: _plain(fields_[name], value) for name, value in values.items()
            }
        return result

    @api.model
    def _read_lines(self, spec, systems):
        """Return {id: values} of the lines of systems, with their system's code and
        their place in its list."""
        codes = {system.id: clean_text(system.code or "") for system in systems}
        lines = self.env[spec.model].search(
            [("system_id", "in", systems.ids)], order="system_id, sequence, id"
        )
        result = self._read_values(lines, (*spec.fields, "system_id", "sequence"))
        for values in result.values():
            values["system_code"] = codes[values["system_id"]]
        return result

    @api.model
    def _get_record_name(self, spec, values, labels):
        """Return what a record is called, in words."""
        shown = labels[spec.model]
        names = [
            str(shown.get(name, {}).get(values[name], values[name]) or "")
            for name in (spec.naming if spec is not SYSTEMS else ("name",))
        ]
        return " / ".join(name for name in names if name)


def _by_name(records):
    """Return {name: id}; a name that several bear stands for ``None``."""
    result, names = {}, {}
    for record in records:
        names.setdefault(clean_text(record.name or ""), []).append(record.id)
    for name, ids in names.items():
        if len(ids) == 1:
            result[name] = ids[0]
            continue
        result[name] = None
        result.update({f"{name} #{id_}": id_ for id_ in ids})
    return result


def _plain(field, value):
    """Return a value that compares with what a sheet says."""
    if field.type in ("char", "text"):
        return clean_text(value or "")
    if field.type in ("float", "monetary"):
        return round(value or 0.0, 6)
    if field.type == "integer":
        return value or 0
    if field.type == "date":
        return value.isoformat() if value else False
    return value or False
