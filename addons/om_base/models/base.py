from odoo import api, models


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Show an empty list as empty: Odoo fills it with invented rows, whose people
        have English names, and a user takes them for somebody's."""
        arch, view = super()._get_view(view_id, view_type, **options)
        arch.attrib.pop("sample", None)
        return arch, view

    @api.model
    def _get_default_kanban_view(self):
        """Name the cards as lists and forms name the record: a telephone shows lines
        of a document so, and Odoo's card has the number of the row where the name is
        computed."""
        kanban = super()._get_default_kanban_view()
        for node in kanban.iter("field"):
            node.set("name", "display_name")
        return kanban

    @api.model
    def _om_join_clauses(self, clauses):
        """Join parts of a sentence. Names are listed by ``odoo.tools.format_list``."""
        said = ""
        for clause in clauses:
            said = (
                self.env._("%(before)s; %(clause)s", before=said, clause=clause)
                if said
                else clause
            )
        return said

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        """Name groups of dates as Chinese does: 2026年3月, not 三月 2026.

        Odoo words them with one pattern for all languages.
        """
        formatter = super()._web_read_group_groupby_formatter(groupby_spec, values)
        name, _colon, granularity = groupby_spec.partition(":")
        word = CHINESE_PERIODS.get(granularity)
        field = self._fields.get(name)
        if not word or field is None or field.type not in ("date", "datetime"):
            return formatter
        if not (self.env.lang or "").startswith("zh"):
            return formatter

        def chinese_formatter(value):
            answer, domain = formatter(value)
            if not value:
                return answer, domain
            # Times of groups are local already; only their bounds are in UTC.
            return (answer[0], word(value)), domain

        return chinese_formatter


def _week(day):
    year, week, _weekday = day.isocalendar()
    return f"{year}年第{week}周"


CHINESE_PERIODS = {
    "hour": lambda day: f"{day.year}年{day.month}月{day.day}日 {day.hour}时",
    "day": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "week": _week,
    "month": lambda day: f"{day.year}年{day.month}月",
    "quarter": lambda day: f"{day.year}年第{(day.month + 2) // 3}季度",
    "year": lambda day: f"{day.year}年",
}
