import logging
import time
from datetime import datetime, timedelta

import requests

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_list, html2plaintext

from ..tools import beijing, robots

_logger = logging.getLogger(__name__)

TIMEOUT = 10
# After so many tries, over some eight hours, a message is given up and told.
TRIES = 12
LONGEST_WAIT = timedelta(hours=1)
KEPT_DAYS = 90
BODY_CHARACTERS = 400


class OmNoticeChannel(models.Model):
    """A robot of a group in 企业微信, 钉钉 or 飞书 that tells what Odoo tells.

    Who chooses it in the preferences reads there, called by the mobile number, each
    notice that goes to the inbox or by mail anyway: an assignment, a deadline, what
    waits for a confirmation. Nothing is told instead of anything.
    """

    _name = "om.notice.channel"
    _description = "Notice Channel"
    _order = "name, id"

    name = fields.Char(required=True, help="Such as the name of the group.")
    kind = fields.Selection(
        [("wecom", "WeCom"), ("dingtalk", "DingTalk"), ("feishu", "Feishu")],
        "Service",
        required=True,
        default="wecom",
    )
    url = fields.Char(
        "Webhook Address",
        required=True,
        groups="om_base.group_administrator",
        help="As the settings of the robot show it. Who knows it can write there.",
    )
    secret = fields.Char(
        groups="om_base.group_administrator",
        help="For robots of DingTalk and Feishu whose messages are to be signed.",
    )
    quiet_from = fields.Float(
        help="From this hour on nothing is told; it follows when the quiet is over."
    )
    quiet_to = fields.Float("Quiet Until")
    user_ids = fields.One2many("res.users", "om_notice_channel_id", "Told Here")
    delivery_ids = fields.One2many(
        "om.notice.delivery", "channel_id", groups="om_base.group_administrator"
    )
    active = fields.Boolean(default=True)

    @api.constrains("kind", "url")
    def _check_url(self):
        for channel in self:
            if not robots.is_address(channel.kind, channel.url):
                raise ValidationError(
                    self.env._(
                        "This is no address of a %(service)s robot: it begins with"
                        " https://%(host)s/. Copy it from the robot's settings.",
                        service=channel._om_label("kind"),
                        host=robots.HOSTS[channel.kind],
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
        return frozenset(users.search([("om_notice_channel_id.active", "=", True)]).ids)

    @api.model
    def _tell(self, message, user_ids):
        """Tell those of these users who chose a channel, once in each channel."""
        told = self._get_told_users().intersection(user_ids)
        if not told:
            return
        # superuser: a notice is on its way, whoever caused it
        users = self.env["res.users"].sudo().browse(told)
        text = self._word(message.sudo())
        now = fields.Datetime.now()
        self.env["om.notice.delivery"].sudo().create(
            [
                {
                    "channel_id": channel.id,
                    "user_ids": [fields.Command.set(group.ids)],
                    "text": text,
                    "send_at": channel._get_moment(now),
                }
                for channel, group in users.grouped("om_notice_channel_id").items()
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
        """Tell the group that the channel works, and say what the service answered."""
        self.ensure_one()
        self.check_access("write")
        answer = self._post(self.env._("This channel of Odoo works."), [])
        is_sent = answer.state == "sent"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if is_sent else "danger",
                "sticky": not is_sent,
                "message": self.env._("Sent. Look into the group.")
                if is_sent
                else self.env._("Not sent. The service answered: %s", answer.words),
            },
        }

    def _post(self, text, phones):
        """Send one message now; return ``robots.Answer``."""
        self.ensure_one()
        # superuser: address and secret are for this door only
        robot = self.sudo()
        post = robots.make_post(
            robot.kind, robot.url, robot.secret or "", text, phones, time.time()
        )
        try:
            response = requests.post(
                post.url, json=post.body, timeout=TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            # Its words hold the address, and with it the key.
            return robots.Answer("again", type(error).__name__)
        try:
            body = response.json()
        except ValueError:
            body = None
        return robots.read_answer(robot.kind, response.status_code, body)

    # ------------------------------------------------------------
    # The list of those who are told is remembered
    # ------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
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
        numbers = (
            "".join(char for char in phone if char.isdigit())[-11:]
            for phone in self.user_ids.mapped("phone")
            if phone
        )
        return [number for number in numbers if len(number) == 11]

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
