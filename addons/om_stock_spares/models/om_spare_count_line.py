from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.om_base.tools.text import clean_code, spellings

from ..engine.count import Counted, CountError, reconcile

RESULTS = [
    ("open", "Not Counted"),
    ("match", "As Expected"),
    ("moved", "In Another Place"),
    ("missing", "Missing"),
    ("surplus", "Surplus"),
    ("conflict", "Found Twice"),
]
# From what matters most: an entry can be partly moved and partly missing.
ORDER = ("missing", "surplus", "moved")
KEY_FIELDS = frozenset(("count_id", "location_id", "product_id", "serial"))


class OmSpareCountLine(models.Model):
    """One part in one place: what the books expect, and what was found."""

    _name = "om.spare.count.line"
    _inherit = ["om.spare.line.mixin"]
    _description = "Entry of a Stock-Taking"
    _order = "count_id, id"
    _document_field = "count_id"
    _open_states = ("counting",)
    _check_company_auto = True

    _free_fields = {
        "count_id": ("counting",),
        "location_id": ("counting",),
        "product_id": ("counting",),
        "serial": ("counting",),
        "counted": ("counting",),
        "reason": ("counting",),
    }

    count_id = fields.Many2one(
        "om.spare.count", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="count_id.company_id", store=True)
    kind = fields.Selection(related="count_id.kind")
    state = fields.Selection(related="count_id.state")
    location_id = fields.Many2one(
        "stock.location",
        string="Storage Place",
        required=True,
        ondelete="restrict",
        domain="[('usage', '=', 'internal')]",
        check_company=True,
    )
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        ondelete="restrict",
        domain="[('is_storable', '=', True)]",
        check_company=True,
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    serial = fields.Char("Serial Number / Lot", index="trigram")
    expected = fields.Float(readonly=True, digits="Product Unit")
    counted = fields.Float("Found", digits="Product Unit")
    is_counted = fields.Boolean(readonly=True)
    counted_by_id = fields.Many2one("res.users", readonly=True)
    counted_on = fields.Datetime(readonly=True)
    reason = fields.Char("Reason for Difference")
    difference = fields.Float(compute="_compute_result", digits="Product Unit")
    result = fields.Selection(RESULTS, compute="_compute_result")
    result_text = fields.Char("What To Do", compute="_compute_result")
    final_result = fields.Selection(RESULTS, readonly=True)
    final_text = fields.Char(readonly=True)

    _counted_not_negative = models.Constraint(
        "CHECK (counted >= 0)", "Nobody finds less than nothing."
    )
    _key_uniq = models.UniqueIndex(
        "(count_id, location_id, product_id, COALESCE(serial, ''))",
        "This part is on the list of this place already: correct that entry.",
    )

    # ------------------------------------------------------------
    # Comparing
    # ------------------------------------------------------------

    @api.depends(
        "count_id.line_ids.counted",
        "count_id.line_ids.is_counted",
        "count_id.line_ids.expected",
        "final_result",
    )
    @api.depends_context("lang")
    def _compute_result(self):
        for line in self:
            line.difference = line.counted - line.expected if line.is_counted else 0.0
            line.result = line.final_result or "open"
            line.result_text = line.final_text
        for count in self.filtered(lambda line: not line.final_result).count_id:
            found = count._compare()
            for line in self.filtered(lambda line, c=count: line.count_id == c):
                result, text = found.get(line._get_key(), ("open", ""))
                line.result, line.result_text = result, text

    def _get_key(self):
        self.ensure_one()
        return self.location_id, self.product_id, self.serial or ""

    def _get_reason(self):
        """Return why this entry differs."""
        self.ensure_one()
        reason = (self.reason or "").strip() or (self.count_id.reason or "").strip()
        if not reason and self.kind == "opening":
            return self.env._("Opening stock %s", self.count_id.name)
        return reason and f"{self.count_id.name}: {reason}"

    @api.depends("product_id", "serial", "location_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = " ".join(
                filter(
                    None,
                    (
                        line.product_id.display_name,
                        line.serial,
                        f"({line.location_id.display_name})",
                    ),
                )
            )

    # ------------------------------------------------------------
    # Entering
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if self._is_acting():
            return super().create(vals_list)
        # By hand, by scan or from a sheet: what the books say is looked up here.
        counts = self.env["om.spare.count"].browse(
            {vals.get("count_id") for vals in vals_list}
        )
        counts._check_counting()
        lines = super().create(self._as_printed(vals_list))
        lines._check_entry()
        lines._look_up_expected()
        lines._note_counted()
        return lines

    @api.model
    def _as_printed(self, vals_list):
        """These entries with serial numbers as they are on the labels."""
        vals_list = [
            {**vals, "serial": clean_code(vals.get("serial") or "")}
            for vals in vals_list
        ]
        lots = self.env["stock.lot"].search(
            Domain("product_id", "in", [vals.get("product_id") for vals in vals_list])
            & Domain(
                "name",
                "in",
                {each for vals in vals_list for each in spellings(vals["serial"])},
            )
        )
        printed = {lot.name for lot in lots}
        other = {(lot.product_id.id, lot.name.lower()): lot.name for lot in lots}
        return [
            vals
            if vals["serial"] in printed
            else {
                **vals,
                "serial": other.get(
                    (vals.get("product_id"), vals["serial"].lower()), vals["serial"]
                ),
            }
            for vals in vals_list
        ]

    def write(self, vals):
        if self._is_acting():
            return super().write(vals)
        self.count_id._check_counting()
        if KEY_FIELDS & vals.keys():
            raise UserError(
                self.env._(
                    "Add another entry instead: part and place stay as they are."
                )
            )
        result = super().write(vals)
        if "counted" in vals:
            self._check_entry()
            self._note_counted()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_expected(self):
        for line in self:
            if line.state == "applied" or line.expected:
                raise UserError(
                    self.env._(
                        "“%s” is expected here by the books: count it instead.",
                        line.display_name,
                    )
                )

    def action_not_found(self):
        """It was looked for and is not there."""
        self.write({"counted": 0})
        return True

    def action_as_expected(self):
        """All of it is there."""
        for expected, lines in self.grouped("expected").items():
            lines.write({"counted": expected})
        return True

    def _note_counted(self):
        # sudo: who counted and when follows from the entry, nobody writes it by hand.
        self.sudo().write(
            {
                "is_counted": True,
                "counted_by_id": self.env.uid,
                "counted_on": fields.Datetime.now(),
            }
        )

    def _look_up_expected(self):
        """Note what the books say where these entries lie."""
        books = self.count_id[:1]._get_books(
            self.location_id, Domain("product_id", "in", self.product_id.ids)
        )
        for line in self:
            expected = books.get(line._get_key(), 0.0)
            if expected:
                # sudo: the books say so.
                line.sudo().expected = expected
        opened = self.filtered(lambda line: line.kind == "opening" and line.expected)
        if opened:
            raise ValidationError(
                self.env._(
                    "“%(entry)s”: %(there)s are on the books already. Opening stock is"
                    " entered once; correct it by a stock-taking.",
                    entry=opened[0].display_name,
                    there=f"{opened[0].expected:g}",
                )
            )

    def _check_entry(self):
        """Raise for the first entry that cannot be."""
        places = {count: count._get_places() for count in self.count_id}
        for line in self:
            if line.location_id not in places[line.count_id]:
                raise ValidationError(
                    self.env._(
                        "%(place)s is not among the places of %(count)s.",
                        place=line.location_id.display_name,
                        count=line.count_id.name,
                    )
                )
            problem = line._find_tracking_problem()
            if problem:
                raise ValidationError(problem)
        opening = self.filtered(lambda line: line.kind == "opening")
        problems = opening._find_opening_problems()
        if problems:
            raise ValidationError(next(iter(problems.values())))

    def _find_tracking_problem(self):
        """Return in words what is wrong between part, serial number and quantity."""
        self.ensure_one()
        return self._describe_tracking(self.product_id, self.serial, self.counted)

    @api.model
    def _describe_tracking(self, product, serial, quantity):
        name = product.display_name
        if product.is_listed_spare and not float(quantity or 0).is_integer():
            return self.env._(
                "“%(part)s” is counted in whole %(unit)s, not %(quantity)s.",
                part=name,
                unit=product.uom_id.name,
                quantity=f"{quantity:g}",
            )
        if product.tracking == "none":
            if serial:
                return self.env._(
                    "“%s” is not tracked by serial number. Leave the number out, or set"
                    " the tracking on the product first.",
                    name,
                )
        elif not serial:
            return self.env._("“%s” is tracked: enter the serial number or lot.", name)
        elif product.tracking == "serial" and quantity not in (0, 1):
            return self.env._(
                "There is one “%(part)s” with the number %(serial)s, not %(quantity)s.",
                part=name,
                serial=serial,
                quantity=f"{quantity:g}",
            )
        return ""

    def _find_opening_problems(self):
        """Return {entry: sentence} of opening stock that may not be where it is."""
        problems = {}
        wanted = self.product_id._get_wanted_districts()
        held = self.count_id[:1]._get_held_serials(
            {
                (line.product_id, line.serial)
                for line in self
                if line.product_id.tracking == "serial" and line.counted
            }
        )
        for line in self:
            warehouse = (
                line.location_id.warehouse_id or line.location_id.van_warehouse_id
            )
            lists = wanted.get(line.product_id)
            place = held.get((line.product_id, line.serial or ""))
            if place:
                problems[line] = self.env._(
                    "“%(part)s” with the number %(serial)s is in stock already:"
                    " %(place)s.",
                    part=line.product_id.display_name,
                    serial=line.serial,
                    place=format_list(self.env, (each.display_name for each in place)),
                )
            elif lists and warehouse.district_code not in lists.mapped("district_code"):
                problems[line] = self.env._(
                    "“%(list)s” wants “%(part)s” in the district %(code)s; %(place)s"
                    " lies in %(there)s.",
                    list=lists[0].name,
                    part=line.product_id.display_name,
                    code=lists[0].district_code,
                    place=line.location_id.display_name,
                    there=warehouse.district_code or "–",
                )
        return problems


class OmSpareCount(models.Model):
    """How a count is compared with the books."""

    _inherit = "om.spare.count"

    def _get_held_serials(self, wanted, outside=None):
        """Return {(product, serial): {place: quantity}} of single pieces in stock.

        :param wanted: {(product, serial)}
        :param outside: places to leave out
        """
        if not wanted:
            return {}
        # Who may read a count sees where its pieces are; lots are the warehouse's.
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                Domain("product_id", "in", [product.id for product, _serial in wanted])
                & Domain("lot_id.name", "in", [serial for _product, serial in wanted])
                & Domain("location_id.usage", "in", ("internal", "transit"))
                & Domain("location_id", "not in", outside.ids if outside else [])
                & Domain("quantity", ">", 0)
                & Domain("company_id", "=", self.company_id.id),
                ["product_id", "lot_id", "location_id"],
                ["quantity:sum"],
            )
        )
        held = {}
        for product, lot, place, quantity in groups:
            if (product, lot.name) in wanted:
                held.setdefault((product, lot.name), {})[place] = quantity
        return held

    def _get_steps(self):
        """Return [((product, serial), step)]: the corrections of the books, the moves
        first; what was found twice is left out."""
        return self._reconcile()[0]

    def _reconcile(self):
        self.ensure_one()
        by_item = {}
        for line in self.line_ids:
            by_item.setdefault((line.product_id, line.serial or ""), []).append(line)
        singles = {
            item
            for item, lines in by_item.items()
            if item[0].tracking == "serial" and any(line.counted for line in lines)
        }
        elsewhere = self._get_held_serials(singles, self.line_ids.location_id)
        steps, conflicts = [], set()
        for item, lines in by_item.items():
            try:
                found = reconcile(
                    [
                        Counted(
                            item,
                            line.location_id,
                            line.expected,
                            line.counted if line.is_counted else None,
                            item[0].tracking == "serial",
                        )
                        for line in lines
                    ],
                    elsewhere,
                )
            except CountError:
                conflicts.add(item)
            else:
                steps += [(item, step) for step in found]
        steps.sort(key=lambda pair: not (pair[1].source and pair[1].target))
        return steps, conflicts

    def _compare(self):
        """Return {(place, product, serial): (result, text)} of the entries."""
        self.ensure_one()
        steps, conflicts = self._reconcile()
        found = {}
        for (product, serial), step in steps:
            for place, (result, text) in self._describe_step(step).items():
                found.setdefault((place, product, serial), []).append((result, text))
        compared = {}
        for line in self.line_ids:
            key = line._get_key()
            if key[1:] in conflicts:
                compared[key] = "conflict", self.env._("Found in several places")
            elif key in found:
                results = {result for result, _text in found[key]}
                compared[key] = (
                    next(result for result in ORDER if result in results),
                    self._om_join_clauses(text for _result, text in found[key]),
                )
            else:
                compared[key] = ("match" if line.is_counted else "open"), ""
        return compared

    def _describe_step(self, step):
        """Return {place: (result, text)} of a correction."""
        quantity = f"{step.quantity:g}"
        if not step.target:
            return {step.source: ("missing", self.env._("%s missing", quantity))}
        if not step.source:
            return {step.target: ("surplus", self.env._("%s surplus", quantity))}
        return {
            step.source: (
                "moved",
                self.env._(
                    "%(quantity)s found in %(place)s",
                    quantity=quantity,
                    place=step.target.display_name,
                ),
            ),
            step.target: (
                "moved",
                self.env._(
                    "%(quantity)s expected in %(place)s",
                    quantity=quantity,
                    place=step.source.display_name,
                ),
            ),
        }


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_wanted_districts(self):
        """Return {product: lists} of the parts that have to be stored in a district;
        parts that some list allows anywhere are not among them."""
        quotas = self.env["om.spare.quota"].search(
            Domain("list_state", "in", ("draft", "active"))
            & (
                Domain("product_id", "in", self.ids)
                | Domain(
                    "compatibility_ids",
                    "any",
                    [("product_id", "in", self.ids), ("is_compatible", "=", True)],
                )
            )
        )
        lists = {}
        for quota in quotas:
            for product in quota._get_products() & self:
                lists.setdefault(product, quota.list_id.browse())
                lists[product] |= quota.list_id
        return {
            product: some
            for product, some in lists.items()
            if all(each.district_code for each in some)
        }
