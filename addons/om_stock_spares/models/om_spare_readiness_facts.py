from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from odoo.addons.om_base.tools import beijing

from ..engine import readiness as rules

# A key period's parts are looked after from this many days before it begins.
PERIOD_NOTICE_DAYS = 14
# Checks and ends of shelf lives are announced so many days before.
CHECK_NOTICE_DAYS = 3
EXPIRY_NOTICE_DAYS = 30
RANKS = ("promise", "key_period", "short", "expiry", "check", "minimum")


class OmSpareReadiness(models.Model):
    """From the facts to the rows."""

    _inherit = "om.spare.readiness"

    @api.model
    def _cron_refresh(self):
        """Work out each morning what is not ready."""
        lists = self.env["om.spare.list"].search([("state", "!=", "draft")])
        for company in lists.company_id:
            self.with_company(company)._refresh()

    @api.model
    def _refresh(self):
        """Make the rows of this company what the facts say."""
        company = self.env.company
        # The rows are worked out from everything that is there, whoever looks.
        Rows = self.sudo()
        # Two at once: the second begins anew and sees what the first has made.
        company.sudo().spare_readiness_at = fields.Datetime.now()
        company.flush_recordset()
        facts = Rows._collect(company)
        wanted = {
            row["key"]: row
            for kind in RANKS
            for row in getattr(Rows, f"_find_{kind}")(facts)
        }
        current = Rows.search([("company_id", "=", company.id)])
        current.filtered(lambda row: row.key not in wanted).unlink()
        there = {row.key: row for row in current.exists()}
        for key, row in there.items():
            changed = {
                name: value
                for name, value in wanted[key].items()
                if name in ("quantity", "date_due", "facts", "orderpoint_id")
                and row._fields[name].convert_to_write(row[name], row) != value
            }
            if changed:
                row.write(changed)
        Rows.create([row for key, row in wanted.items() if key not in there])

    # ------------------------------------------------------------
    # Facts, each with one query
    # ------------------------------------------------------------

    @api.model
    def _collect(self, company):
        """Return what the rules look at."""
        today = beijing.today()
        quotas = self.env["om.spare.quota"].search(
            [("list_state", "=", "active"), ("company_id", "=", company.id)]
        )
        warehouses = quotas.list_id.warehouse_id
        places = self._get_places(warehouses)
        plans = self.env["om.key.period.spare"].search(
            [
                ("company_id", "=", company.id),
                ("period_id.active", "=", True),
                ("period_id.date_end", ">=", today),
                (
                    "period_id.date_start",
                    "<=",
                    today + timedelta(days=PERIOD_NOTICE_DAYS),
                ),
            ]
        )
        products = quotas._get_products() | plans.product_id
        return {
            "company": company,
            "today": today,
            "quotas": quotas,
            "promised": self.env["om.system"].search(
                [
                    ("spare_hours", ">", 0),
                    ("state", "=", "in_service"),
                    ("company_id", "=", company.id),
                ]
            ),
            "warehouses": warehouses,
            "places": places,
            "plans": plans,
            "stock": self._get_stock(products, places | plans.location_id),
            "quants": self._get_quants(products, places),
            "used": self._get_used(products, today),
            "rules": {
                (rule.product_id, rule.warehouse_id): rule
                for rule in self.env["stock.warehouse.orderpoint"].search(
                    [
                        ("product_id", "in", products.ids),
                        ("warehouse_id", "in", warehouses.ids),
                    ]
                )
            },
            "checks": self._get_last_checks(products),
        }

    @api.model
    def _get_places(self, warehouses):
        """Return the places from which parts are issued: neither quarantine nor what
        was taken out."""
        found = self.env["stock.location"].search(
            [
                ("usage", "=", "internal"),
                "|",
                ("warehouse_id", "in", warehouses.ids),
                ("van_warehouse_id", "in", warehouses.ids),
            ]
        )
        return (
            found
            - warehouses.quarantine_location_id
            - warehouses.dismantled_location_id
        )

    @api.model
    def _get_stock(self, products, places):
        """Return {(product id, place id): free quantity}."""
        # How many lie where is told to whoever plans; the quants are not.
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [("product_id", "in", products.ids), ("location_id", "in", places.ids)],
                ["product_id", "location_id"],
                ["quantity:sum", "reserved_quantity:sum"],
            )
        )
        return {
            (product.id, place.id): quantity - reserved
            for product, place, quantity, reserved in groups
        }

    @api.model
    def _get_quants(self, products, places):
        return self.env["stock.quant"].search(
            [
                ("product_id", "in", products.ids),
                ("location_id", "in", places.ids),
                ("quantity", ">", 0),
            ],
            order="id",
        )

    @api.model
    def _get_used(self, products, today):
        """Return {product: parts used in the last twelve months}."""
        groups = self.env["om.spare.request"]._read_group(
            [
                ("product_id", "in", products.ids),
                ("issued_at", ">=", today - relativedelta(years=1)),
            ],
            ["product_id"],
            ["issued_qty:sum", "returned_qty:sum"],
        )
        return {product: issued - back for product, issued, back in groups}

    @api.model
    def _get_last_checks(self, products):
        """Return {(product, lot, place): day of the last check}."""
        found = {}
        checks = self.env["om.spare.check"].search(
            [
                ("product_id", "in", products.ids),
                ("product_id.spare_check_days", ">", 0),
            ],
            order="date, id",
        )
        for check in checks:
            found[check.product_id, check.lot_id, check.location_id] = check.date
        return found

    # ------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------

    @api.model
    def _prepare_row(self, known, kind, product, /, **values):
        parts = [
            kind,
            product.id,
            values.get("warehouse_id") or 0,
            values.get("location_id") or 0,
            values.get("lot_id") or 0,
            values.get("plan_id") or 0,
            values.get("system_id") or 0,
        ]
        return {
            "key": ":".join(map(str, (known["company"].id, *parts))),
            "kind": kind,
            "rank": RANKS.index(kind),
            "company_id": known["company"].id,
            "product_id": product.id,
            **values,
        }

    @api.model
    def _get_lead_days(self, product, warehouse):
        """Days until new parts arrive: the supplier's, or the warehouse's guess."""
        seller = product.seller_ids[:1]
        return seller.delay if seller else warehouse.spare_lead_days

    @api.model
    def _find_minimum(self, facts):
        """Minimum stocks that differ from what failures and lead times ask for."""
        groups = defaultdict(self.env["om.spare.quota"].browse)
        for quota in facts["quotas"]:
            groups[quota.product_id, quota.list_id.warehouse_id] |= quota
        for (product, warehouse), quotas in groups.items():
            demand = rules.Demand(
                devices=sum(quotas.mapped("device_count")),
                failures_a_year=product.spare_failure_rate,
                used_a_year=facts["used"].get(product, 0),
                lead_days=self._get_lead_days(product, warehouse),
                left=sum(quotas.mapped("remaining")),
            )
            uncapped = rules.minimum(replace(demand, left=None))
            proposed = rules.minimum(demand)
            rule = facts["rules"].get((product, warehouse))
            now = int(rule.product_min_qty) if rule else 0
            if proposed == now:
                continue
            yield self._prepare_row(
                facts,
                "minimum",
                product,
                warehouse_id=warehouse.id,
                orderpoint_id=rule.id if rule else False,
                quantity=proposed,
                facts={
                    "devices": demand.devices,
                    "rate": demand.failures_a_year,
                    "used": demand.used_a_year,
                    "lead": demand.lead_days,
                    "expected": round(demand.meanwhile, 3),
                    "stock": uncapped,
                    "left": demand.left,
                    "capped": proposed < uncapped,
                    "now": now,
                },
            )

    @api.model
    def _find_short(self, facts):
        """Parts of which fewer are there or on their way than the minimum."""
        for (product, warehouse), rule in facts["rules"].items():
            there = int(rule.qty_forecast)
            if there >= rule.product_min_qty:
                continue
            yield self._prepare_row(
                facts,
                "short",
                product,
                warehouse_id=warehouse.id,
                orderpoint_id=rule.id,
                quantity=int(max(rule.product_min_qty, rule.product_max_qty)) - there,
                facts={"there": there, "minimum": int(rule.product_min_qty)},
            )

    @api.model
    def _find_check(self, facts):
        """Stored parts whose check is due, each where it lies."""
        until = facts["today"] + timedelta(days=CHECK_NOTICE_DAYS)
        for quant in facts["quants"]:
            product, received = quant.product_id, quant.in_date.date()
            part = rules.StoredPart(
                checked_on=facts["checks"].get(
                    (product, quant.lot_id, quant.location_id)
                ),
                check_every=product.spare_check_days,
            )
            due = rules.next_check(part, received)
            if not due or due > until:
                continue
            yield self._prepare_row(
                facts,
                "check",
                product,
                warehouse_id=self._get_warehouse(quant.location_id).id,
                location_id=quant.location_id.id,
                lot_id=quant.lot_id.id,
                quantity=int(quant.quantity),
                date_due=due,
                facts={
                    "checked_on": str(part.checked_on) if part.checked_on else None,
                    "received": str(received),
                    "every": part.check_every,
                },
            )

    @api.model
    def _find_expiry(self, facts):
        """Stored parts whose shelf life has ended or ends soon."""
        today = facts["today"]
        for quant in facts["quants"]:
            ends = quant.lot_id._get_usable_until()
            part = rules.StoredPart(usable_until=ends)
            if rules.is_fit(part, today + timedelta(days=EXPIRY_NOTICE_DAYS)):
                continue
            yield self._prepare_row(
                facts,
                "expiry",
                quant.product_id,
                warehouse_id=self._get_warehouse(quant.location_id).id,
                location_id=quant.location_id.id,
                lot_id=quant.lot_id.id,
                quantity=int(quant.quantity),
                date_due=ends,
                facts={"over": not rules.is_fit(part, today)},
            )

    @api.model
    def _find_key_period(self, facts):
        """Parts that have to lie forward before a key period and do not yet."""
        for plan in facts["plans"]:
            there = int(
                facts["stock"].get((plan.product_id.id, plan.location_id.id), 0)
            )
            if there >= plan.quantity:
                continue
            yield self._prepare_row(
                facts,
                "key_period",
                plan.product_id,
                plan_id=plan.id,
                warehouse_id=self._get_warehouse(plan.location_id).id,
                location_id=plan.location_id.id,
                quantity=plan.quantity - there,
                date_due=plan.period_id.date_start,
                facts={"planned": plan.quantity, "there": there},
            )

    @api.model
    def _find_promise(self, facts):
        """Parts that would be on the spot later than their system is promised, and
        promises for which no part is listed."""
        no_part = self.env["product.product"]
        for system in facts["promised"] - facts["quotas"].system_id:
            yield self._prepare_row(
                facts,
                "promise",
                no_part,
                system_id=system.id,
                facts={"hours": system.spare_hours},
            )
        for quota in facts["quotas"]:
            system = quota.system_id
            if not system.spare_hours or not quota.remaining:
                continue
            warehouse, product = quota.list_id.warehouse_id, quota.product_id
            reach = [
                place.reach_hours
                for place in facts["places"]
                if self._get_warehouse(place) == warehouse
                and facts["stock"].get((product.id, place.id), 0) > 0
            ]
            seller = product.seller_ids[:1]
            if seller:
                reach.append(24.0 * seller.delay)
            short = rules.hours_short(system.spare_hours, reach)
            if not short:
                continue
            yield self._prepare_row(
                facts,
                "promise",
                product,
                warehouse_id=warehouse.id,
                system_id=system.id,
                quantity=1,
                facts={
                    "hours": system.spare_hours,
                    "reach": min(reach) if reach else None,
                    "short": short if reach else None,
                },
            )
