from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.calculation import Step


class OmDeductionSourceMixin(models.AbstractModel):
    """A record that can be the breach which a clause deducts for.

    It proposes a deduction by the clause of its contract that names its kind of fact:
    with the amount that the clause counts and the facts in the calculation, to be
    agreed or contested as any other. Nothing counts before it is agreed. A fact is
    proposed once under a clause. The model has an ``agreement_id`` and a ``system_id``.
    """

    _name = "om.deduction.source.mixin"
    _description = "Source of Deductions"

    def _get_breach(self):
        """Return (kind of :data:`~.om_deduction_clause.FACTS`, day, steps that show it)
        of one record, or nothing where it broke nothing."""
        self.ensure_one()
        return ()

    def action_propose_deduction(self):
        """Propose the deduction that the contract names for this; open it.

        :raises UserError: it broke nothing, or no clause names this kind of fact
        """
        deductions = self.env["om.deduction"]
        for record in self:
            deductions |= record._propose_deduction()
        return deductions._get_list_action()

    def _propose_deduction(self):
        """Return the deduction for this: the one on record, or a new proposal."""
        self.ensure_one()
        breach = self._get_breach()
        contract = self.agreement_id
        if not breach or not contract:
            raise UserError(
                self.env._(
                    "“%s” broke nothing that a contract promises: no deduction follows"
                    " from it.",
                    self.display_name,
                )
            )
        kind, day, _steps = breach
        clause = contract.clause_ids.filtered(
            lambda one: one.fact == kind and one.direction == "contractor"
        )[:1]
        if not clause:
            labels = self.env["om.deduction.clause"]._om_labels("fact")
            raise UserError(
                self.env._(
                    "No clause of contract “%(contract)s” deducts for “%(fact)s”. Where"
                    " one does, choose this under “Proposed By” on the clause.",
                    contract=contract.display_name,
                    fact=labels[kind],
                )
            )
        source = f"{self._name},{self.id}"
        deductions = self.env["om.deduction"]
        known = deductions.search(
            [("clause_id", "=", clause.id), ("source", "=", source)], limit=1
        )
        if known:
            return known
        system = self.system_id
        return deductions.create(
            {
                "agreement_id": contract.id,
                "clause_id": clause.id,
                "name": self.display_name,
                "date": day,
                "system_id": system.id if system.agreement_id == contract else False,
                "source": source,
                "source_note": self.display_name,
                "user_id": (contract.user_id or self.env.user).id,
            }
        )


class MaintenanceRequest(models.Model):
    """An inspection that was done late, or not at all by its last day."""

    _name = "maintenance.request"
    _inherit = ["maintenance.request", "om.deduction.source.mixin"]

    is_late_inspection = fields.Boolean(compute="_compute_is_late_inspection")

    @api.depends("inspection_date", "inspection_deadline", "inspection_done_on")
    def _compute_is_late_inspection(self):
        for request in self:
            request.is_late_inspection = bool(request._get_breach())

    def _get_breach(self):
        last = self.inspection_deadline or self.inspection_date
        today = self.env["agreement"]._get_today()
        done = self.inspection_done_on
        if not self.is_inspection or not last or (done or today) <= last:
            return super()._get_breach()
        day = fields.Date.to_string
        return (
            "inspection",
            done or today,
            [
                Step(self.env._("Due by"), day(last)),
                Step(
                    self.env._("Done on"),
                    day(done) if done else self.env._("not done yet"),
                    self.env._("%s days late", ((done or today) - last).days),
                ),
            ],
        )
