from odoo import http
from odoo.http import request


class ExpiryFeed(http.Controller):
    @http.route(
        "/om/calendar/<int:uid>/<string:token>.ics",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        save_session=False,
    )
    def feed(self, uid, token):
        """What ends, for the calendar of the user whose secret address this is.

        Calendar programs have no session: the address is the key. Reads only, with
        that user's own rights.
        """
        # Nobody is signed in; nothing is shown before the token fits.
        user = request.env["res.users"].sudo().browse(uid).exists()
        if not user or not user._is_feed_token(token):
            raise request.not_found()
        env = request.env(
            user=user.id,
            su=False,
            context={
                "lang": user.lang,
                "tz": user.tz,
                "allowed_company_ids": user.company_ids.ids,
            },
        )
        return request.make_response(
            env["om.expiry"]._get_feed(),
            headers=[
                ("Content-Type", "text/calendar; charset=utf-8"),
                ("Cache-Control", "private, no-store"),
                ("X-Robots-Tag", "noindex"),
            ],
        )
