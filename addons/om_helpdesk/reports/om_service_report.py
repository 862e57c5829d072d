from collections import Counter
from math import floor

from odoo import api, models

from ..engine.service_report import TARGETS, Fault, account


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
            "percent": self._format_percent,
            "available": self._format_availability,
            "res_company": self.env.company,
        }

    @api.model
    def _get_sheets(self, wizard):
        """Return one dict for the whole contract, or one per chosen user unit.

        The number of queries does not depend on how many units or faults there are.
        """
        tickets = self.env["helpdesk.ticket"].search(
            wizard._get_ticket_domain(), order="reported_at, id"
        )
        systems = self._get_systems(wizard)
        ratings = self._get_ratings(tickets)
        found = self.env["om.downtime"]._get_availability(
            systems, *wizard._get_moments()
        )
        availability = {
            system: float(figure.percent)
            for system, figure in found.items()
            if figure.percent is not None
        }
        downtimes = self._get_downtimes(wizard, systems, availability)
        groups = (
            [
                (unit, tickets.filtered(lambda t, u=unit: t.unit_id == u))
                for unit in wizard.unit_ids
            ]
            if wizard.unit_ids
            else [(self.env["res.partner"], tickets)]
        )
        return [
            self._get_sheet(
                unit,
                of_unit,
                ratings,
                {
                    system: figure
                    for system, figure in availability.items()
                    if not unit or system.unit_id == unit
                },
                [row for row in downtimes if not unit or row["unit_id"] == unit.id],
            )
            for unit, of_unit in groups
        ]

    def _get_systems(self, wizard):
        domain = [
            ("state", "in", ("in_service", "suspended")),
            ("company_id", "in", self.env.companies.ids),
        ]
        if wizard.unit_ids:
            domain.append(("unit_id", "in", wizard.unit_ids.ids))
        if wizard.system_ids:
            domain.append(("id", "in", wizard.system_ids.ids))
        return self.env["om.system"].search(domain)

    def _get_ratings(self, tickets):
        """Return {ticket id: stars}."""
        # What users think of the repair is no secret of the ratings' own group.
        return dict(
            self.env["rating.rating"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", "helpdesk.ticket"),
                    ("res_id", "in", tickets.ids),
                    ("consumed", "=", True),
                ],
                ["res_id"],
                ["rating:avg"],
            )
        )

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
                    ("date_from", "<", end),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">", start),
                ],
                order="date_from, id",
            )
        ]

    def _get_sheet(self, unit, tickets, ratings, availability, downtimes):
        """Return the figures and lists of one sheet as plain values."""
        figures = account(
            Fault(
                severity=ticket.severity,
                category=ticket.system_id.category_id.name or "",
                results={t: ticket[f"{t}_status_now"] for t in TARGETS},
                stars=ratings.get(ticket.id, 0),
                followup=ticket.followup_result or "",
                is_closed=not ticket.is_open or ticket.state == "fixed",
            )
            for ticket in tickets
        )
        Ticket = self.env["helpdesk.ticket"]
        severities = dict(Ticket._fields["severity"]._description_selection(self.env))
        shares = availability.values()
        rows = {ticket: self._get_row(ticket, severities) for ticket in tickets}
        return {
            "unit": unit.name or "",
            "figures": figures,
            "severities": [
                (label, figures.by_severity.get(key, 0))
                for key, label in severities.items()
            ],
            "categories": figures.by_category.most_common(),
            "units": self._count_by_unit(tickets),
            "targets": [
                (label, figures.kept[target])
                for target, label in Ticket._om_target_labels().items()
            ],
            "faults": list(rows.values()),
            "breaches": [row for ticket, row in rows.items() if ticket.is_breached],
            "majors": [
                row for ticket, row in rows.items() if ticket.severity == "urgent"
            ],
            "availability": sum(shares) / len(shares) if shares else None,
            "down": downtimes,
        }

    def _count_by_unit(self, tickets):
        """Return [(unit, faults, faults with a missed deadline)], the most first."""
        counts = Counter(ticket.unit_id for ticket in tickets)
        missed = Counter(ticket.unit_id for ticket in tickets if ticket.is_breached)
        return [
            (unit.name or "", count, missed[unit])
            for unit, count in counts.most_common()
        ]

    def _get_row(self, ticket, severities):
        """Return what a list of the report shows of a fault."""
        labels = ticket._om_target_labels()
        late = [
            label
            for target, label in labels.items()
            if ticket[f"{target}_status_now"] == "breached"
        ]
        return {
            "number": ticket.number,
            "name": ticket.name,
            "system": ticket.system_id.name or "",
            "unit": ticket.unit_id.name or "",
            "severity": severities.get(ticket.severity, ""),
            "reported": ticket._om_format(ticket.reported_at)[:16],
            "fixed": ticket._om_format(ticket.fixed_at)[:16],
            "late": self.env._(", ").join(late),
            "solution": ticket.solution or "",
        }

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
