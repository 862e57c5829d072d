from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_list

from ..engine.names import Name, find_periods, match
from ..engine.rhythm import Rhythm, Span, whole_period
from ..models.om_obligation_item import OWED


class OmObligationBulk(models.TransientModel):
    """Hand in many files at once: dropped here, matched by their names.

    What is matched can be seen and changed before it is handed in; what is not stays
    in the dialog with the reason until somebody says what it is.
    """

    _name = "om.obligation.bulk"
    _description = "Hand In Many Files"

    date = fields.Date(
        "Handed In On",
        required=True,
        default=lambda self: self.env["om.obligation"]._get_local_today(),
    )
    file_ids = fields.Many2many("ir.attachment", string="Files")
    line_ids = fields.One2many(
        "om.obligation.bulk.line",
        "bulk_id",
        string="What They Are",
        compute="_compute_line_ids",
        # What the user may hand in is matched.
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    open_count = fields.Integer("Not Matched", compute="_compute_open_count")

    @api.depends("file_ids")
    def _compute_line_ids(self):
        """A line for each file; what somebody has chosen stays."""
        for dialog in self:
            files = {file._origin.id: file for file in dialog.file_ids}
            known = {line.file_id._origin.id: line for line in dialog.line_ids}
            new = [file for key, file in files.items() if key not in known]
            found = dialog._match([file.name for file in new])
            dialog.line_ids = [
                *(
                    Command.unlink(line.id)
                    for key, line in known.items()
                    if key not in files
                ),
                *(
                    Command.create({"file_id": file._origin.id, **values})
                    for file, values in zip(new, found, strict=True)
                ),
            ]

    @api.depends("line_ids.item_id")
    def _compute_open_count(self):
        for dialog in self:
            dialog.open_count = sum(not line.item_id for line in dialog.line_ids)

    @api.model
    def _match(self, names):
        """[values of a line] for file names: the item, or why there is none.

        The number of queries does not depend on how many there are.
        """
        spans = [span for name in names for span in find_periods(name)]
        if not spans:
            return [self._explain(name, [], []) for name in names]
        items = self.env["om.obligation.item"].search(
            Domain("state", "in", OWED)
            & Domain("period_start", "<=", max(span.last for span in spans))
            & Domain("period_end", ">=", min(span.first for span in spans))
        )
        items = items._filtered_access("write")
        # sudo: codes and names of what owes them, whoever hands in.
        words = {
            obligation: obligation._get_file_words()
            for obligation in items.obligation_id.sudo()
        }
        known = [
            Name(item, self._get_spans(item), words[item.obligation_id.sudo()])
            for item in items
        ]
        return [
            self._explain(name, find_periods(name), match(name, known))
            for name in names
        ]

    @api.model
    def _get_spans(self, item):
        """The days of an item, and the period by which people call it."""
        owner = item.obligation_id.sudo()  # as above
        served = Span(item.period_start, item.period_end)
        rhythm = Rhythm(owner.per, owner.basis, owner.times)
        return served, whole_period(rhythm, served)

    @api.model
    def _explain(self, name, spans, found):
        if len(found) == 1:
            return {"item_id": found[0].id, "reason": False}
        if not spans:
            why = self.env._("No period in the name, such as 2026-09")
        elif not found:
            why = self.env._("Nothing of that name and period is owed")
        else:
            why = self.env._("%s items could be meant; choose one", len(found))
        return {"item_id": False, "reason": why}

    def action_hand_in(self):
        """Hand in what is matched; what is not stays here."""
        self.ensure_one()
        if self.date > self.env["om.obligation"]._get_local_today():
            raise UserError(
                self.env._("What is handed in is entered on its day, not before.")
            )
        matched = self.line_ids.filtered("item_id")
        if not matched:
            raise UserError(
                self.env._("None of the files is matched: choose what each one is.")
            )
        self._check_files(matched.file_id)
        files = defaultdict(self.env["ir.attachment"].browse)
        for line in matched:
            files[line.item_id] |= line.file_id
        for item, own in files.items():
            own.write({"res_model": item._name, "res_id": item.id})
        items = self.env["om.obligation.item"].union(*files)
        items.action_hand_in(
            {
                item.id: {
                    "quantity": item.quantity_short,
                    "file_ids": [Command.set(files[item].ids)],
                }
                for item in items
            },
            day=self.date,
        )
        done = matched.file_id
        matched.unlink()
        self.file_ids -= done
        if not self.line_ids:
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not Handed In Yet"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _check_files(self, files):
        """Refuse files that were not dropped here: those of other documents stay
        theirs."""
        files.check_access("read")
        # sudo: where they hang, which was just found to be readable
        wrong = files.sudo().filtered(
            lambda file: (
                file.res_model not in (self._name, False)
                or file.create_uid != self.env.user
            )
        )
        if wrong:
            raise UserError(
                self.env._(
                    "These were not dropped here. Drop them again: %s",
                    format_list(self.env, wrong.mapped("name")),
                )
            )


class OmObligationBulkLine(models.TransientModel):
    _name = "om.obligation.bulk.line"
    _description = "File to Hand In"

    bulk_id = fields.Many2one("om.obligation.bulk", required=True, ondelete="cascade")
    file_id = fields.Many2one("ir.attachment", required=True)
    item_id = fields.Many2one(
        "om.obligation.item",
        domain="[('state', 'in', ('owed', 'returned'))]",
    )
    reason = fields.Char("Why Not", readonly=True)
