from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.om_base.tools.text import clean_code

from ..models.stock_move import QUIET_TRANSFER
from .om_spare_count_upload import SHEET, read_entries


class OmSpareReceipt(models.TransientModel):
    """Parts that a supplier delivers, put into the store with their serial numbers."""

    _name = "om.spare.receipt"
    _description = "Receipt of Parts"
    _rec_name = "note"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    location_id = fields.Many2one(
        "stock.location",
        string="Into the Store",
        required=True,
        default=lambda self: self._get_default_location(),
        domain="[('usage', '=', 'internal'), ('warehouse_id', '!=', False),"
        " ('company_id', '=', company_id)]",
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Supplier", domain="[('om_acts_as', '=', 'supplier')]"
    )
    note = fields.Char("Delivery Note No.", required=True)
    file = fields.Binary("Scan of the Delivery Note")
    file_name = fields.Char()
    line_ids = fields.One2many("om.spare.receipt.line", "receipt_id", string="Parts")
    scan = fields.Char(
        store=False,
        help="The code of a part, then its serial numbers, one after the other.",
    )
    scanned_id = fields.Many2one("product.product", string="In Hand")
    scan_text = fields.Char(readonly=True)
    sheet = fields.Binary("Spreadsheet", attachment=False)

    @api.onchange("scan")
    def _onchange_scan(self):
        """Enter what a scanner types: it ends each code with Enter, and goes on."""
        code = clean_code(self.scan or "")
        if not code:
            return
        self.scan = False
        product = self.env["om.spare.request"]._find_product(code)
        line = self.line_ids.filtered(
            lambda line: line.product_id == (product or self.scanned_id)
        )[:1]
        if product:
            single = product.tracking != "none"
            self.scanned_id = product if single else False
            if single:
                self.scan_text = self.env._(
                    "Now scan the serial numbers of “%s”.", product.name
                )
            elif line:
                line.quantity += 1
            else:
                self.line_ids += self.line_ids.new(
                    {"product_id": product.id, "quantity": 1}
                )
            if not single:
                count = line.quantity if line else 1
                self.scan_text = f"{product.name}: {count}"
        elif not self.scanned_id:
            self.scan_text = self.env._("Nothing is known by “%s”.", code)
        elif line and code in line._get_names():
            self.scan_text = self.env._("“%s” is entered already.", code)
        else:
            if not line:
                line = self.line_ids.new({"product_id": self.scanned_id.id})
                self.line_ids += line
            line.serials = "\n".join([*line._get_names(), code])
            self.scan_text = f"{self.scanned_id.name} {code}: {line.quantity}"

    def action_read_sheet(self):
        """Enter the rows of a spreadsheet: all of them, or none.

        It has the columns of the stock-taking's sheet, of which place and reason are
        passed over.
        """
        self.ensure_one()
        if not self.sheet:
            raise UserError(self.env._("Choose the filled-in spreadsheet first."))
        upload = self.env["om.spare.count.upload"].new({"file": self.sheet})
        sheet = upload._read_sheet(SHEET)
        entries = read_entries(sheet, blank_is_open=False)
        problems = dict(upload._word_problems(sheet.problems))
        by_code, by_name = upload._find_products(entries)
        found = {}
        for entry in entries:
            product = (
                by_code.get(entry.code.lower())
                if entry.code
                else by_name.get(entry.name)
            )
            problem = upload._find_part_problem(entry, product, sheet)
            if problem:
                problems[entry.row] = problem
            else:
                found.setdefault(product, []).append(entry)
        if not found and not problems:
            problems = {0: self.env._("The sheet has no filled-in row.")}
        if problems:
            raise UserError(upload._limit([problems[row] for row in sorted(problems)]))
        self.line_ids = [
            fields.Command.create(
                {
                    "product_id": product.id,
                    "quantity": int(sum(entry.quantity for entry in rows)),
                    "serials": "\n".join(
                        entry.serial for entry in rows if entry.serial
                    ),
                }
            )
            for product, rows in found.items()
        ]
        self.sheet = False
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Enter a Receipt"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _get_default_location(self):
        """The store of the lists in use."""
        lists = self.env["om.spare.list"].search(
            [("state", "=", "active"), ("company_id", "=", self.env.company.id)]
        )
        return lists.warehouse_id[:1].lot_stock_id

    def action_receive(self):
        """Put the parts into the store: one transfer, done.

        :raises UserError: no part, a serial number too few, or one that is there
        """
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Enter the parts that have come."))
        for line in self.line_ids:
            line._check_serials()
        lots = self._get_lots()
        picking = self.env["stock.picking"].create(self._prepare_picking(lots))
        picking.action_confirm()
        picking.move_ids.picked = True
        picking.with_context(**QUIET_TRANSFER)._action_done()
        if self.file:
            self.env["ir.attachment"].create(
                [
                    {
                        "name": self.file_name or self.note,
                        "datas": self.file,
                        "res_model": picking._name,
                        "res_id": picking.id,
                    }
                ]
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(number)s is in the store: %(parts)s",
                    number=picking.name,
                    parts=format_list(
                        self.env,
                        [
                            f"{line.product_id.name} × {line.quantity}"
                            for line in self.line_ids
                        ],
                    ),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_lots(self):
        """Return {(product, serial number): lot}; new ones are made.

        :raises UserError: entered twice, or in the store already
        """
        wanted = [
            (line.product_id, name)
            for line in self.line_ids
            for name in line._get_names()
        ]
        twice = [name for (_part, name), count in Counter(wanted).items() if count > 1]
        if twice:
            raise UserError(
                self.env._("Entered twice: %s", format_list(self.env, twice))
            )
        Lot = self.env["stock.lot"]
        known = {
            (lot.product_id, lot.name): lot
            for lot in Lot.search(
                Domain("name", "in", [name for _product, name in wanted])
                & Domain("product_id", "in", self.line_ids.product_id.ids)
            )
        }
        there = [
            lot.name
            for (part, _name), lot in known.items()
            if lot.product_qty > 0 and part.tracking == "serial"
        ]
        if there:
            raise UserError(
                self.env._("In the store already: %s", format_list(self.env, there))
            )
        new = [key for key in wanted if key not in known]
        made = Lot.create(
            [
                {
                    "name": name,
                    "product_id": product.id,
                    "company_id": self.company_id.id,
                }
                for product, name in new
            ]
        )
        return {**known, **dict(zip(new, made, strict=True))}

    def _prepare_picking(self, lots):
        """Return the values of the transfer."""
        kind = self.location_id.warehouse_id.in_type_id
        source = self.env.ref("stock.stock_location_suppliers")
        places = {
            "location_id": source.id,
            "location_dest_id": self.location_id.id,
        }
        return {
            **places,
            "picking_type_id": kind.id,
            "partner_id": self.partner_id.id,
            "origin": self.note,
            "move_ids": [
                fields.Command.create(
                    {
                        **places,
                        "origin": self.note,
                        "product_id": line.product_id.id,
                        "product_uom_qty": line.quantity,
                        "product_uom": line.product_id.uom_id.id,
                        "move_line_ids": [
                            fields.Command.create(
                                {
                                    **places,
                                    "product_id": line.product_id.id,
                                    "product_uom_id": line.product_id.uom_id.id,
                                    "quantity": 1 if name else line.quantity,
                                    "lot_id": name and lots[line.product_id, name].id,
                                }
                            )
                            for name in line._get_names() or [False]
                        ],
                    }
                )
                for line in self.line_ids
            ],
        }


class OmSpareReceiptLine(models.TransientModel):
    _name = "om.spare.receipt.line"
    _description = "Part That Has Come"

    receipt_id = fields.Many2one("om.spare.receipt", required=True, ondelete="cascade")
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        domain="['|', ('spare_quota_ids', '!=', False),"
        " ('spare_compatibility_ids', '!=', False)]",
    )
    tracking = fields.Selection(related="product_id.tracking")
    quantity = fields.Integer(
        required=True,
        default=1,
        compute="_compute_quantity",
        store=True,
        readonly=False,
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    serials = fields.Text(
        "Serial Numbers", help="One on each line; a scanner goes on by itself."
    )

    @api.depends("serials")
    def _compute_quantity(self):
        for line in self:
            if line._get_names():
                line.quantity = len(line._get_names())

    def _get_names(self):
        """The serial numbers, if the part has any."""
        self.ensure_one()
        if self.tracking in (False, "none"):
            return []
        return [
            name.strip() for name in (self.serials or "").split("\n") if name.strip()
        ]

    def _check_serials(self):
        """Raise unless each part that needs a serial number has one."""
        self.ensure_one()
        if self.quantity < 1:
            raise UserError(
                self.env._(
                    "“%s”: enter how many have come.", self.product_id.display_name
                )
            )
        if self.tracking == "none":
            return
        names = len(self._get_names())
        if names != self.quantity:
            raise UserError(
                self.env._(
                    "“%(part)s”: %(names)s serial numbers for %(quantity)s parts.",
                    part=self.product_id.display_name,
                    names=names,
                    quantity=self.quantity,
                )
            )
