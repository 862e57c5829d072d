from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

THUMBNAIL = 160


class SparePortal(CustomerPortal):
    """Where purchaser and supervisor confirm spare parts, and user units follow them.

    Which requests that are, their record rules say; who may answer, the model does.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        for counter, model in (
            ("om_spare_count", "om.spare.request"),
            ("om_swap_count", "om.spare.swap"),
        ):
            if counter in counters:
                Model = request.env[model]
                values[counter] = (
                    Model.search_count([]) if Model.has_access("read") else 0
                )
        return values

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
        Request = request.env["om.spare.request"]
        if not Request.has_access("read"):
            return request.redirect("/my")
        filters = self._get_spare_filters()
        filterby = filterby if filterby in filters else "all"
        domain = filters[filterby]["domain"]
        pager = portal_pager(
            url="/my/spares",
            url_args={"filterby": filterby},
            total=Request.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        found = Request.search(
            domain, limit=self._items_per_page, offset=pager["offset"], order="id desc"
        )
        values = self._prepare_portal_layout_values()
        values.update(
            {
                "page_name": "om_spare",
                "default_url": "/my/spares",
                "pager": pager,
                "spares": [self._get_spare_facts(each) for each in found.sudo()],
                "searchbar_filters": filters,
                "filterby": filterby,
            }
        )
        return request.render("om_stock_spares.portal_my_spares", values)

    def _get_spare_filters(self):
        missing = Domain("state", "=", "asked") | Domain("is_unconfirmed", "=", True)
        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "waiting": {
                "label": request.env._("Waiting for Confirmation"),
                "domain": missing,
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
        return self._render_spare(self._find(spare_id))

    @http.route(
        "/my/spares/<int:spare_id>/<string:decision>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def answer_spare(self, spare_id, decision, reason="", **_kw):
        """Confirm or refuse for the party of this user."""
        spare_sudo = self._find(spare_id)
        # The answer is given by the user, whose party the model checks.
        spare = spare_sudo.with_user(request.env.user)
        try:
            if decision == "confirm":
                spare.action_confirm()
            elif decision == "refuse":
                spare.action_refuse(reason)
            else:
                raise request.not_found()
        except (AccessError, UserError) as error:
            request.env.cr.rollback()
            return self._render_spare(self._find(spare_id), error.args[0], reason)
        return request.redirect(f"/my/spares/{spare_id}")

    @http.route(
        "/my/spares/<int:spare_id>/photo/<int:photo_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def my_spare_photo(self, spare_id, photo_id, thumbnail=None, **_kw):
        """Show a photo of a request; portal users may read no attachments as such."""
        photo_sudo = self._find(spare_id).photo_ids.filtered(
            lambda photo: photo.id == photo_id
        )
        if not photo_sudo:
            raise request.not_found()
        side = THUMBNAIL if thumbnail else 0
        stream = request.env["ir.binary"]._get_image_stream_from(
            photo_sudo, width=side, height=side
        )
        image = (photo_sudo.mimetype or "").startswith("image/")
        return stream.get_response(as_attachment=not image)

    def _find(self, spare_id, model="om.spare.request"):
        """Return the record as superuser if this user may read it.

        :raise NotFound: it is not theirs, or not there
        """
        try:
            return self._document_check_access(model, spare_id)
        except (AccessError, MissingError):
            raise request.not_found() from None

    def _render_spare(self, spare_sudo, problem="", reason=""):
        values = self._prepare_portal_layout_values()
        values.update(
            {
                "page_name": "om_spare",
                "spare": self._get_spare_facts(spare_sudo),
                "answers": [
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
                "may_answer": self._may_answer(spare_sudo),
                "problem": problem,
                "reason": reason,
            }
        )
        return request.render("om_stock_spares.portal_my_spare", values)

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
        states = dict(spare_sudo._fields["state"]._description_selection(request.env))
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

    @http.route("/my/swaps", type="http", auth="user", website=True, readonly=True)
    def my_swaps(self, **_kw):
        """List the swaps that were put to this user's side."""
        Swap = request.env["om.spare.swap"]
        if not Swap.has_access("read"):
            return request.redirect("/my")
        values = self._prepare_portal_layout_values()
        values.update({"page_name": "om_swap", "swaps": Swap.search([])})
        return request.render("om_stock_spares.portal_my_swaps", values)

    @http.route(
        "/my/swaps/<int:swap_id>", type="http", auth="user", website=True, readonly=True
    )
    def my_swap(self, swap_id, **_kw):
        """Show one swap."""
        return self._render_swap(self._find(swap_id, "om.spare.swap"))

    @http.route(
        "/my/swaps/<int:swap_id>/<string:decision>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def answer_swap(self, swap_id, decision, reason="", **_kw):
        """Agree to or refuse a swap, for the purchaser."""
        swap = self._find(swap_id, "om.spare.swap").with_user(request.env.user)
        try:
            if decision == "agree":
                swap.action_agree()
            elif decision == "refuse":
                swap.action_refuse(reason)
            else:
                raise request.not_found()
        except (AccessError, UserError) as error:
            request.env.cr.rollback()
            return self._render_swap(
                self._find(swap_id, "om.spare.swap"), error.args[0]
            )
        return request.redirect(f"/my/swaps/{swap_id}")

    def _render_swap(self, swap_sudo, problem=""):
        user = request.env.user
        values = self._prepare_portal_layout_values()
        values.update(
            {
                "page_name": "om_swap",
                "swap": swap_sudo,
                "problem": problem,
                "may_answer": swap_sudo.state == "asked"
                and user.has_group("om_base.group_portal_purchaser")
                and user._speaks_for(swap_sudo.agreement_id.partner_id),
            }
        )
        return request.render("om_stock_spares.portal_my_swap", values)
