from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.om_base.controllers.portal import MAX_REASON, OmPortal, Waiting

MODEL = "om.assessment"
WITH_REMARKS = ("dispute", "return", "contest")


class AssessmentPortal(OmPortal):
    """Unit and purchaser read score sheets with their facts, contest and sign them."""

    def _om_get_counters(self):
        counted = (MODEL, request.env[MODEL]._get_waiting())
        return {**super()._om_get_counters(), "assessment_count": counted}

    def _om_get_waiting(self):
        sheets = Waiting(
            request.env._("Score sheets to sign or to contest"),
            "/my/assessments",
            MODEL,
            request.env[MODEL]._get_waiting(),
        )
        return [*super()._om_get_waiting(), sheets]

    @http.route(
        ["/my/assessments", "/my/assessments/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_assessments(self, page=1, filterby="", **_kwargs):
        """The party's score sheets: what waits for it first."""
        return self._om_list(
            "om_assessment.portal_my_assessments",
            MODEL,
            "/my/assessments",
            lambda sheets: {"sheets": sheets},
            page=page,
            filters=self._get_assessment_filters(),
            filterby=filterby,
            page_name="assessments",
        )

    def _get_assessment_filters(self):
        return {
            "waiting": {
                "label": request.env._("Waiting for You"),
                "domain": request.env[MODEL]._get_waiting(),
            },
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
        }

    @http.route(
        "/my/assessments/<int:sheet_id>", type="http", auth="user", website=True
    )
    def portal_my_assessment(self, sheet_id, **_kwargs):
        """One sheet: figures, the facts that were not kept, and the party's word."""
        return self._render_sheet(sheet_id)

    def _render_sheet(self, sheet_id, problem="", reason=""):
        # As the user who asks: the buttons are those of its party.
        own = self._om_find(MODEL, sheet_id).with_user(request.env.user)
        answers = own._portal_answers
        said = own._get_portal_words()
        return self._om_page(
            "om_assessment.portal_my_assessment",
            sheet=own,
            words=[word for word in answers if word in said],
            asks_reason=any(answers[word].reason for word in said),
            asks_remarks=bool(said & set(WITH_REMARKS)),
            problem=problem,
            reason=reason,
            page_name="assessment",
        )

    @http.route(
        "/my/assessments/<int:sheet_id>/decide",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_assessment_decide(self, sheet_id, decision="", reason="", **values):
        """Take the party's word; the login itself must be one of the party's."""
        more = {}
        if decision in WITH_REMARKS:
            lines = self._om_find(MODEL, sheet_id).line_ids
            more["remarks"] = {
                line.id: values.get(f"remark_{line.id}", "")[:MAX_REASON]
                for line in lines
            }
        return self._om_answer(
            MODEL, sheet_id, decision, self._render_sheet, reason, **more
        )
