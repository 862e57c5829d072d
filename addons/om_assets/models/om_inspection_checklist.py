from odoo import api, fields, models

from .om_inspection_item_mixin import SCOPES


class OmInspectionChecklist(models.Model):
    _name = "om.inspection.checklist"
    _inherit = "om.act.mixin"
    _description = "Inspection Checklist"
    _order = "sequence, id"
    _free_fields = dict.fromkeys(
        ("name", "active", "sequence", "scope", "category_ids", "line_ids")
    )

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    scope = fields.Selection(
        SCOPES,
        index=True,
        help="Plans of this scope use the checklist, and plans for everything. Empty:"
        " only plans that name it do.",
    )
    category_ids = fields.Many2many(
        "om.system.category",
        string="Classes",
        help="Classes of systems it is meant for. Empty: for all of them.",
    )
    line_ids = fields.One2many(
        "om.inspection.checklist.line", "checklist_id", string="Items", copy=True
    )
    line_count = fields.Integer("Number of Items", compute="_compute_line_count")

    @api.depends("line_ids")
    def _compute_line_count(self):
        for checklist in self:
            checklist.line_count = len(checklist.line_ids)

    @api.model
    def _get_by_scope(self):
        """Return {scope: its checklists}; "all" is the union of the scopes."""
        checklists = self.sudo().search(
            [("line_ids", "!=", False), ("scope", "!=", False)]
        )
        return {**checklists.grouped("scope"), "all": checklists}

    def _get_lines(self, system, remote):
        """Return the items to inspect on a system, in the order of the checklists.

        :param remote: leave out what can only be inspected on the spot
        """
        lines = self.filtered(
            lambda checklist: (
                not checklist.category_ids
                or system.category_id in checklist.category_ids
            )
        ).line_ids
        return lines.filtered(lambda line: not (remote and line.onsite_only))
