import base64
import binascii

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..engine.xlsx import Limits, Workbook, WorkbookError

LIMITS = Limits(packed=5 * 1024 * 1024, rows=20_000, columns=50, cells=300_000)
# So many mistakes are named, and the rest counted.
SHOWN = 20


class OmSheetUploadMixin(models.AbstractModel):
    """A dialog that takes a filled-in spreadsheet: all of it, or nothing.

    It opens the file within bounds and says in words why one cannot be read; what its
    columns mean is for the engine of whoever inherits from this.
    """

    _name = "om.sheet.upload.mixin"
    _description = "Upload of a Spreadsheet"

    file = fields.Binary("Spreadsheet", attachment=False)
    file_name = fields.Char()

    def _read_rows(self):
        """Return [(number, {column: value})] of the first sheet.

        :raises UserError: the file is none that can be read
        """
        self.ensure_one()
        try:
            book = Workbook(base64.b64decode(self.file), LIMITS)
            return [
                (
                    row.number,
                    {column: cell.value for column, cell in row.cells.items()},
                )
                for title in book.titles[:1]
                for row in book.read_rows(title)
            ]
        except WorkbookError as error:
            raise UserError(
                self.env["om.register.import"]._get_file_message(error, LIMITS)
            ) from error
        except (binascii.Error, ValueError) as error:
            raise UserError(
                self.env._("The file cannot be read as an .xlsx table.")
            ) from error

    def _name_missing_columns(self, missing):
        """Return what is said of a sheet that lacks these columns."""
        return self.env._(
            "The first row of the sheet has to name these columns: %s",
            format_list(self.env, missing),
        )

    def _limit(self, lines):
        """Return the first lines as a text, with how many more there are."""
        rest = len(lines) - SHOWN
        if rest > 0:
            lines = [*lines[:SHOWN], self.env._("and %s more", rest)]
        return "\n".join(lines)
