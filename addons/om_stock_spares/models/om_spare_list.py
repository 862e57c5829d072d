from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class OmSpareList(models.Model):
    """The spare parts that a contract lets us use in a period, with their caps."""

    _name = "om.spare.list"
    _inherit = ["om.contract.guard.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Spare Parts List"
    _order = "date_from desc, name, id"
    _guarded_fields = frozenset(("state",))
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(required=True, tracking=True)
    date_to = fields.Date(required=True, tracking=True)
    source = fields.Char(help="Where the list is written: document and clause.")
    district_code = fields.Char(
        "Warehouse District",
        help="Code of the district in which the contract wants the warehouse, such as"
        " 110113 for Shunyi.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", check_company=True, tracking=True, index="btree_not_null"
    )
    reminder_hours = fields.Integer(
        "Remind After (h)",
        default=24,
        help="Hours after which a party that has not answered is reminded.",
    )
    emergency_hours = fields.Integer(
        "Confirm Emergencies Within (h)",
        default=24,
        help="Hours within which an emergency issue has to be confirmed afterwards.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Active"),
            ("settling", "Being Settled"),
            ("settled", "Settled"),
        ],
        required=True,
        default="draft",
        index=True,
        tracking=True,
        copy=False,
        readonly=True,
    )
    quota_ids = fields.One2many("om.spare.quota", "list_id", string="Parts", copy=True)
    quota_count = fields.Integer(compute="_compute_quota_count")

    _dates_in_order = models.Constraint(
        "CHECK (date_from <= date_to)", "A list cannot end before it begins."
    )
    _hours_positive = models.Constraint(
        "CHECK (reminder_hours > 0 AND emergency_hours > 0)",
        "Hours for reminders and emergencies are above zero.",
    )

    @api.depends("quota_ids")
    def _compute_quota_count(self):
        counts = dict(
            self.env["om.spare.quota"]._read_group(
                [("list_id", "in", self.ids)], ["list_id"], ["__count"]
            )
        )
        for spare_list in self:
            spare_list.quota_count = counts.get(spare_list._origin, 0)

    @api.constrains("warehouse_id", "district_code")
    def _check_district(self):
        for spare_list in self:
            code, warehouse = spare_list.district_code, spare_list.warehouse_id
            if code and warehouse and warehouse.district_code != code:
                raise ValidationError(
                    self.env._(
                        "“%(list)s” wants its warehouse in the district %(code)s;"
                        " %(warehouse)s lies in %(place)s. Choose another warehouse,"
                        " or correct the district of this one.",
                        list=spare_list.name,
                        code=code,
                        warehouse=warehouse.name,
                        place=warehouse.district_code or "–",
                    )
                )

    def action_activate(self):
        """Let parts be requested from these lists.

        :raises UserError: a list without parts or without warehouse
        """
        for spare_list in self:
            if not spare_list.quota_ids:
                raise UserError(self.env._("“%s” has no parts yet.", spare_list.name))
            if not spare_list.warehouse_id:
                raise UserError(
                    self.env._("Choose the warehouse of “%s” first.", spare_list.name)
                )
        drafts = self.filtered(lambda spare_list: spare_list.state == "draft")
        drafts._acting().write({"state": "active"})
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(spare_list.state != "draft" for spare_list in self):
            raise UserError(self.env._("Lists in use stay on record."))
