from odoo import models
from odoo.exceptions import AccessError

from odoo.addons.om_base.tools.tables import Column, Table

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
        table = Table(self.env._("Faults"), self._get_columns(objs), objs, frozen=1)
        self._write_tables(workbook, [table])

    def _get_columns(self, tickets):
        def when(name):
            return lambda ticket: ticket[name] and ticket._om_format(ticket[name])[:16]

        columns = [
            Column(self.env._("Number"), "number"),
            Column(self.env._("Fault"), "name"),
            Column(self.env._("Service"), "service_item_id.name"),
            Column(self.env._("User Unit"), "unit_id.name"),
            Column(self.env._("System"), "system_id.name"),
            Column(self.env._("Severity"), self._say("severity")),
            Column(self.env._("State"), self._say("state")),
            Column(self.env._("Engineer"), "user_id.name"),
            Column(self.env._("Reported"), when("reported_at")),
        ]
        labels = tickets._om_target_labels()
        kept = tickets._om_labels("fix_status")
        for target in TARGETS:
            if target not in MAIN_TARGETS and not any(
                tickets.mapped(f"{target}_deadline")
            ):
                continue
            columns += [
                Column(
                    self.env._("%s due", labels[target]), when(f"{target}_deadline")
                ),
                Column(
                    labels[target],
                    lambda ticket, name=f"{target}_status_now": kept.get(ticket[name]),
                ),
            ]
        return [
            *columns,
            Column(self.env._("Repaired"), when("fixed_at")),
            Column(self.env._("Confirmed"), when("confirmed_at")),
            Column(self.env._("What Was Done"), "solution"),
        ]
