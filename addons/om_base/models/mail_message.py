from datetime import timedelta

from lxml import html

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize

from ..fields import DocumentReference

# What may be written on a message on record: how its readers treat it.
FREE = frozenset(
    (
        "needaction",
        "notification_ids",
        "notified_partner_ids",
        "partner_ids",
        "pinned_at",
        "reaction_ids",
        "starred",
        "starred_partner_ids",
    )
)

# The kind of what a dialog mails about many documents at once.
MAILED = "email_outgoing"

# How long a request may take from a message's time to its entry.
AT_ONCE = timedelta(minutes=15)


def drop_images(body):
    """The text of an outsider without pictures: the address of one tells its owner who
    reads it, and when. Files come as attachments."""
    if "<img" not in body.lower():
        return body
    parts = html.fragments_fromstring(str(body))
    root = html.Element("div")
    for part in parts:
        if isinstance(part, str):
            root.text = (root.text or "") + part
        else:
            root.append(part)
    for image in root.xpath(".//img"):
        image.drop_tree()
    text = html.tostring(root, encoding="unicode")
    return type(body)(text.removeprefix("<div>").removesuffix("</div>"))


class MailMessage(models.Model):
    """Messages about documents of facts: nobody rewrites, deletes or forges one."""

    _inherit = "mail.message"

    res_id = DocumentReference()

    def _filter_on_record(self):
        """Those of these messages that stay as they are."""
        # sudo: only which documents they are about.
        models_of = {message.id: message.sudo().model for message in self}
        kept = {
            name
            for name in set(models_of.values())
            if name
            and name in self.env
            and hasattr(self.env[name], "_keeps_messages")
            and self.env[name]._keeps_messages()
        }
        return self.filtered(lambda message: models_of[message.id] in kept)

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.user.share:
            vals_list = [
                {**vals, "body": drop_images(vals["body"])}
                if vals.get("body")
                else vals
                for vals in vals_list
            ]
        messages = super().create(vals_list)
        if not self.env.su:
            kept = messages._filter_on_record()
            kept._check_own_author()
            kept._check_own_time()
        elif self.env.uid != api.SUPERUSER_ID:
            # A dialog that mails many documents writes as superuser for its user.
            mailed = messages.filtered(lambda each: each.message_type == MAILED)
            mailed._filter_on_record()._check_our_author()
        return messages

    def write(self, vals):
        if not self.env.su and vals.keys() - FREE and self._filter_on_record():
            raise UserError(
                self.env._(
                    "What was said here stays on record. Write another message that"
                    " puts it right."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_record(self):
        if not self.env.su and self._filter_on_record():
            raise UserError(self.env._("Messages on record are not deleted."))

    def _check_own_author(self):
        """Raise if somebody speaks in another's name; the system's own name is free."""
        own = self.env.user.partner_id | self.env.ref("base.partner_root")
        # sudo: the author is compared, not shown.
        emails = own.sudo().mapped("email_normalized")
        for message in self.sudo():
            author = message.author_id
            # An address shows as the author where there is none.
            sender = not author and email_normalize(message.email_from or "")
            if author - own or (sender and sender not in emails):
                raise AccessError(
                    self.env._("Nobody writes a message in another's name.")
                )

    def _check_our_author(self):
        """Raise if what is mailed about a document is in the name of another party."""
        # sudo: the author is compared, not shown.
        messages = self.sudo()
        senders = {
            message: email_normalize(message.email_from or "")
            for message in messages
            if not message.author_id
        }
        known = messages.env["res.partner"].search(
            [("email_normalized", "in", [each for each in senders.values() if each])]
        )
        by_address = known.grouped("email_normalized")
        ours = self.env.user.partner_id | self.env.ref("base.partner_root")
        for message in messages:
            author = (
                message.author_id
                or by_address.get(senders[message], known.browse())[:1]
            )
            if author - ours and not (
                author.user_ids.filtered(lambda user: not user.share)
                or author.commercial_partner_id.ref_company_ids
            ):
                raise AccessError(
                    self.env._("Nobody writes a message in another's name.")
                )

    def _check_own_time(self):
        """Raise if something is said to have been said at another time."""
        now = fields.Datetime.now()
        # sudo: as above.
        if any(abs(message.date - now) > AT_ONCE for message in self.sudo()):
            raise UserError(
                self.env._("A message is of now; tell in it when something happened.")
            )
