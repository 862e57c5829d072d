from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# More hits than this are no answer to a scan.
SCAN_LIMIT = 8


class OmSpareRequest(models.Model):
    """The clerk's screen: one page for a telephone or a scanner."""

    _inherit = "om.spare.request"

    @api.model
    def scan(self, code):
        """Find out what a scanned or typed code means.

        :param code: number of a request, serial number, barcode or reference of a part
        :return: dict with ``kind`` (request, requests, lot, none), ``text`` for the
            clerk, ``requests`` (see :meth:`_get_clerk_facts`) and ``lot`` (id, name,
            product)
        """
        code = (code or "").strip()
        if not code:
            return self._answer("none", self.env._("Scan a request or a part."))
        request = self.search([("name", "=ilike", code)], limit=1)
        if request:
            return self._answer("request", "", request)
        lot = self.env["stock.lot"].search([("name", "=", code)], limit=1)
        product = lot.product_id or self._find_product(code)
        if not product:
            return self._answer("none", self.env._("Nothing is known by “%s”.", code))
        waiting = self.search(
            Domain("product_id", "=", product.id)
            & Domain("state", "in", ("confirmed", "asked")),
            order="state desc, id",
            limit=SCAN_LIMIT,
        )
        answer = self._answer(
            "lot" if lot else "requests",
            ""
            if waiting
            else self.env._(
                "No request waits for “%s”: it stays in the store.",
                product.display_name,
            ),
            waiting,
        )
        if lot:
            answer["lot"] = {
                "id": lot.id,
                "name": lot.name,
                "product_id": product.id,
                "on_hand": lot.product_qty,
            }
        return answer

    @api.model
    def _find_product(self, code):
        Product = self.env["product.product"]
        return Product.search(
            ["|", ("barcode", "=", code), ("default_code", "=", code)], limit=1
        ) or Product.search([("name", "=ilike", code)], limit=1)

    @api.model
    def _answer(self, kind, text, requests=()):
        return {
            "kind": kind,
            "text": text,
            "lot": False,
            "requests": [request._get_clerk_facts() for request in requests],
        }

    @api.model
    def get_clerk_list(self):
        """Return what waits to be issued, oldest first, as in :meth:`scan`."""
        return [
            request._get_clerk_facts()
            for request in self.search(
                [("state", "=", "confirmed")], order="id", limit=40
            )
        ]

    def _get_clerk_facts(self):
        """Return what the clerk's screen shows of a request: plain values."""
        self.ensure_one()
        quota = self.quota_id
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "state_label": states[self.state],
            "part": quota.name,
            "product": self.product_id.display_name,
            "product_id": self.product_id.id,
            "system": self.system_id.name,
            "unit": self.unit_id.name,
            "quantity": self.quantity - self.used_qty,
            "uom": quota.uom_name or "",
            "needs_serial": self.product_id.tracking == "serial",
            "on_hand": self.on_hand,
            "cap": {
                "allowed": quota.allowed,
                "used": quota.used,
                "reserved": quota.reserved,
                "remaining": quota.remaining,
            },
            "purchaser": self.purchaser_state,
            "supervisor": self.supervisor_state,
            "missing": self._get_missing_for_issue(),
        }

    def _get_missing_for_issue(self):
        """Return in one line why this request cannot be issued; empty if it can."""
        self.ensure_one()
        if self.state == "asked":
            who = [
                label
                for state, label in (
                    (self.purchaser_state, self.env._("purchaser")),
                    (self.supervisor_state, self.env._("supervisor")),
                )
                if state != "confirmed"
            ]
            return self.env._("Waiting for: %s", self.env._(", ").join(who))
        if self.state != "confirmed":
            labels = dict(self._fields["state"]._description_selection(self.env))
            return labels[self.state]
        if self.on_hand < self.quantity - self.used_qty:
            return self.env._("Not enough in stock")
        return ""

    def clerk_issue(self, serial_numbers=None):
        """Issue this request with the scanned serial numbers.

        :raises UserError: a serial number that is not in stock, or any refusal of
            :meth:`action_issue`
        :return: see :meth:`_get_clerk_facts`
        """
        self.ensure_one()
        lots = self.env["stock.lot"]
        for name in serial_numbers or ():
            lot = lots.search(
                [("name", "=", name), ("product_id", "=", self.product_id.id)], limit=1
            )
            if not lot:
                raise UserError(
                    self.env._(
                        "“%(serial)s” is no serial number of “%(product)s”.",
                        serial=name,
                        product=self.product_id.display_name,
                    )
                )
            lots |= lot
        self.action_issue(lots)
        return self._get_clerk_facts()
