from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.om_assets.controllers.device_label import DeviceLabel


class FaultFollowed(DeviceLabel):
    """Who reported a fault by a label says whether it is repaired, by its code."""

    @http.route(
        "/om/f/<string:code>/say",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def say(self, code, text="", **_params):
        """Hear what is not in order with a repair."""
        fault = request.env["maintenance.request"]._find_by_report_code(code)
        if not fault:
            raise request.not_found()
        try:
            fault._object(text)
        except UserError as error:
            return self._render_followed(code, message=error.args[0])
        return request.redirect(f"/om/f/{fault.report_code}?said=1")

    def _render_followed(self, code, reported=False, message=""):
        response = super()._render_followed(code, reported, message)
        response.qcontext["said"] = bool(request.params.get("said"))
        return response
