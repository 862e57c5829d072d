from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.om_base.controllers.portal import OmPortal, Waiting

MODEL = "om.obligation.item"
# What the receiver has to look at.
WAITING = Domain("state", "in", ["handed_in", "receipted"])


class ObligationPortal(OmPortal):
    """The receiver takes receipt of what is owed, accepts it or returns it."""

    def _om_get_counters(self):
        counted = (MODEL, self._get_obligation_waiting())
        return {**super()._om_get_counters(), "obligation_count": counted}

    def _get_obligation_waiting(self):
        """What is handed in to the visitor's own body: a unit sees what the purchaser
        is to take, too."""
        own = Domain("commercial_partner_id", "in", self._om_get_mine())
        return WAITING & Domain("receiver_id", "any!", own)

    def _om_get_waiting(self):
        papers = Waiting(
            request.env._("Reports and deliveries to take"),
            "/my/obligations",
            MODEL,
            self._get_obligation_waiting(),
        )
        return [*super()._om_get_waiting(), papers]

    @http.route(
        ["/my/obligations", "/my/obligations/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_obligations(self, page=1, filterby="", **_kwargs):
        """What the party receives: what waits for it first."""
        return self._om_list(
            "om_obligation.portal_my_obligations",
            MODEL,
            "/my/obligations",
            lambda items: {"items": items},
            page=page,
            filters=self._get_obligation_filters(),
            filterby=filterby,
            order="due_date desc, id desc",
            page_name="obligations",
        )

    def _get_obligation_filters(self):
        return {
            "waiting": {
                "label": request.env._("Waiting for You"),
                "domain": self._get_obligation_waiting(),
            },
            "owed": {
                "label": request.env._("Still Owed"),
                "domain": Domain("state", "in", ["owed", "returned"]),
            },
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
        }

    @http.route("/my/obligations/<int:item_id>", type="http", auth="user", website=True)
    def portal_my_obligation(self, item_id, **_kwargs):
        """One item with its files, and the buttons of its receiver."""
        return self._render_obligation(item_id)

    def _render_obligation(self, item_id, problem="", reason=""):
        item = self._om_find(MODEL, item_id)
        return self._om_page(
            "om_obligation.portal_my_obligation",
            item=item,
            # Whose word it is; another party reads.
            is_receiver=request.env.user._speaks_for(item._get_receiver()[0]),
            problem=problem,
            reason=reason,
            page_name="obligation",
        )

    @http.route(
        "/my/obligations/<int:item_id>/decide",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_obligation_decide(self, item_id, decision="", reason="", **_kwargs):
        """Take the receiver's word."""
        return self._om_answer(
            MODEL, item_id, decision, self._render_obligation, reason
        )

    @http.route(
        "/my/obligations/<int:item_id>/file/<int:file_id>",
        type="http",
        auth="user",
        website=True,
    )
    def portal_obligation_file(self, item_id, file_id, **_kwargs):
        """One file that was handed in, for whoever reads the item."""
        return self._om_send_file(self._om_find(MODEL, item_id).file_ids, file_id)
