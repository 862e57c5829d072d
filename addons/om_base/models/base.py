import logging

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import format_list, split_every

_logger = logging.getLogger(__name__)


class Base(models.AbstractModel):
    _inherit = "base"

    def _work_off(self, work, size=500):
        """Do a job's work on these records, some at a time, and commit.

        What fails is left as it was, and does not stop the others: it is logged, told
        to the administrators, and comes again at the job's next turn. So does what
        somebody else holds at the moment.

        :param work: takes a batch of the records
        """
        # Called by hand or by a test, the caller commits.
        is_job = bool(self.env.context.get("ir_cron_progress_id"))
        failed = self.browse()
        remaining = len(self)
        for ids in split_every(size, self.ids):
            batch = self.browse(ids).try_lock_for_update(allow_referencing=True)
            failed |= batch._work_off_batch(work)
            remaining -= len(ids)
            if is_job:
                self.env["ir.cron"]._commit_progress(len(ids), remaining=remaining)
        if failed:
            failed._tell_administrators()

    def _work_off_batch(self, work):
        """Do a job's work on all of these, or where that fails on each by itself.

        :return: those of which it fails
        """
        if not self:
            return self
        try:
            with self.env.cr.savepoint():
                work(self)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # The whole job begins again; see ``ir.cron``.
            raise
        except Exception:
            if len(self) == 1:
                _logger.warning("left aside: %s", self, exc_info=True)
                return self
        else:
            return self.browse()
        return self.browse().concat(*(each._work_off_batch(work) for each in self))

    def _tell_administrators(self):
        """Name records that a job could not do, in one message."""
        group = self.env.ref("base.group_system")
        # superuser: a job tells whoever sets the product up
        for user in group.sudo().all_user_ids.filtered(lambda user: not user.share):
            told = self.env["mail.thread"].with_context(lang=user.lang)
            told.message_notify(
                subject=told.env._("A job left something aside"),
                body=told.env._(
                    "%(document)s: %(names)s. The log of the server says why. The job"
                    " does the rest, and tries these again at its next turn.",
                    document=told.env["ir.model"]._get(self._name).display_name,
                    names=format_list(
                        told.env, [f"{each.display_name} ({each.id})" for each in self]
                    ),
                ),
                partner_ids=user.partner_id.ids,
            )

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
    def _om_labels(self, name):
        """Return {value: label, in the reader's language} of a selection."""
        return dict(self._fields[name]._description_selection(self.env))

    def _om_label(self, name):
        """Return the label of this record's value of a selection; without one ""."""
        self.ensure_one()
        return self._om_labels(name).get(self[name], "")

    def _om_adopt(self, name):
        """Attach what the user has uploaded into the field ``name`` to its record, so
        that its readers may see it; files of others stay where they are."""
        for record in self:
            loose = (
                record[name]
                .sudo()
                .filtered(
                    lambda file: not file.res_id and file.create_uid == self.env.user
                )
            )
            if loose:
                loose.write({"res_model": self._name, "res_id": record.id})

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
