import time
import uuid
from collections import defaultdict
from datetime import datetime, timedelta

import requests

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_list, html2plaintext

from ..tools import beijing, robots, sms

TIMEOUT = 10
# After so many tries, over some eight hours, a message is given up and told.
TRIES = 12
LONGEST_WAIT = timedelta(hours=1)
KEPT_DAYS = 90
BODY_CHARACTERS = 400


class OmNoticeChannel(models.Model):
    """A way on which notices reach people besides the inbox, the mail and the browser:
    a robot of a group in 企业微信, 钉钉 or 飞书, or text messages.

    Who chooses it in the preferences reads there, called by the mobile number, each
    notice that goes to the inbox or by mail anyway: an assignment, a deadline, what
    waits for a confirmation. Nothing is told instead of anything.
    """

    _name = "om.notice.channel"
    _description = "Notice Channel"
    _order = "name, id"

    name = fields.Char(required=True, help="Such as the name of the group.")
    kind = fields.Selection(
        [
            ("wecom", "WeCom"),
            ("dingtalk", "DingTalk"),
            ("feishu", "Feishu"),
            ("sms", "Text Message (Alibaba Cloud)"),
        ],
        "Service",
        required=True,
        default="wecom",
    )
    url = fields.Char(
        "Webhook Address",
        groups="om_base.group_administrator",
        help="As the settings of the robot show it. Who knows it can write there.",
    )
    secret = fields.Char(
        groups="om_base.group_administrator",
        help="For robots of DingTalk and Feishu whose messages are to be signed; for"
        " text messages, that of the access key.",
    )
    key_id = fields.Char(
        "Access Key",
        groups="om_base.group_administrator",
        help="Of an account that may send text messages and nothing else.",
    )
    sign_name = fields.Char(
        "Message Signature", help="The approved one, without the brackets around it."
    )
    template = fields.Char(
        "Message Template",
        help="The number of an approved template for notices whose only variable is"
        " called content, such as: Operations notice: ${content}.",
    )
    quiet_from = fields.Float(
        help="From this hour on nothing is told; it follows when the quiet is over."
    )
    quiet_to = fields.Float("Quiet Until")
    user_ids = fields.Many2many(
        "res.users",
        "om_notice_channel_user_rel",
        "channel_id",
        "user_id",
        string="Told Here",
    )
    delivery_ids = fields.One2many(
        "om.notice.delivery", "channel_id", groups="om_base.group_administrator"
    )
    active = fields.Boolean(default=True)

    @api.constrains("kind", "url")
    def _check_url(self):
        for channel in self.filtered(lambda each: each.kind != "sms"):
            if not robots.is_address(channel.kind, channel.url or ""):
                raise ValidationError(
                    self.env._(
                        "This is no address of a %(service)s robot: it begins with"
                        " https://%(host)s/. Copy it from the robot's settings.",
                        service=channel._om_label("kind"),
                        host=robots.HOSTS[channel.kind],
                    )
                )

    @api.constrains("kind", "key_id", "secret", "sign_name", "template")
    def _check_sender(self):
        for channel in self.filtered(lambda each: each.kind == "sms"):
            if not all(
                (channel.key_id, channel.secret, channel.sign_name, channel.template)
            ):
                raise ValidationError(
                    self.env._(
                        "Text messages need access key, secret, signature and template."
                        " All four stand in the console of the SMS service."
                    )
                )

    @api.constrains("quiet_from", "quiet_to")
    def _check_quiet(self):
        for channel in self:
            if not all(0 <= hour < 24 for hour in channel._get_quiet()):
                raise ValidationError(
                    self.env._("Quiet hours are times of a day, from 0:00 to 23:59.")
                )

    # ------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_told_users(self):
        """Return the ids of those who chose a channel; mostly nobody did."""
        # superuser: who is told is no secret to the message itself
        users = self.env["res.users"].sudo()
        domain = [("om_notice_channel_ids.active", "=", True)]
        return frozenset(users.search(domain).ids)

    @api.model
    def _filter_told(self, users):
        """Return those of the users who chose a channel; the others need no words."""
        told = self._get_told_users()
        return [user for user in users if user.id in told]

    @api.model
    def _tell(self, message, user_ids):
        """Tell those of these users who chose a channel, once in each channel."""
        told = self._get_told_users().intersection(user_ids)
        if told:
            # superuser: a notice is on its way, whoever caused it
            text = self._word(message.sudo())
            self._tell_texts(dict.fromkeys(told, text))

    @api.model
    def _tell_texts(self, texts):
        """Tell each user a text in the channels that the user chose.

        :param texts: {user id: text}; people of a channel who are told the same are
            told in one message
        """
        told = self._get_told_users().intersection(texts)
        if not told:
            return
        # superuser: as above
        channels = self.sudo().search([("user_ids", "in", list(told))])
        groups = defaultdict(list)
        for channel in channels:
            for user in channel.user_ids:
                if user.id in told:
                    groups[channel, texts[user.id]].append(user.id)
        now = fields.Datetime.now()
        self.env["om.notice.delivery"].sudo().create(  # as above
            [
                {
                    "channel_id": channel.id,
                    "user_ids": [fields.Command.set(user_ids)],
                    "text": text,
                    "send_at": channel._get_moment(now),
                }
                for (channel, text), user_ids in groups.items()
            ]
        )
        self.env.ref("om_base.om_notice_channel_cron_send")._trigger()

    @api.model
    def _word(self, message):
        """Return subject, document, beginning and link of a message as plain text."""
        body = html2plaintext(message.body or "", include_references=False).strip()
        if len(body) > BODY_CHARACTERS:
            body = f"{body[:BODY_CHARACTERS]}…"
        parts = [message.subject, message.record_name, body]
        if message.model and message.res_id:
            parts.append(
                f"{self.get_base_url()}/mail/view?model={message.model}"
                f"&res_id={message.res_id}"
            )
        return "\n".join(dict.fromkeys(part for part in parts if part))

    def _get_moment(self, now):
        """Return when to tell what happens at ``now``: at once, or after the quiet."""
        self.ensure_one()
        local = beijing.to_local(now)
        hour = local.hour + local.minute / 60
        start, end = self._get_quiet()
        is_quiet = start <= hour < end if start <= end else not end <= hour < start
        if start == end or not is_quiet:
            return now
        minutes = round(end * 60)
        over = datetime.combine(local.date(), datetime.min.time())
        over += timedelta(days=hour >= end, minutes=minutes)
        return beijing.to_stored(over)

    def _get_quiet(self):
        return self.quiet_from, self.quiet_to

    def action_test(self):
        """Tell the group, or the own telephone, that the channel works, and say what
        the service answered."""
        self.ensure_one()
        self.check_access("write")
        phones = self.env.user._get_om_mobiles() if self.kind == "sms" else []
        answer = self._post(self.env._("This channel of Odoo works."), phones)
        is_sent = answer.state == "sent"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if is_sent else "danger",
                "sticky": not is_sent,
                "message": self.env._(
                    "Sent. Look into the group, or at your telephone."
                )
                if is_sent
                else self.env._("Not sent. The service answered: %s", answer.words),
            },
        }

    def _post(self, text, phones):
        """Send one message now; return ``robots.Answer``."""
        self.ensure_one()
        # superuser: address and secret are for this door only
        channel = self.sudo()
        if channel.kind == "sms":
            if not phones:
                words = self.env._("No mobile number of these people is known.")
                return robots.Answer("refused", words)
            return channel._post_sms(text, phones)
        post = robots.make_post(
            channel.kind, channel.url, channel.secret or "", text, phones, time.time()
        )
        status, body = self._ask(post.url, json=post.body)
        if not status:
            return robots.Answer("again", body)
        return robots.read_answer(channel.kind, status, body)

    def _post_sms(self, text, phones):
        sender = sms.Sender(self.key_id, self.secret, self.sign_name, self.template)
        sent = sms.make_request(
            sender, text, phones, time.time(), uuid.uuid4().hex, sms.URL
        )
        status, body = self._ask(sent.url, headers=sent.headers)
        if not status:
            return robots.Answer("again", body)
        return sms.read_answer(status, body)

    @api.model
    def _ask(self, url, **how):
        """Return HTTP's status and the JSON that came, or 0 and what went wrong."""
        try:
            response = requests.post(url, timeout=TIMEOUT, allow_redirects=False, **how)
        except requests.RequestException as error:
            # Its words hold the address, and with it the key.
            return 0, type(error).__name__
        try:
            return response.status_code, response.json()
        except ValueError:
            return response.status_code, None

    # ------------------------------------------------------------
    # The list of those who are told is remembered
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        self.env.registry.clear_cache()
        return channels

    def write(self, vals):
        result = super().write(vals)
        if {"active", "user_ids"} & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result


class OmNoticeDelivery(models.Model):
    """A message on its way to a channel: kept until it is there, and 90 days after.

    At least once: a crash between the service's answer and its record sends again.
    """

    _name = "om.notice.delivery"
    _description = "Notice Delivery"
    _order = "id desc"
    _rec_name = "text"

    channel_id = fields.Many2one(
        "om.notice.channel",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    kind = fields.Selection(related="channel_id.kind")
    user_ids = fields.Many2many("res.users", string="For", readonly=True)
    text = fields.Text(required=True, readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Not Delivered")],
        required=True,
        default="waiting",
        readonly=True,
    )
    send_at = fields.Datetime("Next Try", required=True, readonly=True)
    tries = fields.Integer(readonly=True)
    answer = fields.Char(readonly=True, help="What the service said last.")

    _waiting = models.Index("(channel_id, send_at) WHERE state = 'waiting'")

    @api.model
    def _cron_send(self):
        """Send what is due, at most as many a minute and channel as services take."""
        now = fields.Datetime.now()
        left = False
        waiting = (
            Domain("state", "=", "waiting")
            & Domain("send_at", "<=", now)
            & Domain("channel_id.active", "=", True)
        )
        for (channel,) in self._read_group(waiting, ["channel_id"]):
            due = self.search(
                waiting & Domain("channel_id", "=", channel.id),
                order="id",
                limit=robots.PER_MINUTE,
            )
            left |= len(due) == robots.PER_MINUTE
            for delivery in due:
                if not delivery._send():
                    break
        if left:
            cron = self.env.ref("om_base.om_notice_channel_cron_send")
            cron._trigger(now + timedelta(minutes=1))

    def _send(self):
        """Send one and keep what came of it; return whether the next may follow."""
        self.ensure_one()
        answer = self.channel_id._post(self._word(), self._get_phones())
        values = {"tries": self.tries + 1, "answer": answer.words}
        if answer.state == "sent":
            values["state"] = "sent"
        elif answer.state == "refused" or values["tries"] >= TRIES:
            values["state"] = "failed"
        else:
            wait = min(timedelta(minutes=2**self.tries), LONGEST_WAIT)
            values["send_at"] = fields.Datetime.now() + wait
        self.write(values)
        if values.get("state") == "failed":
            self._tell_failed()
        if self.env.context.get("ir_cron_progress_id"):
            self.env["ir.cron"]._commit_progress(1)
        if values.get("send_at"):
            trigger = self.env.ref("om_base.om_notice_channel_cron_send")
            trigger._trigger(values["send_at"])
        return answer.state != "again"

    def _word(self):
        """Return the text; where the service cannot call people, with their names."""
        if self.kind != "feishu":
            return self.text
        people = format_list(self.env, self.user_ids.mapped("name"))
        return f"{people}\n{self.text}"

    def _get_phones(self):
        """Return the numbers by which the service knows the people."""
        return self.user_ids._get_om_mobiles()

    def _tell_failed(self):
        """Tell the administrators in the inbox that a channel does not deliver."""
        group = self.env.ref("om_base.group_administrator")
        for user in group.all_user_ids - self.user_ids:
            told = self.env["mail.thread"].with_context(
                lang=user.lang, om_notice_channel_off=True
            )
            told.message_notify(
                subject=told.env._("Notice not delivered: %s", self.channel_id.name),
                body=told.env._(
                    "The service answered: %s. Try the channel, and send the notice"
                    " again from its list.",
                    self.answer,
                ),
                partner_ids=user.partner_id.ids,
            )

    def action_send_again(self):
        """Try these at once, as if for the first time."""
        self.env["om.notice.channel"].check_access("write")
        # superuser: deliveries are written by this door only
        failed = self.sudo().filtered(lambda each: each.state != "sent")
        failed.write({"state": "waiting", "tries": 0, "send_at": fields.Datetime.now()})
        self.env.ref("om_base.om_notice_channel_cron_send").sudo()._trigger()

    @api.autovacuum
    def _gc_old(self):
        before = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS)
        self.search([("state", "!=", "waiting"), ("create_date", "<", before)]).unlink()
