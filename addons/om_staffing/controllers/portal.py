from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager


class StaffingPortal(CustomerPortal):
    """The user unit consents to changes of the people posted there."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "posting_change_count" in counters:
            Change = request.env["om.posting.change"]
            values["posting_change_count"] = (
                Change.search_count([("state", "=", "sent")])
                if Change.has_access("read")
                else 0
            )
        return values

    @http.route(
        ["/my/posting-changes", "/my/posting-changes/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_posting_changes(self, page=1, **_kwargs):
        """The changes that the unit was told, the latest first."""
        Change = request.env["om.posting.change"]
        if not Change.has_access("read"):
            return request.redirect("/my")
        pages = pager("/my/posting-changes", Change.search_count([]), page=page)
        changes = Change.search([], limit=self._items_per_page, offset=pages["offset"])
        return request.render(
            "om_staffing.portal_my_posting_changes",
            {
                "changes": changes,
                "pager": pages,
                "page_name": "posting_changes",
                "default_url": "/my/posting-changes",
            },
        )

    @http.route(
        "/my/posting-changes/<int:change_id>", type="http", auth="user", website=True
    )
    def portal_my_posting_change(self, change_id, error=None, **_kwargs):
        """One change, with the buttons to consent or refuse."""
        try:
            change = self._document_check_access("om.posting.change", change_id)
        except (AccessError, MissingError):
            return request.redirect("/my/posting-changes")
        return request.render(
            "om_staffing.portal_my_posting_change",
            {"change": change, "error": error, "page_name": "posting_change"},
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
        # The token of a shared link lets nobody decide: the login itself must be one
        # of the unit, or the record rule refuses.
        change = request.env["om.posting.change"].browse(change_id)
        try:
            change.check_access("read")
            if not request.env.user.has_group("om_base.group_portal_user_unit"):
                raise AccessError(
                    request.env._("Only the user unit consents to such a change.")
                )
        except (AccessError, MissingError):
            return request.redirect("/my/posting-changes")
        try:
            # The act asks whether the login is one of the unit.
            if decision == "consent":
                change.action_consent(remark=remark)
            elif decision == "refuse":
                change.action_refuse(remark=remark)
        except UserError as problem:
            return self.portal_my_posting_change(change_id, error=str(problem))
        return request.redirect(f"/my/posting-changes/{change_id}")
