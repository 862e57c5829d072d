from odoo import api, models
from odoo.fields import Date, Datetime

from odoo.addons.om_base.tools import beijing, seal
from odoo.addons.om_base.tools.tables import PLACE, Column, Table
from odoo.addons.om_base.tools.volume import Inside, Part, Volume, Words


class ReportSettlementVolume(models.AbstractModel):
    """The index of a settlement and what answers it, in one volume."""

    _name = "report.om_assessment.om_settlement_volume"
    _inherit = "om.volume.report"
    _description = "Settlement Package in One Volume"

    @api.model
    def _get_volume(self, settlement):
        """Return the volume: the index before, a part for each requirement that has
        records, and the review by system."""
        settlement.check_access("read")
        answers = {item: self._get_answer(item) for item in settlement.item_ids}
        return self._put_together(settlement, answers)

    @api.model
    def _put_together(self, settlement, answers, sheets=()):
        contract = settlement.agreement_id
        today = str(contract._get_today())
        facts = [
            (self.env._("Contract"), contract.display_name),
            (self.env._("Purchaser"), contract.partner_id.name or ""),
            (self.env._("Contractor"), settlement.company_id.name),
            (
                self.env._("Service"),
                f"{contract.start_date or ''} – {contract.end_date or ''}",
            ),
            (self.env._("Printed On"), today),
        ]
        items = settlement.item_ids
        missing = settlement.missing_count
        return Volume(
            title=self.env._("Settlement Package"),
            subtitle=contract.display_name,
            author=settlement.company_id.name,
            language=self._get_language(),
            words=Words(
                contents=self.env._("Contents"),
                signatures=self.env._("Signatures"),
                colon=self.env._(": "),
            ),
            facts=facts,
            summary=(
                self.env._(
                    "%(missing)s of %(all)s requirements are not answered yet.",
                    missing=missing,
                    all=len(items),
                )
                if missing
                else self.env._("All that is asked for is there.")
            ),
            tables=[self._get_index(items)],
            parts=[
                *(
                    self._get_part(number, item, answers[item])
                    for number, item in enumerate(items, 1)
                    if item.found_count or item.missing_count
                ),
                *self._get_review(settlement, len(items) + 1),
                *sheets,
            ],
            files=[self._get_facts(settlement, answers)],
        )

    @api.model
    def _get_packed_volume(self, settlement, facts):
        """The volume of a package: as :meth:`_get_volume` from facts that were read
        before, with the score sheets."""
        answers = {
            item: fact["records"]
            for item, fact in zip(
                settlement.item_ids, facts["requirements"], strict=True
            )
        }
        sheets = facts["assessments"]["sheets"]
        return self._put_together(settlement, answers, self._get_sheets(sheets))

    @api.model
    def _get_sheets(self, sheets):
        """A part for each user unit with its score sheets, month by month."""
        by_unit = {}
        for sheet in sheets:
            by_unit.setdefault(sheet["unit"], []).append(sheet)
        units = self.env["res.partner"].sudo().browse(filter(None, by_unit))
        names = {unit.id: unit.name for unit in units}
        states = dict(
            self.env["om.assessment"]._fields["state"]._description_selection(self.env)
        )
        parts = []
        for unit, own in sorted(by_unit.items(), key=lambda each: each[0] or 0):
            name = names.get(unit) or self.env._("Contract as a Whole")
            parts.append(
                Part(
                    self.env._("Score sheets: %s", name),
                    tables=[self._get_sheet(sheet, states) for sheet in own],
                )
            )
        return parts

    @api.model
    def _get_sheet(self, sheet, states):
        signed = (
            f"{label} {day}"
            for label, day in (
                (self.env._("unit signed"), sheet["signed_on"]),
                (self.env._("purchaser confirmed"), sheet["confirmed_on"]),
            )
            if day
        )
        title = " · ".join(
            filter(
                None,
                (
                    f"{sheet['from']} – {sheet['to']}",
                    states[sheet["state"]],
                    *signed,
                    sheet["fingerprint"][:16],
                ),
            )
        )
        labels = self.env["om.assessment.line"]._om_labels("state")

        def measured(name):
            return lambda line: line[name] if line["state"] == "measured" else ""

        def found(line):
            state = line["state"]
            return line["numerator"] if state == "measured" else labels[state]

        return Table(
            title,
            [
                Column(self.env._("Indicator"), "name", 6),
                Column(self.env._("Found"), found, 3, "number"),
                Column(self.env._("Of"), measured("denominator"), 2, "number"),
                Column(self.env._("Value"), measured("value"), 2, "number"),
                Column(
                    self.env._("Points Lost"),
                    "lost",
                    2,
                    "number",
                    is_bad=lambda line: float(line["lost"]),
                ),
                Column(self.env._("Deducted"), "amount", 2, "number"),
            ],
            sheet["lines"],
            last=[
                self.env._("Score"),
                "",
                "",
                sheet["score"] or "–",
                sheet["grade"] or "",
                sheet["amount"],
            ],
        )

    @api.model
    def _get_labels(self, field):
        return dict(
            self.env["om.settlement.item"]
            ._fields[field]
            ._description_selection(self.env)
        )

    @api.model
    def _get_index(self, items):
        standings, owners = self._get_labels("standing"), self._get_labels("owner")
        return Table(
            self.env._("Index"),
            [
                Column(self.env._("No."), PLACE, 1),
                Column(self.env._("What Is Asked For"), "name", 6),
                Column(self.env._("Clause"), "clause", 3),
                Column(
                    self.env._("Standing"),
                    lambda item: standings[item.standing],
                    2,
                    is_bad=lambda item: item.standing == "missing",
                ),
                Column(self.env._("There"), "found_count", 1.3, "integer"),
                Column(self.env._("Missing"), "missing_count", 1.3, "integer"),
                Column(self.env._("Owed By"), lambda item: owners[item.owner], 2),
                Column(self.env._("What Is Missing"), "what_is_missing", 5),
            ],
            items,
            empty=self.env._("Nothing is asked for yet."),
        )

    @api.model
    def _get_answer(self, item):
        """Return what answers an item: a line of facts for each record."""
        sources = self.env["om.settlement.source"]
        day = sources._get_sources()[item.source].day
        records, missing, accepted = sources._get_records(item)
        missing, accepted = set(missing.ids), set(accepted.ids)
        if item.source == "document" and item.owner != "contractor":
            accepted = set(records.ids)
        files = sources._get_files(item, records)
        return [
            {
                "record": f"{record._name},{record.id}",
                "name": record.display_name,
                "day": self._word_day(record[day]) if day else "",
                "standing": "missing"
                if record.id in missing
                else "accepted"
                if record.id in accepted
                else "present",
                "files": [
                    {"name": name, "bytes": length, "sha256": digest}
                    for name, length, digest in files.get(record.id, ())
                ],
            }
            for record in records
        ]

    @api.model
    def _get_facts(self, settlement, answers):
        """The package as facts that a program reads, inside of the volume."""
        contract = settlement.agreement_id
        facts = {
            "format": 1,
            "contract": contract.code or contract.name,
            "drawn_up_on": str(contract._get_today()),
            "price": f"{contract.amount_total:.2f}",
            "asked_for": f"{settlement.amount_claimed:.2f}",
            "reviewed": f"{settlement.amount_reviewed:.2f}",
            "requirements": [
                {
                    "number": number,
                    "asked": item.name,
                    "clause": item.clause or "",
                    "owed_by": item.owner,
                    "at_least": item.least,
                    "standing": item.standing,
                    "there": item.found_count,
                    "missing": item.missing_count,
                    "records": answers[item],
                }
                for number, item in enumerate(settlement.item_ids, 1)
            ],
            "systems": [
                {
                    "number": line.system_sequence,
                    "name": line.name,
                    "asked_for": f"{line.amount_claimed:.2f}",
                    "reviewed": f"{line.amount_reviewed:.2f}",
                    "reason": line.remark or "",
                }
                for line in settlement.line_ids
            ],
        }
        return Inside(
            "facts.json",
            seal.canonical(facts).encode(),
            "application/json",
            self.env._("The package as facts, with the fingerprint of each file"),
        )

    @api.model
    def _get_part(self, number, item, answer):
        labels = self._get_labels("standing")
        records = [{**fact, "no": place} for place, fact in enumerate(answer, 1)]
        files = [
            {**file, "no": record["no"]}
            for record in records
            for file in record["files"]
        ]
        owner = self._get_labels("owner")[item.owner]
        return Part(
            f"{number}. {item.name}",
            facts=[
                (self.env._("Clause"), item.clause or "–"),
                (self.env._("Owed By"), owner),
                (self.env._("There"), str(item.found_count)),
                (self.env._("Missing"), str(item.missing_count)),
            ],
            tables=[
                Table(
                    "",
                    [
                        Column(self.env._("No."), "no", 1),
                        Column(self.env._("Record"), "name", 9),
                        Column(self.env._("Day"), "day", 2.5),
                        Column(
                            self.env._("Standing"),
                            lambda fact: labels[fact["standing"]],
                            2,
                            is_bad=lambda fact: fact["standing"] == "missing",
                        ),
                    ],
                    records,
                    empty=self.env._("There is none yet."),
                ),
                *self._get_files(files),
            ],
        )

    @api.model
    def _get_files(self, rows):
        """The files with their fingerprints, each by the number of its record."""
        if not rows:
            return []
        return [
            Table(
                self.env._("Files"),
                [
                    Column(self.env._("No."), "no", 1),
                    Column(self.env._("File"), "name", 5),
                    Column(self.env._("Bytes"), "bytes", 1.8, "integer"),
                    # Its 64 characters stand in one line.
                    Column(self.env._("Fingerprint (SHA-256)"), "sha256", 12.5),
                ],
                rows,
            )
        ]

    @api.model
    def _word_day(self, value):
        """A day, or the day of a moment in Asia/Shanghai."""
        if not value:
            return ""
        if isinstance(value, type(Datetime.now())):
            return str(beijing.day_of(value))
        return str(Date.to_date(value))

    @api.model
    def _get_review(self, settlement, number):
        lines = settlement.line_ids
        if not lines:
            return []

        def money(name):
            return lambda row: settlement.currency_id.format(row[name])

        return [
            Part(
                self.env._("%s. Price of Each System", number),
                tables=[
                    Table(
                        "",
                        [
                            Column(
                                self.env._("No."),
                                lambda line: line.system_sequence or "",
                                1,
                            ),
                            Column(self.env._("System"), "name", 6),
                            Column(self.env._("User Unit"), "unit_id.name", 4),
                            Column(
                                self.env._("Asked For"),
                                money("amount_claimed"),
                                3,
                                "money",
                            ),
                            Column(
                                self.env._("Reviewed"),
                                money("amount_reviewed"),
                                3,
                                "money",
                            ),
                            Column(
                                self.env._("Difference"),
                                money("amount_difference"),
                                3,
                                "money",
                                is_bad=lambda line: line.amount_difference,
                            ),
                            Column(self.env._("Reason"), "remark", 4),
                        ],
                        lines,
                        last=[
                            "",
                            self.env._("Total"),
                            "",
                            *(
                                money(name)(settlement)
                                for name in (
                                    "amount_claimed",
                                    "amount_reviewed",
                                    "amount_difference",
                                )
                            ),
                            "",
                        ],
                    )
                ],
            )
        ]
