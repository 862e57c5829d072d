from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import escape_psql

from odoo.addons.om_base.tools.text import clean_code, spellings

# More hits than this are no answer to a scan.
SCAN_LIMIT = 8


class OmSpareRequest(models.Model):
    """The clerk's screen: one page for a telephone or a scanner."""

    _inherit = "om.spare.request"

    @api.model
    def scan(self, code, product_id=None):
        """Find out what a scanned or typed code means.

        :param code: number of a request, serial number, barcode or reference of a part
        :param product_id: the part in hand: what was chosen or is being issued
        :return: dict with ``kind`` (request, requests, lot, lots, none), ``text`` for
            the clerk, ``requests`` (see :meth:`_get_clerk_facts`), ``lot`` (id, name,
            product) and ``choices``: the parts that have this number, of which nobody
            but the clerk can say which is meant
        """
        code = clean_code(code or "")
        if not code:
            return self._answer("none", self.env._("Scan a request or a part."))
        request = self.search([("name", "=ilike", escape_psql(code))], limit=1)
        if request:
            return self._answer("request", "", request)
        lots = self._find_lots(code, product_id)
        if len(lots) > 1:
            return self._ask_which(code, lots)
        product = lots.product_id or self._find_product(code)
        if not product:
            return self._answer("none", self.env._("Nothing is known by “%s”.", code))
        waiting = self.search(
            Domain("product_id", "=", product.id)
            & Domain("state", "in", ("confirmed", "asked")),
            order="state desc, id",
            limit=SCAN_LIMIT,
        )
        answer = self._answer(
            "lot" if lots else "requests",
            ""
            if waiting
            else self.env._(
                "No request waits for “%s”: it stays in the store.",
                product.display_name,
            ),
            waiting,
        )
        if lots:
            answer["lot"] = {
                "id": lots.id,
                "name": lots.name,
                "product_id": product.id,
                "on_hand": lots.product_qty,
            }
        return answer

    @api.model
    def _find_lots(self, code, product_id=None):
        """Return the serial numbers that a code may mean, one of each part.

        Two makers may use the same number. The part in hand decides; else what is not
        in the store cannot be what was scanned there.
        """
        lots = self.env["stock.lot"]._search_code(
            code,
            Domain("company_id", "in", (False, *self.env.companies.ids)),
            order="id",
            limit=SCAN_LIMIT,
        )
        in_hand = lots.filtered(lambda lot: lot.product_id.id == product_id)
        there = lots.filtered(lambda lot: lot.product_qty > 0)
        return in_hand[:1] or there or lots

    @api.model
    def _ask_which(self, code, lots):
        """Answer that several parts have this number."""
        answer = self._answer(
            "lots",
            self.env._(
                "%(count)s parts have the number “%(code)s”.",
                count=len(lots),
                code=code,
            ),
        )
        answer["choices"] = [
            {
                "product_id": lot.product_id.id,
                "product": lot.product_id.display_name,
                "code": lot.name,
                "on_hand": lot.product_qty,
            }
            for lot in lots
        ]
        return answer

    @api.model
    def _find_product(self, code):
        Product = self.env["product.product"]
        known = spellings(code)
        found = Product.search(
            ["|", ("barcode", "in", known), ("default_code", "in", known)],
            limit=SCAN_LIMIT,
        )
        exact = found.filtered(lambda each: code in (each.barcode, each.default_code))
        return (exact or found)[:1] or Product.search(
            [("name", "=ilike", escape_psql(code))], limit=1
        )

    @api.model
    def _answer(self, kind, text, requests=()):
        return {
            "kind": kind,
            "text": text,
            "lot": False,
            "choices": [],
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
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "state_label": self._om_label("state"),
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
                "cap": quota.cap,
                "swap_in": quota.swap_in,
                "swap_out": quota.swap_out,
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
            return self._om_label("state")
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
            lot = lots._search_code(
                name, Domain("product_id", "=", self.product_id.id), limit=1
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
