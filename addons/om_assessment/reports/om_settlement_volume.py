from odoo import api, models
from odoo.fields import Date, Datetime

from odoo.addons.om_base.tools import beijing, seal
from odoo.addons.om_base.tools.volume import (
    Column,
    Inside,
    Part,
    Row,
    Table,
    Volume,
    Words,
)


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
        labels = dict(
            self.env["om.assessment.line"]
            ._fields["state"]
            ._description_selection(self.env)
        )
        return Table(
            title,
            [
                Column(self.env._("Indicator"), 6),
                Column(self.env._("Found"), 3, True),
                Column(self.env._("Of"), 2, True),
                Column(self.env._("Value"), 2, True),
                Column(self.env._("Points Lost"), 2, True),
                Column(self.env._("Deducted"), 2, True),
            ],
            [
                *(
                    Row(
                        [
                            line["name"],
                            line["numerator"]
                            if line["state"] == "measured"
                            else labels[line["state"]],
                            line["denominator"] if line["state"] == "measured" else "",
                            line["value"] if line["state"] == "measured" else "",
                            line["lost"],
                            line["amount"],
                        ],
                        bad=[4] if float(line["lost"]) else [],
                    )
                    for line in sheet["lines"]
                ),
                Row(
                    [
                        self.env._("Score"),
                        "",
                        "",
                        sheet["score"] or "–",
                        sheet["grade"] or "",
                        sheet["amount"],
                    ],
                    strong=True,
                ),
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
                Column(self.env._("No."), 1),
                Column(self.env._("What Is Asked For"), 6),
                Column(self.env._("Clause"), 3),
                Column(self.env._("Standing"), 2),
                Column(self.env._("There"), 1.3, True),
                Column(self.env._("Missing"), 1.3, True),
                Column(self.env._("Owed By"), 2),
                Column(self.env._("What Is Missing"), 5),
            ],
            [
                Row(
                    [
                        str(number),
                        item.name,
                        item.clause or "",
                        standings[item.standing],
                        str(item.found_count),
                        str(item.missing_count),
                        owners[item.owner],
                        item.what_is_missing or "",
                    ],
                    bad=[3] if item.standing == "missing" else [],
                )
                for number, item in enumerate(items, 1)
            ],
            self.env._("Nothing is asked for yet."),
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
        rows = [
            Row(
                [str(place), fact["name"], fact["day"], labels[fact["standing"]]],
                bad=[3] if fact["standing"] == "missing" else [],
            )
            for place, fact in enumerate(answer, 1)
        ]
        files = [
            Row([str(place), file["name"], str(file["bytes"]), file["sha256"]])
            for place, fact in enumerate(answer, 1)
            for file in fact["files"]
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
                        Column(self.env._("No."), 1),
                        Column(self.env._("Record"), 9),
                        Column(self.env._("Day"), 2.5),
                        Column(self.env._("Standing"), 2),
                    ],
                    rows,
                    self.env._("There is none yet."),
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
                    Column(self.env._("No."), 1),
                    Column(self.env._("File"), 5),
                    Column(self.env._("Bytes"), 1.8, True),
                    # Its 64 characters stand in one line.
                    Column(self.env._("Fingerprint (SHA-256)"), 12.5),
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
        money = settlement.currency_id.format
        total = settlement
        return [
            Part(
                self.env._("%s. Price of Each System", number),
                tables=[
                    Table(
                        "",
                        [
                            Column(self.env._("No."), 1),
                            Column(self.env._("System"), 6),
                            Column(self.env._("User Unit"), 4),
                            Column(self.env._("Asked For"), 3, True),
                            Column(self.env._("Reviewed"), 3, True),
                            Column(self.env._("Difference"), 3, True),
                            Column(self.env._("Reason"), 4),
                        ],
                        [
                            *(
                                Row(
                                    [
                                        str(line.system_sequence or ""),
                                        line.name,
                                        line.unit_id.name or "",
                                        money(line.amount_claimed),
                                        money(line.amount_reviewed),
                                        money(line.amount_difference),
                                        line.remark or "",
                                    ],
                                    bad=[5] if line.amount_difference else [],
                                )
                                for line in lines
                            ),
                            Row(
                                [
                                    "",
                                    self.env._("Total"),
                                    "",
                                    money(total.amount_claimed),
                                    money(total.amount_reviewed),
                                    money(total.amount_difference),
                                    "",
                                ],
                                strong=True,
                            ),
                        ],
                    )
                ],
            )
        ]
