from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

# What a purchaser hands in as evidence: documents and pictures, nothing that runs.
EVIDENCE_TYPES = frozenset(
    ("pdf", "ofd", "jpg", "jpeg", "png", "doc", "docx", "xls", "xlsx", "wps", "et")
)
EVIDENCE_BYTES = 20 * 1024 * 1024


class OmPaymentCondition(models.Model):
    """What the purchaser confirms by itself, in the portal."""

    _inherit = "om.payment.condition"

    def _may_confirm_in_portal(self):
        """True if the purchaser can confirm this now."""
        self.ensure_one()
        return self.by_purchaser and not self.date_confirmed

    def _confirm_in_portal(self, date, evidence, files):
        """Confirm this condition for the purchaser who is logged in.

        :param date: the day on which it was met
        :param evidence: where it is written
        :param files: [(name, content)] of the uploaded evidence
        :raises AccessError: not a condition of the user's own contract, or not one
            that is the purchaser's to confirm
        :raises UserError: as ``action_confirm`` does, or a file that is not taken
        """
        self.ensure_one()
        self.check_access("read")
        if not self.by_purchaser:
            raise AccessError(
                self.env._("“%s” is not the purchaser's to confirm.", self.display_name)
            )
        try:
            date = fields.Date.to_date(date)
        except ValueError:
            raise UserError(self.env._("Enter a day such as 2026-01-31.")) from None
        for name, content in files:
            self._check_evidence(name, content)
        # sudo: the record rule has just shown that this is the user's own contract, and
        # the kind that it is the purchaser's word; files need the write access that
        # outside parties do not have.
        condition = self.sudo()
        attachments = condition.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": content,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for name, content in files
            ]
        )
        return condition.action_confirm(date, evidence, attachments)

    def _check_evidence(self, name, content):
        """Raise if an uploaded file is none that evidence comes in."""
        if name.rpartition(".")[2].lower() not in EVIDENCE_TYPES:
            raise UserError(
                self.env._(
                    "“%(name)s” is not taken as evidence. Upload one of: %(types)s.",
                    name=name,
                    types=format_list(self.env, sorted(EVIDENCE_TYPES)),
                )
            )
        if len(content) > EVIDENCE_BYTES:
            raise UserError(
                self.env._(
                    "“%(name)s” is larger than %(size)s MB.",
                    name=name,
                    size=EVIDENCE_BYTES // 1024 // 1024,
                )
            )
