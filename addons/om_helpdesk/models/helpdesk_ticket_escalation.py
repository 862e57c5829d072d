from collections import Counter
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.om_base.tools import beijing

from ..engine.policy import TARGETS

BATCH = 500
# The pages in which tickets of each kind are opened.
LISTS = {"fault": "om-tickets", "request": "om-requests"}
# More open reminders of a person and day are one: nobody reads a hundred, and tickets
# that show them would become slow.
MOST_REMINDERS = 20
MAJOR_REPORT = timedelta(minutes=30)
# So long before a deadline browsers are notified once more.
LAST_CALL = timedelta(minutes=30)


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    notice_ids = fields.One2many(
        "om.escalation.notice",
        "ticket_id",
        string="Escalations",
        groups="base.group_user",
    )
    next_escalation_at = fields.Datetime(
        compute="_compute_sla",
        store=True,
        copy=False,
        groups="base.group_user",
    )

    major_report_due = fields.Datetime(
        "Report Due",
        compute="_compute_major_report_due",
        help="Urgent faults are reported to the purchaser within 30 minutes.",
    )

    _next_escalation = models.Index(
        "(next_escalation_at) WHERE next_escalation_at IS NOT NULL"
    )

    @api.depends("severity", "kind", "reported_at")
    def _compute_major_report_due(self):
        for ticket in self:
            urgent = ticket.severity == "urgent" and ticket.kind == "fault"
            major = urgent and ticket.reported_at
            ticket.major_report_due = (
                ticket.reported_at + MAJOR_REPORT if major else False
            )

    def _om_next_escalations(self, clocks):
        """Return {ticket: when something is to be escalated next, or False}."""
        rules = self.env["om.escalation.rule"]._get_rules()
        result = {}
        for ticket, marks in self._om_escalation_marks(rules, clocks).items():
            moments = [at for at, _target, _percent, _rules in marks]
            moments += ticket._om_waiting_levels(clocks[ticket]).mapped("next_level_at")
            result[ticket] = min(moments, default=False)
        return result

    def _om_waiting_levels(self, clocks):
        """Return what goes to the next level unless it is acknowledged: not while the
        target is paused, and not after it has ended."""
        self.ensure_one()
        return self.notice_ids.filtered(
            lambda notice: notice.next_level_at and clocks[notice.target].waits
        )

    def _om_escalation_marks(self, rules, clocks):
        """Return {ticket: [(time, target, percent, rules), ...]} of what was not sent.

        Only targets that still wait for their event: paused ones are looked at again
        when they go on, ended ones never.
        """
        result = {}
        for ticket in self:
            sent = {(each.target, each.percent) for each in ticket.notice_ids}
            marks = {}
            for target in TARGETS:
                if not clocks[ticket][target].waits:
                    continue
                for rule in rules:
                    if rule._fits(ticket, target) and (
                        (target, rule.percent) not in sent
                    ):
                        marks.setdefault((target, rule.percent), []).append(rule.id)
            result[ticket] = [
                (
                    clocks[ticket][target].at_share(percent),
                    target,
                    percent,
                    self.env["om.escalation.rule"].browse(rule_ids),
                )
                for (target, percent), rule_ids in marks.items()
            ]
        return result

    @api.model
    def _replan_escalations(self):
        """Compute anew when open tickets are looked at; the rules have changed."""
        everything = self.with_context(active_test=False)
        tickets = everything.search([("is_open", "=", True)]).with_env(self.env)
        tickets._om_recompute_sla()

    # ------------------------------------------------------------
    # The watch
    # ------------------------------------------------------------

    @api.model
    def _cron_watch(self):
        """Write breaches down, and escalate what has reached a share of its time.

        Reads only tickets of which something is due; works off in batches.
        """
        while done := self._om_watch(BATCH):
            if not self.env["ir.cron"]._commit_progress(done):
                break
        self._om_push_deadlines(self.env.context.get("lastcall"))

    @api.model
    def _om_push_deadlines(self, before):
        """Notify the browsers of those who have half an hour left, once a deadline.

        :param before: when this was looked at last; None: never
        """
        now = fields.Datetime.now()
        until = now + LAST_CALL
        # After a standstill, what is over is told by the escalation.
        since = max((before or now) + LAST_CALL, now)
        tickets = self.search(
            Domain("is_open", "=", True)
            & Domain("user_id", "!=", False)
            & Domain("next_deadline", ">", since)
            & Domain("next_deadline", "<=", until)
        )
        rows = []
        for ticket in tickets:
            mine = ticket.with_context(lang=ticket.user_id.lang)
            text = mine.env._("Due at %s", beijing.word(ticket.next_deadline, "%H:%M"))
            rows.append((ticket.user_id, ticket, mine.display_name, text))
        self._push_to_browsers(rows)

    @api.model
    def _om_watch(self, limit):
        """Do what is due for at most ``limit`` tickets of a kind; return how many.

        Whoever is locked by somebody's work is left for the next minute.
        """
        now = fields.Datetime.now()
        # What was put away is owed all the same.
        everything = self.with_context(active_test=False)
        late = self.browse()
        for target in TARGETS:
            late |= everything.search(
                Domain(f"{target}_status", "=", "running")
                & Domain(f"{target}_deadline", "<", now),
                limit=limit,
            )
        late = late.try_lock_for_update(allow_referencing=True)
        failed = late._work_off_batch(lambda tickets: tickets._om_write_breaches())
        due = everything.search(
            Domain("next_escalation_at", "<=", now),
            limit=limit,
            order="next_escalation_at, id",
        ).with_env(self.env)
        due = due.try_lock_for_update(allow_referencing=True)
        failed |= due._work_off_batch(lambda tickets: tickets._om_escalate(now))
        return len((late | due) - failed)

    def _om_write_breaches(self):
        states = self._om_states()
        self._om_recompute_sla()
        self._note("breached", states)
        self._om_bring_news("late")
        self._notify_board()

    def _om_escalate(self, now):
        """Escalate the highest share that each target has reached; once each.

        Lower shares that were missed meanwhile are noted as reached and not sent:
        after a standstill everybody gets one message per ticket and target.
        """
        if not self:
            return
        rules = self.env["om.escalation.rule"]._get_rules()
        notices, tasks = [], []
        clocks = self._om_clocks(now)
        levels = self.env["om.escalation.notice"]
        over = levels
        for ticket, marks in self._om_escalation_marks(rules, clocks).items():
            reached = {}
            for at, target, percent, of_rules in marks:
                if at > now:
                    continue
                notices.append((ticket, target, percent, at))
                highest = reached.get(target)
                if not highest or percent > highest[0]:
                    reached[target] = (percent, of_rules)
            for target, (percent, of_rules) in reached.items():
                tasks.append((ticket, target, percent, of_rules, levels))
            for notice in ticket._om_waiting_levels(clocks[ticket]):
                if notice.target in reached:
                    # What is worse is told now, and asks anew.
                    over |= notice
                elif notice.next_level_at <= now:
                    of_rules = rules.filtered(
                        lambda rule, ticket=ticket, notice=notice: (
                            rule.percent == notice.percent
                            and rule._fits(ticket, notice.target)
                        )
                    )
                    told = (notice.target, notice.percent, of_rules, notice)
                    tasks.append((ticket, *told))
                    levels |= notice
        told = self._om_tell(tasks, now)
        self._om_note_levels(levels, told, now)
        over.next_level_at = False
        rows = []
        for ticket, target, percent, at in notices:
            key = (ticket.id, target, percent)
            users, wait = told.get(key, ((), 0))
            rows.append(
                {
                    "ticket_id": ticket.id,
                    "target": target,
                    "percent": percent,
                    "at": at,
                    "user_ids": [(6, 0, users)],
                    "state": "waiting" if wait else "told",
                    "next_level_at": self._om_get_next_level_at(now, wait),
                }
            )
        self.env["om.escalation.notice"].create(rows)
        # What has nothing to send any more leaves the list.
        self._om_recompute_sla()
        self._notify_board()

    def _om_note_levels(self, notices, told, now):
        """Note who was told of these beside those before; the last level stays."""
        alike = {}
        for notice in notices:
            key = (notice.ticket_id.id, notice.target, notice.percent)
            users, wait = told[key]
            alike.setdefault((tuple(users), wait, notice.level), []).append(notice.id)
        for (users, wait, level), ids in alike.items():
            notices.browse(ids).write(
                {
                    "next_level_at": self._om_get_next_level_at(now, wait),
                    "level": level + bool(users),
                    "user_ids": [(4, user) for user in users],
                }
            )

    @api.model
    def _om_get_next_level_at(self, now, wait):
        return now + timedelta(minutes=wait) if wait else False

    def _om_tell(self, tasks, now):
        """Create the activities, and one message per person; return who was told.

        :param tasks: [(ticket, target, percent, rules, notice)]; ``notice``: what was
            told before and nobody has acknowledged, or none
        :return: {(ticket id, target, percent): ([user ids], minutes to wait)}
        """
        told, activities, mails, lines, pushes = {}, [], {}, {}, []
        if not tasks:
            return told
        todo = self.env.ref("om_helpdesk.mail_activity_type_escalation")
        model_id = self.env["ir.model"]._get_id("helpdesk.ticket")
        today = beijing.today()
        Rule = self.env["om.escalation.rule"]
        everybody, nobody = Rule._get_dispatchers(), self.env["res.users"]
        tickets = self.browse().union(*(task[0] for task in tasks))
        duty = tickets._om_get_on_duty(now)
        # Together: one by one each would be read alone.
        notices = self.env["om.escalation.notice"].union(*(task[4] for task in tasks))
        told_before = {notice.id: notice.user_ids for notice in notices}
        for ticket, target, percent, rules, notice in tasks:
            on_duty = duty.get(ticket.id, nobody)
            wait = rules._get_wait()
            if notice:
                before = told_before[notice.id]
                users = Rule._get_next_level(ticket, on_duty, everybody, before)
                # Whoever stopped asking in the rules meanwhile asks nobody any more.
                users, wait = (users, wait) if wait and users else (nobody, 0)
            else:
                users = rules._get_recipients(ticket, on_duty) or everybody
            told[ticket.id, target, percent] = (users.ids, wait)
            for user in users:
                summary = ticket._om_escalation_summary(
                    user, target, percent, bool(notice)
                )
                pushes.append((user, ticket, ticket.display_name, summary))
                if any(rules.mapped("activity")):
                    activities.append(
                        {
                            "activity_type_id": todo.id,
                            "res_model_id": model_id,
                            "res_id": ticket.id,
                            "user_id": user.id,
                            "date_deadline": today,
                            "summary": summary,
                            "automated": True,
                        }
                    )
                line = (ticket, target, summary, bool(wait))
                lines.setdefault(user, []).append(line)
                if any(rules.mapped("mail")):
                    mails.setdefault(user, []).append(line)
        self._om_remind(activities)
        self._om_notify_escalations(mails)
        self._om_tell_channels(lines)
        self._push_to_browsers(pushes)
        return told

    def _om_remind(self, activities):
        """Create reminders; those of a person who has many of today become one.

        :param activities: values of reminders of today, of one type
        """
        if not activities:
            return
        # superuser: how many reminders somebody has decides, and is not shown
        reminders = self.env["mail.activity"].sudo()
        first = activities[0]
        many = self.env.ref("om_helpdesk.mail_activity_type_backlog")
        users = {values["user_id"] for values in activities}
        counts, told = Counter(), set()
        for user, kind, count in reminders._read_group(
            [
                ("activity_type_id", "in", (first["activity_type_id"], many.id)),
                ("user_id", "in", users),
                ("date_deadline", "=", first["date_deadline"]),
            ],
            ["user_id", "activity_type_id"],
            ["__count"],
        ):
            counts[user.id] += count
            if kind == many:
                told.add(user.id)
        counts.update(values["user_id"] for values in activities)
        apart = []
        for values in activities:
            if counts[values["user_id"]] <= MOST_REMINDERS:
                apart.append(values)
            elif values["user_id"] not in told:
                told.add(values["user_id"])
                apart.append({**values, **self._om_prepare_backlog(values, many)})
        # The mail tells; the activity does not mail once more.
        quiet = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        quiet.create(apart)

    def _om_prepare_backlog(self, values, kind):
        """Return what the one reminder says instead of many."""
        user = self.env["res.users"].browse(values["user_id"])
        env = self.with_context(lang=user.lang).env
        link = f"{self.browse().get_base_url()}/odoo/{LISTS['fault']}"
        return {
            "activity_type_id": kind.id,
            "summary": env._("Many deadlines at once: look into the list of tickets"),
            "note": Markup('<a href="%s">%s</a>') % (link, env._("Tickets")),
        }

    def _om_escalation_summary(self, user, target, percent, unheard=False):
        """Return what is to be told, in the language of the user.

        :param unheard: who was told before has not acknowledged
        """
        self.ensure_one()
        ticket = self.with_context(lang=user.lang)
        label = ticket._om_target_labels()[target]
        if percent >= 100:
            summary = ticket.env._("Breached: %s", label)
        else:
            summary = ticket.env._(
                "%(percent)s%% of the time for the %(target)s is over",
                percent=percent,
                target=label,
            )
        if unheard:
            return ticket.env._("%s; nobody has acknowledged yet", summary)
        return summary

    def _om_notify_escalations(self, told):
        """Tell each person in one message with everything that was reached now, as the
        person wants to be told: by mail or in the inbox.

        :param told: {user: [(ticket, target, summary, asks)]}; ``asks``: the person is
            to acknowledge, and finds the link for that
        """
        for user, lines in told.items():
            if not user.email and user.notification_type != "inbox":
                continue
            # The channels have their own words with the addresses, browsers the ticket.
            thread = self.env["mail.thread"].with_context(
                lang=user.lang, om_notice_channel_off=True, om_push_off=True
            )
            items = (self._om_mark_escalation(thread.env, *line) for line in lines)
            thread.message_notify(
                subject=(
                    thread.env._("Deadlines of %s tickets", len(lines))
                    if len(lines) > 1
                    else f"{lines[0][0].display_name}: {lines[0][2]}"
                ),
                body=Markup("<ul>%s</ul>") % Markup().join(items),
                partner_ids=user.partner_id.ids,
                # Queued: the watch waits for no mail server.
                force_send=False,
            )
        if told:
            self.env["mail.mail"]._om_send_soon()

    @api.model
    def _om_tell_channels(self, told):
        """Tell each person in one message in the channels that the person chose.

        :param told: as of mails
        """
        channels = self.env["om.notice.channel"]
        texts = {}
        for user in channels._filter_told(told):
            env = self.with_context(lang=user.lang).env
            lines = told[user]
            words = [self._om_word_escalation(env, *line) for line in lines]
            if len(lines) > 1:
                words.insert(0, env._("Deadlines of %s tickets", len(lines)))
            texts[user.id] = "\n".join(words)
        channels._tell_texts(texts)

    def _om_get_url(self):
        self.ensure_one()
        return f"{self.get_base_url()}/odoo/{LISTS[self.kind]}/{self.id}"

    @api.model
    def _om_mark_escalation(self, env, ticket, target, summary, asks):
        """Return a line of the message."""
        line = Markup('<a href="%s">%s</a>: %s (%s)') % (
            ticket._om_get_url(),
            ticket.display_name,
            summary,
            self._om_format(ticket[f"{target}_deadline"]),
        )
        if asks:
            line += Markup(' <a href="%s">%s</a>') % (
                ticket._om_get_acknowledge_url(),
                env._("Acknowledge"),
            )
        return Markup("<li>%s</li>") % line

    @api.model
    def _om_word_escalation(self, env, ticket, target, summary, asks):
        """Return the lines of a message in a channel."""
        deadline = self._om_format(ticket[f"{target}_deadline"])
        lines = [summary, f"{ticket.display_name} ({deadline})", ticket._om_get_url()]
        if asks:
            word = env._("Acknowledge")
            lines.append(f"{word}: {ticket._om_get_acknowledge_url()}")
        return "\n".join(lines)

    # ------------------------------------------------------------
    # Major matters
    # ------------------------------------------------------------

    def _om_duty_of_report(self):
        """Urgent faults are reported to the purchaser within 30 minutes: a task.

        Source: BDA service centre, duty to report major matters within half an hour.
        """
        todo = self.env.ref("om_helpdesk.mail_activity_type_major")
        major = self.filtered(
            lambda ticket: (
                ticket.severity == "urgent"
                and ticket.kind == "fault"
                and ticket.is_open
            )
        )
        if not major:
            return
        today = beijing.today()
        everybody = self.env["om.escalation.rule"]._get_dispatchers()
        model_id = self.env["ir.model"]._get_id("helpdesk.ticket")
        rows = []
        for ticket in major:
            # Whoever has left is nobody's duty officer.
            user = ticket.system_id.user_id | ticket.team_id.user_id | everybody[:1]
            user = user.filtered("active")[:1]
            if not user:
                continue
            rows.append(
                {
                    "activity_type_id": todo.id,
                    "res_model_id": model_id,
                    "res_id": ticket.id,
                    "user_id": user.id,
                    "date_deadline": today,
                    "summary": self.with_context(lang=user.lang).env._(
                        "Report to the purchaser by %s",
                        self._om_format(ticket.major_report_due),
                    ),
                    "automated": True,
                }
            )
        if rows:
            self.env["mail.activity"].sudo().create(rows)  # for another user
