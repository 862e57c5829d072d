from odoo import api, fields, models
from odoo.exceptions import UserError


class OmSpareList(models.Model):
    """How a list is settled."""

    _inherit = "om.spare.list"

    settlement_ids = fields.One2many("om.spare.settlement", "list_id", readonly=True)

    def action_settle(self):
        """Open the settlement of this list; draw it up if there is none yet."""
        self.ensure_one()
        settlement = self.settlement_ids[:1]
        if not settlement:
            if self.state != "active":
                raise UserError(
                    self.env._("“%s” is not in use: nothing to settle.", self.name)
                )
            settlement = self.env["om.spare.settlement"].create({"list_id": self.id})
        elif settlement.state == "draft" and settlement.has_access("write"):
            settlement.action_draw_up()
        return settlement._get_form_action()

    def _close_for_settlement(self):
        """Nothing more is requested, issued, returned or swapped."""
        self._write_state("active", "settling")

    def _end_settlement(self):
        """The supervisor has confirmed the settlement."""
        self._write_state("settling", "settled")

    def _reopen_from_settlement(self):
        """The supervisor sent the settlement back, or it was withdrawn."""
        self._write_state("settling", "active")

    def _write_state(self, before, after):
        # sudo: who settles need not be who edits lists; the act was checked.
        lists = self.sudo().filtered(lambda spare_list: spare_list.state == before)
        lists.write({"state": after})


class OmSpareSettlement(models.Model):
    _inherit = "om.spare.settlement"

    @api.readonly
    def _get_form_action(self):
        """Return the action that opens this settlement."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settlement of Spare Parts"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }


class StockMove(models.Model):
    _inherit = "stock.move"

    def _check_settled_returns(self):
        """Raise if parts come back that a settlement has counted as used."""
        for move in self.exists():
            # Who receives the parts need not be allowed to read the request.
            request = move.origin_returned_move_id.om_spare_request_id.sudo()
            if (
                request.list_id.state in ("settling", "settled")
                and move.state != "done"
            ):
                raise UserError(
                    self.env._(
                        "%(request)s is part of the settlement of “%(list)s”: its parts"
                        " cannot come back to the store as unused. Withdraw the"
                        " settlement first.",
                        request=request.name,
                        list=request.list_id.name,
                    )
                )
