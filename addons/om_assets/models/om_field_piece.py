from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

# What comes at once: some seconds on a slow line.
LARGEST_PIECE = 512 * 1024
# A shrunk photo has some 600 kB; what is larger comes from no page of ours.
LARGEST_PHOTO = 8 * 1024 * 1024
# A telephone uploads one photo at a time: more than so much of a user was abandoned.
MOST_HELD = 128 * 1024 * 1024
LONGEST_NAME = 64
# As long as an entry may wait for its person.
KEPT_DAYS = 31


class OmFieldPiece(models.Model):
    """A piece of a photo that a telephone uploads little by little.

    Pieces come in their order, each at the place where those before it end. What comes
    again changes nothing: the answer always says how much is there, and the telephone
    goes on from that. The entry that the photo belongs to takes them out.
    """

    _name = "om.field.piece"
    _description = "Piece of a Photo under Way"
    _log_access = False

    upload = fields.Char(required=True)
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    start = fields.Integer(required=True, aggregator=None)
    size = fields.Integer(required=True, aggregator=None)
    data = fields.Binary(attachment=False)
    received_on = fields.Datetime(required=True, default=fields.Datetime.now)

    _piece_uniq = models.UniqueIndex(
        "(user_id, upload, start)", "This piece was received before."
    )

    @api.model
    def _get_held(self, upload):
        """Return how many bytes of an upload of the user's are here."""
        self._check_name(upload)
        self.env.cr.execute(
            "SELECT coalesce(sum(size), 0) FROM om_field_piece"
            " WHERE user_id = %s AND upload = %s",
            [self.env.uid, upload],
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _add(self, upload, start, raw):
        """Keep a piece that begins at ``start``, and return how much is here then.

        A piece that is here already, or begins elsewhere, is left out.

        :raise UserError: it is too large, or too much was left unfinished
        """
        held = self._get_held(upload)
        if start != held or not raw:
            return held
        if len(raw) > LARGEST_PIECE or held + len(raw) > LARGEST_PHOTO:
            raise UserError(self.env._("This picture is too large."))
        self._check_room(len(raw))
        # In SQL: of two that come at once the second is left out, and the file is
        # kept as it came.
        self.env.cr.execute(
            """
            INSERT INTO om_field_piece
                        (upload, user_id, start, size, data, received_on)
                 VALUES (%s, %s, %s, %s, %s, %s)
            ON CONFLICT (user_id, upload, start) DO NOTHING
            """,
            [upload, self.env.uid, start, len(raw), raw, fields.Datetime.now()],
        )
        return self._get_held(upload)

    @api.model
    def _take_out(self, upload, size):
        """Return the whole of an upload, and forget its pieces.

        :raise UserError: not all of it is here
        """
        if self._get_held(upload) != size:
            raise UserError(
                self.env._("The picture did not arrive whole. Retry to send it again.")
            )
        self.env.cr.execute(
            "SELECT string_agg(data, ''::bytea ORDER BY start) FROM om_field_piece"
            " WHERE user_id = %s AND upload = %s",
            [self.env.uid, upload],
        )
        raw = bytes(self.env.cr.fetchone()[0] or b"")
        self.env.cr.execute(
            "DELETE FROM om_field_piece WHERE user_id = %s AND upload = %s",
            [self.env.uid, upload],
        )
        return raw

    @api.model
    def _check_name(self, upload):
        if not isinstance(upload, str) or not 0 < len(upload) <= LONGEST_NAME:
            raise UserError(
                self.env._(
                    "This page is older than the server: load it again with a network."
                )
            )

    @api.model
    def _check_room(self, more):
        self.env.cr.execute(
            "SELECT coalesce(sum(size), 0) FROM om_field_piece WHERE user_id = %s",
            [self.env.uid],
        )
        if self.env.cr.fetchone()[0] + more > MOST_HELD:
            raise UserError(
                self.env._(
                    "Too many of your photos were begun and not finished. They are"
                    " forgotten after %s days; ask an administrator if you need to"
                    " upload before.",
                    KEPT_DAYS,
                )
            )

    @api.autovacuum
    def _gc_pieces(self):
        """Forget what nobody finishes any more."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        # Pieces are the server's own, no user's records.
        self.sudo().search([("received_on", "<", limit)], limit=10_000).unlink()
