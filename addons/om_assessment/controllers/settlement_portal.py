from odoo import http
from odoo.http import request

from odoo.addons.om_base.controllers.portal import OmPortal

MODEL = "om.settlement"


class SettlementPortal(OmPortal):
    """Purchaser and supervisor see what of a settlement is there and what they owe; the
    purchaser takes the packages that were handed in."""

    def _om_get_counters(self):
        return {**super()._om_get_counters(), "settlement_count": (MODEL, [])}

    @http.route(
        ["/my/contract-settlements", "/my/contract-settlements/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_settlements(self, page=1, **_kwargs):
        """The settlements of the party's contracts."""
        return self._om_list(
            "om_assessment.portal_my_settlements",
            MODEL,
            "/my/contract-settlements",
            # The rules chose the records.
            lambda settlements: {"settlements": settlements.sudo()},
            page=page,
            page_name="settlements",
        )

    @http.route(
        "/my/contract-settlements/<int:settlement_id>",
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_settlement(self, settlement_id, **_kwargs):
        """One settlement: its index, what this party owes first, and its packages."""
        settlement = self._om_find(MODEL, settlement_id)
        owed = settlement._get_owed_by(request.env.user)
        return self._om_page(
            "om_assessment.portal_my_settlement",
            settlement=settlement,
            owed=owed,
            items=owed + (settlement.item_ids - owed),
            packages=settlement._get_packages_handed_in(),
            files=settlement._get_files_for(request.env.user),
            page_name="settlement",
        )

    @http.route(
        "/my/contract-settlements/<int:settlement_id>/files/<int:file_id>",
        type="http",
        auth="user",
        website=True,
    )
    def portal_settlement_file(self, settlement_id, file_id, **_kwargs):
        """A package that was handed in, or its paper."""
        settlement = self._om_find(MODEL, settlement_id)
        files = settlement._get_files_for(request.env.user)
        return self._om_send_file(files, file_id)
