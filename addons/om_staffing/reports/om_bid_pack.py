from typing import NamedTuple

from odoo import api, models

from odoo.addons.om_assets.engine.paging import Block, paginate, row_height

# The measures of the page in CSS pixels; the template's style says the same.
PAGE_WIDTH = 1320
PAGE_HEIGHT = 868
PAGE_HEAD = 32
HEADING = 70
TITLE = 46
SIZE = 13
LEADING = 19
PADDING = 7
SIDES = 11


class Column(NamedTuple):
    """``share``: percent of the table's width; ``kind``: text, number or money."""

    key: str
    title: str
    share: float
    kind: str = "text"


class Table(NamedTuple):
    """A table of the bid file; ``total`` is a last row, or nothing."""

    title: str
    columns: list[Column]
    rows: list[dict]
    total: dict | None = None


class ReportBidPack(models.AbstractModel):
    """The bid's tables: the same for paper and spreadsheet."""

    _name = "report.om_staffing.om_bid_pack"
    _description = "Bid Pack"

    @api.model
    def _get_report_values(self, docids, data=None):
        evaluations = self.env["om.bid.evaluation"].browse(docids)
        packs = {one.id: one.get_pack() for one in evaluations}
        return {
            "doc_ids": docids,
            "doc_model": "om.bid.evaluation",
            "docs": evaluations,
            "packs": packs,
            "pages": {key: self._get_pages(pack) for key, pack in packs.items()},
            "show": self._get_text,
        }

    @api.model
    def _get_tables(self, pack):
        """The tables of a pack in the order of the bid file."""
        number = Column("no", self.env._("No."), 5, "number")
        since = Column("valid_from", self.env._("Valid From"), 10)
        until = Column("valid_to", self.env._("Valid To"), 10)
        person = Column("name", self.env._("Person"), 10)
        post = Column("post", self.env._("Post"), 16)
        tables = [
            Table(
                self.env._("1 Team"),
                [
                    number,
                    post,
                    person,
                    Column("degree", self.env._("Degree"), 8),
                    Column("title", self.env._("Professional Title"), 8),
                    Column("years", self.env._("Years of Support Work"), 12, "number"),
                    Column("certificates", self.env._("Certificates"), 31),
                    Column(
                        "insurance", self.env._("Months of Insurance"), 10, "number"
                    ),
                ],
                pack["team"],
            ),
            Table(
                self.env._("2 Certificates"),
                [
                    number,
                    person,
                    post,
                    Column("certificate", self.env._("Certificate"), 20),
                    Column("number", self.env._("Certificate Number"), 17),
                    Column("issuer", self.env._("Issuer"), 12),
                    since,
                    until,
                ],
                pack["certificates"],
            ),
            Table(
                self.env._("3 Social Insurance"),
                [
                    number,
                    person,
                    Column("employer", self.env._("Employer"), 37),
                    Column("months", self.env._("Months in a Row"), 12, "number"),
                    Column("first", self.env._("From"), 12),
                    Column("last", self.env._("To"), 12),
                    Column("on_record", self.env._("Months on Record"), 12, "number"),
                ],
                pack["insurance"],
            ),
            Table(
                self.env._("4 Enterprise Certificates"),
                [
                    number,
                    Column("certificate", self.env._("Certificate"), 22),
                    Column("grade", self.env._("Grade"), 6),
                    Column("number", self.env._("Certificate Number"), 15),
                    Column("issuer", self.env._("Issuer"), 14),
                    Column("scope", self.env._("Scope"), 18),
                    since,
                    until,
                ],
                pack["enterprise"],
            ),
            Table(
                self.env._("5 Performance"),
                [
                    number,
                    Column("name", self.env._("Contract"), 33),
                    Column("customer", self.env._("Customer"), 24),
                    Column("signed_on", self.env._("Signed On"), 11),
                    Column("amount", self.env._("Amount"), 14, "money"),
                    Column("contact", self.env._("Contact Post"), 13),
                ],
                pack["references"],
            ),
        ]
        prices = pack["prices"]
        if prices["rows"]:
            tables.append(self._get_price_table(number, prices))
        return tables

    @api.model
    def _get_price_table(self, number, prices):
        return Table(
            self.env._("6 Price Schedule"),
            [
                number,
                Column("unit", self.env._("User Unit"), 14),
                Column("system", self.env._("System"), 40),
                Column("price", self.env._("Price (yuan)"), 12, "money"),
                Column("words", self.env._("In Words"), 29),
            ],
            prices["rows"],
            {
                "no": "",
                "unit": self.env._("Total"),
                "system": "",
                "price": prices["total"],
                "words": prices["words"],
            },
        )

    @api.model
    def _get_text(self, row, column):
        value = row[column.key]
        if column.kind == "money":
            return f"{value:,.2f}"
        return "" if value in (None, False) else str(value)

    @api.model
    def _get_pages(self, pack):
        """What stands on each page: parts of tables, as the template prints them."""
        tables = self._get_tables(pack)
        blocks = [
            self._get_block(str(number), table) for number, table in enumerate(tables)
        ]
        pages = paginate(blocks, PAGE_HEIGHT - PAGE_HEAD, PAGE_HEIGHT - HEADING)
        return [[self._get_part(tables, part) for part in page] for page in pages]

    @api.model
    def _get_block(self, key, table):
        widths = [PAGE_WIDTH * column.share / 100 - SIDES for column in table.columns]
        rows = [*table.rows, table.total] if table.total else table.rows
        heights = [
            row_height(
                [self._get_text(row, column) for column in table.columns],
                widths,
                SIZE,
                LEADING,
                PADDING,
            )
            for row in rows
        ]
        head = row_height(
            [column.title for column in table.columns], widths, SIZE, LEADING, PADDING
        )
        # A table without rows says so in one.
        return Block(key, heights or [LEADING + PADDING], TITLE, head)

    @api.model
    def _get_part(self, tables, part):
        number = int(part.key)
        table = tables[number]
        return {
            "number": number,
            "table": table,
            "rows": table.rows[part.start : part.stop],
            "total": table.total if part.stop > len(table.rows) else None,
            "continued": part.continued,
        }
