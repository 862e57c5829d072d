from collections import defaultdict
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.om_base.tools.sheets import Sheet, Wrong
from odoo.addons.om_base.tools.tables import Column, Table
from odoo.addons.om_base.tools.text import spellings

# One row is one part in one place: which part (its code, else its name), which serial
# number or lot, where, how many, and why it differs.
SHEET = Table(
    "盘点",
    [
        Column(
            "备件编码",
            "code",
            kind="code",
            names=("物料编码", "编码", "part code", "code"),
            optional=True,
        ),
        Column(
            "备件名称",
            "name",
            names=("名称", "part name", "part", "product"),
            optional=True,
        ),
        Column(
            "序列号/批号",
            "serial",
            kind="code",
            names=("序列号", "批号", "serial number", "serial number / lot"),
            optional=True,
        ),
        Column(
            "库位",
            "place",
            names=("存放位置", "storage place", "place", "location"),
            optional=True,
        ),
        Column(
            "实盘数量",
            "quantity",
            kind="number",
            names=("数量", "found", "quantity"),
            most=1_000_000,
        ),
        Column(
            "差异原因",
            "reason",
            names=("原因", "备注", "reason for difference", "reason"),
            optional=True,
        ),
    ],
    is_loose=True,
    either=("code", "name"),
)


@dataclass(frozen=True)
class Entry:
    """One row of the sheet; texts are empty where the cell is."""

    row: int
    code: str
    name: str
    serial: str
    place: str
    quantity: float
    reason: str


def read_entries(sheet: Sheet, blank_is_open: bool):
    """Return the entries of a sheet; what is wrong with others is added to it.

    :param blank_is_open: a row without a quantity is not counted yet and passed over;
        otherwise it is wrong
    """
    entries, known = [], {}
    for number, values in sheet.rows:
        code, name, serial, place, reason = (
            values.get(key, "") for key in ("code", "name", "serial", "place", "reason")
        )
        quantity = values["quantity"]
        if quantity is None and (blank_is_open or not any(values.values())):
            continue
        key = code or name, serial, place
        if not code and not name:
            sheet.refuse(Wrong.EMPTY, number, "code", "name")
        elif quantity is None:
            sheet.refuse(Wrong.EMPTY, number, "quantity")
        elif key in known:
            sheet.refuse(
                Wrong.REPEATED,
                number,
                "serial",
                "quantity",
                detail=serial or code or name,
            )
        else:
            known[key] = number
            entries.append(
                Entry(number, code, name, serial, place, float(quantity), reason)
            )
    return entries


class OmSpareCountUpload(models.TransientModel):
    """Enters a filled-in sheet into a stock-taking: all of it, or nothing.

    Nothing in stock moves: the entries are the preview, applying the count is another
    step. The same sheet read twice enters the same.
    """

    _name = "om.spare.count.upload"
    _inherit = "om.sheet.upload.mixin"
    _description = "Spreadsheet of a Stock-Taking"

    count_id = fields.Many2one("om.spare.count", required=True, ondelete="cascade")
    kind = fields.Selection(related="count_id.kind")
    problems = fields.Text("Mistakes", readonly=True)

    def action_read(self):
        """Enter the rows of the file, or list what is wrong with them."""
        self.ensure_one()
        count = self.count_id
        count.check_access("write")
        count._check_counting()
        if not self.file:
            raise UserError(self.env._("Choose the filled-in spreadsheet first."))
        sheet = self._read_sheet(SHEET)
        entries = self._read_entries(sheet)
        problems = dict(self._word_problems(sheet.problems))
        values = {}
        if entries:
            values, more = self._resolve(entries, sheet)
            problems |= more
        if not entries and not problems:
            problems = {0: self.env._("The sheet has no filled-in row.")}
        if problems:
            return self._show(problems)
        self._enter(values)
        return {"type": "ir.actions.act_window_close"}

    def action_get_sheet(self):
        """Download the sheet to fill in."""
        self.ensure_one()
        report = self.env.ref("om_stock_spares.om_spare_count_report_xlsx")
        return report.report_action(self.count_id)

    def _show(self, problems):
        """List the mistakes and stay open."""
        self.problems = self._limit([problems[row] for row in sorted(problems)])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Read a Spreadsheet"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    def _read_entries(self, sheet):
        return read_entries(sheet, blank_is_open=self.kind == "count")

    # ------------------------------------------------------------
    # Understanding
    # ------------------------------------------------------------

    def _resolve(self, entries, sheet):
        """Return ({row: values}, {row: sentence}); a fixed number of queries."""
        by_code, by_name = self._find_products(entries)
        places = self.count_id._get_places()
        by_place = self._index_places(places)
        values, problems, seen = {}, {}, {}
        for entry in entries:
            found = (
                by_code.get(entry.code.lower())
                if entry.code
                else by_name.get(entry.name)
            )
            place = by_place.get(entry.place.lower())
            problem = self._find_problem(entry, found, place, sheet)
            if problem:
                problems[entry.row] = problem
                continue
            serial = entry.serial.lower()
            key = place, found, serial
            single = (found, serial) if found.tracking == "serial" else None
            before = seen.get(key) or seen.get(single if entry.quantity else None)
            if before:
                problems[entry.row] = self.env._(
                    "Row %(row)s: “%(part)s %(serial)s” stands in row %(other)s"
                    " already.",
                    row=entry.row,
                    part=found.display_name,
                    serial=entry.serial,
                    other=before,
                )
                continue
            seen[key] = entry.row
            if single and entry.quantity:
                seen[single] = entry.row
            values[entry.row] = {
                "count_id": self.count_id.id,
                "location_id": place.id,
                "product_id": found.id,
                "serial": entry.serial,
                "counted": entry.quantity,
                "reason": entry.reason,
            }
        printed = self.env["om.spare.count.line"]._as_printed(values.values())
        values = dict(zip(values, printed, strict=True))
        if self.kind == "opening" and values:
            problems |= self._find_opening_problems(values)
        return values, problems

    def _find_products(self, entries):
        """Return ({code or barcode in small letters: product}, {name: product, or
        several})."""
        Product = self.env["product.product"]
        codes = {each for entry in entries for each in spellings(entry.code)}
        codes.discard("")
        names = [entry.name for entry in entries if not entry.code]
        coded = Product.search(
            [
                ("is_storable", "=", True),
                "|",
                ("default_code", "in", codes),
                ("barcode", "in", codes),
            ]
        )
        named = Product.search([("is_storable", "=", True), ("name", "in", names)])
        by_code = defaultdict(Product.browse)
        for product in coded:
            for code in filter(None, (product.barcode, product.default_code)):
                by_code[code.lower()] |= product
        return by_code, named.grouped("name")

    @staticmethod
    def _index_places(places):
        """Return {name in small letters: place}; a name that several have is none."""
        index, twice = {}, set()
        for place in places:
            names = {place.complete_name, place.name, place.barcode}
            for name in {name.lower() for name in names if name}:
                if name in index:
                    twice.add(name)
                index[name] = place
        for name in twice:
            del index[name]
        if len(places) == 1:
            index[""] = places
        return index

    def _find_problem(self, entry, product, place, sheet):
        """Return in words what is wrong with a row, with its cell."""
        if problem := self._find_part_problem(entry, product, sheet):
            return problem
        if not place:
            return self.env._(
                "Cell %(cell)s: “%(place)s” is not one of the places of %(count)s.",
                cell=sheet.get_place(entry.row, "place"),
                place=entry.place,
                count=self.count_id.name,
            )
        problem = self.env["om.spare.count.line"]._describe_tracking(
            product, entry.serial, entry.quantity
        )
        if problem:
            return self.env._(
                "Cell %(cell)s: %(problem)s",
                cell=sheet.get_place(entry.row, "serial"),
                problem=problem,
            )
        if self.kind == "opening" and not entry.quantity:
            return self.env._(
                "Cell %s: opening stock is more than nothing.",
                sheet.get_place(entry.row, "quantity"),
            )
        return ""

    @api.model
    def _find_part_problem(self, entry, product, sheet):
        """Return in words why a row names no part, or several."""
        cell = sheet.get_place(entry.row, "code" if entry.code else "name")
        if not product:
            return self.env._(
                "Cell %(cell)s: no part is known by “%(part)s”.",
                cell=cell,
                part=entry.code or entry.name,
            )
        if len(product) > 1:
            return self.env._(
                "Cell %(cell)s: several parts are called “%(part)s”. Enter the code.",
                cell=cell,
                part=entry.code or entry.name,
            )
        return ""

    def _find_opening_problems(self, values):
        """Return {row: sentence} of parts that are there already, or in the wrong
        district."""
        Line = self.env["om.spare.count.line"]
        lines = {row: Line.new(vals) for row, vals in values.items()}
        every = Line.union(*lines.values())
        problems = every._find_opening_problems()
        books = self.count_id._get_books(
            every.location_id, Domain("product_id", "in", every.product_id.ids)
        )
        found = {}
        for row, line in lines.items():
            held = books.get((line.location_id, line.product_id, line.serial or ""))
            problem = problems.get(line)
            if not problem and held:
                problem = self.env._(
                    "%(there)s of “%(part)s” are on the books in %(place)s already."
                    " Opening stock is entered once; correct it by a stock-taking.",
                    there=f"{held:g}",
                    part=line.product_id.display_name,
                    place=line.location_id.display_name,
                )
            if problem:
                found[row] = self.env._(
                    "Row %(row)s: %(problem)s", row=row, problem=problem
                )
        return found

    # ------------------------------------------------------------
    # Entering
    # ------------------------------------------------------------

    def _enter(self, values):
        """Set what was found; what has no entry yet gets one."""
        lines = {line._get_key(): line for line in self.count_id.line_ids}
        Place, Product = self.env["stock.location"], self.env["product.product"]
        Line = self.env["om.spare.count.line"]
        new, known = [], defaultdict(Line.browse)
        for vals in values.values():
            key = (
                Place.browse(vals["location_id"]),
                Product.browse(vals["product_id"]),
                vals["serial"],
            )
            line = lines.get(key)
            if not line:
                new.append(vals)
                continue
            known[vals["counted"], vals["reason"] or line.reason] |= line
        for (counted, reason), some in known.items():
            some.write({"counted": counted, "reason": reason})
        Line.create(new)
        self.count_id.message_post(
            body=self.env._(
                "%(rows)s rows read from %(file)s.",
                rows=len(values),
                file=self.file_name or "xlsx",
            )
        )
