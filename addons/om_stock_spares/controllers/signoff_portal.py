from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

# What the supervisor confirms: model, template of one, report.
KINDS = {
    "settlements": (
        "om.spare.settlement",
        "om_stock_spares.portal_my_settlement",
        "om_stock_spares.om_spare_settlement_report",
    ),
    "handovers": (
        "om.spare.handover",
        "om_stock_spares.portal_my_handover",
        "om_stock_spares.om_spare_handover_report",
    ),
}


class SpareSignoffPortal(CustomerPortal):
    """Where the supervisor confirms settlements and hand-over lists of spare parts,
    and the purchaser reads them.

    Which ones those are, their record rules say; who may answer, the model does.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        for kind, (model, _template, _report) in KINDS.items():
            counter = f"om_{kind}_count"
            if counter in counters:
                Model = request.env[model]
                values[counter] = (
                    Model.search_count([]) if Model.has_access("read") else 0
                )
        return values

    @http.route(
        [
            '/my/<any("settlements","handovers"):kind>',
            '/my/<any("settlements","handovers"):kind>/page/<int:page>',
        ],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def my_signoffs(self, kind, page=1, **_kw):
        """List what was put to this user's side, the latest first."""
        Model = request.env[KINDS[kind][0]]
        if not Model.has_access("read"):
            return request.redirect("/my")
        pager = portal_pager(
            url=f"/my/{kind}",
            total=Model.search_count([]),
            page=page,
            step=self._items_per_page,
        )
        found = Model.search(
            [], limit=self._items_per_page, offset=pager["offset"], order="id desc"
        )
        values = self._prepare_portal_layout_values()
        values.update(
            {
                "page_name": f"om_{kind}",
                "default_url": f"/my/{kind}",
                "pager": pager,
                "kind": kind,
                # Names of lists and contracts; which records, the search has decided.
                "docs": found.sudo(),
            }
        )
        return request.render("om_stock_spares.portal_my_signoffs", values)

    @http.route(
        '/my/<any("settlements","handovers"):kind>/<int:doc_id>',
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def my_signoff(self, kind, doc_id, **_kw):
        """Show one; what is not there and what is not theirs look alike."""
        return self._render_signoff(kind, self._find_signoff(kind, doc_id))

    @http.route(
        '/my/<any("settlements","handovers"):kind>/<int:doc_id>/<any("pdf","xlsx"):form>',
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def print_signoff(self, kind, doc_id, form, **_kw):
        """Download it as the paper or as the spreadsheet."""
        doc_sudo = self._find_signoff(kind, doc_id)
        report = KINDS[kind][2]
        if form == "pdf":
            return self._show_report(doc_sudo, "pdf", report, download=True)
        # The report reads what this user may read, as checked just before.
        name = request.env.ref(f"{report}_xlsx").sudo().report_name
        content, _kind = (
            request.env["ir.actions.report"].sudo()._render_xlsx(name, doc_sudo.ids, {})
        )
        return request.make_response(
            content,
            headers=[
                (
                    "Content-Type",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ),
                ("Content-Length", len(content)),
                (
                    "Content-Disposition",
                    content_disposition(f"{doc_sudo._get_file_name()}.xlsx"),
                ),
            ],
        )

    @http.route(
        '/my/<any("settlements","handovers"):kind>/<int:doc_id>'
        '/<any("confirm","refuse"):decision>',
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def answer_signoff(self, kind, doc_id, decision, reason="", **_kw):
        """Confirm it, or send it back, for the supervisor."""
        # The answer is given by the user, whose side the model checks.
        doc = self._find_signoff(kind, doc_id).with_user(request.env.user)
        try:
            if decision == "confirm":
                doc.action_confirm()
            else:
                doc.action_refuse(reason)
        except (AccessError, UserError) as error:
            request.env.cr.rollback()
            return self._render_signoff(
                kind, self._find_signoff(kind, doc_id), error.args[0], reason
            )
        # Sent back it is a draft, and no longer theirs to see.
        tail = f"/{doc_id}" if decision == "confirm" else ""
        return request.redirect(f"/my/{kind}{tail}")

    def _find_signoff(self, kind, doc_id):
        """Return the record as superuser if this user may read it.

        :raise NotFound: it is not theirs, or not there
        """
        try:
            return self._document_check_access(KINDS[kind][0], doc_id)
        except (AccessError, MissingError):
            raise request.not_found() from None

    def _render_signoff(self, kind, doc_sudo, problem="", reason=""):
        values = self._prepare_portal_layout_values()
        may_answer = (
            doc_sudo.state == "submitted"
            and doc_sudo.with_user(request.env.user)._is_supervisor()
        )
        values.update(
            {
                "page_name": f"om_{kind}",
                "kind": kind,
                "doc": doc_sudo,
                "may_answer": may_answer,
                "problem": problem,
                "reason": reason,
            }
        )
        return request.render(KINDS[kind][1], values)
