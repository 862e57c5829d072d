from odoo import http
from odoo.http import request
from odoo.tools import file_open


class PortalPush(http.Controller):
    @http.route(
        "/my/worker.js",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=True,
    )
    def worker(self):
        """Return the service worker that shows notices while the portal is shut."""
        with file_open("om_base/static/src/portal_worker/worker.js") as stream:
            return request.make_response(
                stream.read(),
                headers=[
                    ("Content-Type", "text/javascript; charset=utf-8"),
                    ("Service-Worker-Allowed", "/my"),
                    ("Cache-Control", "no-cache"),
                ],
            )
