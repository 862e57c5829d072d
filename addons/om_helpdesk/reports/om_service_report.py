from collections import Counter
from math import floor

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.om_base.tools.tables import Column, Table

from ..engine.policy import MAIN_TARGETS
from ..engine.service_report import SATISFACTION_TARGET, Fault, Kept, account


class ReportServiceReport(models.AbstractModel):
    """The service report: the same figures for paper and spreadsheet."""

    _name = "report.om_helpdesk.om_service_report"
    _description = "Service Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        wizards = self.env["om.service.report"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": "om.service.report",
            "docs": wizards,
            "get_sheets": self._get_sheets,
            "get_tables": self._get_tables,
            "res_company": self.env.company,
        }

    @api.model
    def _get_sheets(self, wizard):
        """Return one dict for the whole contract, or one per chosen user unit.

        The number of queries does not depend on how many units or faults there are.
        """
        faults, requests = self._get_told(wizard)
        systems = self._get_systems(wizard, {row["system_id"] for row in faults})
        found = self.env["om.downtime"]._get_availability(
            systems, *wizard._get_moments()
        )
        availability = {
            system: float(figure.percent)
            for system, figure in found.items()
            if figure.percent is not None
        }
        downtimes = self._get_downtimes(wizard, systems, availability)
        return [
            self._get_sheet(
                unit,
                [row for row in faults if not unit or row["unit_id"] == unit.id],
                {
                    system: figure
                    for system, figure in availability.items()
                    if not unit or system.unit_id == unit
                },
                [row for row in downtimes if not unit or row["unit_id"] == unit.id],
            )
            | self._get_request_lists(
                [row for row in requests if not unit or row["unit_id"] == unit.id]
            )
            | {"contract": wizard._get_contract_text()}
            for unit in (wizard.unit_ids or [self.env["res.partner"]])
        ]

    def _get_request_lists(self, requests):
        """Return how many were asked for of each service, how their deadlines were
        kept and how satisfied their users are, and the requests."""
        counts = {}
        kept, answers = Kept(), Counter()
        for told in requests:
            row = counts.setdefault((told["service_id"], told["service"]), Counter())
            row["asked"] += 1
            for name in ("cancelled", "done", "late"):
                row[name] += told["counted"][name]
            for status in told["counted"]["results"].values():
                kept.met += status == "met"
                kept.breached += status == "breached"
            answer = told["counted"]["is_satisfied"]
            if answer is not None:
                for each in (row, answers):
                    each["answered"] += 1
                    each["satisfied"] += answer
        return {
            "services": [
                (
                    name,
                    row["asked"],
                    row["done"],
                    row["late"],
                    row["cancelled"],
                    self._format_satisfied(row),
                )
                for (_service, name), row in counts.items()
            ],
            "services_kept": kept,
            "services_satisfied": answers,
            "requests": requests,
        }

    def _format_satisfied(self, answers):
        """Return how many of those who answered are satisfied; a dash: nobody did."""
        if not answers["answered"]:
            return "–"
        return f"{answers['satisfied']} / {answers['answered']}"

    def _get_systems(self, wizard, numbers):
        """Return the systems of the contract, and those whose faults it had before
        they went on to the next one."""
        domain = (
            Domain("state", "in", ("in_service", "suspended"))
            & Domain("company_id", "in", self.env.companies.ids)
            & (
                Domain("agreement_id", "=", wizard.agreement_id.id)
                | Domain("id", "in", sorted(filter(None, numbers)))
            )
        )
        if wizard.unit_ids:
            domain &= Domain("unit_id", "in", wizard.unit_ids.ids)
        if wizard.system_ids:
            domain &= Domain("id", "in", wizard.system_ids.ids)
        return self.env["om.system"].search(domain)

    def _get_downtimes(self, wizard, systems, availability):
        """Return what a list of the report shows of each downtime in the period."""
        start, end = wizard._get_moments()
        Downtime = self.env["om.downtime"]
        causes = dict(
            Downtime._fields["excluded_cause"]._description_selection(self.env)
        )
        states = dict(
            Downtime._fields["exclusion_state"]._description_selection(self.env)
        )
        moment = self.env["helpdesk.ticket"]._om_format
        return [
            {
                "unit_id": each.unit_id.id,
                "system": each.system_id.name,
                "unit": each.unit_id.name or "",
                "from": moment(each.date_from)[:16],
                "to": moment(each.date_to)[:16],
                "devices": str(each.device_count or self.env._("all")),
                "cause": causes.get(each.excluded_cause) or self.env._("Fault"),
                "counts": states[each.exclusion_state],
                "percent": availability.get(each.system_id),
            }
            for each in Downtime.search(
                [
                    ("system_id", "in", systems.ids),
                    ("agreement_id", "=", wizard.agreement_id.id),
                    ("date_from", "<", end),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">", start),
                ],
                order="date_from, id",
            )
        ]

    def _get_sheet(self, unit, faults, availability, downtimes):
        """Return the figures and lists of one sheet as plain values."""
        figures = account(Fault(**row["counted"]) for row in faults)
        Ticket = self.env["helpdesk.ticket"]
        severities = dict(Ticket._fields["severity"]._description_selection(self.env))
        shares = availability.values()
        return {
            "unit": unit.name or "",
            "figures": figures,
            "severities": [
                (label, figures.by_severity.get(key, 0))
                for key, label in severities.items()
            ],
            "categories": figures.by_category.most_common(),
            "units": self._count_by_unit(faults),
            "targets": [
                (label, figures.kept[target])
                for target, label in Ticket._om_target_labels().items()
                if target in MAIN_TARGETS or figures.kept[target].decided
            ],
            "faults": faults,
            "ended": [row for row in faults if row["end"]],
            "breaches": [row for row in faults if row["is_breached"]],
            "majors": [row for row in faults if row["counted"]["severity"] == "urgent"],
            "availability": sum(shares) / len(shares) if shares else None,
            "down": downtimes,
        }

    def _count_by_unit(self, faults):
        """Return [(unit, faults, faults with a missed deadline)], the most first."""
        names = {row["unit_id"]: row["unit"] for row in faults}
        counts = Counter(row["unit_id"] for row in faults if not row["end"])
        missed = Counter(row["unit_id"] for row in faults if row["is_breached"])
        counts.update(dict.fromkeys(missed, 0))
        return [
            (names[unit], count, missed[unit]) for unit, count in counts.most_common()
        ]

    # ------------------------------------------------------------
    # Tables on paper
    # ------------------------------------------------------------

    @api.model
    def _get_tables(self, sheet):
        """Return the tables of a sheet, in order, widths in percent; what stands in a
        cell below the first line is printed smaller."""
        tables = [
            *self._count_tables(sheet),
            *self._result_tables(sheet),
            self._downtime_table(sheet),
            self._fault_table(
                self.env._("Deadlines Missed"),
                sheet["breaches"],
                self.env._("All deadlines that are decided were kept."),
            ),
            self._fault_table(
                self.env._("Cancelled and Merged"),
                sheet["ended"],
            ),
            self._fault_table(
                self.env._("Urgent Faults"),
                sheet["majors"],
                self.env._("There was no urgent fault."),
            ),
        ]
        if sheet["unit"]:
            tables.append(self._fault_table(self.env._("All Faults"), sheet["faults"]))
        tables += self._request_tables(sheet)
        return [table for table in tables if table.rows or table.empty]

    def _count_tables(self, sheet):
        """Return how many faults there were, by severity, class and unit."""
        figures = sheet["figures"]
        faults = self.env._("Faults")
        tables = [
            Table(
                faults,
                [
                    Column(
                        label,
                        width=100 / (4 + len(sheet["severities"])),
                        kind="integer",
                    )
                    for label in (
                        faults,
                        self.env._("Repaired"),
                        *(label for label, _count in sheet["severities"]),
                        self.env._("Cancelled"),
                        self.env._("Merged"),
                    )
                ],
                [
                    (
                        figures.total,
                        figures.closed,
                        *(count for _label, count in sheet["severities"]),
                        figures.cancelled,
                        figures.merged,
                    )
                ],
            ),
            Table(
                self.env._("By Class of System"),
                [
                    Column(self.env._("Class"), width=70),
                    Column(faults, width=30, kind="integer"),
                ],
                [
                    (name or self.env._("No class"), count)
                    for name, count in sheet["categories"]
                ],
            ),
        ]
        if not sheet["unit"]:
            tables.append(
                Table(
                    self.env._("By User Unit"),
                    [
                        Column(self.env._("User Unit"), width=40),
                        Column(faults, width=30, kind="integer"),
                        Column(self.env._("Missed"), width=30, kind="number"),
                    ],
                    [
                        (name or self.env._("No unit"), count, late)
                        for name, count, late in sheet["units"]
                    ],
                )
            )
        return tables

    def _result_tables(self, sheet):
        """Return how the deadlines were kept, availability and satisfaction."""
        figures = sheet["figures"]
        return [
            Table(
                self.env._("Deadlines Kept"),
                [
                    Column(self.env._("Promise"), width=40),
                    Column(self.env._("Kept"), width=20, kind="number"),
                    Column(self.env._("Missed"), width=20, kind="number"),
                    Column(self.env._("Share"), width=20, kind="number"),
                ],
                [
                    (label, kept.met, kept.breached, self._format_percent(kept.rate))
                    for label, kept in sheet["targets"]
                ],
            ),
            Table(
                self.env._("Availability and Satisfaction"),
                [
                    Column(
                        self.env._("Availability of the Systems"),
                        width=50,
                        kind="number",
                    ),
                    Column(
                        self.env._("Satisfaction (target %d%%)", self._get_target()),
                        width=50,
                        kind="number",
                    ),
                ],
                [
                    (
                        self._format_availability(sheet["availability"]),
                        f"{self._format_percent(figures.satisfaction)}"
                        f" ({figures.satisfied} / {figures.asked})",
                    )
                ],
            ),
        ]

    def _downtime_table(self, sheet):
        """Return the downtimes with cause and decision."""
        return Table(
            self.env._("Systems with Downtime"),
            [
                Column(self.env._("System"), width=28),
                Column(self.env._("From"), width=12),
                Column(self.env._("To"), width=12),
                Column(self.env._("Devices"), width=9, kind="number"),
                Column(self.env._("Cause"), width=15),
                Column(self.env._("Decision"), width=11),
                Column(self.env._("Availability"), width=13, kind="number"),
            ],
            [
                (
                    _join(row["system"], row["unit"]),
                    row["from"],
                    row["to"],
                    row["devices"],
                    row["cause"],
                    row["counts"],
                    self._format_availability(row["percent"]),
                )
                for row in sheet["down"]
            ],
        )

    def _request_tables(self, sheet):
        """Return what was asked for beside repairs: by service, and each."""
        return [
            Table(
                self.env._("Service Requests"),
                [
                    Column(self.env._("Service"), width=35),
                    Column(self.env._("Asked For"), width=13, kind="number"),
                    Column(self.env._("Done"), width=13, kind="number"),
                    Column(self.env._("Late"), width=13, kind="number"),
                    Column(self.env._("Cancelled"), width=13, kind="number"),
                    Column(self.env._("Satisfied"), width=13, kind="number"),
                ],
                sheet["services"],
            ),
            Table(
                self.env._("Deadlines and Satisfaction of Service Requests"),
                [
                    Column(self.env._("Kept"), width=20, kind="number"),
                    Column(self.env._("Missed"), width=20, kind="number"),
                    Column(self.env._("Share"), width=20, kind="number"),
                    Column(
                        self.env._("Satisfaction (target %d%%)", self._get_target()),
                        width=40,
                        kind="number",
                    ),
                ],
                self._get_request_results(sheet),
            ),
            Table(
                self.env._("All Service Requests"),
                [
                    Column(self.env._("Number"), width=11),
                    Column(self.env._("Request"), width=33),
                    Column(self.env._("System"), width=22),
                    Column(self.env._("Asked For"), width=10),
                    Column(self.env._("Begins"), width=10),
                    Column(self.env._("State"), width=14),
                ],
                [
                    (
                        row["number"],
                        _join(row["name"], row["solution"]),
                        _join(row["system"], row["unit"]),
                        row["asked"],
                        row["begins"],
                        _join(row["state"], row["late"]),
                    )
                    for row in sheet["requests"]
                ],
            ),
        ]

    def _get_request_results(self, sheet):
        """Return the one row of how requests were kept; none without requests."""
        if not sheet["requests"]:
            return []
        kept, answers = sheet["services_kept"], sheet["services_satisfied"]
        text = "–"
        if answers["answered"]:
            share = answers["satisfied"] / answers["answered"]
            text = f"{self._format_percent(share)} ({self._format_satisfied(answers)})"
        return [(kept.met, kept.breached, self._format_percent(kept.rate), text)]

    def _fault_table(self, title, rows, empty=""):
        return Table(
            title,
            [
                Column(self.env._("Number"), width=11),
                Column(self.env._("Fault"), width=30),
                Column(self.env._("System"), width=22),
                Column(self.env._("Severity"), width=8),
                Column(self.env._("Reported"), width=10),
                Column(self.env._("Repaired"), width=10),
                Column(self.env._("Missed"), width=9),
            ],
            [
                (
                    row["number"],
                    _join(row["name"], row["solution"]),
                    _join(row["system"], row["unit"]),
                    row["severity"],
                    row["reported"],
                    row["fixed"],
                    row["late"] or "–",
                )
                for row in rows
            ],
            empty=empty,
        )

    @api.model
    def _get_target(self):
        """Return the satisfaction that is promised, in percent."""
        return round(100 * SATISFACTION_TARGET)

    @api.model
    def _format_percent(self, share):
        """Return a share in percent with one decimal; a dash for None."""
        return "–" if share is None else f"{100 * share:.1f} %"

    @api.model
    def _format_availability(self, percent):
        """Return a percentage with three decimals, cut off: lost time never reads as
        none."""
        if percent is None:
            return "–"
        if percent == 100:
            return "100 %"
        return f"{floor(1000 * percent) / 1000:.3f} %"


def _join(*texts):
    return "\n".join(filter(None, texts))
