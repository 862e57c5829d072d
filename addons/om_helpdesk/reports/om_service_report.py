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

    def _get_sheet(self, unit, tickets, ratings, availability):
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
        return {
            "unit": unit.name or "",
            "figures": figures,
            "severities": [
                (label, figures.by_severity.get(key, 0))
                for key, label in severities.items()
            ],
            "categories": figures.by_category.most_common(),
            "targets": [
                (label, figures.kept[target])
                for target, label in Ticket._om_target_labels().items()
            ],
            "breaches": [
                self._get_row(ticket, severities)
                for ticket in tickets
                if ticket.is_breached
            ],
            "majors": [
                self._get_row(ticket, severities)
                for ticket in tickets
                if ticket.severity == "urgent"
            ],
            "availability": sum(shares) / len(shares) if shares else None,
            "down": sorted(
                (
                    (system.name, system.unit_id.name, percent)
                    for system, percent in availability.items()
                    if percent < 100
                ),
                key=lambda row: row[2],
            ),
        }

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
            "reported": ticket._om_format(ticket.reported_at),
            "fixed": ticket._om_format(ticket.fixed_at) if ticket.fixed_at else "–",
            "late": self.env._(", ").join(late),
            "solution": ticket.solution or "",
        }

    @api.model
    def _format_percent(self, share):
        """Return a share in percent with one decimal; a dash for None."""
        return "–" if share is None else f"{100 * share:.1f} %"
