from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from ..engine.calculation import Calculation
from ..engine.calculation import Step as Line
from ..engine.trace import (
    SIGNS,
    After,
    Aside,
    Between,
    Daily,
    Days,
    Exact,
    Part,
    Percent,
    Term,
)

_lt = LazyTranslate(__name__)


class Sentence(NamedTuple):
    """How a step reads: what it is, and what is said about it. Both may name the values
    of the step (``%(name)s``)."""

    label: object = ""
    note: object = ""


# Articles of the Civil Code that steps follow.
LAWS = {
    "201": _lt("Civil Code, article 201"),
    "203": _lt("Civil Code, article 203"),
}
# {code of an engine's step: how it reads}
SENTENCES = {
    # Parts of a price
    "price": Sentence(_lt("Contract price")),
    "reviewed": Sentence(_lt("Reviewed amount")),
    "share": Sentence(_lt("Share")),
    "other": Sentence(),
    "left": Sentence(_lt("Left of the price")),
    "amount": Sentence(_lt("Amount"), _lt("rounded half up to the cent")),
    "rest": Sentence(_lt("Amount"), _lt("the last payment takes the rest")),
    "kept": Sentence(
        _lt("Amount"),
        _lt("was invoiced before an amendment changed the price, and stays"),
    ),
    "ended": Sentence(
        _lt("Amount"), _lt("not asked for: the contract was terminated before")
    ),
    "floor": Sentence(
        _lt("Not below zero"), _lt("what is missing cannot be taken from this payment")
    ),
    "claim": Sentence(_lt("Claim of the purchaser")),
    "deduction": Sentence(),
    "due": Sentence(_lt("To Pay")),
    "paid": Sentence(_lt("Paid")),
    "open": Sentence(_lt("Open")),
    # A term and its end
    "condition": Sentence(),
    "term_from": Sentence(_lt("Term runs from"), _lt("this day is not counted")),
    "term": Sentence(_lt("Term")),
    "last_day": Sentence(
        _lt("Last day"), _lt("a rest day: moves to the next working day")
    ),
    "end": Sentence(_lt("End of the term")),
    "end_provisional": Sentence(
        _lt("End of the term"),
        _lt("provisional: this year's holidays are not published"),
    ),
    "not_before": Sentence(note=_lt("not due before this is met")),
    "rolled": Sentence(
        _lt("Next working day"), _lt("a rest day: moves to the next working day")
    ),
    "delayed": Sentence(
        _lt("Fiscal delay"),
        _lt("no default meanwhile; due within 7 days after it ends"),
    ),
    "held": Sentence(note=_lt("no default meanwhile; due on the day of its release")),
    "held_up": Sentence(_lt("Fiscal delay"), _lt("no default while it lasts")),
    "resumed": Sentence(_lt("Due after it")),
    # A settlement, a bond
    "reviewed_aside": Sentence(
        _lt("Reviewed amount"), _lt("no payment is reckoned from it by the terms")
    ),
    "from_bond": Sentence(note=_lt("drawn from the bond, not subtracted here")),
    "in_review": Sentence(note=_lt("shown to the review, not subtracted again")),
    "claimed": Sentence(
        _lt("Claim of the purchaser"), _lt("not covered by payments or bonds")
    ),
    "bond": Sentence(_lt("Bond"), _lt("rounded half up to the cent")),
    "bond_by_hand": Sentence(_lt("Bond"), _lt("entered by hand")),
    "move": Sentence(),
    "holding": Sentence(_lt("Held")),
    # Shares, penalties by the day, reductions
    "base": Sentence(),
    "exact": Sentence(_lt("Base × share")),
    "rate": Sentence(_lt("Rate a day")),
    "demanded": Sentence(
        _lt("Demanded on"), _lt("the day of the demand is not counted")
    ),
    "grace": Sentence(_lt("Days of grace")),
    "opens": Sentence(_lt("Claim opens on"), _lt("day %(day)s after the demand")),
    "first_day": Sentence(_lt("First day that costs")),
    "first_overdue": Sentence(
        _lt("First day that costs"), _lt("reckoned from the first overdue day")
    ),
    "last_day_of_default": Sentence(_lt("Last day of the default")),
    "excused": Sentence(_lt("Days of fiscal delay"), _lt("not counted: no default")),
    "may_terminate": Sentence(
        _lt("Right to terminate"),
        _lt(
            "the clause prints no cap: each day costs until the default ends or the"
            " contract is terminated"
        ),
    ),
    "span": Sentence("%(between)s", "%(days)s"),
    "days_charged": Sentence(_lt("Days charged")),
    "sum": Sentence(_lt("Amount"), _lt("the sum is rounded once, half up to the cent")),
    "fee": Sentence(_lt("Yearly fee of the system")),
    "service_period": Sentence(_lt("Service period of the system"), "%(days)s"),
    "stopped": Sentence(_lt("Stopped on"), _lt("first day without service")),
    "days_served": Sentence(_lt("Days served")),
    "days_lost": Sentence(_lt("Days not served")),
    "by_hand": Sentence(_lt("Amount"), _lt("entered by hand")),
    "frozen": Sentence(_lt("Amount"), _lt("as it was agreed on: it stays")),
    "part_lost": Sentence(_lt("Days not served ÷ days of the period")),
}


class OmCalculationMixin(models.AbstractModel):
    """Records whose computed amount or date can be opened as a calculation.

    How to use it: ``_get_calculation`` asks the engine that computes the value for its
    steps (``engine/trace.py``) and hands them to ``_word_steps``. It computes nothing:
    what is printed is what was reckoned.

    How it works: what a step is called stands in one table, to which add-ons add their
    sentences (``_get_sentences``); how a value is written follows from what it is.
    """

    _name = "om.calculation.mixin"
    _description = "Can Be Explained"

    def _get_calculation(self) -> Calculation:
        """Return how this record's amount or date came about, in the user's
        language."""
        raise NotImplementedError

    def action_explain(self):
        """Show the calculation of this record in a dialog."""
        self.ensure_one()
        self.check_access("read")
        sheet = self._get_calculation()
        calculation = self.env["om.calculation"].create(
            {
                "title": sheet.title,
                "subject": self.display_name,
                "clause": sheet.clause,
                "result": sheet.result,
                "line_ids": [
                    fields.Command.create(
                        {
                            "sequence": number,
                            "label": step.label,
                            "value": step.value,
                            "note": step.note,
                        }
                    )
                    for number, step in enumerate(sheet.steps)
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why This Amount and This Day"),
            "res_model": "om.calculation",
            "res_id": calculation.id,
            "view_mode": "form",
            "target": "new",
        }

    # ------------------------------------------------------------
    # Steps in words
    # ------------------------------------------------------------

    @api.model
    def _get_sentences(self):
        """Return {code of a step: Sentence}; add-ons add theirs."""
        return SENTENCES

    def _word_steps(self, steps):
        """Return an engine's steps as lines in the reader's language; those without a
        value are left out."""
        sentences = self._get_sentences()
        lines = []
        for step in steps:
            if step.code == "skipped":
                lines += self._word_runs(step.value)
            else:
                lines.append(self._word_step(step, sentences.get(step.code)))
        return [line for line in lines if line.value]

    def _word_step(self, step, sentence):
        sentence = sentence or Sentence()
        words = {name: self._word_value(value) for name, value in step.values.items()}
        note = step.note or self._fill_words(sentence.note, words)
        if step.law:
            law = self.env._(LAWS[step.law])
            note = self.env._("%(text)s (%(law)s)", text=note, law=law)
        value = self._word_value(step.value)
        return Line(
            step.label or self._fill_words(sentence.label, words),
            value and SIGNS[step.does] + value,
            note,
        )

    def _fill_words(self, text, words):
        # A lazy term is translated first, and filled in then.
        text = text if isinstance(text, str) else self.env._(text)
        return text % words if words else text

    def _word_value(self, value):
        """Return a value as papers write it; "" of what is not there."""
        match value:
            case None | False:
                return ""
            case Decimal():
                return self.currency_id.format(float(value))
            case Aside(number):
                return f"({self._word_value(number)})"
            case Exact(number):
                return f"{number.normalize():,f}"
            case Percent(number):
                return self._format_percent(number)
            case Part(number, whole):
                return f"{number} ÷ {whole}"
            case Daily(base, percent, days):
                return (
                    f"{self._word_value(base)} × {self._word_value(percent)} × {days}"
                )
            case Days(number):
                return self._format_days(number)
            case After(number):
                return self.env._("after %s days", number)
            case Between(first, last):
                end = self._format_day(last) or self.env._("it lasts")
                return f"{self._format_day(first)} – {end}"
            case Term(number, unit):
                units = self.env["om.payment.milestone"]._om_labels("term_unit")
                return f"{number} {units[unit]}"
            case date():
                return self._format_day(value)
        return str(value)

    def _word_runs(self, notes):
        """Return a line for each run of rest days or make-up days met in counting.

        :param notes: the calendar's ``DayNote`` of each
        """
        runs = []
        for note in self.env["om.calendar"]._format_notes(notes):
            run = runs[-1] if runs else None
            if (
                run
                and run[0]["reason"] == note["reason"]
                and run[-1]["date"] + timedelta(days=1) == note["date"]
            ):
                run.append(note)
            else:
                runs.append([note])
        return [
            Line(
                " – ".join(
                    dict.fromkeys(
                        self._format_day(n["date"]) for n in (run[0], run[-1])
                    )
                ),
                run[0]["reason"],
                self.env._("counted: people work on this day")
                if run[0]["kind"] == "makeup"
                else self.env._("not counted: %s days", len(run)),
            )
            for run in runs
        ]

    # ------------------------------------------------------------
    # Formats
    # ------------------------------------------------------------

    def _format_day(self, day):
        """A day as the papers of the suite write days; empty without one."""
        return fields.Date.to_string(day) if day else ""

    def _format_percent(self, percent):
        """A percentage without idle zeros."""
        return f"{float(percent):.4f}".rstrip("0").rstrip(".") + "%"

    def _format_days(self, days):
        return self.env._("%s days", days)
