from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.om_base.tools.text import clean_code

# Entries that the scanner's page shows, the latest first.
SHOWN = 30


class OmSpareCount(models.Model):
    """The page for a telephone or a scanner."""

    _inherit = "om.spare.count"

    def scan(self, code, location_id=None, product_id=None):
        """Enter what a scanned or typed code means.

        :param code: barcode or name of a place; barcode or code of a part; a serial
            number
        :param location_id: the place where things are scanned now
        :param product_id: the part whose serial numbers are scanned now
        :return: see :meth:`get_scan_facts`, with ``text`` and ``tone`` of the answer
        """
        self.ensure_one()
        self.check_access("write")
        self._check_counting()
        code = clean_code(code or "")
        place = self._get_place(location_id)
        chosen = self.env["product.product"].browse(product_id or [])
        if not code:
            return self._answer_scan(place, chosen, self.env._("Scan a part."))
        other = self._find_place(code)
        if other:
            return self._answer_scan(
                other, chosen, self.env._("Now in %s", other.display_name), "success"
            )
        if not place:
            return self._answer_scan(
                place, chosen, self.env._("Scan the place first."), "warning"
            )
        # Two telephones in one count: one after the other, and neither is lost.
        # sudo: a mark for that, and nobody's to write by hand.
        self.sudo().write({"scanned_on": fields.Datetime.now()})
        self.flush_recordset(["scanned_on"])
        product, serial = self._read_code(code, chosen, place)
        if not product:
            return self._answer_scan(
                place, chosen, self.env._("Nothing is known by “%s”.", code), "danger"
            )
        if product.tracking != "none" and not serial:
            return self._answer_scan(
                place,
                product,
                self.env._(
                    "Now scan the serial numbers of “%s”.", product.display_name
                ),
                "success",
            )
        return self._enter_scan(place, product, serial, chosen)

    def _enter_scan(self, place, product, serial, chosen):
        """Count one more of it here.

        Only a part whose own code was scanned stays in hand: otherwise any mistyped
        code would become a serial number of the last piece.
        """
        line = self._get_scan_line(place, product, serial)
        name = " ".join(filter(None, (product.name, serial)))
        kept = product & chosen
        if product.tracking == "serial" and line.is_counted and line.counted:
            return self._answer_scan(
                place, kept, self.env._("“%s” is counted already.", name), "warning"
            )
        if line:
            line.counted += 1
        else:
            line = self.env["om.spare.count.line"].create(
                {
                    "count_id": self.id,
                    "location_id": place.id,
                    "product_id": product.id,
                    "serial": serial,
                    "counted": 1,
                }
            )
        text = f"{name}: {line.counted:g}"
        tone = "success"
        if line.result in ("moved", "conflict", "surplus") and self.kind == "count":
            text, tone = f"{text} · {line.result_text}", "warning"
        return self._answer_scan(place, kept, text, tone)

    def set_found(self, line_id, quantity):
        """Set how many of an entry were found; returns as :meth:`get_scan_facts`."""
        self.ensure_one()
        line = self.line_ids.filtered(lambda line: line.id == line_id)
        if not line:
            raise UserError(self.env._("This entry is gone. Load the page again."))
        line.counted = quantity
        return self.get_scan_facts(line.location_id.id)

    def get_scan_facts(self, location_id=None, product_id=None):
        """Return what the scanner's page shows: plain values."""
        self.ensure_one()
        place = self._get_place(location_id)
        product = self.env["product.product"].browse(product_id or [])
        return self._answer_scan(place, product, "", "muted")

    def _answer_scan(self, place, product, text, tone="muted"):
        lines = self.line_ids.filtered(lambda line: line.location_id == place)
        counted = lines.filtered("counted_on").sorted("counted_on", reverse=True)
        lines = counted | lines
        states = self._om_labels("state")
        kinds = self._om_labels("kind")
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "kind_label": kinds[self.kind],
            "state": self.state,
            "state_label": states[self.state],
            "text": text,
            "tone": tone,
            "place": {"id": place.id, "name": place.display_name} if place else False,
            "places": [
                {"id": each.id, "name": each.display_name}
                for each in self._get_places()
            ],
            "product": {"id": product.id, "name": product.name} if product else False,
            "progress": {
                "done": sum(line.is_counted for line in lines),
                "all": len(lines),
            },
            "lines": [line._get_scan_row() for line in lines[:SHOWN]],
            "more": max(len(lines) - SHOWN, 0),
        }

    def _get_place(self, location_id):
        """Return the place scanned last, or the only one there is."""
        places = self._get_places()
        place = places.filtered(lambda each: each.id == location_id)
        return place or (places if len(places) == 1 else places.browse())

    def _find_place(self, code):
        found = self._get_places().filtered(
            lambda place: (
                code.lower()
                in (
                    (place.barcode or "").lower(),
                    (place.complete_name or "").lower(),
                    (place.name or "").lower(),
                )
            )
        )
        return found if len(found) == 1 else found.browse()

    def _read_code(self, code, chosen, place):
        """Return (part, serial number) of a code.

        :raises UserError: several parts have this number, and nothing says which
        """
        Lot = self.env["stock.lot"]
        domain = Domain("company_id", "in", (False, self.company_id.id))
        if chosen:
            # Also a number that nobody knows yet belongs to the part in hand, unless
            # it is the code of another part.
            lot = Lot._search_code(
                code, domain & Domain("product_id", "=", chosen.id), limit=1
            )
            if lot:
                return chosen, lot.name
        lots = self._narrow_lots(Lot._search_code(code, domain), place)
        if len(lots) == 1 and (not chosen or lots.product_qty > 0):
            return lots.product_id, lots.name
        if len(lots) > 1 and not chosen:
            raise UserError(
                self.env._(
                    "“%(code)s” is a number of several parts: %(parts)s. Scan the code"
                    " of the part first, then the number.",
                    code=code,
                    parts=format_list(self.env, lots.product_id.mapped("display_name")),
                )
            )
        product = self.env["om.spare.request"]._find_product(code)
        if product and product.is_storable:
            return product, ""
        return (chosen, code) if chosen else (product.browse(), "")

    def _narrow_lots(self, lots, place):
        """Return those of several parts' equal numbers that it can be: expected in this
        place, or else somewhere in stock."""
        expected = self.line_ids.filtered(
            lambda line: line.location_id == place and line.expected
        ).product_id
        here = lots.filtered(lambda lot: lot.product_id in expected)
        here = here.filtered(
            lambda lot: self._get_scan_line(place, lot.product_id, lot.name)
        )
        there = lots.filtered(lambda lot: lot.product_qty > 0)
        return here or there or lots

    def _get_scan_line(self, place, product, serial):
        return self.line_ids.filtered(
            lambda line: line._get_key() == (place, product, serial or "")
        )


class OmSpareCountLine(models.Model):
    _inherit = "om.spare.count.line"

    @api.readonly
    def _get_scan_row(self):
        self.ensure_one()
        return {
            "id": self.id,
            "product": self.product_id.name,
            "serial": self.serial or "",
            "expected": self.expected,
            "counted": self.counted,
            "is_counted": self.is_counted,
            "single": self.product_id.tracking == "serial",
            "result": self.result,
            # Everything is new in opening stock: that is no finding.
            "text": self.kind == "count" and self.result_text or "",
        }
