from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import escape_psql

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.text import clean_code, spellings


class StockLot(models.Model):
    """Serial numbers as they are on their labels.

    A scanner with Caps Lock or a Chinese input method sends another spelling of the
    same label. Numbers are kept as printed, found by any spelling, and a second number
    of the same part that differs by its case only is no other piece.
    """

    _name = "stock.lot"
    _inherit = ["stock.lot", "om.stock.guard.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        lots = super().create(
            [
                {**vals, "name": clean_code(vals["name"])} if vals.get("name") else vals
                for vals in vals_list
            ]
        )
        lots._check_spelling()
        return lots

    def write(self, vals):
        if not vals.get("name"):
            return super().write(vals)
        result = super().write({**vals, "name": clean_code(vals["name"])})
        self._check_spelling()
        return result

    def _check_spelling(self):
        """Raise if a part has this number already, in another case."""
        tracked = self.filtered(lambda lot: lot.product_id.tracking == "serial")
        names = {
            spelling for lot in tracked for spelling in spellings(lot.name) if lot.name
        }
        others = self.search(
            Domain("product_id", "in", tracked.product_id.ids)
            & Domain("name", "in", names)
        )
        known = {}
        for lot in others | tracked:
            known.setdefault((lot.product_id, lot.name.lower()), lot)
            twin = known[lot.product_id, lot.name.lower()]
            if twin.name != lot.name:
                raise ValidationError(
                    self.env._(
                        "“%(part)s” has the serial number %(number)s already; %(other)s"
                        " differs by its case only.",
                        part=lot.product_id.display_name,
                        number=twin.name,
                        other=lot.name,
                    )
                )

    @api.model
    def _search_code(self, code, domain=Domain.TRUE, **search):
        """The numbers that a scanned or typed code means: as printed, else in another
        case; ``domain``: among which ones."""
        code = clean_code(code)
        lots = self.search(Domain("name", "in", spellings(code)) & domain, **search)
        return (
            lots.filtered(lambda lot: lot.name == code)
            or lots
            or self.search(
                Domain("name", "=ilike", escape_psql(code)) & domain, **search
            )
        )

    def _check_written(self, vals):
        """The number under which a part came or left stays its number."""
        names = {"name", "product_id", "company_id"} & vals.keys()
        names = {
            name
            for name in names
            if any(
                lot._fields[name].convert_to_write(lot[name], lot) != vals[name]
                for lot in self
            )
        }
        if names and self._find_moved():
            self._refuse_written(names)

    def _is_done(self):
        return bool(self._find_moved())

    def _find_moved(self):
        mine = [("lot_id", "in", self.ids)]
        # sudo: whether a part has moved or is there is asked, whoever may read that.
        lines, quants = self.env["stock.move.line"].sudo(), self.quant_ids.sudo()
        return lines.search_count(
            [*mine, ("state", "=", "done")], limit=1
        ) or quants.search_count([*mine, ("quantity", ">", 0)], limit=1)

    def _get_usable_until(self):
        """Return the last day of the shelf life; None without one."""
        if not self.expiration_date:
            return None
        return beijing.day_of(self.expiration_date)
