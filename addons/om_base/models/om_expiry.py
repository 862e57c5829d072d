from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import beijing
from ..tools.expiry import STAGES, next_step, stage_of
from ..tools.ics import Entry, write_calendar

# Room for the kinds in an identifier; a kind keeps its place while the server runs.
SLOTS = 64


class OmExpiry(models.Model):
    """What ends, and when: contracts, letters, certificates, warranties and the like.

    The rows are those of other models, seen through one query: each add-on names its
    sources in :meth:`_get_sources`. Every source is searched as the user who asks, so
    that the list shows what the user may read, and nothing else.
    """

    _name = "om.expiry"
    _description = "What Ends"
    _auto = False
    _order = "date, kind, id"

    # Some are named by words that have translations.
    name = fields.Char("What", readonly=True, depends_context=("lang",))
    kind = fields.Selection([], readonly=True)
    date = fields.Date("Ends On", readonly=True)
    days_left = fields.Integer(compute="_compute_days_left")
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)

    @property
    def _table_query(self):
        selects = [select for select in self._get_selects() if select]
        if not selects:
            selects = [
                SQL(
                    "SELECT NULL::bigint AS id, NULL::varchar AS name,"
                    " NULL::varchar AS kind, NULL::date AS date,"
                    " NULL::integer AS user_id, NULL::integer AS company_id,"
                    " NULL::varchar AS res_model, NULL::integer AS res_id WHERE FALSE"
                )
            ]
        return SQL(" UNION ALL ").join(selects)

    @api.depends("date")
    def _compute_days_left(self):
        today = self._get_local_today()
        for row in self:
            row.days_left = (row.date - today).days if row.date else 0

    @api.model
    def _get_local_today(self):
        return beijing.today()

    # ------------------------------------------------------------
    # Sources: what add-ons contribute
    # ------------------------------------------------------------

    @api.model
    def _get_sources(self):
        """The keyword arguments of :meth:`_select`, a dict for each kind."""
        return []

    @api.model
    def _get_selects(self):
        return [self._select(**source) for source in self._get_sources()]

    @api.model
    def _select(self, kind, model, domain, date, names, users=(), where=None):
        """A source as SQL, or None if the user may not read it.

        :param domain: which records of ``model`` are going to end at all
        :param date: the field with the last day; it should be indexed
        :param names: paths of fields that name the record together
        :param users: paths of fields; the first that is set is the responsible
        :param where: function from (records, query, path to SQL) to one more condition
        """
        records = self.env[model]
        if not records.has_access("read"):
            return None
        query = records._search(Domain(date, "!=", False) & Domain(domain))

        def sql(path):
            return self._path_to_sql(records, query.table, path, query)

        if where:
            query.add_where(where(sql))
        slots = list(self._fields["kind"].get_values(self.env))
        parts = {
            "id": SQL("%s::bigint * %s + %s", sql("id"), SLOTS, slots.index(kind)),
            "name": SQL(
                "concat_ws(' · ', %s)",
                SQL(", ").join(SQL("NULLIF(%s, '')", sql(name)) for name in names),
            ),
            "kind": SQL("%s::varchar", kind),
            "date": sql(date),
            "user_id": SQL(
                "COALESCE(%s)",
                SQL(", ").join([*map(sql, users), SQL("NULL::integer")]),
            ),
            "company_id": sql("company_id"),
            "res_model": SQL("%s::varchar", model),
            "res_id": sql("id"),
        }
        return query.select(
            *(
                SQL("%s AS %s", expression, SQL.identifier(name))
                for name, expression in parts.items()
            )
        )

    @api.model
    def _path_to_sql(self, records, alias, path, query):
        """The SQL of a field, also of one behind links; joins are added to the query.

        Who may read a record may read what names it, and who is responsible.
        """
        records = records.sudo()
        first, _dot, rest = path.partition(".")
        field = records._fields[first]
        if field.related and not field.store:
            return self._path_to_sql(
                records, alias, ".".join(filter(None, [field.related, rest])), query
            )
        expression = records._field_to_sql(alias, first, query)
        if not rest:
            return expression
        comodel = self.env[field.comodel_name]
        joined = query.make_alias(alias, first)
        query.add_join(
            "LEFT JOIN",
            joined,
            comodel._table,
            SQL("%s = %s", expression, SQL.identifier(joined, "id")),
        )
        return self._path_to_sql(comodel, joined, rest, query)

    @api.model
    def _get_form_views(self):
        """{model: external id} of forms that are not the model's first one."""
        return {}

    @api.model
    def _get_owed_kinds(self):
        """Kinds that still have to be done after their day."""
        return frozenset()

    @api.model
    def _get_stages(self):
        """{kind: days ahead on which it is told of} where they are not the usual."""
        return {}

    def _get_stage(self, today):
        """The stage that this has reached."""
        self.ensure_one()
        return stage_of(self.date, today, self._get_stages().get(self.kind, STAGES))

    @api.model
    def _get_fallback_groups(self):
        """{kind: group} whose people are reminded where nobody is responsible."""
        return {}

    @api.model
    def _get_activity_types(self):
        """{kind: external id} of activity types other than the general one."""
        return {}

    def _get_activity_records(self):
        """{row: (model, id)} of the records on whose pages the reminders stand."""
        return {row: (row.res_model, row.res_id) for row in self}

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    def action_open(self):
        """Open the record itself."""
        self.ensure_one()
        view = self._get_form_views().get(self.res_model)
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(self.env.ref(view).id if view else False, "form")],
        }

    def action_feed(self):
        """Open the address of the calendar feed, whatever is selected."""
        return self.env["om.expiry.feed"]._get_action()

    @api.model
    def _get_feed(self):
        """What ends, as a calendar file, with the rights of the user of the
        environment; what ended a month ago is history."""
        since = fields.Date.subtract(self._get_local_today(), days=31)
        labels = self._om_labels("kind")
        base, place = self.get_base_url(), self.env.cr.dbname
        return write_calendar(
            self.env._("What Ends"),
            [
                Entry(
                    key=f"{row.kind}-{row.res_id}@{place}",
                    day=row.date,
                    title=f"{labels[row.kind]} · {row.name}",
                    address=f"{base}/mail/view?model={row.res_model}"
                    f"&res_id={row.res_id}",
                )
                for row in self.search([("date", ">=", since)])
            ],
            fields.Datetime.now(),
        )

    # ------------------------------------------------------------
    # Reminders
    # ------------------------------------------------------------

    @api.model
    def _cron_remind(self):
        """Remind of what ends: one open reminder for each thing, one message for each
        person. The number of queries does not depend on the number of things."""
        today = self._get_local_today()
        stages = self._get_stages()
        first = max(map(max, [STAGES, *stages.values()]))
        last = fields.Date.add(today, days=first)
        # Rows follow other models: what this transaction has read of them may be old.
        self.invalidate_model()
        # Everybody is reminded, whoever starts the job.
        rows = self.sudo().search_fetch([("date", "<=", last)])
        Notices = self.env["om.expiry.notice"].sudo()
        notices = {(one.kind, one.res_id): one for one in Notices.search([])}
        owed = self._get_owed_kinds()
        steps = {"new": [], "again": [], "move": [], "drop": []}
        for row in rows:
            notice = notices.pop((row.kind, row.res_id), Notices)
            step = next_step(
                row.date,
                notice._as_tuple(),
                today,
                row.kind in owed,
                stages.get(row.kind, STAGES),
            )
            if step != "keep":
                steps[step].append((row, notice))
        self._drop_reminders([one for _row, one in steps["drop"]] + [*notices.values()])
        self._move_reminders(steps["move"], today)
        told = self._make_reminders(steps["new"], today)
        for row, notice in steps["again"]:
            told.append((notice.activity_id.user_id, row))
        for stage, pairs in self._by_stage(steps["again"], today).items():
            Notices.concat(*(one for _row, one in pairs)).stage = stage
        self._tell(told)

    @api.model
    def _by_stage(self, pairs, today):
        found = {}
        for row, notice in pairs:
            found.setdefault(row._get_stage(today), []).append((row, notice))
        return found

    @api.model
    def _drop_reminders(self, notices):
        notices = self.env["om.expiry.notice"].sudo().concat(*notices)
        # What was done stays on the record's page.
        notices.activity_id.filtered("active").unlink()
        notices.unlink()

    @api.model
    def _move_reminders(self, pairs, today):
        for row, notice in pairs:
            activity = notice.activity_id.with_context(mail_activity_quick_update=True)
            activity.write(
                {
                    "date_deadline": row.date,
                    "summary": row._get_summary(activity.user_id.lang),
                }
            )
            notice.write({"date": row.date, "stage": row._get_stage(today)})

    @api.model
    def _make_reminders(self, pairs, today):
        """Make the reminders; return [(user, row)] of who is to be told."""
        fallback = self._get_fallback_users([row for row, _notice in pairs])
        values, wanted = [], []
        names = self._get_activity_types()
        types = {
            kind: self.env.ref(names.get(kind, "om_base.mail_activity_type_expiry")).id
            for kind in {row.kind for row, _notice in pairs}
        }
        pages = self.concat(*(row for row, _notice in pairs))._get_activity_records()
        for row, notice in pairs:
            user = row.user_id.filtered("active") or fallback.get(
                (row.kind, row.company_id), self.env["res.users"]
            )
            if not user:
                continue
            model, res_id = pages[row]
            values.append(
                {
                    "res_model_id": self.env["ir.model"]._get_id(model),
                    "res_id": res_id,
                    "activity_type_id": types[row.kind],
                    "user_id": user.id,
                    "date_deadline": row.date,
                    "summary": row._get_summary(user.lang),
                }
            )
            wanted.append((user, row, notice))
        # Odoo names the page of each reminder one by one; read them all at once.
        ids = {}
        for model, res_id in pages.values():
            ids.setdefault(model, []).append(res_id)
        for model, numbers in ids.items():
            self.env[model].sudo().browse(numbers).mapped("display_name")
        activities = (
            self.env["mail.activity"]
            .sudo()
            .with_context(mail_activity_quick_update=True)
            .create(values)
        )
        old = self.env["om.expiry.notice"].sudo()
        fresh = []
        for (_user, row, notice), activity in zip(wanted, activities, strict=True):
            old |= notice
            fresh.append(
                {
                    "kind": row.kind,
                    "res_id": row.res_id,
                    "date": row.date,
                    "stage": row._get_stage(today),
                    "activity_id": activity.id,
                }
            )
        old.unlink()
        old.create(fresh)
        return [(user, row) for user, row, _notice in wanted]

    @api.model
    def _get_fallback_users(self, rows):
        """{(kind, company): user} for what nobody is responsible for: the first person
        who has the role there; administrators, who have every role, only if nobody
        else has it."""
        groups = self._get_fallback_groups()
        found = {}
        administrators = self.env.ref("om_base.group_administrator")
        for kind, company in {
            (row.kind, row.company_id)
            for row in rows
            if row.kind in groups and not row.user_id.filtered("active")
        }:
            # Whom to tell is no secret to whoever starts the job.
            users = (
                self.env["res.users"]
                .sudo()
                .search(
                    [
                        ("all_group_ids", "in", self.env.ref(groups[kind]).id),
                        ("share", "=", False),
                        ("company_ids", "in", company.ids),
                    ],
                    order="id",
                )
            )
            plain = users.filtered(
                lambda user: administrators not in user.all_group_ids
            )
            found[kind, company] = (plain or users)[:1]
        return found

    def _get_summary(self, lang):
        self.ensure_one()
        own = self.with_context(lang=lang or self.env.lang)
        labels = dict(self._fields["kind"]._description_selection(own.env))
        return own.env._(
            "%(kind)s: %(name)s ends on %(day)s",
            kind=labels[self.kind],
            name=own.name,
            day=fields.Date.to_string(self.date),
        )

    @api.model
    def _tell(self, told):
        """One message for each person with everything there is to tell today."""
        rows_of = {}
        pages = self.concat(*(row for _user, row in told))._get_activity_records()
        for user, row in told:
            rows_of.setdefault(user, []).append(row)
        for user, rows in rows_of.items():
            own = self.with_context(lang=user.lang)
            rows.sort(key=lambda row: (row.date, row.id))
            lines = Markup().join(
                Markup("<li><a href='/mail/view?model=%s&amp;res_id=%s'>%s</a></li>")
                % (*pages[row], row._get_summary(user.lang))
                for row in rows
            )
            self.env["mail.thread"].with_context(lang=user.lang).message_notify(
                partner_ids=user.partner_id.ids,
                subject=own.env._("%s things end soon", len(rows)),
                body=Markup("<p><a href='/odoo/om-expiry'>%s</a></p><ul>%s</ul>")
                % (own.env._("Everything that ends"), lines),
            )
