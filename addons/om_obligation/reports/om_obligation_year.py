from collections import Counter

from odoo import api, fields, models

from odoo.addons.om_base.tools.tables import Column, Table
from odoo.addons.om_base.tools.volume import Inside, Part, Volume, Words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STANDINGS = ("kept", "late", "short", "missed", "open")
BAD = ("late", "short", "missed")


class ReportObligationYear(models.AbstractModel):
    """What a contract owes and what became of it, in one volume: the figures of each
    obligation, then the items of each receiver, with the spreadsheet inside."""

    _name = "report.om_obligation.om_obligation_year"
    _inherit = "om.volume.report"
    _description = "Obligations of a Contract in One Volume"

    # ------------------------------------------------------------
    # Figures, of the spreadsheet too
    # ------------------------------------------------------------

    @api.model
    def _get_figures(self, contracts):
        """Return (obligations, rows of what became of them, {(obligation, standing):
        number}); constant queries."""
        obligations = self.env["om.obligation"].search(
            [("agreement_id", "in", contracts.ids)]
        )
        rows = self.env["om.obligation.standing"].search(
            [("agreement_id", "in", contracts.ids)], order="due_date, id"
        )
        counts = Counter((row.obligation_id, row.standing) for row in rows)
        return obligations, rows, counts

    @api.model
    def _get_standing_label(self, standing):
        return self.env["om.obligation.standing"]._om_labels("standing")[standing]

    @api.model
    def _get_label(self, record, name):
        return record.with_env(self.env)._om_label(name)

    # ------------------------------------------------------------
    # The volume
    # ------------------------------------------------------------

    @api.model
    def _get_volume(self, contract):
        obligations, rows, counts = self._get_figures(contract)
        today = self.env["om.obligation"]._get_local_today()
        period = " – ".join(
            fields.Date.to_string(day)
            for day in (contract.start_date, contract.end_date)
            if day
        )
        facts = [
            (self.env._("Contract"), f"{contract.name} ({contract.code})"),
            (self.env._("Contractor"), self.env.company.name),
            (self.env._("As of"), fields.Date.to_string(today)),
        ]
        return Volume(
            title=self.env._("Obligations of the Year"),
            subtitle=period,
            author=self.env.company.name,
            language=self._get_language(),
            words=Words(
                contents=self.env._("Contents"),
                signatures=self.env._("Signatures"),
                colon=self.env._(": "),
            ),
            facts=facts,
            summary=self._get_summary(rows),
            tables=[self._get_overview(obligations, counts)],
            parts=[
                self._get_part(receiver, same, facts)
                for receiver, same in rows.grouped("receiver_id").items()
            ],
            files=[self._get_spreadsheet(contract)],
        )

    @api.model
    def _get_summary(self, rows):
        number = Counter(rows.mapped("standing"))
        return self.env._(
            "Of %(all)s items %(kept)s were handed in in time and as a whole,"
            " %(late)s late, %(short)s short; %(missed)s are overdue and not handed in,"
            " %(open)s lie ahead.",
            all=len(rows),
            **{standing: number[standing] for standing in STANDINGS},
        )

    @api.model
    def _get_standing_columns(self, counts):
        """Return how many items of an obligation came to what."""

        def get_column(standing):
            def count(obligation):
                return counts[obligation, standing]

            is_bad = count if standing in BAD else None
            label = self._get_standing_label(standing)
            return Column(label, count, 8, "integer", is_bad=is_bad)

        return [*map(get_column, STANDINGS)]

    @api.model
    def _get_overview(self, obligations, counts):
        return Table(
            self.env._("Figures by Obligation"),
            [
                Column(self.env._("What Is Owed"), "name", 34),
                Column(self.env._("Clause"), "clause", 18),
                Column(self.env._("Period"), self._get_period, 12),
                *self._get_standing_columns(counts),
            ],
            obligations,
            empty=self.env._(
                "The contract owes nothing beyond inspections and faults."
            ),
        )

    @api.model
    def _get_period(self, obligation):
        return self._get_label(obligation, "per") or self.env._("To Be Agreed")

    @api.model
    def _get_part(self, receiver, rows, facts):
        table = Table(
            self.env._("Items"),
            [
                Column(self.env._("Due On"), "due_date", 11),
                Column(self.env._("Item"), "item_id.name", 41),
                Column(self.env._("Owed"), "quantity_due", 8, "number"),
                Column(self.env._("Done"), "quantity_done", 8, "number"),
                Column(self.env._("Handed In On"), "item_id.handed_in_on", 12),
                Column(
                    self.env._("Late by (days)"),
                    lambda row: row.late_days or None,
                    9,
                    "integer",
                ),
                Column(
                    self.env._("Result"),
                    lambda row: self._get_standing_label(row.standing),
                    11,
                    is_bad=lambda row: row.standing in BAD,
                ),
            ],
            rows,
        )
        return Part(
            receiver.name or "",
            facts=[(self.env._("Received By"), receiver.name or ""), *facts],
            summary=self._get_summary(rows),
            tables=[table],
            signatures=[
                self.env._("Contractor (signature, seal, date)"),
                self.env._("Receiver (signature, seal, date)"),
            ],
        )

    @api.model
    def _get_spreadsheet(self, contract):
        report = "om_obligation.om_obligation_year_report"
        content, _kind = self.env["ir.actions.report"]._render_xlsx(
            report, contract.ids, {}
        )
        return Inside(
            f"{contract._get_obligation_file_name()}.xlsx",
            content,
            XLSX,
            self.env._("The same figures as a spreadsheet"),
        )
