from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .om_assessment import OPEN

MONTHS = 12
# Of several sheets in one month the state that most has to be done about.
URGENCY = (
    "disputed",
    "returned",
    "draft",
    "submitted",
    "signed",
    "confirmed",
    "final",
)


class OmAssessment(models.Model):
    """What the heat map shows: units by months."""

    _inherit = "om.assessment"

    @api.model
    @api.readonly
    def get_heat_map(self, contract=None, last=None):
        """Return the sheets of twelve months as a table of units by months.

        :param contract: id of the contract whose sheets are asked for, False: those of
            all; None: of the one that the user works for
        :param last: a day of the last of the months; without one, the latest months
        :return: dict with ``contract`` and ``contracts``, the choice; ``months`` (ISO
            first days); ``rows`` and ``total``, each ``key``, ``label`` and ``cells``
            with one more cell for all months; ``most``: the largest ``amount`` of a
            row's month; ``currency_id`` and ``states``. A cell is False, or ``ids``,
            ``score`` (None: nothing was judged), ``share`` of the full score in
            percent, ``amount``, ``state`` and ``is_pending``: something is not judged
            yet, and score and amount are what is certain. The number of queries does
            not depend on the number of sheets.
        :raise AccessError: the user has no role in operations and maintenance
        """
        if not self.env.user.has_group("om_base.group_user"):
            raise AccessError(
                self.env._("This page is for the staff of the contractor.")
            )
        contracts = self.env["agreement"].search(
            [("domain", "=", "sale"), ("system_ids", "!=", False)]
        )
        if contract is None:
            mine = self.env.user._get_working_contracts() & contracts
            contract = mine.id if len(mine) == 1 else False
        chosen = contract if contract in contracts.ids else False
        domain = Domain("agreement_id", "=", chosen) if chosen else Domain.TRUE
        months = self._get_heat_months(domain, last)
        sheets = self.search_fetch(
            domain
            & Domain("period_start", ">=", months[0])
            & Domain("period_start", "<", months[-1] + relativedelta(months=1)),
            [
                "agreement_id",
                "unit_id",
                "scheme_id",
                "period_start",
                "state",
                "is_judged",
                "is_complete",
                "score",
                "amount",
                "certain_score",
                "certain_amount",
            ],
            order="unit_id, agreement_id, period_start, id",
        )
        rows = [
            {
                "key": f"{whose._name},{whose.id}",
                "label": whose.name,
                "cells": of_row._get_heat_cells(months),
            }
            for whose, of_row in sheets.grouped(
                lambda sheet: sheet.unit_id or sheet.agreement_id
            ).items()
        ]
        labels = self._om_labels("state")
        return {
            "contract": chosen,
            "contracts": [{"id": each.id, "name": each.name} for each in contracts],
            "months": [month.isoformat() for month in months],
            "rows": rows,
            "total": {
                "key": "total",
                "label": self.env._("All"),
                "cells": sheets._get_heat_cells(months),
            },
            "most": max(
                (cell["amount"] for row in rows for cell in row["cells"][:-1] if cell),
                default=0,
            ),
            "currency_id": self.env.company.currency_id.id,
            "states": [{"key": key, "label": labels[key]} for key in reversed(URGENCY)],
        }

    @api.model
    def _get_heat_months(self, domain, last):
        """Return the first days of the months, the last one that of ``last``; without
        it, from the first sheet's month on if all are within twelve."""
        day, first = fields.Date.to_date(last), None
        if not day:
            [(first, day)] = self._read_group(
                domain, aggregates=["period_start:min", "period_start:max"]
            )
        day = day or self.env["agreement"]._get_today()
        start = day.replace(day=1) - relativedelta(months=MONTHS - 1)
        start = max(start, first.replace(day=1)) if first else start
        return [start + relativedelta(months=number) for number in range(MONTHS)]

    def _get_heat_cells(self, months):
        """Return the cells of these sheets, one for each month and one for all."""
        of_month = self.grouped(lambda sheet: sheet.period_start.replace(day=1))
        nothing = self.browse()
        return [
            sheets._get_heat_cell()
            for sheets in (*(of_month.get(month, nothing) for month in months), self)
        ]

    def _get_heat_cell(self):
        if not self:
            return False
        open_ones = self.filtered(
            lambda sheet: sheet.state in OPEN and not sheet.is_complete
        )
        judged = self.filtered("is_judged")

        def mean(values):
            return sum(values) / len(judged) if judged else None

        scores = {
            sheet: sheet.certain_score if sheet in open_ones else sheet.score
            for sheet in judged
        }
        return {
            "ids": self.ids,
            "score": mean(scores.values()),
            "share": mean(
                [
                    100 * score / (sheet.scheme_id.full_score or 100)
                    for sheet, score in scores.items()
                ]
            ),
            "amount": self.env.company.currency_id.round(
                sum(
                    sheet.certain_amount if sheet in open_ones else sheet.amount
                    for sheet in self
                )
            ),
            "state": min(self.mapped("state"), key=URGENCY.index),
            "is_pending": bool(open_ones),
        }
