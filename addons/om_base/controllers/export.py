from odoo.http import request

from odoo.addons.web.controllers import export


class NamedExport(export.ExportFormat):
    """Files that are exported from lists, named for people."""

    def filename(self, base):
        """What the records are called, without the model's technical name."""
        if base not in request.env:
            return super().filename(base)
        # sudo: names of models are no secret.
        return request.env["ir.model"].sudo()._get(base).name


class CSVExport(NamedExport, export.CSVExport):
    """A list as text."""


class ExcelExport(NamedExport, export.ExcelExport):
    """A list as a spreadsheet."""
