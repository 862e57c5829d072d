from functools import partial

from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.om_base.controllers.portal import OmPortal, Waiting

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


class SpareSignoffPortal(OmPortal):
    """Where the supervisor confirms settlements and hand-over lists of spare parts,
    and the purchaser reads them.

    Which ones those are, their record rules say; who may answer, the model does.
    """

    def _om_get_counters(self):
        return {
            **super()._om_get_counters(),
            **{
                f"om_{kind}_count": (model, Domain.TRUE)
                for kind, (model, _template, _report) in KINDS.items()
            },
        }

    def _om_get_waiting(self):
        waiting = super()._om_get_waiting()
        if not request.env.user.has_group("om_base.group_portal_supervisor"):
            return waiting
        labels = {
            "settlements": request.env._("Settlements of spare parts to confirm"),
            "handovers": request.env._("Hand-over lists to confirm"),
        }
        submitted = Domain("state", "=", "submitted")
        return waiting + [
            Waiting(label, f"/my/{kind}", KINDS[kind][0], submitted)
            for kind, label in labels.items()
        ]

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
        return self._om_list(
            "om_stock_spares.portal_my_signoffs",
            KINDS[kind][0],
            f"/my/{kind}",
            # Names of lists and contracts; which records, the search has decided.
            lambda found: {"docs": found.sudo()},
            page=page,
            order="id desc",
            page_name=f"om_{kind}",
            kind=kind,
        )

    @http.route(
        '/my/<any("settlements","handovers"):kind>/<int:doc_id>',
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def my_signoff(self, kind, doc_id, **_kw):
        """Show one; what is not there and what is not theirs look alike."""
        return self._render_signoff(kind, doc_id)

    @http.route(
        '/my/<any("settlements","handovers"):kind>/<int:doc_id>/<any("pdf","xlsx"):form>',
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def print_signoff(self, kind, doc_id, form, **_kw):
        """Download it as the paper or as the spreadsheet."""
        doc_sudo = self._om_find(KINDS[kind][0], doc_id)
        report = KINDS[kind][2]
        if form == "pdf":
            return self._show_report(doc_sudo, "pdf", report, download=True)
        # The report reads what this user may read, as checked just before.
        name = request.env.ref(f"{report}_xlsx").sudo().report_name
        content, _kind = (
            request.env["ir.actions.report"].sudo()._render_xlsx(name, doc_sudo.ids, {})
        )
        return self._om_send_paper(content, doc_sudo._get_file_name(), "xlsx")

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
        return self._om_answer(
            KINDS[kind][0],
            doc_id,
            decision,
            partial(self._render_signoff, kind),
            reason,
            # Sent back it is a draft, and no longer theirs to see.
            url=f"/my/{kind}" if decision == "refuse" else None,
        )

    def _render_signoff(self, kind, doc_id, problem="", reason=""):
        model, template, _report = KINDS[kind]
        doc_sudo = self._om_find(model, doc_id)
        own = doc_sudo.with_user(request.env.user)
        return self._om_page(
            template,
            page_name=f"om_{kind}",
            kind=kind,
            doc=doc_sudo,
            may_answer=doc_sudo.state == "submitted" and own._is_supervisor(),
            problem=problem,
            reason=reason,
        )
