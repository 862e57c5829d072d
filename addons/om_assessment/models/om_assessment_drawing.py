from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Command, Domain

from ..engine.assessment import Measure, Result, evaluate, forecast, period_fee
from .om_assessment import OPEN, SIGNED

COMPUTED = (
    "state",
    "origin",
    "numerator",
    "denominator",
    "excluded",
    "value",
    "is_kept",
    "lost",
    "bonus",
    "amount",
    "certain_amount",
    "pending_amount",
    "facts",
)


class Reckoning(NamedTuple):
    """What the engine was given for a sheet, and what it found.

    ``measures``: {line's key: measure}; ``rows``: {scheme line's id: rows}.
    """

    result: Result
    measures: dict
    rows: dict
    fee: Decimal
    charged: Decimal


class OmAssessmentScheme(models.Model):
    _inherit = "om.assessment.scheme"

    def _get_period(self, day):
        """First and last day of the service month in which ``day`` lies."""
        self.ensure_one()
        first = day.replace(day=self.first_day)
        if first > day:
            first -= relativedelta(months=1)
        return first, first + relativedelta(months=1) - timedelta(days=1)


class OmAssessment(models.Model):
    """Drawing months up for all units in one batch, and reckoning them."""

    _inherit = "om.assessment"

    @api.model
    def _draw_up(self, day=None, contracts=None):
        """Draw up the months in which ``day`` lies, for all units with a memorandum.

        :param day: without one the last month of each scheme that is over
        :param contracts: of these only
        :return: the sheets of these months, those that were there before, too
        """
        today = self.env["agreement"]._get_today()
        groups = self._get_groups(day, today, contracts)
        if not groups:
            return self.browse()
        keys = groups.keys()
        known = {
            (
                each.agreement_id.id,
                each.unit_id.id,
                each.scheme_id.id,
                each.period_start,
            ): each
            # sudo: drawing up is asked for by those who may; see the wizard.
            for each in self.sudo().search(
                [
                    ("agreement_id", "in", [key[0] for key in keys]),
                    ("period_start", "in", list({key[3] for key in keys})),
                ]
            )
        }
        # sudo: as above; together, whatever their number.
        schemes = self.env["om.assessment.scheme"].sudo()
        rules = {
            scheme.id: scheme.line_ids
            for scheme in schemes.browse({key[2] for key in keys})
        }
        new, changed = [], self.sudo().browse()
        for key, group in groups.items():
            vals = self._prepare_scope(group)
            sheet = known.get(key)
            if sheet is None:
                contract, unit, scheme, first = key
                new.append(
                    {
                        "agreement_id": contract,
                        "unit_id": unit,
                        "scheme_id": scheme,
                        "period_start": first,
                        "period_end": group[0][1],
                        "line_ids": [
                            Command.create({"scheme_line_id": line.id})
                            for line in rules[scheme]
                        ],
                        **vals,
                    }
                )
            elif sheet.state in OPEN and sheet.scope != vals["scope"]:
                sheet.write(vals)
                changed |= sheet
        sheets = self.sudo().create(new)
        found = self.sudo().union(sheets, *(known[key] for key in keys if key in known))
        found.filtered(lambda each: each.state in OPEN)._reckon()
        return found

    @api.model
    def _get_groups(self, day, today, contracts=None):
        """{(contract, unit, scheme, first day): [(system, last day, since, until,
        memorandum)]} of what is to be drawn up."""
        # sudo: as above
        Memorandum = self.env["om.memorandum"].sudo()
        around = day or today
        domain = (
            Domain("state", "!=", "draft")
            & Domain("date_from", "<=", around + timedelta(days=31))
            & (
                Domain("date_to", "=", False)
                | Domain("date_to", ">=", around - timedelta(days=62))
            )
        )
        if contracts is not None:
            domain &= Domain("agreement_id", "in", contracts.ids)
        memoranda = Memorandum.search(domain)
        groups = defaultdict(list)
        for memo in memoranda:
            scheme = memo.scheme_id
            first, last = scheme._get_period(around)
            if day is None:
                first, last = scheme._get_period(first - timedelta(days=1))
            since = max(first, memo.date_from)
            until = min(last, memo.date_to or last)
            for system in memo._get_systems():
                start, end = system._get_fee_period()
                begins = max(since, start or since)
                ends = min(until, end or until)
                if system.stop_date:
                    ends = min(ends, system.stop_date - timedelta(days=1))
                if begins <= ends and system.state != "draft":
                    groups[
                        (memo.agreement_id.id, memo.unit_id.id, scheme.id, first)
                    ].append((system.id, last, begins, ends, memo.id))
        return groups

    @api.model
    def _prepare_scope(self, group):
        return {
            "scope": sorted(
                [
                    [system, str(since), str(until), memo]
                    for system, _last, since, until, memo in group
                ]
            ),
            "system_ids": [Command.set(sorted({each[0] for each in group}))],
            "memorandum_ids": [Command.set(sorted({each[4] for each in group}))],
        }

    @api.model
    def _cron_draw_up(self):
        """On working days draw up the months that are over and not yet drawn up; each
        day the one that runs, so that everybody sees what it costs so far."""
        today = self.env["agreement"]._get_today()
        if self.env["om.calendar"].is_workday(today):
            self._draw_up()
        self._draw_up(today)

    # ------------------------------------------------------------
    # Reckoning
    # ------------------------------------------------------------

    def _evaluate(self, spared=()):
        """Return {sheet: its :class:`Reckoning`} by the record of today.

        :param spared: as in :meth:`_measure`
        """
        measured = self._measure(spared)
        charged = self._get_charged()
        found = {}
        for sheet in self:
            lines = {line.scheme_line_id.id: line for line in sheet.line_ids}
            measures, rows = {}, {}
            for rule in sheet.scheme_id.line_ids:
                measure, facts = measured[sheet][rule.id]
                typed = lines.get(rule.id)
                if measure.state == "missing" and typed and typed.hand_state:
                    measure = typed._get_typed()
                measures[str(rule.id)] = measure
                rows[rule.id] = facts
            fee = period_fee(sheet._get_served())
            result = evaluate(
                sheet.scheme_id._get_scheme(), measures, fee, charged[sheet]
            )
            found[sheet] = Reckoning(result, measures, rows, fee, charged[sheet])
        return found

    def _get_charged(self):
        """{sheet: what earlier months of the same scheme and unit deduct}"""
        capped = self.filtered(lambda each: each.scheme_id.cap_total)
        others = (
            self.sudo().search(
                [
                    ("agreement_id", "in", capped.agreement_id.ids),
                    ("scheme_id", "in", capped.scheme_id.ids),
                ]
            )
            if capped
            else self.browse()
        )
        return {
            sheet: sum(
                (
                    Decimal(f"{other.amount:.2f}")
                    for other in others
                    if other.agreement_id == sheet.agreement_id
                    and other.unit_id == sheet.unit_id
                    and other.scheme_id == sheet.scheme_id
                    and other.period_start < sheet.period_start
                ),
                Decimal(0),
            )
            for sheet in self
        }

    def _reckon(self):
        """Write down what the record says of these, as superuser."""
        if not self:
            return
        for sheet, reckoning in self._evaluate().items():
            result, measures, rows, fee, charged = reckoning
            lines = {str(line.scheme_line_id.id): line for line in sheet.line_ids}
            coming = forecast(sheet.scheme_id._get_scheme(), measures, fee, charged)
            for found in result.lines:
                line = lines[found.key]
                measure = measures[found.key]
                vals = line._prepare_result(found, measure, rows[int(found.key)])
                vals["certain_amount"] = float(coming.certain_parts[found.key])
                vals["pending_amount"] = float(coming.pending_parts[found.key])
                if any(line[name] != vals[name] for name in COMPUTED):
                    line.write(vals)
            vals = {
                "fee": float(fee),
                "score": float(result.score or 0),
                "is_judged": result.score is not None,
                "is_complete": result.is_complete,
                "grade": result.grade,
                "amount": float(result.money),
                "certain_score": float(coming.score or 0),
                "certain_amount": float(coming.certain),
                "trace": [
                    [
                        step.kind,
                        {key: _pack(value) for key, value in step.values.items()},
                    ]
                    for step in result.steps
                ],
            }
            if any(sheet[name] != value for name, value in vals.items()):
                sheet.write(vals)

    def _pack(self):
        """The sheet as the parties sign it: rules, days, facts and figures."""
        self.ensure_one()
        return {
            "contract": self.agreement_id.id,
            "unit": self.unit_id.id or None,
            "from": str(self.period_start),
            "to": str(self.period_end),
            "scheme": self.scheme_id.id,
            "rules": self.scheme_id.rules,
            "scope": self.scope,
            "fee": f"{self.fee:.2f}",
            "score": f"{self.score:.2f}" if self.is_judged else None,
            "grade": self.grade or None,
            "amount": f"{self.amount:.2f}",
            "lines": [
                {
                    "line": line.scheme_line_id.id,
                    "name": line.name,
                    "state": line.state,
                    "origin": line.origin or None,
                    "numerator": f"{line.numerator:.2f}",
                    "denominator": f"{line.denominator:.2f}",
                    "value": f"{line.value:.4f}",
                    "lost": f"{line.lost:.2f}",
                    "bonus": f"{line.bonus:.2f}",
                    "amount": f"{line.amount:.2f}",
                    "facts": line.facts or [],
                }
                for line in self.line_ids
            ],
        }

    def _find_differences(self):
        """{id: what the record says today otherwise than the sheet as submitted}"""
        texts = {}
        for sheet, reckoning in self._evaluate().items():
            lines = {str(line.scheme_line_id.id): line for line in sheet.line_ids}
            found = [
                self.env._(
                    "%(name)s: %(before)s as submitted, %(after)s today",
                    name=lines[each.key].name,
                    before=lines[each.key].value_text,
                    after=lines[each.key]._word_value(each.state, each.value),
                )
                for each in reckoning.result.lines
                if each.key in lines and lines[each.key]._differs(each)
            ]
            if found:
                texts[sheet.id] = "\n".join(found)
        return texts

    # ------------------------------------------------------------
    # What follows from a final sheet
    # ------------------------------------------------------------

    def _make_deduction(self):
        """Return the deduction of one final sheet; none where nothing is deducted."""
        self.ensure_one()
        deductions = self.env["om.deduction"]
        if self.currency_id.is_zero(self.amount):
            return deductions
        contract = self.agreement_id
        clause = contract.clause_ids.filtered(
            lambda each: (
                each.kind == "assessment"
                and each.direction == "contractor"
                and each.method == "fixed"
            )
        )[:1]
        deduction = deductions.create(
            {
                "agreement_id": contract.id,
                "clause_id": clause.id,
                **({} if clause else {"kind": "assessment"}),
                "name": self.env._("Assessment: %s", self.display_name),
                "date": self.period_end,
                "system_id": self.system_ids.id if len(self.system_ids) == 1 else False,
                "amount": self.amount,
                "source": f"{self._name},{self.id}",
                "source_note": self.env._(
                    "Score sheet, fingerprint %s", self.fingerprint[:12]
                ),
                "user_id": (contract.user_id or self.env.user).id,
            }
        )
        deduction._agree_by_assessment(self)
        return deduction

    def _fill_unit_papers(self):
        """Hand in the documents of units whose months are all signed.

        Shunyi's payment at expiry waits for the assessment documents of each unit.
        """
        papers = self.env["om.unit.paper"].search(
            [
                ("agreement_id", "in", self.agreement_id.ids),
                ("unit_id", "in", self.unit_id.ids),
                ("date", "=", False),
                ("contract_state", "!=", "draft"),
            ]
        )
        today = self.env["agreement"]._get_today()
        for paper in papers:
            contract = paper.agreement_id
            if not contract.end_date or contract.end_date >= today:
                continue
            sheets = self.search(
                [
                    ("agreement_id", "=", contract.id),
                    ("unit_id", "=", paper.unit_id.id),
                ]
            )
            wanted = self._get_expected(contract, paper.unit_id)
            signed = {
                (each.scheme_id.id, each.period_start)
                for each in sheets
                if each.state in SIGNED
            }
            if wanted and wanted <= signed:
                paper.action_fill(
                    max(sheets.mapped("signed_on")), sheets._get_sheet_files()
                )

    @api.model
    def _get_expected(self, contract, unit):
        """{(scheme, first day)} of all months in which a system of a unit is judged."""
        expected = set()
        day = contract.start_date
        while day and day <= contract.end_date:
            for key in self._get_groups(day, day, contract):
                if key[1] == unit.id:
                    expected.add((key[2], key[3]))
            day += relativedelta(months=1)
        for key in self._get_groups(contract.end_date, contract.end_date, contract):
            if key[1] == unit.id:
                expected.add((key[2], key[3]))
        return expected

    def _get_sheet_files(self):
        """The signed sheets, printed, with the scans that the parties signed."""
        signatures = self.env["om.signature"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        content, kind = self.env["ir.actions.report"]._render(
            "om_assessment.om_assessment_sheet_report", self.ids
        )
        sheet = self.env["ir.attachment"].create(
            {
                "name": self.env._("Score sheets of %s", self[:1].unit_id.name)
                + f".{kind}",
                "raw": content,
                "res_model": self._name,
                "res_id": self[:1].id,
            }
        )
        return sheet | signatures.attachment_id


class OmAssessmentLine(models.Model):
    _inherit = "om.assessment.line"

    def _get_typed(self):
        """What was entered by hand, as the engine knows it."""
        if self.hand_state == "na":
            return Measure("na")
        value = Decimal(f"{self.hand_value:.4f}")
        if self.scheme_line_id.kind == "share":
            return Measure("measured", value, Decimal(100))
        return Measure("measured", value)

    def _prepare_result(self, found, measure, rows):
        is_typed = measure.state != "missing" and self.hand_state and not rows
        counted = {*found.facts}
        claimed = {*found.claimed}
        is_count = self.scheme_line_id.kind == "count"
        return {
            "state": found.state,
            "origin": "typed"
            if is_typed
            else (False if found.state == "missing" else "record"),
            "numerator": round(
                float(found.value or 0) if is_count else float(measure.numerator), 2
            )
            if found.state == "measured"
            else 0.0,
            "denominator": round(float(measure.denominator), 2)
            if found.state == "measured" and not is_count
            else 0.0,
            "excluded": round(
                float(len(claimed)) if is_count else float(measure.excluded), 2
            ),
            "value": round(float(found.value or 0), 4),
            "is_kept": bool(found.is_kept),
            "lost": float(found.lost),
            "bonus": float(found.bonus),
            "amount": float(found.money),
            "facts": [
                {
                    "model": row.model,
                    "ids": list(row.ids),
                    "name": row.name,
                    "day": str(row.day),
                    "about": row.about,
                    "ok": bool(
                        row.ok
                        or not row.counts
                        or (is_count and row.key not in counted)
                    ),
                }
                for row in rows
            ],
        }

    def _differs(self, found):
        return (
            self.state != found.state
            or abs(self.value - round(float(found.value or 0), 4)) > 0.00005
            or abs(self.lost - float(found.lost)) > 0.005
        )

    def _word_value(self, state, value):
        """A figure as the sheet words it."""
        if state != "measured":
            return dict(self._fields["state"]._description_selection(self.env))[state]
        if self.scheme_line_id.kind == "share":
            return f"{int(float(value) * 1000 + 1e-6) / 1000:.3f}%"
        return f"{float(value):g}"


def _pack(value):
    """A figure of a step as it is stored."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return list(value) if isinstance(value, tuple) else value
