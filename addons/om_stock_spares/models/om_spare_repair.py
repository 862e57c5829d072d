from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Fact


class OmSpareRepair(models.Model):
    """A try to repair a device or a part: what was done, hours, cost, outcome."""

    _name = "om.spare.repair"
    _inherit = ["om.act.mixin", "om.contract.work.mixin"]
    _description = "Repair of a Part"
    _order = "date desc, id desc"
    _check_company_auto = True

    _free_fields = {
        "name": None,
        "date": None,
        "outcome": None,
        "hours": None,
        "cost": None,
        "user_id": None,
        "request_id": None,
        "part_id": None,
        "equipment_id": None,
    }
    _facts = {
        "what": Fact("name"),
        "date": Fact("date"),
        "outcome": Fact("outcome"),
        "hours": Fact("hours"),
        "cost": Fact("cost"),
        "repaired_by": Fact("user_id"),
        "request": Fact("request_id"),
        "part": Fact("part_id"),
    }

    name = fields.Char("What Was Tried", required=True)
    date = fields.Date(required=True, default=lambda self: beijing.today(), copy=False)
    outcome = fields.Selection(
        [
            ("repaired", "Works Again"),
            ("partly", "Works for Now"),
            ("failed", "Beyond Repair"),
        ],
        required=True,
        default="failed",
    )
    hours = fields.Float("Hours Spent")
    cost = fields.Monetary(help="Material and work of others; tax included.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", string="Repaired By", default=lambda self: self.env.user
    )
    request_id = fields.Many2one(
        "om.spare.request", index="btree_not_null", ondelete="restrict"
    )
    part_id = fields.Many2one(
        "om.dismantled.part",
        string="Dismantled Part",
        index="btree_not_null",
        ondelete="restrict",
    )
    equipment_id = fields.Many2one(
        "maintenance.equipment",
        string="Device",
        index="btree_not_null",
        ondelete="restrict",
        compute="_compute_equipment_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    system_id = fields.Many2one(
        "om.system",
        index=True,
        compute="_compute_system_id",
        store=True,
        precompute=True,
    )
    company_id = fields.Many2one(related="system_id.company_id", store=True, index=True)

    _figures_not_negative = models.Constraint(
        "CHECK (hours >= 0 AND cost >= 0)", "Hours and cost are not negative."
    )
    _of_something = models.Constraint(
        "CHECK (request_id IS NOT NULL OR part_id IS NOT NULL"
        " OR equipment_id IS NOT NULL)",
        "A repair belongs to a request, a dismantled part or a device.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shown(self):
        if any(repair.request_id.asked_at for repair in self):
            raise UserError(
                self.env._(
                    "A request was asked for with this repair: it stays on record."
                )
            )

    @api.depends("request_id", "part_id")
    def _compute_equipment_id(self):
        for repair in self:
            repair.equipment_id = (
                repair.part_id.equipment_id
                or repair.request_id.equipment_id
                or repair.equipment_id
            )

    @api.depends("request_id", "part_id", "equipment_id")
    def _compute_system_id(self):
        for repair in self:
            repair.system_id = (
                repair.request_id.system_id
                or repair.part_id.system_id
                or repair.equipment_id.system_id
            )


class OmSpareRequest(models.Model):
    _inherit = "om.spare.request"

    repair_ids = fields.One2many("om.spare.repair", "request_id", string="Repairs")


class OmDismantledPart(models.Model):
    _inherit = "om.dismantled.part"

    repair_ids = fields.One2many("om.spare.repair", "part_id", string="Repairs")


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    spare_repair_ids = fields.One2many(
        "om.spare.repair", "equipment_id", string="Repairs", groups="om_base.group_user"
    )
    spare_request_ids = fields.One2many(
        "om.spare.request",
        "equipment_id",
        string="Spare Part Requests",
        groups="om_base.group_user",
    )


class OmSystem(models.Model):
    _inherit = "om.system"

    spare_request_count = fields.Integer(
        "Parts Replaced", compute="_compute_spare_record", groups="om_base.group_user"
    )
    spare_repair_cost = fields.Monetary(
        "Cost of Repairs",
        compute="_compute_spare_record",
        groups="om_base.group_user",
    )

    def _compute_spare_record(self):
        installed = dict(
            self.env["om.spare.request"]._read_group(
                [("system_id", "in", self.ids), ("state", "=", "installed")],
                ["system_id"],
                ["__count"],
            )
        )
        costs = dict(
            self.env["om.spare.repair"]._read_group(
                [("system_id", "in", self.ids)], ["system_id"], ["cost:sum"]
            )
        )
        for system in self:
            system.spare_request_count = installed.get(system._origin, 0)
            system.spare_repair_cost = costs.get(system._origin, 0.0)

    def action_view_spare_requests(self):
        """Open the requests for spare parts of this system."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "om_stock_spares.om_spare_request_action"
        )
        return {
            **action,
            "domain": [("system_id", "=", self.id)],
            "context": {"default_system_id": self.id},
        }

    def action_view_spare_repairs(self):
        """Open the repairs of parts and devices of this system."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "om_stock_spares.om_spare_repair_action"
        )
        return {**action, "domain": [("system_id", "=", self.id)]}
