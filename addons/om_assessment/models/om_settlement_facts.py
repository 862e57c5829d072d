import json

from odoo import api, fields, models

from odoo.addons.om_base.tools import beijing, seal
from odoo.addons.om_contract.models.om_payment_milestone import to_decimal
from odoo.addons.om_helpdesk.engine.frozen import get_unusual_days
from odoo.addons.om_helpdesk.engine.policy import TARGETS

from .om_assessment_scheme_line import KIND_OF

# The form in which facts are written; a later one gets a number of its own.
FORMAT = 1
# Before and after the years of the service, for terms that begin or end outside of it.
YEARS_AROUND = 1


class OmSettlementFacts(models.AbstractModel):
    """What of a contract decides what is paid last, as plain values.

    The package of a settlement is made of it: whoever has these files can reckon every
    deadline, sheet, deduction and payment anew, without this program. Read in one
    transaction, so that all of it is of one moment.
    """

    _name = "om.settlement.facts"
    _description = "Facts of a Settlement"

    @api.model
    def _gather(self, settlement):
        """Return {name of the file: what is in it}, as JSON has it."""
        settlement.check_access("read")
        # sudo: who may read a settlement may read what answers it.
        settlement = settlement.sudo()
        contract, now = settlement.agreement_id, fields.Datetime.now()
        facts = {
            "package": self._get_package(settlement, now),
            "requirements": self._get_requirements(settlement),
            "calendar": self._get_calendar(contract),
            "promises": self._get_promises(contract, now),
            "assessments": self._get_assessments(contract),
            "money": self._get_money(settlement),
        }
        return seal.plain(facts)

    @api.model
    def _get_package(self, settlement, now):
        contract = settlement.agreement_id
        return {
            "format": FORMAT,
            "contract": contract.code or "",
            "name": contract.name,
            "purchaser": contract.partner_id.name,
            "contractor": settlement.company_id.name,
            "service": [_day(contract.start_date), _day(contract.end_date)],
            "read_at": _moment(now),
        }

    # ------------------------------------------------------------
    # What is asked for, and the records that answer it
    # ------------------------------------------------------------

    @api.model
    def _get_requirements(self, settlement):
        return [
            {
                "number": number,
                "asked": item.name,
                "clause": item.clause or "",
                "owed_by": item.owner,
                "at_least": item.least,
                "standing": item.standing,
                "there": item.found_count,
                "missing": item.missing_count,
                "what_is_missing": item.what_is_missing or "",
                "not_there": self._get_not_there(item),
                "records": self._get_records(item),
            }
            for number, item in enumerate(settlement.item_ids, 1)
        ]

    @api.model
    def _get_not_there(self, item):
        """All that has to be there and is no record yet, by name."""
        sources = self.env["om.settlement.source"]
        source = sources._get_sources()[item.source]
        owed = sources._get_owed(source, item.agreement_id)
        return owed.get(item.agreement_id.id, [])

    @api.model
    def _get_records(self, item):
        """What answers an item: each record with its day, standing, facts and files."""
        sources = self.env["om.settlement.source"]
        report = self.env["report.om_assessment.om_settlement_volume"]
        day = sources._get_sources()[item.source].day
        records, missing, accepted = sources._get_records(item)
        missing, accepted = set(missing.ids), set(accepted.ids)
        if item.source == "document" and item.owner != "contractor":
            accepted = set(records.ids) - missing
        files = sources._get_attachments(item, records)
        told = records._get_told_facts() if hasattr(records, "_get_told_facts") else {}
        return [
            {
                "record": f"{record._name},{record.id}",
                "name": record.display_name,
                "day": report._word_day(record[day]) if day else "",
                "standing": "missing"
                if record.id in missing
                else "accepted"
                if record.id in accepted
                else "present",
                # Personal facts stay in the house.
                "facts": told.get(record.id, ({}, {}))[0],
                "files": [
                    {"id": each.id, "name": each.name, "bytes": each.file_size}
                    for each in files.get(record.id, ())
                ],
            }
            for record in records
        ]

    # ------------------------------------------------------------
    # Days
    # ------------------------------------------------------------

    @api.model
    def _get_calendar(self, contract):
        """The unusual days of all years that matter: {day: [kind, name]}."""
        workdays = self.env["om.calendar"]._get_calendar()
        today = contract._get_today()
        first = min(contract.start_date or today, today).year - YEARS_AROUND
        last = max(contract.end_date or today, today).year + YEARS_AROUND + 1
        years = range(first, last + 1)
        return {
            "first": f"{first}-01-01",
            "last": f"{last}-12-31",
            "provisional": [
                year
                for year in years
                if workdays.is_provisional(fields.Date.to_date(f"{year}-01-01"))
            ],
            "days": {
                day: [kind, name]
                for day, kind, name in get_unusual_days(workdays, years)
            },
        }

    # ------------------------------------------------------------
    # Promises of service
    # ------------------------------------------------------------

    @api.model
    def _get_promises(self, contract, now):
        """Each target of each fault: when its clock began, what was promised, what
        paused it, and what we say of it."""
        tickets = self.env["helpdesk.ticket"].search(
            [("agreement_id", "=", contract.id), ("cancelled_at", "=", False)],
            order="reported_at, id",
        )
        known = self.env["om.calendar"]._get_calendar()
        calendars, numbers, frozen, told = [], {}, [], []
        for ticket, clocks in tickets._om_clocks(now).items():
            targets = []
            for name in TARGETS:
                judgement = clocks[name].judgement
                result = judgement.verdict.result
                if not result:
                    continue
                target = result.target
                calendar = target.calendar.tell()
                workdays = target.calendar.workdays
                if workdays is not None and workdays is not known:
                    # Reckoned with the days as they were known then.
                    days = self._get_frozen_days(workdays, result)
                    if days not in frozen:
                        frozen.append(days)
                    calendar["days"] = frozen.index(days)
                key = seal.canonical(calendar)
                if key not in numbers:
                    numbers[key] = len(calendars)
                    calendars.append(calendar)
                targets.append(
                    {
                        "target": name,
                        "start": _moment(result.start),
                        "value": _number(target.value),
                        "unit": target.unit,
                        "clock": target.clock,
                        "calendar": numbers[key],
                        "stop": _moment(judgement.stop),
                        "deadline": _moment(clocks[name].deadline),
                        "status": clocks[name].status,
                    }
                )
            if targets:
                told.append(
                    {
                        "number": ticket.number or str(ticket.id),
                        "name": ticket.name,
                        "reported": _moment(ticket.reported_at),
                        "pauses": [
                            [_moment(pause.start), _moment(pause.end), pause.why or ""]
                            for pause in sorted(
                                ticket._om_engine_pauses(), key=lambda each: each.start
                            )
                        ],
                        "targets": targets,
                    }
                )
        return {"calendars": calendars, "frozen_days": frozen, "faults": told}

    @api.model
    def _get_frozen_days(self, workdays, result):
        first, last = result.start.year - 1, result.deadline.year + 1
        return {
            day: [kind, name]
            for day, kind, name in get_unusual_days(workdays, range(first, last + 1))
        }

    # ------------------------------------------------------------
    # Score sheets
    # ------------------------------------------------------------

    @api.model
    def _get_assessments(self, contract):
        """Each sheet as the parties sign it; rules stand once, under their digest."""
        sheets = self.env["om.assessment"].search(
            [("agreement_id", "=", contract.id)], order="period_start, unit_id, id"
        )
        rules, told, charged = {}, [], sheets._get_charged()
        systems = contract.with_context(active_test=False).system_ids
        for sheet in sheets:
            packed = dict(sheet.frozen or sheet._pack())
            own = packed.pop("rules")
            digest = seal.digest(own)
            rules[digest] = own
            told.append(
                {
                    **packed,
                    "id": sheet.id,
                    "name": sheet.name,
                    "state": sheet.state,
                    "rules": digest,
                    "fingerprint": sheet.fingerprint or "",
                    "charged": f"{charged[sheet]:.2f}",
                    "signed_on": _day(sheet.signed_on),
                    "confirmed_on": _day(sheet.confirmed_on),
                }
            )
        return {
            "rules": rules,
            "kinds": dict(KIND_OF),
            "systems": {
                str(system.id): {
                    "name": system.name,
                    "fee": f"{system.annual_fee:.2f}",
                    "service": [_day(each) for each in system._get_fee_period()],
                }
                for system in systems
            },
            "sheets": told,
        }

    # ------------------------------------------------------------
    # Money
    # ------------------------------------------------------------

    @api.model
    def _get_money(self, settlement):
        contract = settlement.agreement_id
        milestones = contract.milestone_ids._in_order()
        last = contract._get_measured()
        return {
            "price": f"{contract.amount_total:.2f}",
            "reviewed": f"{contract.settlement_amount:.2f}"
            if contract.is_settled
            else None,
            "lines": [
                {
                    "system": line.name,
                    "asked_for": f"{line.amount_claimed:.2f}",
                    "reviewed": f"{line.amount_reviewed:.2f}",
                    "reason": line.remark or "",
                }
                for line in settlement.line_ids
            ],
            "payments": [self._tell_payment(each, last) for each in milestones],
            "deductions": [
                self._tell_deduction(each)
                for each in contract.deduction_ids.sorted("id")
                if each.direction == "contractor" and each.state != "waived"
            ],
        }

    @api.model
    def _tell_payment(self, milestone, last):
        applied = milestone.env["om.deduction.line"].search(
            [("milestone_id", "=", milestone.id)], order="id"
        )
        return {
            "name": milestone.name,
            "percent": f"{milestone.percent:.4f}",
            "is_last": milestone == last,
            "is_ended": milestone.is_ended,
            "fixed": f"{milestone.amount_fixed:.2f}"
            if milestone.is_amount_fixed
            else None,
            "amount": f"{milestone.amount:.2f}",
            "deducted": [f"{line.amount:.2f}" for line in applied],
            "due": f"{milestone.amount_due:.2f}",
            "paid": f"{milestone.amount_paid:.2f}",
            "term": [milestone.term_value, milestone.term_unit],
            "conditions": [
                [_day(each.day), each.starts_term]
                for each in milestone._get_term_conditions()
            ],
            "delays": [
                [_day(each.start), _day(each.end), each.resume_days]
                for each in milestone._get_delays()
            ],
            "due_on": _day(milestone.date_due),
        }

    @api.model
    def _tell_deduction(self, deduction):
        told = {
            "name": deduction.name,
            "clause": deduction.clause_id.display_name or "",
            "kind": deduction.kind,
            "method": deduction.method,
            "state": deduction.state,
            "day": _day(deduction.date),
            "amount": f"{deduction.amount:.2f}",
            "source": deduction.source
            and f"{deduction.source._name},{deduction.source.id}"
            or "",
        }
        if deduction.method in ("once", "daily", "stop"):
            told["base"] = str(to_decimal(deduction.base_amount))
        if deduction.method in ("once", "daily"):
            told["percent"] = f"{deduction.percent:.4f}"
        if deduction.method == "daily":
            told |= {
                "demanded": _day(deduction.demand_date),
                "until": _day(deduction._get_default_end()),
                "grace_days": deduction.grace_days,
                "since": _day(deduction._get_overdue_since()),
            }
        if deduction.method == "stop":
            system = deduction.system_id
            told["service"] = [_day(each) for each in system._get_fee_period()]
            told["stopped"] = _day(system.stop_date)
        return told

    # ------------------------------------------------------------
    # Differences
    # ------------------------------------------------------------

    @api.model
    def _get_differences(self, before, after):
        """What is otherwise today than in facts gathered earlier, in words.

        :param before: {name: content} as :meth:`_gather` returned it then
        """
        found = []
        old, new = _flat(before), _flat(after)
        for key in sorted(old.keys() | new.keys()):
            if old.get(key) == new.get(key):
                continue
            kind, name = key[0], (old.get(key) or new[key])[0]
            if key not in new:
                text = self.env._("%s: no longer there", name)
            elif key not in old:
                text = self.env._("%s: new", name)
            elif old[key][0] != new[key][0]:
                text = self.env._(
                    "%(before)s: is called %(after)s now",
                    before=old[key][0],
                    after=new[key][0],
                )
            else:
                text = self.env._("%s: changed", name)
            found.append(f"{self._get_label(kind)} – {text}")
        return found

    @api.model
    def _get_label(self, kind):
        return {
            "requirements": self.env._("Index"),
            "records": self.env._("Records"),
            "calendar": self.env._("Working-day Calendar"),
            "promises": self.env._("Deadlines"),
            "assessments": self.env._("Score Sheets"),
            "payments": self.env._("Payments"),
            "deductions": self.env._("Deductions"),
            "money": self.env._("Price and Review"),
        }[kind]


def _flat(facts):
    """{(kind, key): (name, text of all that is known of it)}"""
    found = {}

    def put(kind, key, name, value):
        found[kind, str(key)] = name, seal.canonical(value)

    for item in facts["requirements"]:
        own = {name: item[name] for name in item if name != "records"}
        put("requirements", item["number"], item["asked"], own)
        for record in item["records"]:
            # A fingerprint is known of what was packed only; the file itself is the
            # same as long as it is the same attachment: evidence cannot be replaced.
            files = [[each["id"], each["bytes"]] for each in record["files"]]
            put("records", record["record"], record["name"], {**record, "files": files})
    for day, value in facts["calendar"]["days"].items():
        put("calendar", day, f"{day} {value[1]}".strip(), value)
    for fault in facts["promises"]["faults"]:
        # The deadline of a fault that is paused moves with the clock: what follows from
        # facts is no fact.
        targets = [
            {name: each[name] for name in each if name not in ("deadline", "status")}
            for each in fault["targets"]
        ]
        name = f"{fault['number']} {fault['name']}"
        put("promises", fault["number"], name, {**fault, "targets": targets})
    for sheet in facts["assessments"]["sheets"]:
        put("assessments", sheet["id"], sheet["name"], sheet)
    money = facts["money"]
    for name in ("payments", "deductions"):
        for number, each in enumerate(money[name]):
            put(name, number, each["name"], each)
    put("money", "price", money["price"], [money["price"], money["reviewed"]])
    for number, line in enumerate(money["lines"]):
        put("money", f"line {number}", line["system"], line)
    return found


def _day(value):
    return value.isoformat() if value else None


def _moment(value):
    """A moment in UTC, whether it is aware or as the database has it."""
    if not value:
        return None
    if value.tzinfo:
        value = beijing.to_stored(value)
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(value):
    """A length of a promise as JSON has it everywhere alike."""
    return json.dumps(float(value)).removesuffix(".0")
