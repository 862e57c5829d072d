from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ..engine.package import Tally, fingerprint
from .om_assessment import SIGNED

_lt = LazyTranslate(__name__)

# How many of what is missing are named.
NAMED = 3


@dataclass(frozen=True)
class Source:
    """Where the record answers a kind of requirement.

    ``model`` has its contract in ``contract``; ``domain`` are the records that count,
    ``missing`` those of them that are not there yet, ``accepted`` those on which the
    other side's word is. ``by`` maps a requirement's field to the record's, ``day`` is
    the field of a record's day. ``expected``: the method that names, by contract, what
    has to be there and is no record yet.
    """

    label: Any
    model: str
    domain: Any = Domain.TRUE
    missing: Any = Domain.FALSE
    accepted: Any = Domain.FALSE
    by: tuple[tuple[str, str, str], ...] = ()
    day: str | None = None
    contract: str = "agreement_id"
    files: tuple[str, ...] = ()
    expected: str | None = None


CLOSED_LIST = Domain(
    "settlement_ids", "any", [("state", "in", ("confirmed", "closed"))]
)
DRAWN_UP_LIST = Domain(
    "settlement_ids", "any", [("state", "in", ("submitted", "confirmed", "closed"))]
)


class OmSettlementSource(models.AbstractModel):
    """The kinds of records that answer what a settlement asks for.

    A source is a declaration; what is counted and named follows from it, in a number of
    queries that depends on neither contracts nor records. An add-on (or another model
    of this one) adds its own to ``_get_sources``.
    """

    _name = "om.settlement.source"
    _description = "Sources of a Settlement"

    @api.model
    def _get_sources(self):
        """Return {name: :class:`Source`}."""
        return {
            "document": Source(
                _lt("Papers of the Contract"),
                "om.contract.document",
                by=(
                    ("document_kind", "kind", "="),
                    ("document_words", "name", "ilike"),
                ),
                day="date",
            ),
            "assessment": Source(
                _lt("Monthly Assessments, Signed by the Units"),
                "om.assessment",
                missing=Domain("state", "not in", SIGNED),
                accepted=Domain("state", "in", SIGNED),
                day="period_start",
                expected="_get_months_without_sheet",
            ),
            "unit_paper": Source(
                _lt("Assessment Documents of the User Units"),
                "om.unit.paper",
                missing=Domain("date", "=", False),
                accepted=Domain("date", "!=", False),
                day="date",
                files=("file_ids",),
            ),
            "inspection": Source(
                _lt("Inspections"),
                "maintenance.request",
                domain=Domain("is_inspection", "=", True)
                & Domain("archive", "=", False),
                missing=Domain("stage_id.done", "=", False),
                day="schedule_date",
                files=("result_ids.photo_ids",),
            ),
            "fault": Source(
                _lt("Faults, Confirmed by Their Users"),
                "helpdesk.ticket",
                domain=Domain("cancelled_at", "=", False)
                & Domain("kind", "=", "fault"),
                missing=Domain("confirmed_at", "=", False),
                accepted=Domain("confirmed_at", "!=", False),
                day="reported_at",
            ),
            "ticket": Source(
                _lt("Faults and Service Requests, Confirmed by Their Users"),
                "helpdesk.ticket",
                domain=Domain("cancelled_at", "=", False),
                missing=Domain("confirmed_at", "=", False),
                accepted=Domain("confirmed_at", "!=", False),
                day="reported_at",
            ),
            "obligation": Source(
                _lt("What Is Owed by Period"),
                "om.obligation.item",
                missing=Domain("state", "in", ("owed", "returned")),
                accepted=Domain("state", "=", "accepted"),
                by=(("obligation_kind", "kind", "="), ("obligation_per", "per", "=")),
                day="due_date",
                files=("delivery_ids.file_ids",),
            ),
            "repair": Source(
                _lt("Parts Used in Repairs"),
                "om.spare.request",
                domain=Domain("state", "in", ("issued", "installed")),
                missing=Domain("state", "=", "issued"),
                day="create_date",
                files=("photo_ids",),
            ),
            "removed_part": Source(
                _lt("Ledger of Removed Parts"),
                "om.dismantled.part",
                day="date",
                files=("photo_ids",),
            ),
            "spare_settlement": Source(
                _lt("Settlements of Spare Parts"),
                "om.spare.list",
                domain=Domain("state", "!=", "draft"),
                missing=~DRAWN_UP_LIST,
                accepted=CLOSED_LIST,
                day="date_to",
            ),
            "spare_handover": Source(
                _lt("Stock Lists of Spare Parts"),
                "om.spare.handover",
                missing=Domain("state", "=", "draft"),
                accepted=Domain("state", "=", "confirmed"),
                day="stock_on",
            ),
            "deduction": Source(
                _lt("Penalties, Deductions and Reductions"),
                "om.deduction",
                domain=Domain("direction", "=", "contractor"),
                missing=Domain("state", "in", ("proposed", "disputed")),
                accepted=Domain("state", "in", ("agreed", "applied", "waived")),
                day="date",
                files=("evidence_ids",),
            ),
            "amendment": Source(
                _lt("Amendments"),
                "om.contract.amendment",
                missing=Domain("state", "=", "draft"),
                accepted=Domain("state", "=", "applied"),
                day="date",
            ),
            "payment": Source(
                _lt("Invoices and Receipts"),
                "om.payment.milestone",
                # What the review measures is invoiced after it.
                domain=Domain("basis", "=", "contract"),
                missing=Domain("state", "in", ("waiting", "ready")),
                accepted=Domain("state", "=", "paid"),
                day="invoice_date",
            ),
            "price": Source(
                _lt("Price of Each System"),
                "om.system",
                missing=Domain("annual_fee", "=", 0),
                day="service_start",
            ),
        }

    # ------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------

    @api.model
    def _get_key(self, item):
        """What a question depends on beside the contract: requirements that agree in it
        are asked together."""
        source = self._get_sources()[item.source]
        return item.source, tuple((to, how, item[name]) for name, to, how in source.by)

    @api.model
    def _get_domain(self, key, contracts):
        name, filters = key
        source = self._get_sources()[name]
        return Domain.AND(
            [
                source.domain,
                Domain(source.contract, "in", contracts.ids),
                *(Domain(to, how, value) for to, how, value in filters if value),
            ]
        )

    @api.model
    def _find(self, items):
        """Return {item: (tally, names of some that are missing)}."""
        found = {}
        for key, asked in items.grouped(self._get_key).items():
            source = self._get_sources()[key[0]]
            # sudo: the index tells how many there are, to who may read the settlement.
            model = self.env[source.model].sudo().with_context(active_test=False)
            domain = self._get_domain(key, asked.agreement_id)

            def count(more, model=model, domain=domain, path=source.contract):
                groups = model._read_group(domain & more, [path], ["id:array_agg"])
                return {contract.id: ids for contract, ids in groups}

            every, missing = count(Domain.TRUE), count(source.missing)
            owed = self._get_owed(source, asked.agreement_id)
            accepted = count(source.accepted)
            some = {each: sorted(ids)[:NAMED] for each, ids in missing.items()}
            named = model.browse(sum(some.values(), []))
            names = {each.id: each.display_name for each in named}
            for item in asked:
                contract = item.agreement_id.id
                none_yet = owed.get(contract, [])
                found[item] = (
                    Tally(
                        len(every.get(contract, ())) + len(none_yet),
                        len(missing.get(contract, ())) + len(none_yet),
                        len(accepted.get(contract, ())),
                    ),
                    [
                        *(names[each] for each in some.get(contract, ())),
                        *none_yet,
                    ][:NAMED],
                )
        return found

    @api.model
    def _get_owed(self, source, contracts):
        """{contract's id: names of what has to be there and is no record yet}"""
        return getattr(self, source.expected)(contracts) if source.expected else {}

    @api.model
    def _get_months_without_sheet(self, contracts, only_whole=False):
        """Months of service for which nobody has drawn up a score sheet.

        Of each memorandum the service months of its scheme; of systems without one the
        months of the calendar in which they run: without a memorandum nobody assesses
        them. What a stopped system has no days in is not asked for.

        :param only_whole: only those of contracts that are assessed as a whole
        :return: {contract's id: names, in the order of time}
        """
        # sudo: as above.
        Sheet = self.env["om.assessment"].sudo()
        contracts = contracts.sudo().filtered(lambda c: c.start_date and c.end_date)
        if not contracts:
            return {}
        known = {
            (
                each.agreement_id.id,
                each.unit_id.id,
                each.scheme_id.id,
                each.period_start,
            )
            for each in Sheet.search([("agreement_id", "in", contracts.ids)])
        }
        expected, covered = {}, set()
        for day in self._get_month_days(contracts):
            for key, group in Sheet._get_groups(day, day, contracts).items():
                expected[key] = group[0][1]
                for system, _last, since, until, _memo in group:
                    covered.update((system, month) for month in _months(since, until))
        owed = defaultdict(set)
        units = self.env["res.partner"].sudo().browse({key[1] for key in expected})
        names = {unit.id: unit.name for unit in units}
        for contract, unit, scheme, first in expected.keys() - known:
            if only_whole and unit:
                continue
            last = expected[contract, unit, scheme, first]
            owed[contract].add((first, _word_month(names.get(unit), first, last)))
        if not only_whole:
            drawn = {(key[0], key[1], key[3]) for key in known}
            for contract in contracts.with_context(active_test=False):
                for unit, month in self._get_served_months(contract, covered):
                    if (contract.id, unit.id, month) not in drawn:
                        last = month + relativedelta(months=1, days=-1)
                        owed[contract.id].add(
                            (month, _word_month(unit.name, month, last))
                        )
        return {
            contract: [name for _first, name in sorted(found)]
            for contract, found in owed.items()
        }

    @api.model
    def _get_month_days(self, contracts):
        """Days that lie in every service month of the contracts, whatever day of the
        month these begin on."""
        day = min(contracts.mapped("start_date"))
        last = max(contracts.mapped("end_date"))
        days = {*contracts.mapped("start_date"), *contracts.mapped("end_date")}
        while day <= last:
            days.add(day)
            day += relativedelta(months=1)
        return sorted(days)

    @api.model
    def _get_served_months(self, contract, covered):
        """{(unit, month)} in which a system runs that no memorandum covers."""
        found = set()
        for system in contract.system_ids:
            start, end = system._get_fee_period()
            if not (start and end and system.unit_id) or system.state == "draft":
                continue
            if system.stop_date:
                end = min(end, system.stop_date - relativedelta(days=1))
            found.update(
                (system.unit_id, month)
                for month in _months(start, end)
                if (system.id, month) not in covered
            )
        return found

    @api.model
    def _get_records(self, item):
        """Return (all records that answer an item, the missing ones, the accepted)."""
        key = self._get_key(item)
        source = self._get_sources()[item.source]
        # sudo: as above.
        model = self.env[source.model].sudo().with_context(active_test=False)
        domain = self._get_domain(key, item.agreement_id)
        order = f"{source.day}, id" if source.day else "id"
        return (
            model.search(domain, order=order),
            model.search(domain & source.missing),
            model.search(domain & source.accepted),
        )

    @api.model
    def _get_files(self, item, records):
        """Return {record's id: [(name, length, SHA-256)]} of the files of what answers
        an item, in a fixed order."""
        return {
            key: [self._tell_file(each) for each in files]
            for key, files in self._get_attachments(item, records).items()
        }

    @api.model
    def _get_attachments(self, item, records):
        """Return {record's id: its files}, in a fixed order."""
        source = self._get_sources()[item.source]
        # sudo: whoever may read the settlement may hand these in.
        found = self.env["ir.attachment"].sudo()
        hanging = found.search(
            [
                ("res_model", "=", source.model),
                ("res_id", "in", records.ids),
                # The files of the record's own page, too; no previews, no signatures.
                ("res_field", "in", (False, "file")),
                ("type", "=", "binary"),
            ]
        )
        files = {record.id: found for record in records}
        for attachment in hanging:
            files[attachment.res_id] |= attachment
        for path in source.files:
            for record in records:
                files[record.id] |= record.sudo().mapped(path)
        return {key: value.sorted("id") for key, value in files.items() if value}

    @api.model
    def _tell_file(self, attachment):
        """Name, length and fingerprint of a file, without taking it into memory."""
        with attachment._om_open() as stream:
            return attachment.name, *fingerprint(stream)


def _months(first, last):
    """The first days of the months in which a day from ``first`` to ``last`` lies."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month += relativedelta(months=1)


def _word_month(unit, first, last):
    """A month of a unit as its sheet is called."""
    is_month = first.day == 1 and last == first + relativedelta(months=1, days=-1)
    month = f"{first:%Y-%m}" if is_month else f"{first} – {last}"
    return f"{unit} {month}" if unit else month
