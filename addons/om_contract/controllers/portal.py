from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

APPLICATION = "om_contract.om_payment_application_report"
MAX_REASON = 2000


class ContractPortal(CustomerPortal):
    """Contracts for those outside who are a party to them.

    Which records exist for a visitor is decided by the record rules alone; a page
    renders a record with full rights only after the rules have let its visitor read it.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "om_contract_count" in counters:
            Agreement = request.env["agreement"]
            values["om_contract_count"] = (
                Agreement.search_count([]) if Agreement.has_access("read") else 0
            )
        if "om_deduction_count" in counters:
            Deduction = request.env["om.deduction"]
            values["om_deduction_count"] = (
                Deduction.search_count([]) if Deduction.has_access("read") else 0
            )
        return values

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
        Agreement = request.env["agreement"]
        if not Agreement.has_access("read"):
            return request.redirect("/my")
        sortings = self._get_contract_sortings()
        sortby = sortby if sortby in sortings else "date"
        pager = portal_pager(
            url="/my/contracts",
            url_args={"sortby": sortby},
            total=Agreement.search_count([]),
            page=page,
            step=self._items_per_page,
        )
        contracts = Agreement.search(
            [],
            order=sortings[sortby]["order"],
            limit=self._items_per_page,
            offset=pager["offset"],
        )
        request.session["my_contracts_history"] = contracts.ids[:100]
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="om_contract",
            default_url="/my/contracts",
            # The rules chose the records, and of which of them the visitor sees prices.
            contracts=contracts.sudo(),
            priced=self._get_priced(contracts),
            pager=pager,
            searchbar_sortings=sortings,
            sortby=sortby,
        )
        return request.render("om_contract.portal_my_contracts", values)

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
        try:
            contract = self._document_check_access("agreement", contract_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        values = self._get_page_view_values(
            contract,
            None,
            {
                "page_name": "om_contract",
                "contract": contract,
                "shows_amounts": contract in self._get_priced(contract),
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
        try:
            milestone = self._document_check_access(
                "om.payment.milestone", milestone_id
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        return self._render_milestone(milestone)

    def _render_milestone(self, milestone, error=None, entered=None):
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="om_milestone",
            milestone=milestone,
            contract=milestone.agreement_id,
            deductions=milestone.deduction_line_ids,
            today=request.env["agreement"]._get_today(),
            error=error,
            entered=entered or {},
        )
        response = request.render("om_contract.portal_my_milestone", values)
        if error:
            response.status_code = 422
        return response

    @http.route(
        "/my/milestones/<int:milestone_id>/application",
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_milestone_application(self, milestone_id, **_params):
        """Hand out the payment application."""
        try:
            milestone = self._document_check_access(
                "om.payment.milestone", milestone_id
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
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
        try:
            condition = self._document_check_access(
                "om.payment.condition", condition_id
            ).with_user(request.env.user)
            milestone = self._document_check_access(
                "om.payment.milestone", condition.milestone_id.id
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        uploads = request.httprequest.files.getlist("files")
        files = [(file.filename, file.read()) for file in uploads if file.filename]
        try:
            with request.env.cr.savepoint():
                condition._confirm_in_portal(date, evidence, files)
        except (AccessError, UserError, ValueError) as error:
            text = error.args[0]
            if isinstance(error, ValueError) and not isinstance(error, UserError):
                text = request.env._("Enter a day such as 2026-01-31.")
            return self._render_milestone(
                milestone,
                error=text,
                entered={"id": condition_id, "date": date, "evidence": evidence},
            )
        return request.redirect(f"/my/milestones/{milestone.id}?confirmed=1")

    @http.route(
        "/my/conditions/<int:condition_id>/files/<int:file_id>",
        type="http",
        auth="user",
        website=True,
    )
    def portal_condition_file(self, condition_id, file_id, **_params):
        """Hand out a file of the evidence: who reads a condition reads its papers."""
        try:
            condition = self._document_check_access(
                "om.payment.condition", condition_id
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        file = condition.evidence_ids.filtered(lambda file: file.id == file_id)
        if not file:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_stream_from(file)
        return stream.get_response(as_attachment=True)

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
        Deduction = request.env["om.deduction"]
        if not Deduction.has_access("read"):
            return request.redirect("/my")
        filters = self._get_deduction_filters()
        filterby = filterby if filterby in filters else "all"
        domain = filters[filterby]["domain"]
        pager = portal_pager(
            url="/my/deductions",
            url_args={"filterby": filterby},
            total=Deduction.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        deductions = Deduction.search(
            domain, limit=self._items_per_page, offset=pager["offset"]
        )
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="om_deduction",
            default_url="/my/deductions",
            # The rules chose the records.
            deductions=deductions.sudo(),
            pager=pager,
            searchbar_filters=filters,
            filterby=filterby,
        )
        return request.render("om_contract.portal_my_deductions", values)

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
        try:
            deduction = self._document_check_access("om.deduction", deduction_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        return self._render_deduction(deduction)

    def _render_deduction(self, deduction, error=None, reason=""):
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="om_deduction",
            deduction=deduction,
            calculation=deduction._get_calculation(),
            may_answer=deduction.with_user(request.env.user)._may_answer_in_portal(),
            error=error,
            reason=reason,
        )
        response = request.render("om_contract.portal_my_deduction", values)
        if error:
            response.status_code = 422
        return response

    @http.route(
        "/my/deductions/<int:deduction_id>/<string:decision>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_answer_deduction(self, deduction_id, decision, reason="", **_params):
        """The purchaser agrees to a deduction or contests it."""
        if decision not in ("agree", "dispute"):
            raise request.not_found()
        try:
            deduction = self._document_check_access("om.deduction", deduction_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                deduction.with_user(request.env.user)._answer_in_portal(
                    decision, (reason or "").strip()[:MAX_REASON]
                )
        except (AccessError, UserError) as error:
            return self._render_deduction(deduction, error.args[0], reason)
        return request.redirect(f"/my/deductions/{deduction_id}?answered=1")

    @http.route(
        "/my/deductions/<int:deduction_id>/files/<int:file_id>",
        type="http",
        auth="user",
        website=True,
    )
    def portal_deduction_file(self, deduction_id, file_id, **_params):
        """Hand out a file of the evidence: who reads a deduction reads its papers."""
        try:
            deduction = self._document_check_access("om.deduction", deduction_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        file = deduction.evidence_ids.filtered(lambda file: file.id == file_id)
        if not file:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_stream_from(file)
        return stream.get_response(as_attachment=True)

    def _get_priced(self, contracts):
        """Return those of ``contracts`` whose payments the visitor may read: the
        purchaser's own, not those that it only supervises or uses."""
        Milestone = request.env["om.payment.milestone"]
        if not Milestone.has_access("read"):
            return contracts.browse()
        milestones = Milestone.search([("agreement_id", "in", contracts.ids)])
        return milestones.agreement_id
