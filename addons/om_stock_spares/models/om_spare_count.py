from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.om_base.tools import seal
from odoo.addons.om_base.tools.acts import Act, Fact

_lt = LazyTranslate(__name__)

DRAFT = ("draft",)
COUNTING = ("counting",)
NAMED = 8


class OmSpareCount(models.Model):
    """A stock-taking, or the stock that is there to begin with.

    Starting a stock-taking keeps what the books expect in the chosen places. What is
    found is scanned, typed or read from a spreadsheet; nothing moves before the count
    is applied. Then a piece found in another place is moved, and what is missing or
    surplus becomes Odoo's inventory adjustment, each with its reason.
    """

    _name = "om.spare.count"
    _inherit = ["om.act.mixin", "mail.thread"]
    _description = "Stock-Taking of Spare Parts"
    _order = "id desc"
    _check_company_auto = True

    _free_fields = {
        "kind": DRAFT,
        "location_ids": DRAFT,
        "company_id": DRAFT,
        "reason": ("draft", "counting"),
        "line_ids": ("draft", "counting"),
    }
    _acts = {
        "start": Act(_lt("Started"), source=DRAFT, target="counting"),
        "compare": Act(_lt("Compared Again"), source=COUNTING),
        "apply": Act(_lt("Applied"), source=COUNTING, target="applied"),
        "cancel": Act(
            _lt("Cancelled"), source=("draft", "counting"), target="cancelled"
        ),
    }
    _facts = {
        "number": Fact("name"),
        "kind": Fact("kind"),
        "places": Fact("location_ids"),
        "reason": Fact("reason"),
        "state": Fact("state"),
        "started_on": Fact("started_on"),
        "applied_on": Fact("applied_on"),
        # The digest of what was expected and found, entry by entry.
        "entries": Fact("lines_told", sealed=("applied",)),
    }

    name = fields.Char("Number", readonly=True, copy=False)
    kind = fields.Selection(
        [("count", "Stock-Taking"), ("opening", "Opening Stock")],
        required=True,
        default="count",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    location_ids = fields.Many2many(
        "stock.location",
        "om_spare_count_location_rel",
        "count_id",
        "location_id",
        string="Places",
        domain="[('usage', 'in', ('internal', 'view')),"
        " ('company_id', '=', company_id)]",
        check_company=True,
        help="With all places inside of them, such as a whole store and a crew's van.",
    )
    reason = fields.Char(
        "Reason for Difference",
        help="Stands for every difference that has no reason of its own.",
        tracking=True,
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("counting", "In Progress"),
            ("applied", "Applied"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        index=True,
        tracking=True,
        copy=False,
    )
    started_on = fields.Datetime(readonly=True, copy=False)
    started_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    applied_on = fields.Datetime(readonly=True, copy=False)
    applied_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    line_ids = fields.One2many(
        "om.spare.count.line", "count_id", string="Entries", copy=False
    )
    move_ids = fields.One2many(
        "stock.move",
        "om_spare_count_id",
        string="Stock Moves",
        readonly=True,
        copy=False,
        groups="stock.group_stock_user",
    )
    line_count = fields.Integer("Number of Entries", compute="_compute_counts")
    open_count = fields.Integer("Not Counted", compute="_compute_counts")
    difference_count = fields.Integer("Differences", compute="_compute_counts")
    lines_told = fields.Char(compute="_compute_lines_told")
    scanned_on = fields.Datetime(readonly=True, copy=False)

    @api.depends("line_ids.counted", "line_ids.is_counted", "line_ids.final_result")
    def _compute_counts(self):
        for count in self:
            results = count.line_ids.mapped("result")
            count.line_count = len(results)
            count.open_count = sum(result == "open" for result in results)
            count.difference_count = sum(
                result not in ("open", "match") for result in results
            )

    @api.depends("line_ids.expected", "line_ids.counted", "line_ids.reason")
    def _compute_lines_told(self):
        for count in self:
            count.lines_told = seal.digest(
                [
                    [line.location_id.id, line.product_id.id, line.serial or ""]
                    + [f"{line.expected:g}", f"{line.counted:g}", line.reason or ""]
                    for line in count.line_ids.sorted("id")
                ]
            )

    @api.model
    def _complete_new(self, vals_list):
        numbers = self.env["ir.sequence"]
        return [
            {**vals, "name": numbers.next_by_code(self._name)}
            if not vals.get("name")
            else vals
            for vals in super()._complete_new(vals_list)
        ]

    def _check_counting(self):
        """Raise for the first of these that is not being counted."""
        self._check_source(self._get_acts()["apply"])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        if any(count.state == "applied" for count in self):
            raise UserError(self.env._("Applied stock-takings stay on record."))

    # ------------------------------------------------------------
    # Places and books
    # ------------------------------------------------------------

    def _get_places(self):
        """Return the places in which goods can lie."""
        self.ensure_one()
        return self.env["stock.location"].search(
            [("id", "child_of", self.location_ids.ids), ("usage", "=", "internal")]
        )

    def _get_books(self, places, extra=Domain.TRUE):
        """Return {(place, product, serial): quantity} of the books in ``places``."""
        groups = self.env["stock.quant"]._read_group(
            Domain("location_id", "in", places.ids) & extra,
            ["location_id", "product_id", "lot_id"],
            ["quantity:sum"],
        )
        return {
            (place, product, lot.name or ""): quantity
            for place, product, lot, quantity in groups
            if product.uom_id.compare(quantity, 0)
        }

    def action_start(self):
        """Begin: keep what the books expect in these places."""
        with self._act("start") as counts:
            for count in counts:
                places = count._get_places()
                if not places:
                    raise UserError(self.env._("Choose the places to count first."))
                count.write(
                    {
                        "state": "counting",
                        "started_on": fields.Datetime.now(),
                        "started_by_id": self.env.uid,
                    }
                )
                if count.kind == "count":
                    count._add_expected(count._get_books(places))
        return True

    def _add_expected(self, books):
        """Add an entry for each item of the books, in an act."""
        self.ensure_one()
        self.env["om.spare.count.line"].create(
            [
                {
                    "count_id": self.id,
                    "location_id": place.id,
                    "product_id": product.id,
                    "serial": serial,
                    "expected": quantity,
                }
                for (place, product, serial), quantity in sorted(
                    books.items(),
                    key=lambda item: (
                        item[0][0].complete_name,
                        item[0][1].display_name,
                        item[0][2],
                    ),
                )
            ]
        )

    def action_rest_not_found(self):
        """What nobody has counted is not there."""
        self._check_counting()
        for count in self:
            count.line_ids.filtered(lambda line: line.result == "open").write(
                {"counted": 0}
            )
        return True

    def action_cancel(self):
        """Give these counts up; nothing has moved."""
        with self._act("cancel"):
            pass
        return True

    # ------------------------------------------------------------
    # When the stock has moved meanwhile
    # ------------------------------------------------------------

    def _find_outdated(self):
        """Return (entries whose books have changed, books without an entry)."""
        self.ensure_one()
        lines = {line._get_key(): line for line in self.line_ids}
        places = self._get_places() | self.line_ids.location_id
        extra = Domain.TRUE
        if self.kind == "opening":
            extra = Domain("product_id", "in", self.line_ids.product_id.ids)
        books = self._get_books(places, extra)
        changed = self.env["om.spare.count.line"].union(
            *(
                line
                for key, line in lines.items()
                if line.uom_id.compare(books.get(key, 0), line.expected)
            )
        )
        missing = (
            {}
            if self.kind == "opening"
            else {key: held for key, held in books.items() if key not in lines}
        )
        return changed, missing

    def action_update_expected(self):
        """Take the books as they are now; what they changed is to be counted again."""
        self.ensure_one()
        with self._act("compare") as count:
            changed, missing = count._find_outdated()
            books = count._get_books(changed.location_id)
            by_books = changed.grouped(lambda line: books.get(line._get_key(), 0))
            for held, lines in by_books.items():
                lines.write({"expected": held, "counted": 0, "is_counted": False})
            count._add_expected(missing)
        return True

    def _check_up_to_date(self):
        changed, missing = self._find_outdated()
        if not changed and not missing:
            return
        names = [line.display_name for line in changed[:NAMED]]
        names += [
            f"{product.display_name} {serial} ({place.display_name})"
            for place, product, serial in list(missing)[: NAMED - len(names)]
        ]
        more = len(changed) + len(missing) - len(names)
        if more > 0:
            names.append(self.env._("and %s more", more))
        raise UserError(
            self.env._(
                "The stock has changed since it was counted, by an issue or by somebody"
                " else's stock-taking. Nothing was applied. Press “Compare Again” and"
                " count these once more:\n%s",
                "\n".join(names),
            )
        )

    # ------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------

    def action_apply(self):
        """Make the books say what was found.

        :raises UserError: not everything is counted, a difference has no reason, or
            the stock has moved since
        """
        self.ensure_one()
        with self._act("apply") as count:
            count._hold_places()
            count.invalidate_recordset()
            count._check_complete()
            count._check_up_to_date()
            count._keep_results()
            count._make_moves()
            count.write(
                {
                    "state": "applied",
                    "applied_on": fields.Datetime.now(),
                    "applied_by_id": self.env.uid,
                }
            )
        return True

    def _hold_places(self):
        """Let two counts of one place go one after the other, the second with the
        books that the first has left."""
        # Places are the managers' to edit; this is a mark for other counts only.
        places = (self._get_places() | self.line_ids.location_id).sudo()
        try:
            places.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is applying a stock-taking of these places right"
                    " now. Wait a moment and compare again."
                )
            ) from error
        places.om_counted_on = fields.Datetime.now()
        places.flush_recordset(["om_counted_on"])

    def _check_complete(self):
        lines = self.line_ids
        if not lines:
            raise UserError(self.env._("Nothing was entered in %s yet.", self.name))
        twice = self.env._("The same serial number was found in several places:\n%s")
        uncounted = self.env._(
            "These are not counted yet. Count them, or mark the rest as not found:\n%s"
        )
        for result, text in (("conflict", twice), ("open", uncounted)):
            some = lines.filtered(lambda line, r=result: line.result == r)
            if some:
                names = [line.display_name for line in some[:NAMED]]
                if len(some) > NAMED:
                    names.append(self.env._("and %s more", len(some) - NAMED))
                raise UserError(text % "\n".join(names))
        silent = lines.filtered(
            lambda line: line.result != "match" and not line._get_reason()
        )
        if silent:
            raise UserError(
                self.env._(
                    "Say why “%s” differs: in its line, or once for all at the top.",
                    silent[0].display_name,
                )
            )

    def _keep_results(self):
        """Keep what was compared: later stock says something else."""
        results = self.line_ids.grouped(lambda line: (line.result, line.result_text))
        for (result, text), lines in results.items():
            lines.write({"final_result": result, "final_text": text})

    def _make_moves(self):
        """Correct the books by stock moves: first the moves, then the adjustments."""
        lines = {line._get_key(): line for line in self.line_ids}
        lots = self._get_lots()
        moves, rests = [], defaultdict(list)
        for (product, serial), step in self._get_steps():
            place = step.target or step.source
            reason = lines[place, product, serial]._get_reason()
            lot = lots.get((product, serial), self.env["stock.lot"])
            if step.source and step.target:
                moves.append((product, lot, step, reason))
            else:
                rests[reason].append((product, lot, step))
        self._move(moves)
        for reason, steps in rests.items():
            self._adjust(steps, reason)

    def _get_lots(self):
        """Return {(product, serial): lot}; new ones are made for what was found."""
        wanted = {
            (line.product_id, line.serial)
            for line in self.line_ids
            if line.serial and (line.counted or line.expected)
        }
        Lot = self.env["stock.lot"]
        found = Lot.search(
            Domain("name", "in", list({serial for _product, serial in wanted}))
            & Domain("product_id", "in", [product.id for product, _serial in wanted])
            & Domain("company_id", "in", (False, self.company_id.id))
        )
        lots = {(lot.product_id, lot.name): lot for lot in found}
        new = sorted(wanted - lots.keys(), key=lambda pair: (pair[0].id, pair[1]))
        lots |= {
            (lot.product_id, lot.name): lot
            for lot in Lot.create(
                [
                    {
                        "name": serial,
                        "product_id": product.id,
                        "company_id": self.company_id.id,
                    }
                    for product, serial in new
                ]
            )
        }
        return lots

    def _find_quants(self, steps, Quant):
        """Return {(product, lot, place): quants} of where these steps take from or add
        to."""
        quants = Quant.search(
            [
                ("product_id", "in", [step[0].id for step in steps]),
                (
                    "location_id",
                    "in",
                    [(step[2].source or step[2].target).id for step in steps],
                ),
            ],
            order="in_date, id",
        )
        return quants.grouped(
            lambda quant: (quant.product_id, quant.lot_id, quant.location_id)
        )

    def _move(self, steps):
        """Bring goods in the books to where they were found."""
        Quant = self.env["stock.quant"].with_context(om_spare_count_id=self.id)
        quants = self._find_quants(steps, Quant)
        vals_list = []
        for product, lot, step, reason in steps:
            left = step.quantity
            for quant in quants.get((product, lot, step.source), Quant):
                quantity = min(left, quant.quantity)
                if product.uom_id.compare(quantity, 0) > 0:
                    vals_list.append(
                        quant.with_context(
                            inventory_name=reason
                        )._get_inventory_move_values(
                            quantity, step.source, step.target, quant.package_id
                        )
                    )
                    left -= quantity
        self.env["stock.move"].create(vals_list)._action_done()

    def _adjust(self, steps, reason):
        """Adjust Odoo's inventory by what is missing and surplus."""
        Quant = self.env["stock.quant"].with_context(
            inventory_mode=True, inventory_name=reason, om_spare_count_id=self.id
        )
        quants = self._find_quants(steps, Quant)
        changed, new = Quant, []
        for product, lot, step in steps:
            place = step.target or step.source
            left = step.quantity if step.target else -step.quantity
            for quant in quants.get((product, lot, place), Quant):
                change = left if left > 0 else max(left, -quant.quantity)
                if product.uom_id.compare(change, 0):
                    quant.inventory_quantity = quant.quantity + change
                    changed |= quant
                    left -= change
            if product.uom_id.compare(left, 0) > 0:
                new.append(
                    {
                        "product_id": product.id,
                        "location_id": place.id,
                        "lot_id": lot.id,
                        "inventory_quantity": left,
                    }
                )
        (changed | Quant.create(new)).action_apply_inventory()

    def action_view_moves(self):
        """Open the stock moves that this count has made."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Stock Moves"),
            "res_model": "stock.move",
            "view_mode": "list,form",
            "domain": [("om_spare_count_id", "=", self.id)],
        }

    def action_view_lines(self):
        """Open what was found, the differences first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_stock_spares.om_spare_count_line_action"
        )
        lines = self.line_ids
        if self.env.context.get("only_differences"):
            lines = lines.filtered(lambda line: line.result not in ("open", "match"))
        action["domain"] = [("id", "in", lines.ids)]
        return action

    def action_scan(self):
        """Open the page for a telephone or a scanner."""
        self.ensure_one()
        self._check_counting()
        return {
            "type": "ir.actions.client",
            "tag": "om_stock_spares.count",
            "name": self.env._("Scan"),
            "context": {"active_id": self.id},
            "params": {"count_id": self.id},
        }

    def _get_file_name(self):
        """Return the name of the sheet, without ending."""
        self.ensure_one()
        kind = self._om_label("kind")
        return f"{kind} {self.name}"
