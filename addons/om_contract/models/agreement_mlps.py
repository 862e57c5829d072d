from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.om_base.tools.acts import Fact

LEVELS = ("3", "2")


class Agreement(models.Model):
    """The MLPS assessments that a contract pays for: bought, used, left."""

    _inherit = "agreement"

    _free_fields = dict.fromkeys(
        ("mlps_bought_level2", "mlps_bought_level3"), ("draft",)
    )
    _facts = {
        "mlps_bought_level2": Fact("mlps_bought_level2", sealed=()),
        "mlps_bought_level3": Fact("mlps_bought_level3", sealed=()),
    }

    mlps_bought_level2 = fields.Integer(
        "Level 2 Assessments Bought",
        help="How many assessments of this level the contract pays for. Zero: it says"
        " nothing of them.",
    )
    mlps_bought_level3 = fields.Integer(
        "Level 3 Assessments Bought",
        help="How many assessments of this level the contract pays for. Zero: it says"
        " nothing of them.",
    )
    mlps_used_level2 = fields.Integer(
        "Level 2 Assessments Used", compute="_compute_mlps_items"
    )
    mlps_used_level3 = fields.Integer(
        "Level 3 Assessments Used", compute="_compute_mlps_items"
    )
    mlps_left_level2 = fields.Integer(
        "Level 2 Assessments Left", compute="_compute_mlps_items"
    )
    mlps_left_level3 = fields.Integer(
        "Level 3 Assessments Left", compute="_compute_mlps_items"
    )
    mlps_planned_level2 = fields.Integer(
        "Level 2 Assessments Planned", compute="_compute_mlps_items"
    )
    mlps_planned_level3 = fields.Integer(
        "Level 3 Assessments Planned", compute="_compute_mlps_items"
    )
    mlps_to_mend = fields.Integer(
        "Findings to Put Right", compute="_compute_mlps_items"
    )

    _mlps_bought_not_negative = models.Constraint(
        "CHECK (mlps_bought_level2 >= 0 AND mlps_bought_level3 >= 0)",
        "The number of assessments that a contract pays for cannot be negative.",
    )

    @api.depends("mlps_bought_level2", "mlps_bought_level3")
    def _compute_mlps_items(self):
        paid = Domain("agreement_id", "in", self.ids) & Domain(
            "paid_by_contract", "=", True
        )
        # sudo: figures for whoever may read the contract.
        Assessment = self.env["om.mlps.assessment"].sudo()
        counts = {
            (contract, level, state): count
            for contract, level, state, count in Assessment._read_group(
                paid, ["agreement_id", "level", "state"], ["__count"]
            )
        }
        to_mend = dict(
            Assessment._read_group(
                paid & Domain("needs_mending", "=", True),
                ["agreement_id"],
                ["__count"],
            )
        )
        for contract in self:
            own = contract._origin
            for level in LEVELS:
                used = counts.get((own, level, "done"), 0)
                contract[f"mlps_used_level{level}"] = used
                contract[f"mlps_planned_level{level}"] = counts.get(
                    (own, level, "planned"), 0
                ) + counts.get((own, level, "running"), 0)
                bought = contract[f"mlps_bought_level{level}"]
                contract[f"mlps_left_level{level}"] = bought and bought - used
            contract.mlps_to_mend = to_mend.get(own, 0)

    def _get_mlps_items(self):
        """Return a dict per level: bought, used, and what the level is called."""
        self.ensure_one()
        self.invalidate_recordset(
            [f"mlps_used_level{level}" for level in LEVELS], flush=True
        )
        levels = self.env["om.mlps.assessment"]._fields["level"]
        labels = dict(levels._description_selection(self.env))
        return [
            {
                "label": labels[level],
                "bought": self[f"mlps_bought_level{level}"],
                "used": self[f"mlps_used_level{level}"],
            }
            for level in LEVELS
        ]

    def action_view_mlps(self):
        """Return the assessments that these contracts pay for, by system."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_mlps_assessment_action"
        )
        action["domain"] = [
            ("agreement_id", "in", self.ids),
            ("paid_by_contract", "=", True),
        ]
        action["context"] = {}
        action["views"] = [(False, "list"), (False, "form")]
        return action


class OmSystem(models.Model):
    _inherit = "om.system"

    @api.model
    def _get_mlps_caps(self):
        """What the contracts of this year buy; where none says so, the settings."""
        today = self.env["agreement"]._get_today()
        # sudo: the dispatchers plan within it and read no contracts.
        bought = (
            self.env["agreement"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", self.env.company.id),
                    ("domain", "=", "sale"),
                    ("start_date", "<=", today),
                    ("end_date", ">=", today),
                    "|",
                    ("mlps_bought_level2", ">", 0),
                    ("mlps_bought_level3", ">", 0),
                ],
                aggregates=[
                    "mlps_bought_level2:sum",
                    "mlps_bought_level3:sum",
                    "__count",
                ],
            )
        )
        level2, level3, count = bought[0]
        return {"2": level2, "3": level3} if count else super()._get_mlps_caps()
