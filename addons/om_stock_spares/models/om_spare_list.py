from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate

from odoo.addons.om_base.tools.acts import Act, Fact

_lt = LazyTranslate(__name__)

DRAFT = ("draft",)
KEEPERS = ("om_base.group_procurement", "om_base.group_manager")


class OmSpareList(models.Model):
    """The spare parts that a contract lets us use in a period, with their caps.

    What it is: lines (``om.spare.quota``) with cap, price and counters of what is
    reserved and used.

    How to use it: ``action_activate`` the list; a fault asks for parts by
    ``om.spare.request`` (``action_ask``), purchaser and supervisor confirm it, the
    picking issues it. Unused quantity moves by ``om.spare.swap``, the end is an
    ``om.spare.settlement`` and an ``om.spare.handover``.

    How it works: a counter is changed by one UPDATE under a check of the database
    (``engine/quota.py`` says what a cap allows), so that two requests can never use the
    same piece; Odoo's moves carry the goods.
    """

    _name = "om.spare.list"
    _inherit = ["om.act.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Spare Parts List"
    _order = "date_from desc, name, id"
    _check_company_auto = True

    _free_fields = {
        "name": DRAFT,
        "agreement_id": DRAFT,
        "company_id": DRAFT,
        "date_from": DRAFT,
        "date_to": DRAFT,
        "source": DRAFT,
        "district_code": DRAFT,
        "emergency_hours": DRAFT,
        # The parts of a list in use guard themselves.
        "quota_ids": ("draft", "active"),
        "warehouse_id": ("draft", "active"),
        "reminder_hours": None,
    }
    _acts = {
        "activate": Act(
            _lt("Put Into Use"), source=DRAFT, target="active", groups=KEEPERS
        ),
        "change_terms": Act(
            _lt("Terms Changed"), source=("active",), groups=KEEPERS, reason=True
        ),
    }
    _facts = {
        "name": Fact("name"),
        "contract": Fact("agreement_id"),
        "from": Fact("date_from"),
        "to": Fact("date_to"),
        "source": Fact("source"),
        "district": Fact("district_code"),
        "warehouse": Fact("warehouse_id"),
        "emergency_hours": Fact("emergency_hours"),
        "state": Fact("state"),
    }

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
        "stock.warehouse",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        index="btree_not_null",
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
        with self._act("activate") as lists:
            for spare_list in lists:
                if not spare_list.quota_ids:
                    raise UserError(
                        self.env._("“%s” has no parts yet.", spare_list.name)
                    )
                if not spare_list.warehouse_id:
                    raise UserError(
                        self.env._(
                            "Choose the warehouse of “%s” first.", spare_list.name
                        )
                    )
        return True

    def action_change_terms(self, date_from, date_to, terms, reason, evidence=None):
        """Change period, caps and prices of a list in use, with the reason on record.

        :param terms: {quota of this list: (cap, unit price)}
        :param evidence: attachments, such as the supplementary agreement
        :raises UserError: no reason, nothing changes, a part of another list, or a cap
            below what is used and reserved
        """
        self.ensure_one()
        with self._act("change_terms", reason=reason, evidence=evidence) as spare_list:
            texts = []
            if (date_from, date_to) != (spare_list.date_from, spare_list.date_to):
                texts.append(
                    self.env._("Period: %(from)s – %(to)s")
                    % {"from": date_from, "to": date_to}
                )
                spare_list.write({"date_from": date_from, "date_to": date_to})
            for quota, (cap, price_unit) in terms.items():
                text = quota._get_terms_text(cap, price_unit)
                if quota.list_id != spare_list or not text:
                    continue
                if cap < quota.used + quota.reserved + quota.swap_out - quota.swap_in:
                    raise UserError(quota._get_exceeded_text())
                texts.append(text)
                quota.with_env(spare_list.env).write(
                    {"cap": cap, "price_unit": price_unit}
                )
            if not texts:
                raise UserError(self.env._("Nothing was changed."))
        changes = self.env._("; ").join(texts)
        body = f"{changes} ({reason})"
        self.message_post(body=body)
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(spare_list.state != "draft" for spare_list in self):
            raise UserError(self.env._("Lists in use stay on record."))
