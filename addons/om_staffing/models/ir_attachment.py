from odoo import api, models
from odoo.exceptions import UserError

EVIDENCE = frozenset(
    ("raw", "datas", "db_datas", "store_fname", "name", "description", "res_id")
    + ("res_model", "res_field", "type", "url")
)


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        if EVIDENCE & vals.keys():
            self._check_frozen_evidence()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen_evidence(self):
        self._check_frozen_evidence()

    def _check_frozen_evidence(self):
        """Raise if a copy kept with a frozen evaluation is among these files: whoever
        may write the evaluation could otherwise replace what was handed in."""
        kept = self.filtered(
            lambda one: one.res_model == "om.bid.evaluation" and one.description
        )
        if not kept:
            return
        # Whether something is frozen is no secret; that it stays so holds for all.
        frozen = (
            self.env["om.bid.evaluation"]
            .sudo()
            .search_count(
                [("id", "in", kept.mapped("res_id")), ("state", "=", "frozen")], limit=1
            )
        )
        if frozen:
            raise UserError(self.env["om.bid.evaluation"]._get_frozen_words())
