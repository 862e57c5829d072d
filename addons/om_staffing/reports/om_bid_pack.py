from odoo import api, models

from odoo.addons.om_base.tools.paging import Paper, break_tables
from odoo.addons.om_base.tools.tables import Column, Table

# The measures of the page in CSS pixels; the template's style says the same.
PAPER = Paper(
    width=1320,
    height=868,
    head=32,
    heading=70,
    title=46,
    size=13,
    leading=19,
    padding=7,
)


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
        }

    @api.model
    def _get_tables(self, pack):
        """The tables of a pack in the order of the bid file."""
        number = Column(self.env._("No."), "no", 5, "integer")
        since = Column(self.env._("Valid From"), "valid_from", 10)
        until = Column(self.env._("Valid To"), "valid_to", 10)
        person = Column(self.env._("Person"), "name", 10)
        post = Column(self.env._("Post"), "post", 16)
        nothing = self.env._("Nothing on record")
        tables = [
            Table(
                self.env._("1 Team"),
                [
                    number,
                    post,
                    person,
                    Column(self.env._("Degree"), "degree", 8),
                    Column(self.env._("Professional Title"), "title", 8),
                    Column(self.env._("Years of Support Work"), "years", 12, "number"),
                    Column(self.env._("Certificates"), "certificates", 31),
                    Column(
                        self.env._("Months of Insurance"), "insurance", 10, "integer"
                    ),
                ],
                pack["team"],
                empty=nothing,
            ),
            Table(
                self.env._("2 Certificates"),
                [
                    number,
                    person,
                    post,
                    Column(self.env._("Certificate"), "certificate", 20),
                    Column(self.env._("Certificate Number"), "number", 17),
                    Column(self.env._("Issuer"), "issuer", 12),
                    since,
                    until,
                ],
                pack["certificates"],
                empty=nothing,
            ),
            Table(
                self.env._("3 Social Insurance"),
                [
                    number,
                    person,
                    Column(self.env._("Employer"), "employer", 37),
                    Column(self.env._("Months in a Row"), "months", 12, "integer"),
                    Column(self.env._("From"), "first", 12),
                    Column(self.env._("To"), "last", 12),
                    Column(self.env._("Months on Record"), "on_record", 12, "integer"),
                ],
                pack["insurance"],
                empty=nothing,
            ),
            Table(
                self.env._("4 Enterprise Certificates"),
                [
                    number,
                    Column(self.env._("Certificate"), "certificate", 22),
                    Column(self.env._("Grade"), "grade", 6),
                    Column(self.env._("Certificate Number"), "number", 15),
                    Column(self.env._("Issuer"), "issuer", 14),
                    Column(self.env._("Scope"), "scope", 18),
                    since,
                    until,
                ],
                pack["enterprise"],
                empty=nothing,
            ),
            Table(
                self.env._("5 Performance"),
                [
                    number,
                    Column(self.env._("Contract"), "name", 33),
                    Column(self.env._("Customer"), "customer", 24),
                    Column(self.env._("Signed On"), "signed_on", 11),
                    Column(self.env._("Amount"), "amount", 14, "money"),
                    Column(self.env._("Contact Post"), "contact", 13),
                ],
                pack["references"],
                empty=nothing,
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
                Column(self.env._("User Unit"), "unit", 14),
                Column(self.env._("System"), "system", 40),
                Column(self.env._("Price (yuan)"), "price", 12, "money"),
                Column(self.env._("In Words"), "words", 29),
            ],
            prices["rows"],
            last=["", self.env._("Total"), "", prices["total"], prices["words"]],
        )

    @api.model
    def _get_pages(self, pack):
        """The pieces of tables that stand on each page."""
        tables = enumerate(self._get_tables(pack))
        return break_tables({str(place): table for place, table in tables}, PAPER)
