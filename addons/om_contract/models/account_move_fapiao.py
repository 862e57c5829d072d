from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from .account_move import CREDITS, INVOICES

# A paper or electronic invoice of the old system, and a fully digital one (数电票):
# two digits of the year, two of the region, one of the channel, fifteen of the serial.
LENGTHS = (8, 20)
DIGITAL = 20
# In these forms the tax bureau hands a digital invoice out.
FILES = (".pdf", ".ofd", ".xml")


class AccountMove(models.Model):
    """The tax invoice (发票) of an invoice or bill: number, day, files, red letter."""

    _inherit = "account.move"

    fapiao = fields.Char(size=DIGITAL)
    om_fapiao_date = fields.Date("Fapiao Date", copy=False, tracking=True)
    om_fapiao_file_ids = fields.Many2many(
        "ir.attachment",
        "om_account_move_fapiao_rel",
        "move_id",
        "attachment_id",
        string="Fapiao Files",
        copy=False,
        bypass_search_access=True,
    )

    def _filter_closed_files(self, files):
        """The files of tax invoices, once the invoice is posted."""
        posted = self.search(
            [("om_fapiao_file_ids", "in", files.ids), ("state", "=", "posted")]
        )
        return files & posted.om_fapiao_file_ids

    @api.constrains("fapiao", "state", "company_id")
    def _check_fapiao(self):
        """In place of the localisation's check, which knows eight digits only."""
        for move in self.filtered("fapiao"):
            number = move.fapiao
            if not (number.isascii() and number.isdigit() and len(number) in LENGTHS):
                raise ValidationError(
                    self.env._(
                        "“%s” is no number of a fapiao: a fully digital one has 20"
                        " digits, an older one 8.",
                        number,
                    )
                )
        self._check_fapiao_once()

    def _check_fapiao_once(self):
        """Refuse a digital invoice that is entered already: it would be paid twice.

        Its number is its own in the whole country; one of 8 digits is so only together
        with its code, which is not kept here.
        """
        numbered = self.filtered(
            lambda move: (
                move.state != "cancel" and move.fapiao and len(move.fapiao) == DIGITAL
            )
        )
        if not numbered:
            return
        # Who enters one need not see the documents of others.
        same = self.sudo().search(
            [
                ("fapiao", "in", numbered.mapped("fapiao")),
                ("company_id", "in", numbered.company_id.ids),
                ("state", "!=", "cancel"),
            ]
        )
        for (number, _company), moves in same.grouped(
            lambda move: (move.fapiao, move.company_id)
        ).items():
            if len(moves) > 1:
                raise ValidationError(
                    self.env._(
                        "Fapiao %(number)s is entered more than once: %(documents)s."
                        " One of them is a duplicate, or its number is wrong.",
                        number=number,
                        documents=format_list(self.env, moves.mapped("display_name")),
                    )
                )

    @api.constrains("om_fapiao_date")
    def _check_om_fapiao_date(self):
        today = self.env["agreement"]._get_today()
        for move in self.filtered("om_fapiao_date"):
            if move.om_fapiao_date > today:
                raise ValidationError(
                    self.env._(
                        "A fapiao cannot have been issued on %s, a day to come.",
                        move.om_fapiao_date,
                    )
                )

    @api.constrains("om_fapiao_file_ids")
    def _check_om_fapiao_files(self):
        for name in self.om_fapiao_file_ids.sudo().mapped("name"):
            if not (name or "").lower().endswith(FILES):
                raise ValidationError(
                    self.env._(
                        "“%s”: a fapiao is kept as the tax bureau hands it out, as a"
                        " PDF, OFD or XML file.",
                        name,
                    )
                )

    @api.constrains("reversed_entry_id")
    def _check_red_letter(self):
        """What a red letter credits is an invoice of the same party."""
        for move in self.filtered(lambda m: m.move_type in CREDITS):
            blue = move.reversed_entry_id
            if blue and (
                blue.move_type != INVOICES[CREDITS.index(move.move_type)]
                or blue.commercial_partner_id != move.commercial_partner_id
            ):
                raise UserError(
                    self.env._(
                        "“%(red)s” can be the red letter of an invoice of its own party"
                        " only, not of “%(blue)s”.",
                        red=move.display_name,
                        blue=blue.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._bind_fapiao_files()
        return moves

    def write(self, vals):
        if "om_fapiao_file_ids" not in vals:
            return super().write(vals)
        # sudo: which files they are is compared, not shown.
        posted = self.sudo().filtered(lambda move: move.state == "posted")
        before = {move: move.om_fapiao_file_ids for move in posted}
        result = super().write(vals)
        if not self.env.su and any(
            files - move.om_fapiao_file_ids for move, files in before.items()
        ):
            raise UserError(
                self.env._(
                    "The fapiao of a posted invoice stays with it: add the right one"
                    " beside it, or credit the invoice."
                )
            )
        self._bind_fapiao_files()
        return result

    def _bind_fapiao_files(self):
        """Attach uploaded files to their invoice, so that its readers may see them."""
        for move in self.filtered("om_fapiao_file_ids"):
            loose = move.om_fapiao_file_ids.sudo().filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            if loose:
                loose.write({"res_model": self._name, "res_id": move.id})

    def _get_fapiao_number(self):
        """Return the number of the fapiao where it was entered, else our own."""
        self.ensure_one()
        return self.fapiao or self.name
