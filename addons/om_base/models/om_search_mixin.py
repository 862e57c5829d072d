import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

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
        found = Domain.TRUE
        for word in value.split():
            domain = Domain(super()._search_display_name(operator, word))
            if TYPED.fullmatch(word):
                domain |= self._get_pinyin_domain(word)
            found &= domain
        return found

    def _get_pinyin_domain(self, word):
        """Whose key has the word, as a condition on the record's own column.

        The key is nobody's to read, so no domain of its field would do; and the records
        that a query of its own finds would keep the index of every other name out. The
        rules judge what is found by it, as by the names.
        """
        pattern = f"%{word.lower()}%"
        # sudo: for the column only, which the records found are not read by.
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s LIKE %s",
                model.sudo()._field_to_sql(alias, "om_pinyin", query),
                pattern,
            )
        )
