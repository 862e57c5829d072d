from odoo import api, models

RUNNING = ("in_force", "expired", "accepted", "settlement")


class OmSystem(models.Model):
    """A stopped system proposes what is not earned for it any more."""

    _inherit = "om.system"

    def write(self, vals):
        stopped = vals.keys() & {"stop_date", "state"}
        before = {system.id: system.stop_date for system in self} if stopped else {}
        result = super().write(vals)
        if stopped:
            changed = self.filtered(lambda s: s.stop_date != before[s.id])
            changed._propose_reductions()
        return result

    def _get_fee_period(self):
        """Return the first and the last day of service that the yearly fee pays."""
        self.ensure_one()
        contract = self.agreement_id
        return (
            self.service_start or contract.start_date,
            self.service_end or contract.end_date,
        )

    def _propose_reductions(self):
        """Propose the reductions of systems just stopped; give up those of systems
        that go on. Whoever stops a system need not see prices."""
        deductions = self.env["om.deduction"].sudo()
        known = deductions.search(
            [
                ("system_id", "in", self.ids),
                ("method", "=", "stop"),
                ("state", "!=", "waived"),
            ]
        )
        going_on = known.filtered(lambda d: not d.system_id.stop_date)
        waiting = going_on.filtered(lambda d: d.state in ("proposed", "disputed"))
        if waiting:
            waiting._lapse(self.env._("The system goes on after all."))
        decided = known.filtered(lambda d: d.state in ("agreed", "applied"))
        if decided:
            decided._message_log_batch(
                bodies=dict.fromkeys(
                    decided.ids,
                    self.env._(
                        "The day on which the system stopped has changed: reopen this"
                        " reduction if it is to follow."
                    ),
                )
            )
        deductions.create(
            [
                system._prepare_reduction()
                for system in (self - known.system_id).sudo()
                if system._earns_less()
            ]
        )

    def _earns_less(self):
        """True if the stop takes days from a fee that a running contract pays."""
        self.ensure_one()
        _start, end = self._get_fee_period()
        return bool(
            self.stop_date
            and end
            and self.stop_date <= end
            and self.annual_fee
            and self.agreement_id.state in RUNNING
        )

    @api.model
    def _get_stop_clause(self, contract):
        return contract.clause_ids.filtered(lambda c: c.method == "stop")[:1]

    def _prepare_reduction(self):
        self.ensure_one()
        clause = self._get_stop_clause(self.agreement_id)
        today = self.env["agreement"]._get_today()
        values = {
            "name": self.env._("Service stopped: %s", self.name),
            "agreement_id": self.agreement_id.id,
            "system_id": self.id,
            # As a record: as text each one is looked up in the database.
            "source": self,
            # A stop may be planned; the event is the day on which it is noted.
            "date": min(self.stop_date, today),
            "user_id": self.agreement_id.user_id.id,
        }
        if clause:
            return values | {"clause_id": clause.id}
        return values | {
            "kind": "reduction",
            "direction": "contractor",
            "method": "stop",
        }
