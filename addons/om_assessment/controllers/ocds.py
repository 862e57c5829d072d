import json

from odoo import http
from odoo.http import content_disposition, request


class OcdsExport(http.Controller):
    @http.route(
        "/om/settlements/<int:settlement_id>/performance-failures.json",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def performance_failures(self, settlement_id):
        """A contract's performance failures for a publication in OCDS."""
        settlement = request.env["om.settlement"].search([("id", "=", settlement_id)])
        if not settlement or request.env.user.share:
            raise request.not_found()
        contract = settlement.agreement_id
        found = contract._get_performance_failures()
        return request.make_response(
            json.dumps(found, ensure_ascii=False, indent=2),
            headers=[
                ("Content-Type", "application/json; charset=utf-8"),
                (
                    "Content-Disposition",
                    content_disposition(f"{contract.code}-performance-failures.json"),
                ),
            ],
        )
