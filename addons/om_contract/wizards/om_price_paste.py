from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.om_base.tools.pasted import split
from odoo.addons.om_base.tools.sheets import fold

from ..engine.pasted import Wrong, read_prices

# Rows told one by one.
MOST = 12


class OmPricePaste(models.TransientModel):
    """A contract's price list, pasted from a spreadsheet: read first, then taken over.

    Systems that have no contract join this one; those of others stay where they are.
    """

    _name = "om.price.paste"
    _description = "Paste the Price List"

    agreement_id = fields.Many2one(
        "agreement", string="Contract", required=True, readonly=True
    )
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    text = fields.Text(
        "Rows from the Spreadsheet",
        help="Copy the rows there and paste them here: number or name of the system,"
        " and to the right of it the fee. Titles and totals are passed over.",
    )
    found_count = fields.Integer("Systems Found", compute="_compute_found")
    joining_count = fields.Integer("Of Which Join", compute="_compute_found")
    total = fields.Monetary("Sum of These Fees", compute="_compute_found")
    difference = fields.Monetary(
        "Price Less Fees",
        compute="_compute_found",
        help="Of the contract with these fees.",
    )
    problems = fields.Text("To Be Put Right", compute="_compute_found")

    @api.depends("text", "agreement_id")
    @api.depends_context("lang")
    def _compute_found(self):
        for paste in self:
            result = paste._read()
            contract = paste.agreement_id
            systems = self.env["om.system"].browse(result.fees)
            total = float(sum(result.fees.values()))
            others = sum((contract.system_ids - systems).mapped("annual_fee"))
            paste.found_count = len(systems)
            paste.joining_count = len(systems - contract.system_ids)
            paste.total = total
            paste.difference = contract.amount_total - total - others
            paste.problems = paste._word(result.problems)

    def _read(self):
        self.ensure_one()
        systems = self.env["om.system"].search(
            Domain("company_id", "=", self.agreement_id.company_id.id)
            & Domain("agreement_id", "in", [False, self.agreement_id.id])
        )
        names, units = defaultdict(set), defaultdict(set)
        for system in systems:
            for name in (system.code, system.name):
                names[fold(name or "")].add(system.id)
            units[fold(system.unit_id.name or "")].add(system.id)
        names.pop("", None)
        return read_prices(split(self.text or ""), names, units, fold)

    def _word(self, problems):
        words = {
            Wrong.UNKNOWN: self.env._(
                "Row %(row)s: “%(detail)s” is no system without a contract."
            ),
            Wrong.AMBIGUOUS: self.env._(
                "Row %(row)s: several systems are called “%(detail)s”; add the unit or"
                " the number."
            ),
            Wrong.NO_AMOUNT: self.env._(
                "Row %(row)s: no fee stands to the right of “%(detail)s”."
            ),
            Wrong.NOT_AN_AMOUNT: self.env._(
                "Row %(row)s: %(detail)s is no fee to the cent."
            ),
            Wrong.REPEATED: self.env._(
                "Row %(row)s: “%(detail)s” stands in the list before."
            ),
        }
        lines = [
            words[each.wrong] % {"row": each.row, "detail": each.detail}
            for each in problems[:MOST]
        ]
        if len(problems) > MOST:
            lines.append(self.env._("and %s more rows", len(problems) - MOST))
        return "\n".join(lines) or False

    def action_apply(self):
        """Take the list over, the whole of it or nothing."""
        self.ensure_one()
        result = self._read()
        if result.problems:
            raise UserError(self._word(result.problems))
        if not result.fees:
            raise UserError(
                self.env._("Paste the rows of the price list first: none is there.")
            )
        systems = self.env["om.system"].browse(result.fees)
        joining = systems - self.agreement_id.system_ids
        if joining:
            self.agreement_id.write(
                {"system_ids": [Command.link(system.id) for system in joining]}
            )
        for fee, same in systems.grouped(lambda each: result.fees[each.id]).items():
            same.annual_fee = float(fee)
        return {"type": "ir.actions.act_window_close"}
