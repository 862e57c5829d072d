from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class OmObligationHandIn(models.TransientModel):
    """Hand in one item or several: the day, how much, and the files.

    The same files may serve several items: one paper for several systems.
    """

    _name = "om.obligation.hand.in"
    _description = "Hand In"

    item_ids = fields.Many2many("om.obligation.item", string="Items", required=True)
    item_count = fields.Integer(compute="_compute_item_count")
    date = fields.Date(
        "Handed In On",
        required=True,
        default=lambda self: self.env["om.obligation"]._get_local_today(),
    )
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_quantity",
        store=True,
        readonly=False,
    )
    is_whole = fields.Boolean(
        "For Good",
        default=True,
        help="Off for a part, of which more is to follow.",
    )
    file_ids = fields.Many2many("ir.attachment", string="Files")
    note = fields.Char("What", help="Such as the list of titles.")
    evidence = fields.Char(compute="_compute_evidence")

    @api.depends("item_ids")
    def _compute_item_count(self):
        for dialog in self:
            dialog.item_count = len(dialog.item_ids)

    @api.depends("item_ids")
    def _compute_quantity(self):
        for dialog in self:
            dialog.quantity = sum(dialog.item_ids.mapped("quantity_short"))

    @api.depends("item_ids")
    def _compute_evidence(self):
        for dialog in self:
            known = {item.evidence for item in dialog.item_ids if item.evidence}
            dialog.evidence = known.pop() if len(known) == 1 else False

    def action_hand_in(self):
        """Hand the items in and close the dialog."""
        self.ensure_one()
        if self.date > self.env["om.obligation"]._get_local_today():
            raise UserError(
                self.env._("What is handed in is entered on its day, not before.")
            )
        if self.is_whole and not (self.file_ids or self.note):
            raise UserError(
                self.env._("Add the files, or say where what was handed in is kept.")
            )
        files = self._share_files()
        one = len(self.item_ids) == 1
        self.item_ids.action_hand_in(
            {
                item.id: {
                    # Of several, each is handed in as a whole.
                    "quantity": self.quantity if one else item.quantity_short,
                    "note": self.note,
                    "file_ids": [Command.set(files[item].ids)],
                }
                for item in self.item_ids
            },
            day=self.date,
            is_whole=self.is_whole,
        )
        return {"type": "ir.actions.act_window_close"}

    def _share_files(self):
        """{item: its own files}: a file belongs to one item, whose readers read it."""
        items = self.item_ids
        copies = {items[:1]: self.file_ids}
        for item in items[1:]:
            copies[item] = self.env["ir.attachment"].union(
                *(file.copy() for file in self.file_ids)
            )
        for item, files in copies.items():
            files.write({"res_model": item._name, "res_id": item.id})
        return copies
