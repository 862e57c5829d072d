from markupsafe import Markup

from odoo import api, models
from odoo.tools import split_every

from odoo.addons.base.models import ir_actions_report
from odoo.addons.om_base.models.ir_actions_report import SHRINK

from ..engine.qr import qr_svg

# An A4 sheet of 70 x 37 mm labels.
COLUMNS = 3
ROWS = 8


class MaintenanceEquipmentLabel(models.AbstractModel):
    _name = "report.om_assets.maintenance_equipment_label"
    _description = "Labels of Devices"

    @api.model
    def _get_report_values(self, docids, data=None):
        devices = self.env["maintenance.equipment"].browse(docids)
        devices._check_label_count()
        urls = devices._get_label_urls()
        labels = [self._prepare_label(device, urls[device.id]) for device in devices]
        return {
            "doc_ids": docids,
            "doc_model": "maintenance.equipment",
            "docs": devices,
            "scale": self._get_scale(),
            # Sheets of rows of labels.
            "sheets": list(split_every(ROWS, split_every(COLUMNS, labels, list), list)),
        }

    @api.model
    def _get_scale(self):
        """Return by how much to enlarge the sheet to print it in real size: labels
        must fit their sheet."""
        patched = ir_actions_report._wkhtml().is_patched_qt
        engine = self.env["ir.actions.report"]._om_get_paper_engine()
        return 1 if engine == "wkhtmltopdf" and patched else SHRINK

    @api.model
    def _prepare_label(self, device, url):
        """Return what is printed on the label of a device."""
        return {
            # The drawing is made of numbers only; the address is inside the pattern.
            "qr": Markup(qr_svg(url)),
            "name": device.name,
            "number": device.ledger_number or device.serial_no or "",
            "system": device.system_id.name or "",
            "unit": device.system_id.unit_id.name or "",
        }


class LabelRoll60x40(models.AbstractModel):
    """One label on each page, as printers of labels take them from their roll."""

    _name = "report.om_assets.equipment_label_60x40"
    _inherit = "report.om_assets.maintenance_equipment_label"
    _description = "Labels of Devices, 60 x 40 mm"

    # Width and height in millimetres.
    _label_size = (60, 40)

    @api.model
    def _get_report_values(self, docids, data=None):
        values = super()._get_report_values(docids, data)
        width, height = self._label_size
        # A line to read stands below the code, which keeps its quiet zone.
        code = height - 8
        return {
            **values,
            "labels": [
                label for sheet in values["sheets"] for row in sheet for label in row
            ],
            "size": {
                "width": width,
                "height": height,
                "code": code,
                "left": code + 3,
                "text": width - code - 4.5,
            },
        }


class LabelRoll50x30(models.AbstractModel):
    _name = "report.om_assets.equipment_label_50x30"
    _inherit = "report.om_assets.equipment_label_60x40"
    _description = "Labels of Devices, 50 x 30 mm"

    _label_size = (50, 30)
