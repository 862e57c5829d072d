from odoo import api, models

from odoo.addons.om_base.tools.sheets import Wrong
from odoo.addons.om_base.tools.xlsx import Fault, Limits


class OmSheetMixin(models.AbstractModel):
    """What is wrong with a spreadsheet that was read, in words."""

    _name = "om.sheet.mixin"
    _description = "Words on a Spreadsheet"

    @api.model
    def _get_file_message(self, error, limits=None):
        """Return what is wrong with the file as a whole, in a sentence.

        :param limits: those of the reading; None: a register's
        """
        limits = limits or Limits()
        return {
            Fault.NOT_A_WORKBOOK: self.env._(
                "This is no .xlsx file. Open it in a spreadsheet program and save it as"
                " an Excel workbook (.xlsx)."
            ),
            Fault.OLD_OR_PROTECTED: self.env._(
                "This is an old .xls file or protected by a password. Save it as an"
                " Excel workbook (.xlsx) without a password."
            ),
            Fault.MACROS: self.env._(
                "The file holds macros. Save it as an Excel workbook without macros"
                " (.xlsx)."
            ),
            Fault.LINKS: self.env._(
                "The file refers to other files. Break these links and save it again."
            ),
            Fault.TOO_BIG: self.env._(
                "The file holds too much: more than %(packed)s MB, more than"
                " %(unpacked)s MB once unpacked, or more cells than any register has.",
                packed=limits.packed // 1024**2,
                unpacked=limits.unpacked // 1024**2,
            ),
            Fault.BROKEN: self.env._(
                "The file is damaged. Open it in a spreadsheet program and save it"
                " again."
            ),
            Fault.DOCTYPE: self.env._(
                "The file holds definitions (a document type) that no spreadsheet"
                " program writes. It is not read."
            ),
            Fault.TOO_MANY_ROWS: self.env._(
                "The sheet has more than %s rows.", limits.rows
            ),
            Fault.MERGED: self.env._(
                "The cells %s are merged. Split them, so that each row says"
                " everything.",
                error.detail,
            ),
        }[error.fault]

    @api.model
    def _get_cell_message(self, problem):
        """Return what is wrong with a sheet, a row or a cell, in a sentence."""
        detail = problem.detail
        return {
            Wrong.NO_SHEET: self.env._(
                "This sheet is missing. Export the register again and enter your"
                " changes there."
            ),
            Wrong.NO_COLUMN: self.env._(
                "This column is missing. Export the register again and enter your"
                " changes there."
            ),
            Wrong.TWO_COLUMNS: self.env._("There are two columns of this name."),
            Wrong.FORMULA: self.env._(
                "This is a formula. Enter its result as a value."
            ),
            Wrong.ERROR: self.env._("This cell shows the error “%s”.", detail),
            Wrong.EMPTY: self.env._("Nothing is entered, but something has to be."),
            Wrong.NOT_TEXT: self.env._(
                "“%s” is a date or a yes/no, not a text.", detail
            ),
            Wrong.NOT_INTEGER: self.env._("“%s” is no whole number.", detail),
            Wrong.NOT_NUMBER: self.env._("“%s” is no number.", detail),
            Wrong.NUMBER_AS_TEXT: self.env._(
                "“%s” is entered as text. Change the cell to a number.", detail
            ),
            Wrong.NOT_DATE: self.env._("“%s” is no date.", detail),
            Wrong.DATE_AS_TEXT: self.env._(
                "“%s” is entered as text. Change the cell to a date.", detail
            ),
            Wrong.NOT_MONTH: self.env._("“%s” is no month.", detail),
            Wrong.NOT_FLAG: self.env._("“%s” is neither yes nor no.", detail),
            Wrong.NOT_CHOICE: self.env._(
                "“%s” is not known. Choose from the list.", detail
            ),
            Wrong.NOT_ON_RECORD: self.env._(
                "“%s” is not known. Choose from the list, or tick “Enter Units Not"
                " on Record”.",
                detail,
            ),
            Wrong.AMBIGUOUS: self.env._(
                "More than one is called “%s”. Choose from the list, where each has"
                " its number.",
                detail,
            ),
            Wrong.NEGATIVE: self.env._("“%s” is less than zero.", detail),
            Wrong.TOO_LARGE: self.env._("“%s” is too large.", detail),
            Wrong.REPEATED: self.env._("“%s” is in the sheet more than once.", detail),
            Wrong.NO_LINE: self.env._(
                "The register has no line “%s” any more. Empty this cell to add the"
                " line anew.",
                detail,
            ),
            Wrong.OTHER_LINE: self.env._(
                "Line “%s” belongs to another system.", detail
            ),
            Wrong.TOO_MANY: self.env._(
                "There are more mistakes. Correct these first, then read the file"
                " again."
            ),
        }[problem.wrong]
