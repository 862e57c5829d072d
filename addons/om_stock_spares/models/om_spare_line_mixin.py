from odoo import api, models
from odoo.exceptions import UserError


class OmSpareLineMixin(models.AbstractModel):
    """A line of a document of facts: it is written while the document may be.

    Its state is the document's, and so are the states of its free fields. A line is
    neither added nor taken away any more once they are over.
    """

    _name = "om.spare.line.mixin"
    _inherit = ["om.act.mixin"]
    _description = "Line of a Document of Facts"
    # The field that names the document, and the states in which it is put together.
    _document_field = ""
    _open_states = ("draft",)

    def _get_state(self):
        # sudo: whoever writes the line need not read all of its document.
        return self[self._document_field].sudo().state or ""

    def _get_state_label(self):
        document = self[self._document_field].sudo()
        return document._om_label("state")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._check_open()

    def _check_open(self):
        """Raise for the first line whose document is put together already."""
        if self.env.su or self._is_acting():
            return
        for line in self:
            if line._get_state() not in self._open_states:
                raise UserError(
                    self.env._(
                        "“%(document)s” is “%(state)s”: nothing is added to it or taken"
                        " away any more.",
                        document=line[self._document_field].sudo().display_name,
                        state=line._get_state_label(),
                    )
                )
