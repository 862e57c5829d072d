from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.om_base.tools.acts import Fact, Opening

from .agreement import AMOUNT_GROUPS

# What a procurement officer keeps of a system; the register is the dispatchers'.
PRICE_FIELDS = frozenset(("agreement_id", "annual_fee"))

RUNNING = ("in_force", "expired", "accepted", "settlement")


class OmSystem(models.Model):
    _inherit = "om.system"

    # While the contract is a draft; see _check_contract_open.
    _free_fields = dict.fromkeys(PRICE_FIELDS)
    _facts = {
        "contract": Fact("agreement_id"),
        "yearly_fee": Fact("annual_fee"),
    }

    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        copy=False,
        check_company=True,
        domain="[('domain', '=', 'sale'), ('is_template', '=', False)]",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    annual_fee = fields.Monetary(
        tracking=True,
        copy=False,
        groups=AMOUNT_GROUPS,
        help="The system's price in the contract's price list, for its own period of"
        " service. The fees of a contract's systems add up to its price.",
    )

    _annual_fee_not_negative = models.Constraint(
        "CHECK (annual_fee >= 0)", "A yearly fee cannot be negative."
    )

    @api.depends_context("uid")
    def _compute_is_editable(self):
        result = super()._compute_is_editable()
        if not self._may_edit_register():
            self.is_editable = False
        return result

    @api.model
    def _may_edit_register(self):
        return self.env.su or self.env.user.has_group("om_base.group_dispatcher")

    def action_leave_contract(self):
        """Take these systems out of their draft contracts."""
        return self.write({"agreement_id": False, "annual_fee": 0.0})

    @api.model_create_multi
    def create(self, vals_list):
        systems = super().create(vals_list)
        joined = systems.filtered("agreement_id")
        joined._check_contract_open(("agreement_id",))
        joined._follow_contract()
        joined.agreement_id._follow_units()
        return systems

    def write(self, vals):
        if not self._may_edit_register() and not vals.keys() <= PRICE_FIELDS:
            raise AccessError(
                self.env._(
                    "Procurement officers keep the contract and the yearly fee of a"
                    " system; a dispatcher changes the register."
                )
            )
        self._check_contract_open(vals)
        moves = {"agreement_id", "unit_id"} & vals.keys()
        left = self.agreement_id if moves else self.env["agreement"]
        stopped = vals.keys() & {"stop_date", "state"}
        before = {system.id: system.stop_date for system in self} if stopped else {}
        result = super().write(vals)
        if stopped:
            changed = self.filtered(lambda s: s.stop_date != before[s.id])
            changed._propose_reductions()
        if vals.get("agreement_id"):
            self._check_contract_open(("agreement_id",))
            self._follow_contract()
        if "agreement_id" in vals:
            self._contract_changed()
        if moves:
            (left | self.agreement_id)._follow_units()
        return result

    def _contract_changed(self):
        """Let follow what rests on the contract of these systems."""
        works = self.env.registry.descendants(["om.contract.work.mixin"], "_inherit")
        for name in works:
            if not self.env[name]._abstract:
                self.env[name]._follow_systems(self)
        # sudo: whoever links a system need not plan inspections.
        self.sudo()._replan_key_periods()

    def _get_key_scope(self):
        return (*super()._get_key_scope(), self.agreement_id.id)

    def _check_contract_open(self, names):
        """Refuse to change what a contract in force says of its systems."""
        # An amendment does, in its act.
        opening = self.env.context.get("om_act")
        if isinstance(opening, Opening) and opening.is_open:
            return
        if not PRICE_FIELDS.intersection(names):
            return
        signed = self.agreement_id.filtered(lambda contract: contract.state != "draft")
        if signed:
            raise UserError(
                self.env._(
                    "“%s” is signed: its systems and their yearly fees change by an"
                    " amendment only.",
                    signed[0].display_name,
                )
            )

    def _follow_contract(self):
        """Take over who pays and who supervises.

        The parties decide what portal users see; they come from the contract, whoever
        links it.
        """
        for contract, systems in self.sudo().grouped("agreement_id").items():
            parties = {"purchaser_id": contract.commercial_partner_id.id}
            if contract.supervisor_id:
                parties["supervisor_id"] = contract.supervisor_id.id
            if contract.commercial_partner_id:
                systems.write(parties)

    # ------------------------------------------------------------
    # A stopped system proposes what is not earned for it any more
    # ------------------------------------------------------------

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
