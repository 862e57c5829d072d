from odoo import models
from odoo.exceptions import AccessError

from ..engine.policy import MAIN_TARGETS, TARGETS


class ReportHelpdeskTicketXlsx(models.AbstractModel):
    """The chosen tickets, a row each: what a dispatcher hands on."""

    _name = "report.om_helpdesk.helpdesk_ticket_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Faults (Spreadsheet)"

    def generate_xlsx_report(self, workbook, data, objs):
        """Write one worksheet; texts are never formulas, whatever they begin with.

        :raise AccessError: for outsiders, whose portal has the columns that are theirs
        """
        if self.env.user.share:
            raise AccessError(self.env._("This table is for the contractor's people."))
        page = workbook.add_worksheet(self.env._("Faults"))
        head = workbook.add_format({"bold": True, "bg_color": "#E7E3F0"})
        columns = self._get_columns(objs)
        for column, (label, width, _get) in enumerate(columns):
            page.set_column(column, column, width)
            page.write_string(0, column, label, head)
        page.freeze_panes(1, 1)
        for row, ticket in enumerate(objs, 1):
            for column, (_label, _width, get) in enumerate(columns):
                page.write_string(row, column, get(ticket) or "")

    def _get_columns(self, tickets):
        """Return [(label, width, what stands in it)]."""
        words = {
            name: dict(tickets._fields[name]._description_selection(self.env))
            for name in ("severity", "state", "fix_status")
        }
        moment = tickets._om_format

        def when(name):
            return lambda ticket: ticket[name] and moment(ticket[name])[:16]

        columns = [
            (self.env._("Number"), 12, lambda ticket: ticket.number),
            (self.env._("Fault"), 32, lambda ticket: ticket.name),
            (self.env._("Service"), 20, lambda ticket: ticket.service_item_id.name),
            (self.env._("User Unit"), 22, lambda ticket: ticket.unit_id.name),
            (self.env._("System"), 34, lambda ticket: ticket.system_id.name),
            (
                self.env._("Severity"),
                10,
                lambda ticket: words["severity"].get(ticket.severity),
            ),
            (self.env._("State"), 12, lambda ticket: words["state"].get(ticket.state)),
            (self.env._("Engineer"), 16, lambda ticket: ticket.user_id.name),
            (self.env._("Reported"), 18, when("reported_at")),
        ]
        labels = tickets._om_target_labels()
        for target in TARGETS:
            if target not in MAIN_TARGETS and not any(
                tickets.mapped(f"{target}_deadline")
            ):
                continue
            columns += [
                (
                    self.env._("%s due", labels[target]),
                    18,
                    when(f"{target}_deadline"),
                ),
                (
                    labels[target],
                    10,
                    lambda ticket, target=target: words["fix_status"].get(
                        ticket[f"{target}_status_now"]
                    ),
                ),
            ]
        return [
            *columns,
            (self.env._("Repaired"), 18, when("fixed_at")),
            (self.env._("Confirmed"), 18, when("confirmed_at")),
            (self.env._("What Was Done"), 40, lambda ticket: ticket.solution),
        ]
