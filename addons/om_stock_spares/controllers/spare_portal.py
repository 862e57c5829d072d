from odoo import http
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.om_base.controllers.portal import OmPortal, Waiting

REQUEST = "om.spare.request"
SWAP = "om.spare.swap"
THUMBNAIL = 160
UNCONFIRMED = Domain("state", "=", "asked") | Domain("is_unconfirmed", "=", True)


class SparePortal(OmPortal):
    """Where purchaser and supervisor confirm spare parts, and user units follow them.

    Which requests that are, their record rules say; who may answer, the model does.
    """

    def _om_get_counters(self):
        return {
            **super()._om_get_counters(),
            "om_spare_count": (REQUEST, Domain.TRUE),
            "om_swap_count": (SWAP, Domain.TRUE),
        }

    def _om_get_waiting(self):
        user, unanswered = request.env.user, Domain.FALSE
        for party in ("purchaser", "supervisor"):
            if user.has_group(f"om_base.group_portal_{party}"):
                answers = Domain("party", "=", party)
                unanswered |= Domain("confirmation_ids", "not any!", answers)
        waiting = super()._om_get_waiting()
        if not unanswered.is_false():
            parts = Waiting(
                request.env._("Spare parts to confirm"),
                "/my/spares?filterby=waiting",
                REQUEST,
                UNCONFIRMED & unanswered,
            )
            waiting = [*waiting, parts]
        if user.has_group("om_base.group_portal_purchaser"):
            swaps = Waiting(
                request.env._("Swaps of spare parts to agree to"),
                "/my/swaps",
                SWAP,
                Domain("state", "=", "asked"),
            )
            waiting = [*waiting, swaps]
        return waiting

    # ------------------------------------------------------------
    # Requests
    # ------------------------------------------------------------

    @http.route(
        ["/my/spares", "/my/spares/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def my_spares(self, page=1, filterby="all", **_kw):
        """List the requests that this user may see, the unanswered first."""
        return self._om_list(
            "om_stock_spares.portal_my_spares",
            REQUEST,
            "/my/spares",
            lambda found: {
                "spares": [self._get_spare_facts(each) for each in found.sudo()]
            },
            page=page,
            filters=self._get_spare_filters(),
            filterby=filterby,
            order="id desc",
            page_name="om_spare",
        )

    def _get_spare_filters(self):
        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "waiting": {
                "label": request.env._("Waiting for Confirmation"),
                "domain": UNCONFIRMED,
            },
        }

    @http.route(
        "/my/spares/<int:spare_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def my_spare(self, spare_id, **_kw):
        """Show one request; what is not there and what is not theirs look alike."""
        return self._render_spare(spare_id)

    @http.route(
        "/my/spares/<int:spare_id>/<string:decision>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def answer_spare(self, spare_id, decision, reason="", **_kw):
        """Confirm or refuse for the party of this user."""
        return self._om_answer(REQUEST, spare_id, decision, self._render_spare, reason)

    @http.route(
        "/my/spares/<int:spare_id>/photo/<int:photo_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def my_spare_photo(self, spare_id, photo_id, thumbnail=None, **_kw):
        """Show a photo of a request; portal users may read no attachments as such."""
        photos_sudo = self._om_find(REQUEST, spare_id).photo_ids
        side = THUMBNAIL if thumbnail else 0
        return self._om_send_photo(photos_sudo, photo_id, side)

    def _render_spare(self, spare_id, problem="", reason=""):
        spare_sudo = self._om_find(REQUEST, spare_id)
        return self._om_page(
            "om_stock_spares.portal_my_spare",
            page_name="om_spare",
            spare=self._get_spare_facts(spare_sudo),
            answers=[
                {
                    "party": answer.party,
                    "decision": answer.decision,
                    "reason": answer.reason or "",
                    "who": answer.person,
                    "way": answer.way,
                    "when": answer.decided_at,
                }
                for answer in spare_sudo.confirmation_ids
            ],
            may_answer=self._may_answer(spare_sudo),
            problem=problem,
            reason=reason,
        )

    def _may_answer(self, spare_sudo):
        """True if an answer of this user is what the request waits for."""
        if spare_sudo.state != "asked" and not spare_sudo.is_unconfirmed:
            return False
        try:
            mine = spare_sudo.with_user(request.env.user)._get_my_parties()
        except AccessError:
            return False
        answered = spare_sudo.confirmation_ids.mapped("party")
        return mine[spare_sudo.id] not in answered

    def _get_spare_facts(self, spare_sudo):
        """Return what the portal shows of a request: plain values, never the record."""
        quota = spare_sudo.quota_id
        states = spare_sudo._om_labels("state")
        return {
            "id": spare_sudo.id,
            "name": spare_sudo.name,
            "state": spare_sudo.state,
            "state_label": states[spare_sudo.state],
            "is_unconfirmed": spare_sudo.is_unconfirmed,
            "confirm_by": spare_sudo.confirm_by,
            "asked_at": spare_sudo.asked_at,
            "part": quota.name,
            "product": spare_sudo.product_id.display_name,
            "quantity": spare_sudo.quantity,
            "uom": quota.uom_name or "",
            "system": spare_sudo.system_id.name,
            "unit": spare_sudo.unit_id.name,
            "device": spare_sudo.equipment_id.display_name or "",
            "place": spare_sudo.equipment_id.location or "",
            "beyond_repair": spare_sudo.beyond_repair or "",
            "repair_tried": spare_sudo.repair_tried or "",
            "serial_numbers": spare_sudo.serial_numbers or "",
            "purchaser": spare_sudo.purchaser_state,
            "supervisor": spare_sudo.supervisor_state,
            "cap": quota.cap,
            "swap_in": quota.swap_in,
            "swap_out": quota.swap_out,
            "used": quota.used,
            "reserved": quota.reserved,
            "remaining": quota.remaining,
            "photos": spare_sudo.photo_ids.ids,
        }

    # ------------------------------------------------------------
    # Swaps
    # ------------------------------------------------------------

    @http.route(
        ["/my/swaps", "/my/swaps/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def my_swaps(self, page=1, **_kw):
        """List the swaps that were put to this user's side."""
        return self._om_list(
            "om_stock_spares.portal_my_swaps",
            SWAP,
            "/my/swaps",
            lambda swaps: {"swaps": swaps},
            page=page,
            page_name="om_swap",
        )

    @http.route(
        "/my/swaps/<int:swap_id>", type="http", auth="user", website=True, readonly=True
    )
    def my_swap(self, swap_id, **_kw):
        """Show one swap."""
        return self._render_swap(swap_id)

    @http.route(
        "/my/swaps/<int:swap_id>/<string:decision>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def answer_swap(self, swap_id, decision, reason="", **_kw):
        """Agree to or refuse a swap, for the purchaser."""
        return self._om_answer(SWAP, swap_id, decision, self._render_swap, reason)

    def _render_swap(self, swap_id, problem="", reason=""):
        user = request.env.user
        swap_sudo = self._om_find(SWAP, swap_id)
        return self._om_page(
            "om_stock_spares.portal_my_swap",
            page_name="om_swap",
            swap=swap_sudo,
            may_answer=swap_sudo.state == "asked"
            and user.has_group("om_base.group_portal_purchaser")
            and user._speaks_for(swap_sudo.agreement_id.partner_id),
            problem=problem,
            reason=reason,
        )
