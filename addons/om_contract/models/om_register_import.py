from odoo import api, models

from odoo.addons.om_assets.engine.register_rules import Unfit
from odoo.addons.om_assets.models.om_register_import_referred import BODIES
from odoo.addons.om_assets.models.om_register_sheet import SYSTEMS
from odoo.addons.om_base.tools.differences import find_repeated
from odoo.addons.om_base.tools.sheets import Wrong

from .om_register_sheet import CONTRACTS, PRICES

CONTRACT = CONTRACTS.model
# What a contract's template makes with it.
PARTS = frozenset(
    (
        "om.payment.milestone",
        "om.payment.condition",
        "om.deduction.clause",
        "om.bond",
        "om.unit.paper",
    )
)


class OmRegisterImport(models.Model):
    """A new engagement's file: its contracts as drafts, and each system's price."""

    _inherit = "om.register.import"

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    def _add_referred(self, reading, tables, writer):
        contracts = self._read_contracts(reading, tables)
        result = super()._add_referred(reading, tables, writer)
        writer.add_referred(CONTRACTS, contracts.values())
        self._report(
            reading,
            tables,
            SYSTEMS.model,
            [
                (Wrong.NOT_CHOICE, row, "agreement_id")
                for row in reading.rows[SYSTEMS.model]
                if isinstance(number := row.values.get("agreement_id"), str)
                and number not in contracts
            ],
        )
        return result

    def _read_contracts(self, reading, tables):
        """Return {number: row} of the contracts that are not on record; those that are
        stay as they are. Without a price it is that of the systems."""
        known = next(
            column.choices
            for column in tables[SYSTEMS.model].columns
            if column.key == "agreement_id"
        )
        rows = [
            row for row in reading.rows[CONTRACT] if row.values["code"] not in known
        ]
        mistakes = [
            (Wrong.REPEATED, row, "code") for row in find_repeated(rows, "code")
        ]
        fees = {}
        for row in reading.rows[SYSTEMS.model]:
            number = row.values.get("agreement_id")
            fees[number] = fees.get(number, 0) + row.values.get("annual_fee", 0)
        for row in rows:
            start, end = row.values["start_date"], row.values["end_date"]
            if start and end and end < start:
                mistakes.append((Unfit.END_BEFORE_START, row, "end_date"))
            if not row.values["amount_total"]:
                row.values["amount_total"] = round(fees.get(row.values["code"], 0), 2)
        self._report(reading, tables, CONTRACT, mistakes)
        return {row.values["code"]: row for row in rows}

    @api.model
    def _get_new_bodies(self, reading):
        """A purchaser that uses systems, too, is one body with one main role."""
        bodies = {
            row.values["partner_id"]: (CONTRACT, "partner_id", row, "purchaser")
            for row in reading.rows[CONTRACT]
            if isinstance(row.values["partner_id"], str)
        }
        return {**super()._get_new_bodies(reading), **bodies}

    def _check_found(self, found, known, reading, tables):
        """What a signed contract says of its systems, a file does not change."""
        result = super()._check_found(found, known, reading, tables)
        rows = {row.number: row for row in reading.rows[SYSTEMS.model]}
        touched = [
            (rows[found.rows[id_]], known[id_]["agreement_id"], name)
            for id_, changed in found.changed.items()
            for name in PRICES
            if name in changed
        ]
        joined = [(row, False, "agreement_id") for row in found.new]
        numbers = {
            contract
            for row, before, _name in (*touched, *joined)
            for contract in (before, row.values.get("agreement_id"))
            if contract and isinstance(contract, int)
        }
        signed = set(
            self.env["agreement"]
            .search([("id", "in", list(numbers)), ("state", "!=", "draft")])
            .ids
        )
        self._report(
            reading,
            tables,
            SYSTEMS.model,
            [
                (Unfit.SIGNED, row, "agreement_id")
                for row, before, _name in (*touched, *joined)
                if {before, row.values.get("agreement_id")} & signed
            ],
        )
        return result

    # ------------------------------------------------------------
    # Applying and undoing
    # ------------------------------------------------------------

    @api.model
    def _get_referred_models(self):
        return (*super()._get_referred_models(), CONTRACT)

    @api.model
    def _get_referred_name(self, model, values):
        if model == CONTRACT:
            return values["code"]
        return super()._get_referred_name(model, values)

    def _prepare_referred(self, model, values):
        values = super()._prepare_referred(model, values)
        if model == CONTRACT:
            values |= {"domain": "sale", "company_id": self.company_id.id}
        return values

    @api.model
    def _complete_referred(self, records):
        result = super()._complete_referred(records)
        if records._name == CONTRACT:
            records.filtered("payment_template_id").action_make_milestones()
        return result

    def _remove_referred(self, changes):
        contracts = self.env[CONTRACT].browse(
            [change.res_id for change in changes[CONTRACT]]
        )
        # sudo: as for the contracts themselves; the bonds came with them.
        contracts.sudo().bond_ids.unlink()
        return super()._remove_referred(changes)

    @api.model
    def _get_parts(self, model):
        # They name the contract's parties and units, too.
        parts = super()._get_parts(model)
        return parts | PARTS if model in (CONTRACT, BODIES) else parts

    def _get_built_since(self):
        reasons = super()._get_built_since()
        made = self.change_ids.filtered(lambda each: each.model == CONTRACT)
        signed = self.env["agreement"].search(
            [("id", "in", made.mapped("res_id")), ("state", "!=", "draft")]
        )
        return [
            *(
                self.env._("“%s” is signed.", contract.display_name)
                for contract in signed
            ),
            *reasons,
        ]
