from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.om_base.controllers.portal import OmPortal, Waiting

MODEL = "om.posting.change"


class StaffingPortal(OmPortal):
    """The user unit consents to changes of the people posted there."""

    def _om_get_counters(self):
        counted = (MODEL, [("state", "=", "sent")])
        return {**super()._om_get_counters(), "posting_change_count": counted}

    def _om_get_waiting(self):
        changes = Waiting(
            request.env._("Changes of posted staff to decide on"),
            "/my/posting-changes",
            MODEL,
            Domain("state", "=", "sent"),
        )
        return [*super()._om_get_waiting(), changes]

    @http.route(
        ["/my/posting-changes", "/my/posting-changes/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_posting_changes(self, page=1, **_kwargs):
        """The changes that the unit was told, the latest first."""
        return self._om_list(
            "om_staffing.portal_my_posting_changes",
            MODEL,
            "/my/posting-changes",
            lambda changes: {"changes": changes},
            page=page,
            page_name="posting_changes",
        )

    @http.route(
        "/my/posting-changes/<int:change_id>", type="http", auth="user", website=True
    )
    def portal_my_posting_change(self, change_id, **_kwargs):
        """One change, with the buttons to consent or refuse."""
        return self._render_change(change_id)

    def _render_change(self, change_id, problem="", reason=""):
        return self._om_page(
            "om_staffing.portal_my_posting_change",
            change=self._om_find(MODEL, change_id),
            problem=problem,
            remark=reason,
            page_name="posting_change",
        )

    @http.route(
        "/my/posting-changes/<int:change_id>/decide",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_decide(self, change_id, decision="", remark="", **_kwargs):
        """Take the unit's decision."""
        if not request.env.user.has_group("om_base.group_portal_user_unit"):
            raise request.not_found()
        return self._om_answer(MODEL, change_id, decision, self._render_change, remark)
