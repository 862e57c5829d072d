from datetime import date

from odoo import api, fields, models


class OmInspectionReportWizard(models.TransientModel):
    _name = "om.inspection.report.wizard"
    _inherit = ["om.contract.report.mixin", "om.inspection.report.wizard"]

    unit_ids = fields.Many2many(
        domain="[('om_system_ids.agreement_id', '=', agreement_id)]"
    )
    system_ids = fields.Many2many(
        domain="[('agreement_id', '=', agreement_id)] + ([('unit_id', 'in', unit_ids)]"
        " if unit_ids else [])"
    )

    @api.model
    def _create_reports(self, systems, year, month):
        """One for each contract that these systems had inspections under."""
        first = date(year, month, 1)
        contracts = [
            contract
            for (contract,) in self.env["maintenance.request"]._read_group(
                [("system_id", "in", systems.ids), ("inspection_month", "=", first)],
                ["agreement_id"],
            )
        ]
        reports = self.browse()
        for contract in contracts or [systems.agreement_id[:1]]:
            report = super()._create_reports(systems, year, month)
            report.agreement_id = contract
            reports |= report
        return reports

    def _get_inspection_domain(self):
        return [
            *super()._get_inspection_domain(),
            ("agreement_id", "=", self.agreement_id.id),
        ]

    def _get_file_name(self):
        name = super()._get_file_name()
        code = self.sudo().agreement_id.code  # its name is printed inside
        return f"{name} {code}" if code else name
