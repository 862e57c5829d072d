from odoo import api, models
from odoo.exceptions import UserError

SIGNATURES = ("inspector_signature", "unit_signature")
CONTENT = frozenset({"datas", "raw", "db_datas", "res_model", "res_id", "res_field"})


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        if vals.keys() & CONTENT:
            self._check_inspection_evidence()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_inspection_evidence(self):
        self._check_inspection_evidence()

    def _check_inspection_evidence(self):
        """Raise if these are photos or signatures of finished inspections."""
        requests = self.env["maintenance.request"].sudo()
        if requests._is_inspection_act():
            return
        photos = self.filtered(lambda file: file.res_model == "om.inspection.result")
        signatures = self.filtered(
            lambda file: (
                file.res_model == "maintenance.request" and file.res_field in SIGNATURES
            )
        )
        requests = requests.browse(signatures.mapped("res_id"))
        if photos:
            results = self.env["om.inspection.result"].sudo()
            requests |= results.browse(photos.mapped("res_id")).exists().request_id
        finished = requests.exists().filtered(
            lambda request: request.is_inspection and request.stage_id.done
        )
        if finished:
            raise UserError(
                self.env._(
                    "Photos and signatures of finished inspections stay: %s",
                    finished._get_names(),
                )
            )
