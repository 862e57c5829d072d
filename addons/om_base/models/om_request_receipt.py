import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.json import json_default

# A form that is sent again after so long is no repetition of a lost answer.
KEPT_DAYS = 30
# What a client may name its request with; longer is none of ours.
MAX_TOKEN = 64


class OmRequestReceipt(models.Model):
    """What was answered to a request that its sender may have to repeat.

    A telephone that loses the network while its request is under way cannot know
    whether it arrived. It sends the same request again under the same token; the
    answer of the first is then given, and nothing is done a second time.
    """

    _name = "om.request.receipt"
    _description = "Receipt of a Request"
    _log_access = False

    token = fields.Char(required=True)
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    received_on = fields.Datetime(required=True, default=fields.Datetime.now)
    answer = fields.Text(help="JSON: what the first request was answered with.")

    _token_uniq = models.UniqueIndex(
        "(user_id, token)", "This request was received before."
    )

    @api.model
    def _answer_once(self, token, work, dump, load):
        """Do the work of the request ``token``, or give the answer of the first time.

        Of two at once the later one waits for the earlier one's transaction; it then
        fails to serialize, is tried again by the server, and finds the answer.

        :param work: does what is asked and returns the response
        :param dump: gives what is worth keeping of a response; None for one that did
            nothing, such as a form with its mistakes marked
        :param load: makes a response of what was kept
        """
        receipts = self.sudo()  # nobody reads or writes receipts but this model
        if not receipts._enter(token):
            known = receipts.search(
                [("user_id", "=", self.env.uid), ("token", "=", token)]
            )
            if not known.answer:
                raise self._make_done_error()
            return load(json.loads(known.answer))
        response = work()
        kept = dump(response)
        # Searched anew: the work may have rolled back what it had begun.
        receipt = receipts.search(
            [("user_id", "=", self.env.uid), ("token", "=", token)]
        )
        if kept is None:
            receipt.unlink()
        elif receipt:
            receipt.answer = json.dumps(kept, default=json_default)
        return response

    @api.model
    def _claim(self, token):
        """Enter a request that its sender calls ``token`` and that acts now.

        For clients that cannot take the answer of the first time: what comes again is
        told so, and does nothing. Whatever one transaction does is one request.

        :raise UserError: it was done already
        """
        # Of the cursor, and of its transaction only: a request that the server tries
        # again has done nothing yet.
        if "om_base.claimed" not in self.env.cr.cache:
            self.env.cr.cache["om_base.claimed"] = set()
        claimed = self.env.cr.cache["om_base.claimed"]
        # sudo: as above.
        if self.sudo()._enter(token):
            claimed.add((self.env.uid, token))
            self.env.cr.postrollback.add(claimed.clear)
        elif (self.env.uid, token) not in claimed:
            raise self._make_done_error()

    @api.model
    def _enter(self, token):
        """Whether this is the first that is heard of ``token`` from the user."""
        self.flush_model()
        self.env.cr.execute(
            """
            INSERT INTO om_request_receipt (token, user_id, received_on)
                 VALUES (%s, %s, %s)
            ON CONFLICT (user_id, token) DO NOTHING
              RETURNING id
            """,
            [token, self.env.uid, fields.Datetime.now()],
        )
        return bool(self.env.cr.fetchone())

    @api.model
    def _make_done_error(self):
        return UserError(
            self.env._(
                "This was done already: the same request came twice, and counts once."
                " Load the page again to see what it did."
            )
        )

    @api.autovacuum
    def _gc_receipts(self):
        """Forget receipts whose request nobody repeats any more."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        # Receipts are the server's own notes, no user's records.
        self.sudo().search([("received_on", "<", limit)], limit=10_000).unlink()
