from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from odoo.addons.om_base.tools import beijing

from .stock_move import QUIET_TRANSFER

KINDS = [
    ("promise", "Promise at Risk"),
    ("key_period", "Key Period"),
    ("short", "Below Minimum"),
    ("expiry", "Shelf Life"),
    ("check", "Check Due"),
    ("minimum", "Minimum Stock"),
]
# What may be done about it, and by whom.
KEEPERS = ("warehouse", "manager", "administrator")


class OmSpareReadiness(models.Model):
    """What is not ready this morning, why, and what to do about it.

    The rows follow the facts: whoever mends a fact makes its row go. They are worked
    out by :meth:`_refresh` in a constant number of queries.
    """

    _name = "om.spare.readiness"
    _description = "Spare Part Readiness"
    _order = "rank, date_due, id"
    _rec_name = "product_id"

    key = fields.Char(required=True, index=True)
    kind = fields.Selection(KINDS, required=True, index=True)
    rank = fields.Integer(required=True)
    company_id = fields.Many2one("res.company", required=True, index=True)
    warehouse_id = fields.Many2one("stock.warehouse", ondelete="cascade")
    product_id = fields.Many2one(
        "product.product", string="Part", index=True, ondelete="cascade"
    )
    lot_id = fields.Many2one("stock.lot", string="Serial Number", ondelete="cascade")
    location_id = fields.Many2one(
        "stock.location", string="Stored At", ondelete="cascade"
    )
    system_id = fields.Many2one("om.system", ondelete="cascade")
    plan_id = fields.Many2one("om.key.period.spare", ondelete="cascade")
    orderpoint_id = fields.Many2one("stock.warehouse.orderpoint", ondelete="cascade")
    quantity = fields.Integer(help="How many to order, to move or to check.")
    date_due = fields.Date("By")
    is_late = fields.Boolean(compute="_compute_is_late")
    facts = fields.Json()
    reason = fields.Text(compute="_compute_reason")
    can_do = fields.Boolean(compute="_compute_reason")

    _key_uniq = models.Constraint("unique(key)", "One matter is one row.")

    @api.depends("date_due")
    def _compute_is_late(self):
        today = beijing.today()
        for row in self:
            row.is_late = bool(row.date_due and row.date_due < today)

    @api.depends("kind", "facts", "quantity", "date_due")
    @api.depends_context("lang")
    def _compute_reason(self):
        for row in self:
            row.reason = getattr(row, f"_get_{row.kind}_reason")(row.facts or {})
            # What still has some days to live is used first, not taken away.
            row.can_do = row.kind != "expiry" or bool((row.facts or {}).get("over"))

    # ------------------------------------------------------------
    # In words
    # ------------------------------------------------------------

    def _get_promise_reason(self, facts):
        system, hours = self.system_id.name, facts["hours"]
        if not self.product_id:
            return self.env._(
                "“%(system)s” is promised parts within %(hours)s h, and no list says"
                " which: agree on the parts to keep.",
                system=system,
                hours=hours,
            )
        if facts.get("reach") is None:
            return self.env._(
                "“%(system)s” is promised parts within %(hours)s h; none is in stock"
                " and no supplier is known.",
                system=system,
                hours=hours,
            )
        return self.env._(
            "“%(system)s” is promised parts within %(hours)s h; the nearest needs"
            " %(reach)s h, %(short)s h too many.",
            system=system,
            hours=hours,
            reach=f"{facts['reach']:g}",
            short=f"{facts['short']:g}",
        )

    def _get_key_period_reason(self, facts):
        period = self.plan_id.period_id
        return self.env._(
            "“%(period)s” begins on %(day)s: %(planned)s are planned at %(place)s,"
            " %(there)s are there.",
            period=period.name,
            day=format_date(self.env, period.date_start),
            planned=facts["planned"],
            place=self.location_id.name,
            there=facts["there"],
        )

    def _get_short_reason(self, facts):
        return self.env._(
            "%(there)s in stock or on their way, the minimum is %(minimum)s.",
            there=facts["there"],
            minimum=facts["minimum"],
        )

    def _get_expiry_reason(self, facts):
        day = format_date(self.env, self.date_due)
        if facts["over"]:
            return self.env._("Its shelf life ended on %s: it is not issued.", day)
        return self.env._("Its shelf life ends on %s: use it first.", day)

    def _get_check_reason(self, facts):
        if facts.get("checked_on"):
            return self.env._(
                "Last checked on %(day)s, every %(days)s days.",
                day=format_date(self.env, facts["checked_on"]),
                days=facts["every"],
            )
        return self.env._(
            "Never checked since it came on %(day)s, every %(days)s days.",
            day=format_date(self.env, facts["received"]),
            days=facts["every"],
        )

    def _get_minimum_reason(self, facts):
        values = {
            **facts,
            "expected": f"{facts['expected']:.1f}",
            "lead": f"{facts['lead']:g}",
            "rate": f"{facts['rate']:g}",
        }
        if facts["devices"] and facts["rate"]:
            text = self.env._(
                "%(devices)s devices fail %(rate)s times a year each; new parts take"
                " %(lead)s days, in which %(expected)s fail. %(stock)s last with 95 %%"
                " certainty.",
                **values,
            )
        else:
            text = self.env._(
                "%(used)s were used in twelve months; new parts take %(lead)s days, in"
                " which %(expected)s fail. %(stock)s last with 95 %% certainty.",
                **values,
            )
        if facts["capped"]:
            text += self.env._(" Only %s may still be used.", facts["left"])
        return text + self.env._(" Now the minimum is %s.", facts["now"])

    # ------------------------------------------------------------
    # What to do
    # ------------------------------------------------------------

    def action_do(self):
        """Do what mends this row, or open where it is done.

        :raises AccessError: neither warehouse nor manager
        """
        self.ensure_one()
        if not any(
            self.env.user.has_group(f"om_base.group_{name}") for name in KEEPERS
        ):
            raise AccessError(
                self.env._("The warehouse sees to what is not ready; tell its clerk.")
            )
        return getattr(self, f"_do_{self.kind}")()

    def _do_minimum(self):
        """Put the proposed minimum into Odoo's reordering rule."""
        # Odoo leaves reordering rules to managers; the figure was worked out, the clerk
        # only takes it over.
        rule = self.orderpoint_id.sudo()
        values = {"product_min_qty": self.quantity, "product_max_qty": self.quantity}
        if rule:
            values["product_max_qty"] = max(self.quantity, rule.product_max_qty)
            rule.write(values)
        else:
            rule.create(
                {
                    **values,
                    "product_id": self.product_id.id,
                    "warehouse_id": self.warehouse_id.id,
                    "location_id": self.warehouse_id.lot_stock_id.id,
                    "trigger": "manual",
                }
            )
        return self._done()

    def _do_short(self):
        return self._open_replenishment()

    def _do_promise(self):
        if self.product_id:
            return self._open_replenishment()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "om_stock_spares.om_spare_list_action"
        )
        return {**action, "views": [(False, "list"), (False, "form")]}

    def _open_replenishment(self):
        """Open Odoo's replenishment of this part."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock.action_orderpoint_replenish"
        )
        action["domain"] = [("product_id", "=", self.product_id.id)]
        action["context"] = {
            "default_product_id": self.product_id.id,
            "default_warehouse_id": self.warehouse_id.id,
            "default_location_id": self.warehouse_id.lot_stock_id.id,
            "default_trigger": "manual",
        }
        return action

    def _do_key_period(self):
        """Move what is missing from the main store to the planned place."""
        plan = self.plan_id
        self._move(
            plan.product_id,
            plan.missing,
            self.warehouse_id.lot_stock_id,
            plan.location_id,
        )
        return self._done()

    def _do_expiry(self):
        """Take a part whose shelf life has ended out of the store."""
        place = self.warehouse_id.quarantine_location_id
        if not place:
            raise UserError(
                self.env._(
                    "“%s” has no place for quarantine yet: make the missing places of"
                    " the warehouse first.",
                    self.warehouse_id.name,
                )
            )
        self._move(self.product_id, self.quantity, self.location_id, place, self.lot_id)
        return self._done()

    def _do_check(self):
        """Open a new check of this part."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check Stored Part"),
            "res_model": "om.spare.check",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_product_id": self.product_id.id,
                "default_lot_id": self.lot_id.id,
                "default_location_id": self.location_id.id,
            },
        }

    def _done(self):
        """The fact is mended: its row goes, and what follows from it comes."""
        self._refresh()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _get_warehouse(self, location):
        """Return the warehouse in which ``location`` lies."""
        return location.warehouse_id or location.van_warehouse_id

    @api.model
    def _move(self, product, quantity, source, target, lot=None):
        """Move stock within our own places, done; every change of place is a move.

        :raises UserError: not so many there
        """
        warehouse = self._get_warehouse(source)
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.int_type_id.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "origin": self.env._("Readiness"),
                "move_ids": [
                    fields.Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "product_uom": product.uom_id.id,
                            "location_id": source.id,
                            "location_dest_id": target.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        move = picking.move_ids
        if lot:
            move.lot_ids = lot
        if move.quantity < quantity:
            raise UserError(
                self.env._(
                    "Only %(there)s of “%(product)s” are free at %(place)s, %(needed)s"
                    " are to be moved. Order more, or plan fewer.",
                    there=f"{move.quantity:g}",
                    product=product.display_name,
                    place=source.display_name,
                    needed=quantity,
                )
            )
        move.picked = True
        picking.with_context(**QUIET_TRANSFER)._action_done()
        return picking

    @api.model
    def action_open(self):
        """Work out what is not ready now, and show it; an auditor changes nothing
        and sees what was worked out last.

        :raises AccessError: those who read none of it have nothing worked out
        """
        self.check_access("read")
        if self.env.user.has_groups("om_base.group_user,!om_base.group_auditor"):
            self._refresh()
        return self.env["ir.actions.actions"]._for_xml_id(
            "om_stock_spares.om_spare_readiness_action"
        )

    @api.model
    def _drop_checked(self, checks):
        """Checked parts need no check for now."""
        # Rows follow the facts; no one writes them by hand.
        rows = self.sudo().search(
            [("kind", "=", "check"), ("product_id", "in", checks.product_id.ids)]
        )
        done = {(c.product_id, c.lot_id, c.location_id) for c in checks}
        rows.filtered(
            lambda row: (row.product_id, row.lot_id, row.location_id) in done
        ).unlink()
