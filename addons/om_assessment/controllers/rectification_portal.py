from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.om_base.controllers.portal import OmPortal, Waiting

from ..models.om_rectification import OWED

MODEL = "om.rectification"
NOTICE = "om_assessment.om_rectification_notice_report"
MOST_HOURS = 24 * 366
MOST_TEXT = 500


class RectificationPortal(OmPortal):
    """Unit and purchaser demand that something is put right, and check that it was."""

    def _om_get_counters(self):
        counted = (MODEL, request.env[MODEL]._get_waiting())
        return {**super()._om_get_counters(), "rectification_count": counted}

    def _om_get_waiting(self):
        demands = Waiting(
            request.env._("Rectifications to check"),
            "/my/rectifications",
            MODEL,
            request.env[MODEL]._get_waiting(),
        )
        return [*super()._om_get_waiting(), demands]

    @http.route(
        ["/my/rectifications", "/my/rectifications/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_rectifications(self, page=1, filterby="", **_kwargs):
        """What was demanded: what waits for the party first."""
        return self._om_list(
            "om_assessment.portal_my_rectifications",
            MODEL,
            "/my/rectifications",
            lambda demands: {"demands": demands},
            page=page,
            filters=self._get_rectification_filters(),
            filterby=filterby,
            may_demand=bool(self._get_demand_systems(limit=1)),
            page_name="rectifications",
        )

    def _get_rectification_filters(self):
        return {
            "waiting": {
                "label": request.env._("Waiting for You"),
                "domain": request.env[MODEL]._get_waiting(),
            },
            "owed": {
                "label": request.env._("Not Put Right Yet"),
                "domain": Domain("state", "in", OWED),
            },
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
        }

    # ------------------------------------------------------------
    # Demanding
    # ------------------------------------------------------------

    def _get_demand_systems(self, limit=None):
        """The systems for which the party may demand something: its own, or those of
        its contracts in force."""
        Systems = request.env["om.system"]
        if not Systems.has_access("read"):
            return Systems.sudo()
        mine = request.env.user.om_party_ids.ids
        # sudo: whose contract it is decides, and its party is the user's own.
        return Systems.sudo().search(
            Domain("agreement_id.state", "not in", ("draft", "closed"))
            & Domain("agreement_id.domain", "=", "sale")
            & (
                Domain("unit_id.commercial_partner_id", "in", mine)
                | Domain("agreement_id.partner_id.commercial_partner_id", "in", mine)
            ),
            limit=limit,
        )

    def _get_demand_line(self, number):
        """The line of a score sheet that the party reads, as superuser, or none."""
        lines = request.env["om.assessment.line"]
        if not str(number or "").isdigit() or not lines.has_access("read"):
            return lines.sudo()
        # sudo: it was just found by who may read it.
        return lines.search([("id", "=", int(number))]).sudo()

    @http.route(
        "/my/rectifications/new",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_new_rectification(self, line=None, **_kwargs):
        """The form of a demand; a line of a score sheet fills it in."""
        return self._render_new_demand(self._get_demand_line(line))

    def _render_new_demand(self, line_sudo, problem="", typed=None):
        systems = self._get_demand_systems()
        if not systems:
            raise request.not_found()
        values = {"name": "", "hours": 24, "system_id": 0}
        if line_sudo:
            values.update(request.env[MODEL].sudo()._prepare_from_line(line_sudo))
        values.update(typed or {})
        return self._om_page(
            "om_assessment.portal_new_rectification",
            systems=systems,
            line=line_sudo,
            typed=values,
            problem=problem,
            page_name="rectification_new",
        )

    @http.route(
        "/my/rectifications/new",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_create_rectification(
        self, name="", hours="", system_id="", line=None, **_kwargs
    ):
        """Issue the demand: the login's own party is the one that demands it."""
        line_sudo = self._get_demand_line(line)
        typed = {
            "name": name.strip()[:MOST_TEXT],
            "hours": int(hours) if hours.isdigit() else 0,
            "system_id": int(system_id) if system_id.isdigit() else 0,
        }
        system_sudo = self._get_demand_systems().filtered(
            lambda system: system.id == typed["system_id"]
        )
        problem = ""
        if not typed["name"]:
            problem = request.env._("Say what is to be put right.")
        elif not 0 < typed["hours"] <= MOST_HOURS:
            problem = request.env._("Say within how many hours it is to be put right.")
        elif not system_sudo and not line_sudo:
            problem = request.env._("Choose the system.")
        made = []
        if not problem:
            problem = self._om_try(
                lambda: made.append(self._issue_demand(typed, system_sudo, line_sudo))
            )
        if problem:
            return self._render_new_demand(line_sudo, problem, typed)
        return request.redirect(made[0].access_url)

    def _issue_demand(self, typed, system_sudo, line_sudo):
        Rectification = request.env[MODEL]
        values = {"name": typed["name"], "hours": typed["hours"]}
        if line_sudo:
            prepared = Rectification.sudo()._prepare_from_line(line_sudo)
            values = {
                **prepared,
                **values,
                "assessment_line_id": line_sudo.id,
            }
        if system_sudo:
            values |= {
                "system_id": system_sudo.id,
                "agreement_id": system_sudo.agreement_id.id,
                "unit_id": system_sudo.unit_id.id,
            }
        unit = request.env["res.partner"].sudo().browse(values["unit_id"])
        by_unit = unit and request.env.user._speaks_for(unit)
        # sudo: portal users write none; the party was asked for above, and issuing
        # asks again whether it is the login's own.
        demand_sudo = Rectification.sudo().create(
            {**values, "issuer": "unit" if by_unit else "purchaser"}
        )
        demand = Rectification.browse(demand_sudo.id)
        demand.action_issue()
        return demand

    # ------------------------------------------------------------
    # One of them
    # ------------------------------------------------------------

    @http.route(
        "/my/rectifications/<int:demand_id>", type="http", auth="user", website=True
    )
    def portal_my_rectification(
        self, demand_id, report_type=None, download=False, **_kwargs
    ):
        """One demand: what, until when, what was done, and the party's word."""
        if report_type == "pdf":
            demand = self._om_find(MODEL, demand_id)
            return self._show_report(demand, "pdf", NOTICE, download=download)
        return self._render_demand(demand_id)

    def _render_demand(self, demand_id, problem="", reason=""):
        # As the user who asks: the buttons are those of its party.
        own = self._om_find(MODEL, demand_id).with_user(request.env.user)
        answers = own._portal_answers
        said = own._get_portal_words()
        return self._om_page(
            "om_assessment.portal_my_rectification",
            demand=own,
            words=said,
            asks_reason=any(answers[word].reason for word in said),
            problem=problem,
            reason=reason,
            page_name="rectification",
        )

    @http.route(
        "/my/rectifications/<int:demand_id>/decide",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_rectification_decide(self, demand_id, decision="", reason="", **_kwargs):
        """Take the party's word; the login itself must be one of the party's."""
        return self._om_answer(MODEL, demand_id, decision, self._render_demand, reason)

    @http.route(
        "/my/rectifications/<int:demand_id>/file/<int:file_id>",
        type="http",
        auth="user",
        website=True,
    )
    def portal_rectification_file(self, demand_id, file_id, **_kwargs):
        """One file of the evidence, for whoever reads the demand."""
        demand_sudo = self._om_find(MODEL, demand_id)
        return self._om_send_file(demand_sudo.evidence_ids, file_id)
