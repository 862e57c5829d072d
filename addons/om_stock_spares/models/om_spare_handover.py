from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.om_base.tools import seal
from odoo.addons.om_base.tools.acts import Fact

DRAFT = ("draft",)

CONDITIONS = [
    ("new", "New"),
    ("used", "Used, Working"),
    ("unchecked", "To Be Checked"),
    ("faulty", "Faulty"),
]


class OmSpareHandover(models.Model):
    """The spare stock that is left at a contract's end, as the supervisor confirms it.

    Hand-over at the end wants a list of the spare stock (Shunyi's tender, chapter 5):
    what lies where, how many, in which condition.
    """

    _name = "om.spare.handover"
    _inherit = ["om.spare.signoff.mixin"]
    _description = "Hand-Over of Spare Stock"
    _order = "id desc"
    _check_company_auto = True
    _portal_path = "/my/handovers"

    _free_fields = {
        "agreement_id": DRAFT,
        "company_id": DRAFT,
        "note": DRAFT,
        "line_ids": DRAFT,
    }
    _facts = {
        "note": Fact("note"),
        "stock_on": Fact("stock_on"),
        "lines": Fact("lines_told", sealed=("submitted", "confirmed")),
    }

    name = fields.Char("Number", readonly=True, copy=False)
    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        required=True,
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
    stock_on = fields.Datetime("Stock As Of", readonly=True, copy=False)
    note = fields.Text("Remarks")
    line_ids = fields.One2many(
        "om.spare.handover.line", "handover_id", string="Spare Stock", copy=False
    )
    line_count = fields.Integer("Entries", compute="_compute_totals")
    quantity_total = fields.Float(
        "Pieces", compute="_compute_totals", digits="Product Unit"
    )

    lines_told = fields.Char(compute="_compute_lines_told")

    @api.depends("line_ids.quantity", "line_ids.condition", "line_ids.note")
    def _compute_lines_told(self):
        for handover in self:
            handover.lines_told = seal.canonical(
                [
                    [line.product_id.id, line.lot_name or "", line.place or ""]
                    + [f"{line.quantity:g}", line.condition, line.note or ""]
                    for line in handover.line_ids.sorted("id")
                ]
            )

    @api.depends("line_ids.quantity")
    def _compute_totals(self):
        for handover in self:
            handover.line_count = len(handover.line_ids)
            handover.quantity_total = sum(handover.line_ids.mapped("quantity"))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(handover.state != "draft" for handover in self):
            raise UserError(self.env._("Submitted hand-over lists stay on record."))

    # ------------------------------------------------------------
    # The stock
    # ------------------------------------------------------------

    def action_load_stock(self):
        """List what is in the contract's stores now; conditions and remarks that were
        entered stay with their goods."""
        self.check_access("write")
        self._check_is_draft()
        for handover in self:
            handover._load_stock()
        return True

    def _load_stock(self):
        self.ensure_one()
        # sudo: what lies there follows from the stock, nobody writes it by hand.
        lines = self.sudo().line_ids
        known = {line._get_key(): line for line in lines}
        stock = self._get_stock()
        uoms = self._get_listed_units()
        Line = lines.browse()
        vals_list, kept = [], Line
        for number, ((product, lot, location), quantity) in enumerate(stock.items()):
            line = known.get((product.id, lot.id, location.id))
            if line:
                line.write({"quantity": quantity, "sequence": number})
                kept |= line
            else:
                vals_list.append(
                    {
                        "handover_id": self.id,
                        "sequence": number,
                        "product_id": product.id,
                        "lot_id": lot.id,
                        "location_id": location.id,
                        # In words, for the paper: the supervisor reads no records.
                        "product_name": product.display_name,
                        "uom_name": uoms.get(product) or product.uom_id.name,
                        "lot_name": lot.name,
                        "place": location.complete_name,
                        "quantity": quantity,
                        "condition": self._get_condition(location),
                    }
                )
        (lines - kept).unlink()
        Line.create(vals_list)
        self.sudo().write({"stock_on": fields.Datetime.now()})

    def _get_listed_units(self):
        """Return {product: unit as the contract's lists print it}."""
        quotas = self.env["om.spare.quota"].search(
            [("agreement_id", "=", self.agreement_id.id), ("uom_name", "!=", False)]
        )
        return {quota.product_id: quota.uom_name for quota in quotas}

    def _get_stock(self):
        """Return {(product, lot, place): quantity} of the contract's parts."""
        self.ensure_one()
        # Procurement draws lists up too, and may read stock; lots are the warehouse's.
        # What lies in an archived place or belongs to an archived part is there, too.
        this = self.sudo().with_context(active_test=False)
        lists = this.env["om.spare.list"].search(
            [("agreement_id", "=", this.agreement_id.id), ("state", "!=", "draft")]
        )
        judged = lists.quota_ids.compatibility_ids.filtered("is_compatible")
        products = lists.quota_ids.product_id | judged.product_id
        warehouses = lists.warehouse_id
        places = Domain("location_id", "child_of", warehouses.view_location_id.ids)
        places |= Domain("location_id", "child_of", warehouses.van_location_ids.ids)
        groups = this.env["stock.quant"]._read_group(
            Domain("product_id", "in", products.ids)
            & Domain("location_id.usage", "=", "internal")
            & Domain("quantity", ">", 0)
            & places,
            ["product_id", "lot_id", "location_id"],
            ["quantity:sum"],
        )
        return {
            (product, lot, location): quantity
            for product, lot, location, quantity in sorted(
                groups,
                key=lambda row: (
                    row[2].complete_name,
                    row[0].display_name,
                    row[1].name or "",
                ),
            )
        }

    @api.model
    def _get_condition(self, location):
        """Return what goods in that place most likely are; people correct it."""
        warehouse = location.warehouse_id
        if location == warehouse.dismantled_location_id:
            return "used"
        return "unchecked" if location == warehouse.quarantine_location_id else "new"

    def _prepare_submission(self):
        if not self.line_ids:
            raise UserError(
                self.env._("Load the stock first: %s is empty.", self.display_name)
            )
        listed = {line._get_key(): line.quantity for line in self.line_ids}
        there = {
            (product.id, lot.id, location.id): quantity
            for (product, lot, location), quantity in self._get_stock().items()
        }
        if listed != there:
            raise UserError(
                self.env._(
                    "The stock has changed since %s was drawn up. Load it again and"
                    " look it through.",
                    self.display_name,
                )
            )

    def _get_submission_text(self):
        return self.env._(
            "Spare stock of “%(contract)s” to be handed over: %(count)s entries",
            contract=self.agreement_id.name,
            count=len(self.line_ids),
        )

    def _get_file_name(self):
        """Return the name of the printed list, without ending."""
        self.ensure_one()
        return self.env._(
            "Hand-Over of Spare Stock %(contract)s %(number)s",
            contract=self.agreement_id.name,
            number=self.name,
        )


class OmSpareHandoverLine(models.Model):
    """What lies in one place: a part, its serial number or lot, how many."""

    _name = "om.spare.handover.line"
    _inherit = ["om.spare.line.mixin"]
    _description = "Spare Stock to Hand Over"
    _order = "handover_id, sequence, id"
    _rec_name = "product_id"
    _document_field = "handover_id"

    _free_fields = {"condition": DRAFT, "note": DRAFT}

    handover_id = fields.Many2one(
        "om.spare.handover", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="handover_id.company_id", store=True)
    state = fields.Selection(related="handover_id.state")
    sequence = fields.Integer()
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="restrict"
    )
    product_name = fields.Char("Part", readonly=True)
    uom_name = fields.Char("Unit", readonly=True)
    lot_id = fields.Many2one("stock.lot", readonly=True, ondelete="restrict")
    lot_name = fields.Char("Serial Number / Lot", readonly=True)
    location_id = fields.Many2one(
        "stock.location", required=True, readonly=True, ondelete="restrict"
    )
    place = fields.Char("Storage Place", readonly=True)
    quantity = fields.Float(readonly=True, digits="Product Unit")
    condition = fields.Selection(CONDITIONS, required=True, default="new")
    note = fields.Char("Remarks")

    def _get_key(self):
        self.ensure_one()
        # The key is compared, never shown.
        return self.product_id.id, self.sudo().lot_id.id, self.location_id.id
