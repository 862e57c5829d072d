import json
from datetime import timedelta

from odoo import api, fields, models

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
        receipts = self.sudo()  # nobody reads or writes receipts but this method
        receipts.flush_model()
        receipts.env.cr.execute(
            """
            INSERT INTO om_request_receipt (token, user_id, received_on)
                 VALUES (%s, %s, %s)
            ON CONFLICT (user_id, token) DO NOTHING
              RETURNING id
            """,
            [token, self.env.uid, fields.Datetime.now()],
        )
        if not receipts.env.cr.fetchone():
            known = receipts.search(
                [("user_id", "=", self.env.uid), ("token", "=", token)]
            )
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
            receipt.answer = json.dumps(kept)
        return response

    @api.autovacuum
    def _gc_receipts(self):
        """Forget receipts whose request nobody repeats any more."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        # Receipts are the server's own notes, no user's records.
        self.sudo().search([("received_on", "<", limit)], limit=10_000).unlink()
