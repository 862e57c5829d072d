import json

from odoo import SUPERUSER_ID, http
from odoo.http import request

from ..engine.alerts import AlertError, read_batch

# A batch of two thousand alerts has about one megabyte.
MOST_BYTES = 4 * 1024 * 1024


class AlertReceiver(http.Controller):
    @http.route(
        "/om/alerts/<int:source_id>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        sitemap=False,
    )
    def receive(self, source_id):
        """Take alerts as Alertmanager posts them; who posts has to know the secret.

        Answers: 200 taken; 400 no batch of alerts; 401 another secret, or no such
        connection; 413 too large. Alertmanager tries again after 5xx only.
        """
        # superuser: nobody is signed in; nothing is done before the secret fits.
        source = (
            request.env["om.alert.source"].with_user(SUPERUSER_ID).browse(source_id)
        )
        scheme, _blank, given = request.httprequest.headers.get(
            "Authorization", ""
        ).partition(" ")
        fits = source._is_secret(given.strip())
        if not fits or scheme.lower() != "bearer":
            return self._answer(401, "unauthorized")
        size = request.httprequest.content_length
        if size is None or size > MOST_BYTES:
            return self._answer(413, "too large")
        try:
            alerts = read_batch(json.loads(request.httprequest.get_data()))
        except (ValueError, RecursionError) as error:
            code = error.code if isinstance(error, AlertError) else "json"
            return self._answer(400, code)
        lang = source.agreement_id.user_id.lang or source.company_id.partner_id.lang
        source = source.with_company(source.company_id).with_context(lang=lang)
        made = source._receive(alerts)
        return self._answer(200, received=len(alerts), new=len(made))

    def _answer(self, status, error=None, **values):
        body = {"error": error} if error else values
        return request.make_json_response(body, status=status)
