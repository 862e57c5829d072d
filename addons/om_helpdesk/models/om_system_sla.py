from odoo import api, fields, models


class OmSystem(models.Model):
    _inherit = "om.system"

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
        vals_list = [self._prepare_sla_origin(vals) for vals in vals_list]
        systems = super().create(vals_list)
        systems._assign_sla_policies()
        return systems

    def write(self, vals):
        moved = self.browse()
        if "company_id" in vals and "sla_policy_id" not in vals:
            # Promises made from the register may belong to the other company.
            moved = self.filtered(lambda system: system.sla_policy_origin != "manual")
            moved.with_context(om_sla_assigning=True).sla_policy_id = False
        result = super().write(self._prepare_sla_origin(vals))
        if moved:
            moved._assign_sla_policies()
        if "sla_policy_id" in vals and not self.env.context.get("om_sla_assigning"):
            if not vals["sla_policy_id"]:
                self._assign_sla_policies()
            self._sla_policy_changed()
        return result

    def _sla_policy_changed(self):
        """Hook: these systems are promised something else; as ``_policy_changed``."""

    def _assign_sla_policies(self):
        self.env["om.sla.policy"]._assign_from_deadlines(self)

    @api.model
    def _prepare_sla_origin(self, vals):
        """Return the values with where the promise comes from: a person, if not said
        otherwise."""
        if vals.get("sla_policy_id") and "sla_policy_origin" not in vals:
            return {**vals, "sla_policy_origin": "manual"}
        return vals

    def action_assign_sla_policy(self):
        """Give up the choice made by hand: the register decides again."""
        self.write({"sla_policy_id": False, "sla_policy_origin": False})
