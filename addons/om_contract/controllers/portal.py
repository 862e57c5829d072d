from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.om_base.controllers.portal import OmPortal, Waiting

APPLICATION = "om_contract.om_payment_application_report"
MILESTONE = "om.payment.milestone"
CONDITION = "om.payment.condition"
DEDUCTION = "om.deduction"


class ContractPortal(OmPortal):
    """Contracts for those outside who are a party to them.

    Which records exist for a visitor is decided by the record rules alone; a page
    renders a record with full rights only after the rules have let its visitor read it.
    """

    def _om_get_counters(self):
        return {
            **super()._om_get_counters(),
            "om_contract_count": ("agreement", Domain.TRUE),
            "om_deduction_count": (DEDUCTION, Domain.TRUE),
        }

    def _om_get_waiting(self):
        deductions = Waiting(
            request.env._("Deductions to agree to or to contest"),
            "/my/deductions?filterby=waiting",
            DEDUCTION,
            self._get_deduction_filters()["waiting"]["domain"],
        )
        return [*super()._om_get_waiting(), deductions]

    # ------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------

    @http.route(
        ["/my/contracts", "/my/contracts/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_contracts(self, page=1, sortby=None, **_params):
        """List the visitor's contracts."""
        return self._om_list(
            "om_contract.portal_my_contracts",
            "agreement",
            "/my/contracts",
            self._get_contract_rows,
            page=page,
            sortings=self._get_contract_sortings(),
            sortby=sortby,
            page_name="om_contract",
        )

    def _get_contract_rows(self, contracts):
        request.session["my_contracts_history"] = contracts.ids[:100]
        # The rules chose the records, and of which of them the visitor sees prices.
        return {"contracts": contracts.sudo(), "priced": self._get_priced(contracts)}

    def _get_contract_sortings(self):
        return {
            "date": {"label": request.env._("Newest"), "order": "start_date desc"},
            "name": {"label": request.env._("Name"), "order": "name"},
            "state": {"label": request.env._("State"), "order": "state, code"},
        }

    @http.route(
        "/my/contracts/<int:contract_id>", type="http", auth="user", website=True
    )
    def portal_my_contract(self, contract_id, **_params):
        """Show one contract; to its purchaser with the payments."""
        contract = self._om_find("agreement", contract_id)
        shows_amounts = contract in self._get_priced(contract)
        papers = request.env["om.unit.paper"]
        # Who sees the payments finds the documents on the page of their payment.
        if papers.has_access("read") and not shows_amounts:
            papers = papers.search([("agreement_id", "=", contract.id)])
        values = self._get_page_view_values(
            contract,
            None,
            {
                "page_name": "om_contract",
                "contract": contract,
                "shows_amounts": shows_amounts,
                "own_papers": papers,
                # The systems that the visitor's own rules let through.
                "systems": request.env["om.system"].search(
                    [("agreement_id", "=", contract.id)]
                ),
                "today": contract._get_today(),
            },
            "my_contracts_history",
            False,
        )
        return request.render("om_contract.portal_my_contract", values)

    @http.route(
        "/my/milestones/<int:milestone_id>", type="http", auth="user", website=True
    )
    def portal_my_milestone(self, milestone_id, **_params):
        """Show one payment to the purchaser, with what is its to confirm."""
        return self._render_milestone(milestone_id)

    def _render_milestone(self, milestone_id, problem="", entered=None):
        milestone = self._om_find(MILESTONE, milestone_id)
        return self._om_page(
            "om_contract.portal_my_milestone",
            page_name="om_milestone",
            milestone=milestone,
            contract=milestone.agreement_id,
            deductions=milestone.deduction_line_ids,
            today=request.env["agreement"]._get_today(),
            problem=problem,
            entered=entered or {},
        )

    @http.route(
        "/my/milestones/<int:milestone_id>/application",
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_milestone_application(self, milestone_id, **_params):
        """Hand out the payment application."""
        milestone = self._om_find(MILESTONE, milestone_id)
        return self._show_report(milestone, "pdf", APPLICATION, download=True)

    @http.route(
        "/my/conditions/<int:condition_id>/confirm",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_confirm_condition(
        self, condition_id, date=None, evidence=None, **_params
    ):
        """Note what the purchaser confirms, with its evidence."""
        condition = self._om_find(CONDITION, condition_id)
        own = condition.with_user(request.env.user)
        milestone = self._om_find(MILESTONE, condition.milestone_id.id)
        uploads = request.httprequest.files.getlist("files")
        files = [(file.filename, file.read()) for file in uploads if file.filename]
        problem = self._om_try(lambda: own._confirm_in_portal(date, evidence, files))
        if problem:
            entered = {"id": condition_id, "date": date, "evidence": evidence}
            return self._render_milestone(milestone.id, problem, entered)
        return request.redirect(f"/my/milestones/{milestone.id}?confirmed=1")

    @http.route(
        "/my/conditions/<int:condition_id>/files/<int:file_id>",
        type="http",
        auth="user",
        website=True,
    )
    def portal_condition_file(self, condition_id, file_id, **_params):
        """Hand out a file of the evidence: who reads a condition reads its papers."""
        condition = self._om_find(CONDITION, condition_id)
        files = condition.evidence_ids | condition.paper_ids.file_ids
        return self._om_send_file(files, file_id)

    # ------------------------------------------------------------
    # Deductions
    # ------------------------------------------------------------

    @http.route(
        ["/my/deductions", "/my/deductions/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_deductions(self, page=1, filterby="all", **_params):
        """List the deductions that were put to the purchaser."""
        return self._om_list(
            "om_contract.portal_my_deductions",
            DEDUCTION,
            "/my/deductions",
            # The rules chose the records.
            lambda deductions: {"deductions": deductions.sudo()},
            page=page,
            filters=self._get_deduction_filters(),
            filterby=filterby,
            page_name="om_deduction",
        )

    def _get_deduction_filters(self):
        waiting = Domain("state", "in", ("proposed", "disputed")) & Domain(
            "purchaser_agreed_date", "=", False
        )
        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "waiting": {"label": request.env._("Waiting for You"), "domain": waiting},
        }

    @http.route(
        "/my/deductions/<int:deduction_id>", type="http", auth="user", website=True
    )
    def portal_my_deduction(self, deduction_id, **_params):
        """Show one deduction: what happened, how it is counted, and the answer."""
        return self._render_deduction(deduction_id)

    def _render_deduction(self, deduction_id, problem="", reason=""):
        deduction = self._om_find(DEDUCTION, deduction_id)
        own = deduction.with_user(request.env.user)
        return self._om_page(
            "om_contract.portal_my_deduction",
            page_name="om_deduction",
            deduction=deduction,
            calculation=deduction._get_calculation(),
            may_answer=own._may_answer_in_portal(),
            problem=problem,
            reason=reason,
        )

    @http.route(
        "/my/deductions/<int:deduction_id>/<string:decision>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_answer_deduction(self, deduction_id, decision, reason="", **_params):
        """The purchaser agrees to a deduction or contests it."""
        return self._om_answer(
            DEDUCTION,
            deduction_id,
            decision,
            self._render_deduction,
            reason,
            url=f"/my/deductions/{deduction_id}?answered=1",
        )

    @http.route(
        "/my/deductions/<int:deduction_id>/files/<int:file_id>",
        type="http",
        auth="user",
        website=True,
    )
    def portal_deduction_file(self, deduction_id, file_id, **_params):
        """Hand out a file of the evidence: who reads a deduction reads its papers."""
        evidence = self._om_find(DEDUCTION, deduction_id).evidence_ids
        return self._om_send_file(evidence, file_id)

    def _get_priced(self, contracts):
        """Return those of ``contracts`` whose payments the visitor may read: the
        purchaser's own, not those that it only supervises or uses."""
        Milestone = request.env["om.payment.milestone"]
        if not Milestone.has_access("read"):
            return contracts.browse()
        milestones = Milestone.search([("agreement_id", "in", contracts.ids)])
        return milestones.agreement_id
