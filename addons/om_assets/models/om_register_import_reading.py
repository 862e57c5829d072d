import hashlib
import json
from dataclasses import dataclass, field

from odoo import api, models

from odoo.addons.om_base.tools.differences import compare, find_repeated, pair_lines
from odoo.addons.om_base.tools.sheets import Problem, Row, Wrong, read_tables
from odoo.addons.om_base.tools.text import clean_code
from odoo.addons.om_base.tools.xlsx import Workbook, WorkbookError

from ..engine.register_rules import Unfit, check_plan, check_system
from .om_register_sheet import LINES, SYSTEMS


@dataclass
class ImportPlan:
    """What a file says: values of its problems, or else of its changes.

    ``left`` counts the systems that the file does not name and that stay.
    """

    problems: list[dict] = field(default_factory=list)
    changes: list[dict] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    left: int = 0

    def get_fingerprint(self):
        """Return a text that is the same as long as the same would be changed."""
        facts = [
            [each[name] for name in ("kind", "model", "res_id", "row", "payload")]
            for each in self.changes
        ]
        facts = json.dumps(facts, sort_keys=True, default=str)
        return hashlib.sha256(facts.encode()).hexdigest()


class OmRegisterImport(models.Model):
    _inherit = "om.register.import"

    def _get_plan(self):
        """Read the file, compare it with the register; return an ImportPlan.

        A handful of queries however many rows; nothing is written.
        """
        self.ensure_one()
        plan = ImportPlan()
        Sheet = self.env["om.register.sheet"]
        tables = {table.key: table for table in Sheet._get_tables(self.company_id)}
        try:
            reading = read_tables(Workbook(self._get_content()), tables.values())
        except WorkbookError as error:
            plan.problems = [
                {"sheet": error.sheet, "message": self._get_file_message(error)}
            ]
            return plan
        plan.ignored = self._get_ignored(reading)
        if not reading.problems:
            self._compare(reading, tables, plan)
        plan.problems = [
            {
                "sheet": problem.sheet,
                "row": problem.row,
                "column": problem.column,
                "message": self._get_cell_message(problem),
            }
            for problem in reading.problems
        ]
        if plan.problems:
            plan.changes = []
        return plan

    def _get_ignored(self, reading):
        """Return the sheets and columns that were not read and that people made."""
        Sheet = self.env["om.register.sheet"]
        languages = {code for code, _name in self.env["res.lang"].get_installed()}
        own = {
            Sheet._get_choices_name(self.with_context(lang=code).env)
            # The terms of the source, which no installation has to have as a language.
            for code in languages | {"en_US"}
        }
        return [name for name in reading.ignored if name not in own]

    def _compare(self, reading, tables, plan):
        """Fill in the changes; mistakes go to the reading's problems."""
        Sheet = self.env["om.register.sheet"]
        labels = Sheet._get_labels(tables.values())
        systems = self.env["om.system"].search(
            [("company_id", "=", self.company_id.id)]
        )
        current = Sheet._read_values(systems, Sheet._get_fields(SYSTEMS))
        self._read_codes(reading, current)
        pairs = self._pair_systems(reading, current, tables)
        named = {id_ for id_, _row in pairs if id_}
        writer = _ChangeWriter(self, reading, tables, labels, plan)
        known = {id_: current[id_] for id_ in named}
        names = [name for name in Sheet._get_fields(SYSTEMS) if name != "code"]
        self._add_referred(reading, tables, writer)
        found = compare(pairs, known, names)
        self._check_found(found, known, reading, tables)
        writer.add(SYSTEMS, found, known)
        self._add_missing(systems, named, current, writer, reading)
        parents = {known[id_]["code"]: known[id_]["name"] for id_ in named}
        for row in found.new:
            if row.values["code"]:
                parents[row.values["code"]] = row.values["name"]
        writer.system_names = parents
        for spec in LINES:
            self._compare_lines(spec, systems, named, parents, reading, tables, writer)

    @api.model
    def _read_codes(self, reading, current):
        """Let all rows call a system as the register does, or the first row that brings
        it: half-width or not, in capitals or not, it is the same code."""
        registered = {values["code"] for values in current.values()}
        known = {code.lower(): code for code in registered}
        for spec in (SYSTEMS, *LINES):
            key = "code" if spec is SYSTEMS else "system_code"
            for row in reading.rows[spec.model]:
                code = clean_code(row.values[key] or "")
                if code and code not in registered:
                    code = known.setdefault(code.lower(), code)
                row.values[key] = code

    def _pair_systems(self, reading, current, tables):
        """Return [(id or None, row)]; a row without code stands for the system of the
        same name and unit that no other row names."""
        rows = reading.rows[SYSTEMS.model]
        self._check_rows(
            SYSTEMS.model, rows, check_system, reading, tables, repeated=("code",)
        )
        by_code = {values["code"]: id_ for id_, values in current.items()}
        taken = {by_code.get(row.values["code"]) for row in rows if row.values["code"]}
        by_name = {}
        for id_, values in current.items():
            if id_ not in taken:
                by_name.setdefault((values["name"], values["unit_id"]), []).append(id_)
        pairs = []
        for row in rows:
            if row.values["code"]:
                pairs.append((by_code.get(row.values["code"]), row))
                continue
            same = by_name.get((row.values["name"], row.values["unit_id"]))
            pairs.append((same.pop(0) if same else None, row))
        return pairs

    def _add_missing(self, systems, named, current, writer, reading):
        """Stop the systems that the file does not name, if that was asked for."""
        missing = systems.filtered(lambda system: system.id not in named)
        served = missing.filtered(lambda system: system.state in _SERVED)
        if not self.stop_missing:
            writer.plan.left = len(missing)
            return
        day = self.stop_date and self.stop_date.isoformat()
        if not day:
            writer.plan.left = len(missing)
            reading.problems.append(
                Problem(
                    Unfit.NO_STOP_DATE,
                    reading.names[SYSTEMS.model],
                    column=writer.get_label(SYSTEMS.model, "stop_date"),
                )
            )
            return
        for system in served:
            values = current[system.id]
            if values["service_start"] and day < values["service_start"]:
                reading.problems.append(
                    Problem(
                        Unfit.STOP_BEFORE_START,
                        reading.names[SYSTEMS.model],
                        column=values["name"],
                    )
                )
            writer.add_stop(system.id, values, day)
        writer.plan.left = len(missing) - len(served)

    def _compare_lines(self, spec, systems, named, parents, reading, tables, writer):
        rows = reading.rows[spec.model]
        current = self.env["om.register.sheet"]._read_lines(spec, systems)
        rules = check_plan if spec.model == "om.inspection.plan" else None
        repeated = ()
        if spec.model == "om.system.deadline":
            repeated = ("system_code", "severity")
        self._check_rows(spec.model, rows, rules, reading, tables, repeated)
        self._report(
            reading,
            tables,
            spec.model,
            [
                (Unfit.NO_PARENT, row, "system_code")
                for row in rows
                if row.values["system_code"] not in parents
            ],
        )
        pairs, mistakes = pair_lines(rows, current, "system_code", spec.naming)
        self._report(
            reading,
            tables,
            spec.model,
            [
                (wrong, row, "id")
                for wrong, row in mistakes
                if row.values["system_code"] in parents
            ],
        )
        own = {
            id_: values
            for id_, values in current.items()
            if values["system_id"] in named
        }
        writer.add(spec, compare(pairs, own, spec.fields), own)

    def _check_rows(self, model, rows, rules, reading, tables, repeated):
        """Report what the rows of a sheet disagree on."""
        mistakes = []
        for row in rows if rules else ():
            mistakes += [(wrong, row, name) for wrong, name in rules(row.values)]
        if repeated:
            mistakes += [
                (Wrong.REPEATED, row, repeated[-1])
                for row in find_repeated(rows, *repeated)
            ]
        self._report(reading, tables, model, mistakes)

    def _report(self, reading, tables, model, mistakes):
        columns = {column.key: column for column in tables[model].columns}
        for wrong, row, name in mistakes:
            value, column = row.values.get(name, ""), columns[name]
            shown = next(
                (label for label, key in column.choices.items() if key == value), value
            )
            reading.problems.append(
                Problem(
                    wrong,
                    reading.names[model],
                    row.number,
                    column.head,
                    "" if shown is False else str(shown),
                )
            )


_SERVED = ("in_service", "suspended")


class _ChangeWriter:
    """Turns differences into the values of om.register.import.change."""

    def __init__(self, env_record, reading, tables, labels, plan):
        self.plan = plan
        self.system_names = {}
        self._record = env_record
        self._reading = reading
        self._tables = tables
        self._labels = labels
        self._sheet = env_record.env["om.register.sheet"]

    def get_label(self, model, name):
        """Return the heading of a column."""
        columns = self._tables[model].columns
        return next(column.head for column in columns if column.key == name)

    def add(self, spec, found, current):
        """Add what a sheet changes."""
        for row in found.new:
            self._add_new(spec, row)
        for id_, changed in found.changed.items():
            for name, (old, new) in changed.items():
                self._append(
                    "changed",
                    spec,
                    current[id_],
                    id_,
                    found.rows[id_],
                    field_label=self.get_label(spec.model, name),
                    old_text=self._show(spec.model, name, old),
                    new_text=self._show(spec.model, name, new),
                    payload={"field": name, "old": old, "new": new},
                )
        if spec is not SYSTEMS:
            for id_ in found.missing:
                self._append(
                    "removed",
                    spec,
                    current[id_],
                    id_,
                    0,
                    old_text=self._describe(spec, current[id_]),
                    payload={"values": current[id_]},
                )

    def add_referred(self, spec, rows):
        """Add what the file brings and systems refer to."""
        for row in rows:
            self._add_new(spec, row)

    def add_body(self, name, role, model, column, row):
        """Add a unit or a party that is not on record; ``model`` and ``column`` say
        where the file names it."""
        values = {"name": name, "om_role": role}
        self.add_named("res.partner", values, model, column, row)

    def add_named(self, made, values, model, column, row):
        """Add a record of the model ``made`` that the file names, by its ``values``;
        ``model`` and ``column`` say where."""
        self.plan.changes.append(
            {
                "kind": "new",
                "model": made,
                "res_id": 0,
                "sheet": self._reading.names[model],
                "row": row.number,
                "system_code": "",
                "system_name": "",
                "record_name": values["name"],
                "field_label": self.get_label(model, column),
                "old_text": "",
                "new_text": values["name"],
                "payload": {"values": values},
            }
        )

    def add_stop(self, id_, values, day):
        """Add a system that is stopped because the file does not name it."""
        new = {"state": "stopped", "stop_date": day}
        self._append(
            "stopped",
            SYSTEMS,
            values,
            id_,
            0,
            field_label=self.get_label(SYSTEMS.model, "state"),
            old_text=self._show(SYSTEMS.model, "state", values["state"]),
            new_text=f"{self._show(SYSTEMS.model, 'state', 'stopped')} {day}",
            payload={"old": {name: values[name] for name in new}, "new": new},
        )

    def _add_new(self, spec, row: Row):
        names = self._sheet._get_fields(spec)
        if spec in LINES:
            names = (*names, "system_code")
        values = {name: row.values[name] for name in names if name in row.values}
        self._append(
            "new",
            spec,
            row.values,
            0,
            row.number,
            new_text=self._describe(spec, row.values),
            payload={"values": values},
        )

    def _append(self, kind, spec, values, id_, row, **more):
        if spec is SYSTEMS:
            code, system = values["code"], values["name"]
        elif spec not in LINES:
            code = system = ""
        else:
            code = values["system_code"]
            system = self.system_names.get(code, "")
        self.plan.changes.append(
            {
                "kind": kind,
                "model": spec.model,
                "res_id": id_,
                "sheet": self._reading.names[spec.model],
                "row": row,
                "system_code": code,
                "system_name": system,
                "record_name": self._sheet._get_record_name(spec, values, self._labels),
                "field_label": "",
                "old_text": "",
                "new_text": "",
                **more,
            }
        )

    def _describe(self, spec, values):
        """Return all that a record says, one column a line."""
        shown = (
            (self.get_label(spec.model, name), self._show(spec.model, name, value))
            for name, value in (
                (name, values.get(name)) for name in self._sheet._get_fields(spec)
            )
            if value
        )
        return "\n".join(f"{label}: {text}" for label, text in shown)

    def _show(self, model, name, value):
        """Return a value as the sheet shows it."""
        labels = self._labels[model][name]
        if value in labels:
            return labels[value]
        if isinstance(value, float):
            return f"{value:.6f}".rstrip("0").rstrip(".")
        return str(value) if value not in (False, "") else ""
