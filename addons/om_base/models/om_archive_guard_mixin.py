from odoo import api, models
from odoo.exceptions import UserError

from ..tools import beijing


class OmArchiveGuardMixin(models.AbstractModel):
    """Refuses to archive what a fact hangs on.

    An archived record leaves lists, deadlines and reports without a trace. A model with
    this mixin says in :meth:`_get_archive_bars` which of its records are proof, or are
    used; the others stay archivable. It holds for forms, commands and RPC alike.
    """

    _name = "om.archive.guard.mixin"
    _description = "Archiving Refused Where Facts Hang"

    # The field that hides a record, and the value that does so.
    _archive_field = "active"
    _archive_value = False

    def _get_archive_bars(self):
        """Return ``[(records, why)]``: those of ``self`` that stay, and what hangs on
        them, as the second half of a sentence. Add-ons add theirs to ``super()``'s."""
        return []

    def _get_referred(self, model, field, domain=()):
        """Return those of ``self`` that rows of ``model`` name in ``field``."""
        # What hangs on a record does not depend on what the person may see.
        rows = self.env[model].sudo().with_context(active_test=False)
        groups = rows._read_group([(field, "in", self.ids), *domain], [field])
        return self.browse(record.id for (record,) in groups) & self

    @api.model
    def _get_guard_today(self):
        """Whether a day is over is judged where the service is given."""
        return beijing.today()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        hidden = [self._is_hiding(vals) for vals in vals_list]
        if any(hidden):
            records.filtered(lambda one: one._is_archived())._check_archive()
        return records

    def write(self, vals):
        if self._is_hiding(vals):
            shown = self.filtered(lambda record: not record._is_archived())
            shown._check_archive()
        return super().write(vals)

    def _is_hiding(self, vals):
        return (
            self._archive_field in vals
            and bool(vals[self._archive_field]) is self._archive_value
        )

    def _is_archived(self):
        self.ensure_one()
        return self[self._archive_field] is self._archive_value

    def _check_archive(self):
        """Raise if one of these records is proof of something, or in use."""
        if not self:
            return
        for records, why in self._get_archive_bars():
            if records:
                raise UserError(
                    self.env._(
                        "“%(name)s” cannot be archived: %(why)s",
                        # Whose name it is does not matter to who asked for it.
                        name=records.sudo()[:1].display_name,
                        why=why,
                    )
                )
