import base64
import binascii

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.om_base.tools.sheets import Sheet, SheetError
from odoo.addons.om_base.tools.xlsx import Limits, Workbook, WorkbookError

LIMITS = Limits(packed=5 * 1024 * 1024, rows=20_000, columns=50, cells=300_000)
# So many mistakes are named, and the rest counted.
SHOWN = 20


class OmSheetUploadMixin(models.AbstractModel):
    """A dialog that takes a filled-in spreadsheet: all of it, or nothing.

    It opens the file within bounds and says in words why one cannot be read; which
    table it is, is declared by whoever inherits from this.
    """

    _name = "om.sheet.upload.mixin"
    _inherit = "om.sheet.mixin"
    _description = "Upload of a Spreadsheet"

    file = fields.Binary("Spreadsheet", attachment=False)
    file_name = fields.Char()

    def _read_sheet(self, table):
        """Return the first sheet of the file, read as a table.

        :raises UserError: the file is none that can be read, or lacks columns
        """
        self.ensure_one()
        try:
            book = Workbook(base64.b64decode(self.file), LIMITS)
            return Sheet(table, (r for t in book.titles[:1] for r in book.read_rows(t)))
        except WorkbookError as error:
            raise UserError(self._get_file_message(error, LIMITS)) from error
        except SheetError as error:
            raise UserError(
                self.env._(
                    "The first row of the sheet has to name these columns: %s",
                    format_list(self.env, error.missing),
                )
            ) from error
        except (binascii.Error, ValueError) as error:
            raise UserError(
                self.env._("The file cannot be read as an .xlsx table.")
            ) from error

    def _word_problems(self, problems):
        """Return [(row, what is wrong with its cell, in words)]."""
        return [
            (
                problem.row,
                self.env._(
                    "%(cell)s: %(problem)s",
                    cell=problem.place,
                    problem=self._get_cell_message(problem),
                ),
            )
            for problem in problems
        ]

    def _limit(self, lines):
        """Return the first lines as a text, with how many more there are."""
        rest = len(lines) - SHOWN
        if rest > 0:
            lines = [*lines[:SHOWN], self.env._("and %s more", rest)]
        return "\n".join(lines)
