from odoo import models


class ReportBidPackXlsx(models.AbstractModel):
    _name = "report.om_staffing.om_bid_pack_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Bid Pack as a Spreadsheet"

    def generate_xlsx_report(self, workbook, data, objs):
        for evaluation in objs:
            pack = evaluation.get_pack()
            for name, columns, rows in self._get_tables(pack):
                self._write_sheet(workbook, name, columns, rows)
            self._write_prices(workbook, pack["prices"])

    def _get_tables(self, pack):
        """(name, {key: head}, rows) of the tables, in the order of the bid file."""
        return [
            (
                self.env._("1 Team"),
                {
                    "no": self.env._("No."),
                    "post": self.env._("Post"),
                    "name": self.env._("Person"),
                    "degree": self.env._("Degree"),
                    "title": self.env._("Professional Title"),
                    "years": self.env._("Years of Support Work"),
                    "certificates": self.env._("Certificates"),
                    "insurance": self.env._("Months of Insurance"),
                },
                pack["team"],
            ),
            (
                self.env._("2 Certificates"),
                {
                    "no": self.env._("No."),
                    "name": self.env._("Person"),
                    "post": self.env._("Post"),
                    "certificate": self.env._("Certificate"),
                    "number": self.env._("Certificate Number"),
                    "issuer": self.env._("Issuer"),
                    "valid_from": self.env._("Valid From"),
                    "valid_to": self.env._("Valid To"),
                },
                pack["certificates"],
            ),
            (
                self.env._("3 Social Insurance"),
                {
                    "no": self.env._("No."),
                    "name": self.env._("Person"),
                    "employer": self.env._("Employer"),
                    "months": self.env._("Months in a Row"),
                    "first": self.env._("From"),
                    "last": self.env._("To"),
                    "on_record": self.env._("Months on Record"),
                },
                pack["insurance"],
            ),
            (
                self.env._("4 Enterprise Certificates"),
                {
                    "no": self.env._("No."),
                    "certificate": self.env._("Certificate"),
                    "grade": self.env._("Grade"),
                    "number": self.env._("Certificate Number"),
                    "issuer": self.env._("Issuer"),
                    "scope": self.env._("Scope"),
                    "valid_from": self.env._("Valid From"),
                    "valid_to": self.env._("Valid To"),
                },
                pack["enterprise"],
            ),
            (
                self.env._("5 Performance"),
                {
                    "no": self.env._("No."),
                    "name": self.env._("Contract"),
                    "customer": self.env._("Customer"),
                    "signed_on": self.env._("Signed On"),
                    "amount": self.env._("Amount"),
                    "contact": self.env._("Contact Post"),
                },
                pack["references"],
            ),
        ]

    def _write_sheet(self, workbook, name, columns, rows, money=("amount", "price")):
        """Write a table; texts as texts, so that no name can become a formula."""
        sheet = workbook.add_worksheet(name)
        head, text, amount = self._get_formats(workbook)
        widths = [self._get_width(title) for title in columns.values()]
        for column, title in enumerate(columns.values()):
            sheet.write_string(0, column, title, head)
        for line, row in enumerate(rows, 1):
            for column, key in enumerate(columns):
                value = row[key]
                if isinstance(value, int | float) and not isinstance(value, bool):
                    form = amount if key in money else text
                    sheet.write_number(line, column, value, form)
                else:
                    sheet.write_string(line, column, value or "", text)
                widths[column] = max(widths[column], self._get_width(str(value)))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        return sheet

    def _write_prices(self, workbook, prices):
        sheet = self._write_sheet(
            workbook,
            self.env._("6 Price Schedule"),
            {
                "no": self.env._("No."),
                "unit": self.env._("User Unit"),
                "system": self.env._("System"),
                "price": self.env._("Price (yuan)"),
                "words": self.env._("In Words"),
            },
            prices["rows"],
        )
        if prices["rows"]:
            _head, text, amount = self._get_formats(workbook)
            line = len(prices["rows"]) + 1
            sheet.write_string(line, 2, self.env._("Total"), text)
            sheet.write_number(line, 3, prices["total"], amount)
            sheet.write_string(line, 4, prices["words"], text)

    def _get_formats(self, workbook):
        base = {"border": 1, "valign": "top"}
        return (
            workbook.add_format({"bold": True, "bg_color": "#E9ECEF", **base}),
            workbook.add_format({"text_wrap": True, **base}),
            workbook.add_format({"num_format": "#,##0.00", **base}),
        )

    def _get_width(self, value):
        """Width of a text in columns of a digit; Chinese takes two."""
        return min(sum(2 if ord(char) > 0x2E80 else 1 for char in value) + 3, 60)
