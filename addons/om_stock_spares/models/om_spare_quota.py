from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, LazyTranslate

from odoo.addons.om_base.tools.acts import Act, Fact

_lt = LazyTranslate(__name__)

DRAFT = ("draft",)
COUNTERS = ("used", "reserved", "swap_in", "swap_out")


class OmSpareQuota(models.Model):
    """One line of a spare list: a part and how many of it the contract allows.

    The counters change through :meth:`_book` only, which adds to them where they lie:
    a check of the database keeps them within the cap, whoever is first. The ledger
    tells how they stood after each booking. Cap and price of a list in use change by
    the list's act only (:meth:`om.spare.list.action_change_terms`).
    """

    _name = "om.spare.quota"
    _inherit = ["om.spare.line.mixin"]
    _description = "Spare Part Quota"
    _order = "list_id, sequence, id"
    _document_field = "list_id"
    _state_field = "list_state"
    _check_company_auto = True

    _free_fields = {
        "list_id": DRAFT,
        "sequence": None,
        "name": DRAFT,
        "system_id": DRAFT,
        "product_id": DRAFT,
        "uom_name": DRAFT,
        "specification": DRAFT,
        "cap": DRAFT,
        "price_unit": DRAFT,
        # For the least stock, which is ours to judge.
        "device_count": None,
        "compatibility_ids": None,
    }
    _acts = {"book": Act(_lt("Counted"))}
    _facts = {
        "list": Fact("list_id"),
        "part": Fact("name"),
        "product": Fact("product_id"),
        "system": Fact("system_id"),
        "cap": Fact("cap"),
        "price": Fact("price_unit"),
        "used": Fact("used"),
        "reserved": Fact("reserved"),
        "swapped_in": Fact("swap_in"),
        "swapped_out": Fact("swap_out"),
    }

    list_id = fields.Many2one(
        "om.spare.list", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="list_id.company_id", store=True)
    agreement_id = fields.Many2one(
        related="list_id.agreement_id", store=True, index="btree_not_null"
    )
    list_state = fields.Selection(related="list_id.state", store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Part", required=True, help="As the contract prints it.")
    system_id = fields.Many2one(
        "om.system",
        index="btree_not_null",
        check_company=True,
        help="Only for this system. Empty: for all systems of the contract.",
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('is_storable', '=', True)]",
    )
    uom_name = fields.Char("Unit", help="As the contract prints it.")
    specification = fields.Text("Required Parameters")
    cap = fields.Integer(required=True, help="Most that may be used.")
    device_count = fields.Integer(
        "Devices in the Field",
        help="How many devices of this kind the contract covers; the least stock is"
        " worked out from their failures.",
    )
    currency_id = fields.Many2one(related="list_id.currency_id")
    price_unit = fields.Monetary("Unit Price", help="Tax included.", aggregator=None)
    used = fields.Integer(required=True, default=0, readonly=True, copy=False)
    reserved = fields.Integer(required=True, default=0, readonly=True, copy=False)
    swap_in = fields.Integer(
        "Swapped In", required=True, default=0, readonly=True, copy=False
    )
    swap_out = fields.Integer(
        "Swapped Out", required=True, default=0, readonly=True, copy=False
    )
    allowed = fields.Integer(compute="_compute_remaining")
    remaining = fields.Integer(
        compute="_compute_remaining",
        search="_search_remaining",
        aggregator="sum",
        help="Cap + swapped in − swapped out − reserved − used.",
    )
    used_share = fields.Float("Used (%)", compute="_compute_remaining")
    amount_used = fields.Monetary("Value Used", compute="_compute_remaining")
    compatibility_ids = fields.One2many(
        "om.spare.compatibility", "quota_id", string="Compatible Products", copy=True
    )
    request_ids = fields.One2many("om.spare.request", "quota_id", string="Requests")

    _counters_within_cap = models.Constraint(
        "CHECK (cap >= 0 AND used >= 0 AND reserved >= 0 AND swap_in >= 0"
        " AND swap_out >= 0 AND used + reserved <= cap + swap_in - swap_out)",
        "A quota cannot be exceeded.",
    )
    _device_count_not_negative = models.Constraint(
        "CHECK (device_count >= 0)", "A number of devices is not negative."
    )
    _price_not_negative = models.Constraint(
        "CHECK (price_unit >= 0)", "A unit price cannot be negative."
    )

    @api.depends("cap", "price_unit", *COUNTERS)
    def _compute_remaining(self):
        for quota in self:
            quota.allowed = quota.cap + quota.swap_in - quota.swap_out
            quota.remaining = quota.allowed - quota.used - quota.reserved
            quota.used_share = 100 * quota.used / quota.allowed if quota.allowed else 0
            quota.amount_used = quota.used * quota.price_unit

    @api.model
    def _search_remaining(self, operator, value):
        if operator not in ("<", "<=", ">", ">=", "in"):
            return NotImplemented
        values = list(value) if operator == "in" else [value]
        comparison = {"in": "= ANY"}.get(operator, operator)
        ids = self._search([])
        remaining = self._get_remaining_sql(self._table)
        operand = values if operator == "in" else values[0]
        ids.add_where(
            SQL("%s %s (%s)", remaining, SQL(comparison), operand)  # pylint: disable=sql-injection
        )
        return [("id", "in", ids)]

    @api.model
    def _get_remaining_sql(self, alias):
        return SQL(
            "(%(t)s.cap + %(t)s.swap_in - %(t)s.swap_out - %(t)s.used"
            " - %(t)s.reserved)",
            t=SQL.identifier(alias),
        )

    def _read_group_select(self, aggregate_spec, query):
        # A list's total of what is left has to meet those of its addends.
        if aggregate_spec == "remaining:sum":
            return SQL("SUM(%s)", self._get_remaining_sql(query.table))
        return super()._read_group_select(aggregate_spec, query)

    @api.depends("name", "list_id.name")
    def _compute_display_name(self):
        for quota in self:
            quota.display_name = f"{quota.name} ({quota.list_id.name})"

    @api.constrains("cap", "price_unit", "product_id", "name")
    def _check_cap(self):
        fixed = ("settling", "settled")
        for quota in self.filtered(lambda quota: quota.list_state in fixed):
            raise ValidationError(
                self.env._("“%s” is settled and stays as it is.", quota.list_id.name)
            )

    def _get_products(self):
        """Return the products that may serve these quotas."""
        judged = self.compatibility_ids.filtered("is_compatible")
        return self.product_id | judged.product_id

    # ------------------------------------------------------------
    # Booking
    # ------------------------------------------------------------

    def _book(self, **changes):
        """Add to the counters of this quota; see :meth:`_book_all`."""
        self.ensure_one()
        self._book_all({self: changes})

    @api.model
    def _book_all(self, changes):
        """Add to the counters, where they lie and all at once.

        :param changes: {quota: what to add to ``used``, ``reserved``, ``swap_in``,
            ``swap_out``}
        :raises UserError: a cap would be exceeded, or the list is being settled; says
            how it stands
        """
        quotas = self.union(*changes)
        if not quotas:
            return
        quotas.flush_recordset()
        if len(quotas) > 1:
            quotas._lock_rows()
        rows = [
            SQL("(%s, %s, %s, %s, %s)", quota.id, *(change.get(c, 0) for c in COUNTERS))
            for quota, change in changes.items()
        ]
        booked = self.env.execute_query(
            SQL(
                """
                UPDATE om_spare_quota q
                   SET used = q.used + c.used, reserved = q.reserved + c.reserved,
                       swap_in = q.swap_in + c.swap_in,
                       swap_out = q.swap_out + c.swap_out
                  FROM (VALUES %s) AS c (id, used, reserved, swap_in, swap_out)
                 WHERE q.id = c.id
                   AND q.list_state = 'active'
                   AND q.used + c.used >= 0 AND q.reserved + c.reserved >= 0
                   AND q.used + c.used + q.reserved + c.reserved
                       <= q.cap + q.swap_in + c.swap_in - q.swap_out - c.swap_out
             RETURNING q.id
                """,
                SQL(", ").join(rows),
            )
        )
        quotas.invalidate_recordset([*COUNTERS, "remaining", "allowed", "list_state"])
        refused = quotas - self.browse(row[0] for row in booked)
        if refused:
            raise UserError(refused[0]._get_exceeded_text())
        quotas._note("book", dict.fromkeys(quotas.ids, "active"))

    def _lock_rows(self):
        """Hold the rows of these quotas, and wait for whoever does."""
        if self:
            # In one order for everybody, so that two never wait for each other.
            self.env.execute_query(
                SQL(
                    "SELECT id FROM om_spare_quota WHERE id IN %s"
                    " ORDER BY id FOR UPDATE",
                    self._ids,
                )
            )

    def _get_exceeded_text(self):
        self.ensure_one()
        if self.list_state != "active":
            return self.env._("“%s” is not in use.", self.list_id.name)
        return self.env._(
            "The cap of “%(part)s” does not allow this: of %(allowed)s %(uom)s %(used)s"
            " are used and %(reserved)s reserved, %(remaining)s are left.",
            part=self.display_name,
            allowed=self.allowed,
            uom=self.uom_name or "",
            used=self.used,
            reserved=self.reserved,
            remaining=self.remaining,
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_active(self):
        if any(quota.list_state != "draft" for quota in self):
            raise UserError(self.env._("Parts of a list in use stay on record."))

    def _get_terms_text(self, cap, price_unit):
        """Say how cap and price change; "" if they do not."""
        self.ensure_one()
        changes = []
        if cap != self.cap:
            changes.append(self.env._("cap %(old)s → %(new)s", old=self.cap, new=cap))
        money = self.currency_id
        if money.compare_amounts(price_unit, self.price_unit):
            changes.append(
                self.env._(
                    "unit price %(old)s → %(new)s",
                    old=money.format(self.price_unit),
                    new=money.format(price_unit),
                )
            )
        return f"{self.name}: {self._om_join_clauses(changes)}" if changes else ""
