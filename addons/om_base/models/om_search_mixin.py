import re

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.pinyin import readings

TYPED = re.compile(r"[A-Za-z0-9]+")


class OmSearchMixin(models.AbstractModel):
    """Records that are found by words in any order, by pinyin and by initials.

    ``财政 核心``, ``caizheng hexin`` and ``czj hx`` find the core system of the finance
    bureau wherever one of these records is chosen or looked up by its name. A model
    inherits from this and names in ``_pinyin_fields`` what people call its records.
    """

    _name = "om.search.mixin"
    _description = "Found by Words and Pinyin"

    # Stored texts, of the record or of what it belongs to.
    _pinyin_fields = ("name",)

    om_pinyin = fields.Char(
        "Pinyin",
        compute="_compute_om_pinyin",
        store=True,
        index="trigram",
        # Follows from the name; no client reads or writes it.
        groups=fields.NO_ACCESS,
        help="How the name is typed without Chinese characters, and its initials.",
    )

    @api.depends(lambda self: self._pinyin_fields)
    def _compute_om_pinyin(self):
        for record in self:
            names = []
            for path in self._pinyin_fields:
                names += [name for name in record.mapped(path) if name]
            record.om_pinyin = readings(*names) or False

    @api.model
    def _search_display_name(self, operator, value):
        """Find every word of what was typed, whichever name it stands in."""
        if operator != "ilike" or not isinstance(value, str):
            return super()._search_display_name(operator, value)
        # sudo: the key is nobody's to read; the rules judge what is found by it.
        keys = self.sudo()
        found = Domain.TRUE
        for word in value.split():
            domain = Domain(super()._search_display_name(operator, word))
            if TYPED.fullmatch(word):
                typed = Domain("om_pinyin", "ilike", word.lower())
                domain |= Domain("id", "in", keys._search(typed, active_test=False))
            found &= domain
        return found
