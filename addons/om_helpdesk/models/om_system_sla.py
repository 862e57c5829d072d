from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.om_base.tools.acts import Fact

from .om_sla_policy_register import ASSIGNING, OWN


class OmSystem(models.Model):
    _inherit = "om.system"

    _free_fields = {"sla_policy_id": None, "distance_km": None}
    _reasoned_fields = dict.fromkeys(
        ("sla_policy_id", "distance_km"), ("in_service", "suspended")
    )
    _facts = {"promise": Fact("sla_policy_id"), "distance": Fact("distance_km")}

    sla_policy_id = fields.Many2one(
        "om.sla.policy",
        string="Service Promise",
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        copy=False,
        domain="[('agreement_id', 'in', [agreement_id, False])]",
        help="How fast faults are answered and repaired. Left empty: made from the"
        " deadlines below, or the contract's default.",
    )
    sla_policy_origin = fields.Selection(
        [
            ("register", "The Register"),
            ("printed", "Its Own Terms as Printed"),
            ("default", "The Contract's Default"),
            ("manual", "Chosen by Hand"),
        ],
        string="Promise From",
        readonly=True,
        tracking=True,
        copy=False,
    )
    distance_km = fields.Float(
        "Distance from Our Base (km)",
        digits=(16, 1),
        help="Where a promise depends on it. Left empty: near.",
    )
    sla_matrix = fields.Html("Promised", related="sla_policy_id.matrix")
    has_no_promise = fields.Boolean(related="agreement_id.no_promise")

    @api.model_create_multi
    def create(self, vals_list):
        systems = super().create(vals_list)
        systems.filtered(
            lambda system: system.sla_policy_id and not system.sla_policy_origin
        )._set_sla_origin("manual")
        systems._assign_sla_policies()
        return systems

    def write(self, vals):
        moved = self.browse()
        if vals.keys() & {"company_id", "agreement_id"} and "sla_policy_id" not in vals:
            moved = self._leave_promises(vals)
        result = super().write(vals)
        if vals.get("sla_policy_id") and "sla_policy_origin" not in vals:
            self._set_sla_origin("manual")
        assigned = moved._assign_sla_policies() if moved else moved
        if "agreement_id" in vals:
            # Another contract has another default, and other key periods.
            (self - assigned)._sla_policy_changed()
        assigning = self.env.context.get("om_sla_assigning") is ASSIGNING
        if "distance_km" in vals:
            self._sla_policy_changed()
        if "sla_policy_id" in vals and not assigning:
            if not vals["sla_policy_id"]:
                self._assign_sla_policies()
            self._sla_policy_changed()
        return result

    def _leave_promises(self, vals):
        """Take away promises that a move to another company or contract ends.

        What somebody chose by hand goes with its contract only; promises made from the
        register or by default follow the new one.
        """
        contract = self.env["agreement"].browse(vals.get("agreement_id") or ())
        moved = self.filtered(
            lambda system: (
                ("company_id" in vals or system.agreement_id != contract)
                and (
                    system.sla_policy_origin not in OWN
                    or (
                        "agreement_id" in vals
                        and system.sla_policy_id.sudo().agreement_id
                        not in (contract, contract.browse())
                    )
                )
            )
        )
        if moved:
            # sudo: the promise follows from the move, whoever may move a system.
            left = moved.sudo().with_context(om_sla_assigning=ASSIGNING)
            left.sla_policy_id = False
        return moved

    @api.constrains("sla_policy_id", "agreement_id")
    def _check_promise_of_contract(self):
        """A system that no contract has yet may be looked after by any promise; when it
        joins one, that contract's own takes its place."""
        for system in self:
            # sudo: who moves a system need not read what is promised.
            owner = system.sudo().sla_policy_id.agreement_id
            contract = system.sudo().agreement_id
            if owner and contract and owner != contract:
                raise ValidationError(
                    self.env._(
                        "“%(promise)s” is a promise of %(contract)s, and “%(system)s”"
                        " is not in that contract: choose another promise.",
                        promise=system.sudo().sla_policy_id.display_name,
                        contract=owner.display_name,
                        system=system.display_name,
                    )
                )

    def _set_sla_origin(self, origin):
        # sudo: it follows from the choice, which was written with the user's rights
        self.sudo().filtered(
            lambda system: system.sla_policy_origin != origin
        ).sla_policy_origin = origin

    def _sla_policy_changed(self):
        """These systems are promised something else; as ``_policy_changed``."""
        # superuser: the promise was changed with rights, its tickets have to follow
        self.env["helpdesk.ticket"].sudo()._recompute_promises(
            Domain("system_id", "in", self.ids),
            self.env._("Service promise of the system changed"),
        )

    def _assign_sla_policies(self):
        return self.env["om.sla.policy"]._assign_from_deadlines(self)

    def action_assign_sla_policy(self):
        """Give up the choice made by hand: the register decides again."""
        self.check_access("write")
        self._set_sla_origin(False)
        reason = self.env._("The register decides again")
        self.with_context(om_reason=reason).write({"sla_policy_id": False})
