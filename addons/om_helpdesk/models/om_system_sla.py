from odoo import api, fields, models

from odoo.addons.om_base.tools.acts import Fact

from .om_sla_policy_register import ASSIGNING


class OmSystem(models.Model):
    _inherit = "om.system"

    _free_fields = {"sla_policy_id": None}
    _reasoned_fields = {"sla_policy_id": ("in_service", "suspended")}
    _facts = {"promise": Fact("sla_policy_id")}

    sla_policy_id = fields.Many2one(
        "om.sla.policy",
        string="Service Promise",
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        copy=False,
        help="How fast faults are answered and repaired. Left empty: made from the"
        " deadlines below, or the contract's default.",
    )
    sla_policy_origin = fields.Selection(
        [
            ("register", "The Register"),
            ("default", "The Contract's Default"),
            ("manual", "Chosen by Hand"),
        ],
        string="Promise From",
        readonly=True,
        tracking=True,
        copy=False,
    )
    sla_matrix = fields.Html("Promised", related="sla_policy_id.matrix")

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
        if "company_id" in vals and "sla_policy_id" not in vals:
            # Promises made from the register may belong to the other company.
            moved = self.filtered(lambda system: system.sla_policy_origin != "manual")
            # sudo: the promise follows from the move.
            left = moved.sudo().with_context(om_sla_assigning=ASSIGNING)
            left.sla_policy_id = False
        result = super().write(vals)
        if vals.get("sla_policy_id") and "sla_policy_origin" not in vals:
            self._set_sla_origin("manual")
        if moved:
            moved._assign_sla_policies()
        assigning = self.env.context.get("om_sla_assigning") is ASSIGNING
        if "sla_policy_id" in vals and not assigning:
            if not vals["sla_policy_id"]:
                self._assign_sla_policies()
            self._sla_policy_changed()
        return result

    def _set_sla_origin(self, origin):
        # sudo: it follows from the choice, which was written with the user's rights
        self.sudo().filtered(
            lambda system: system.sla_policy_origin != origin
        ).sla_policy_origin = origin

    def _sla_policy_changed(self):
        """Hook: these systems are promised something else; as ``_policy_changed``."""

    def _assign_sla_policies(self):
        self.env["om.sla.policy"]._assign_from_deadlines(self)

    def action_assign_sla_policy(self):
        """Give up the choice made by hand: the register decides again."""
        self.check_access("write")
        self._set_sla_origin(False)
        reason = self.env._("The register decides again")
        self.with_context(om_reason=reason).write({"sla_policy_id": False})
