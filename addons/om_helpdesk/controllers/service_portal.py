from datetime import date, timedelta

from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.om_base.controllers.portal import KINDS, OmPortal, Waiting
from odoo.addons.om_base.tools import beijing

MONTHS = 12
# What stands for the systems that no contract has yet
NO_CONTRACT = "0"
DOWNTIME = "om.downtime"
EXCLUDED = Domain("excluded_cause", "!=", False)


class ServicePortal(OmPortal):
    """What the service was worth: the monthly report, and downtime that is not to
    count because the purchaser agrees.

    A user unit reads of its own systems, purchaser and supervisor of their contracts.
    """

    def _om_get_counters(self):
        counted = (DOWNTIME, EXCLUDED)
        return {**super()._om_get_counters(), "downtime_count": counted}

    def _om_get_waiting(self):
        waiting = super()._om_get_waiting()
        if not request.env.user.has_group("om_base.group_portal_purchaser"):
            return waiting
        claims = Waiting(
            request.env._("Downtimes to decide on"),
            "/my/downtimes",
            DOWNTIME,
            Domain("exclusion_state", "=", "claimed"),
        )
        return [*waiting, claims]

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "service_system_count" in counters:
            values["service_system_count"] = len(self._get_service_systems())
        return values

    # ------------------------------------------------------------
    # Service report
    # ------------------------------------------------------------

    def _get_service_systems(self):
        """Return the systems whose service this user may judge."""
        System = request.env["om.system"]
        if not System.has_access("read"):
            return System
        user = request.env.user
        mine = user.om_party_ids.ids
        # Whichever of their partners the user may read.
        domain = Domain("unit_id", "any!", Domain("commercial_partner_id", "in", mine))
        if user.has_group("om_base.group_portal_purchaser"):
            domain |= Domain("purchaser_id", "in", mine)
        if user.has_group("om_base.group_portal_supervisor"):
            domain |= Domain("supervisor_id", "in", mine)
        return System.search(domain)

    def _get_months(self):
        """Return the first days of the last months, the latest first."""
        day = beijing.today().replace(day=1)
        months = []
        for _number in range(MONTHS):
            months.append(day)
            day = (day - timedelta(days=1)).replace(day=1)
        return months

    def _get_service_contracts(self, systems):
        """Return the contracts that these systems are in, or had faults under in the
        months that can be chosen; the latest first, as superuser."""
        # Names of contracts; which ones, the systems say.
        past = (
            request.env["helpdesk.ticket"]
            .sudo()
            ._read_group(
                Domain("system_id", "in", systems.ids)
                & Domain("reported_at", ">=", self._get_months()[-1])
                & Domain("agreement_id", "!=", False),
                ["agreement_id"],
            )
        )
        contracts = systems.sudo().agreement_id.union(*(row[0] for row in past))
        return contracts.sorted(
            lambda contract: (contract.start_date or date.min, contract.id),
            reverse=True,
        )

    def _get_service_wizard(self, month, unit, contract=""):
        """Return the report of a contract's month, or of a unit in it, as superuser.

        It is limited to systems that this user may judge.
        """
        systems = self._get_service_systems()
        contracts = self._get_service_contracts(systems)
        agreement = contracts.filtered(lambda each: str(each.id) == contract)
        if contract and contract != NO_CONTRACT and not agreement:
            raise request.not_found()
        if not contract:
            agreement = contracts[:1]
        # Names of units; which ones, the systems say.
        units = systems.sudo().unit_id
        months = {f"{day:%Y-%m}": day for day in self._get_months()}
        if not systems or (month and month not in months):
            raise request.not_found()
        chosen = units.filtered(lambda each: str(each.id) == unit)
        if unit and not chosen:
            raise request.not_found()
        if len(units) == 1:
            chosen = units
        day = months.get(month) or self._get_months()[1]
        return (
            request.env["om.service.report"]
            .sudo()  # portal users own no wizards; the systems are theirs
            .create(
                {
                    "agreement_id": agreement.id,
                    "period": "month",
                    "date": day,
                    "unit_ids": [(6, 0, chosen.ids)],
                    "system_ids": [(6, 0, systems.ids)],
                }
            )
        )

    @http.route("/my/service-report", type="http", auth="user", website=True)
    def service_report(self, month="", unit="", contract="", **_kw):
        """Show the figures of a month, and where to download the report."""
        wizard = self._get_service_wizard(month, unit, contract)
        report = request.env["report.om_helpdesk.om_service_report"].sudo()
        (sheet,) = report._get_sheets(wizard)
        systems = self._get_service_systems().sudo()
        contracts = self._get_service_contracts(systems)
        return self._om_page(
            "om_helpdesk.portal_service_report",
            page_name="om_service_report",
            months=[f"{day:%Y-%m}" for day in self._get_months()],
            month=f"{wizard.date:%Y-%m}",
            units=[
                {"id": each.id, "name": each.name}
                for each in systems.unit_id.sorted("name")
            ],
            unit=wizard.unit_ids.id if len(wizard.unit_ids) == 1 else 0,
            contracts=[(each.id, each.name) for each in contracts],
            has_lonely=any(not system.agreement_id for system in systems),
            contract=wizard.agreement_id.id,
            sheet=sheet,
            percent=report._format_percent,
            available=report._format_availability,
        )

    @http.route(
        "/my/service-report/<string:kind>", type="http", auth="user", website=True
    )
    def service_report_file(self, kind, month="", unit="", contract="", **_kw):
        """Download the report of a month."""
        if kind not in KINDS:
            raise request.not_found()
        wizard = self._get_service_wizard(month, unit, contract)
        content = getattr(self, f"_get_service_{kind}")(wizard)
        return self._om_send_paper(content, wizard._get_file_name(), kind)

    # superuser in both: the wizard was made for what this user may see

    def _get_service_pdf(self, wizard):
        reports = request.env["ir.actions.report"].sudo()
        xmlid = "om_helpdesk.om_service_report_pdf"
        return reports._render_qweb_pdf(xmlid, wizard.ids)[0]

    def _get_service_xlsx(self, wizard):
        report = request.env["report.om_helpdesk.om_service_report_xlsx"].sudo()
        report = report.with_context(active_model=wizard._name)
        return report.create_xlsx_report(wizard.ids, {})[0]

    # ------------------------------------------------------------
    # Downtimes that are not to count
    # ------------------------------------------------------------

    @http.route(
        ["/my/downtimes", "/my/downtimes/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def my_downtimes(self, page=1, **_kw):
        """List the downtimes with a cause that the contract excludes."""
        return self._render_downtimes(page=page)

    def _render_downtimes(self, _downtime_id=None, page=1, problem="", reason=""):
        return self._om_list(
            "om_helpdesk.portal_my_downtimes",
            DOWNTIME,
            "/my/downtimes",
            lambda found: {
                "downtimes": [self._get_downtime_facts(each) for each in found.sudo()]
            },
            page=page,
            domain=EXCLUDED,
            # What waits for a decision.
            first=Domain("exclusion_state", "=", "claimed"),
            page_name="om_downtime",
            problem=problem,
        )

    def _get_downtime_facts(self, downtime_sudo):
        """Return what the portal shows of a downtime: plain values."""
        states = dict(
            downtime_sudo._fields["exclusion_state"]._description_selection(request.env)
        )
        causes = dict(
            downtime_sudo._fields["excluded_cause"]._description_selection(request.env)
        )
        return {
            "id": downtime_sudo.id,
            "system": downtime_sudo.system_id.name,
            "unit": downtime_sudo.unit_id.name,
            "date_from": downtime_sudo.date_from,
            "date_to": downtime_sudo.date_to,
            "devices": downtime_sudo.device_count,
            "cause": causes[downtime_sudo.excluded_cause],
            "note": downtime_sudo.note or "",
            "state": downtime_sudo.exclusion_state,
            "state_label": states[downtime_sudo.exclusion_state],
            "decided_by": downtime_sudo.approved_by_id.name or "",
            "decided_on": downtime_sudo.approved_on,
            "ticket_id": downtime_sudo.ticket_id.id,
            "ticket": downtime_sudo.ticket_id.number or "",
            "may_decide": downtime_sudo.exclusion_state == "claimed"
            and self._may_decide(downtime_sudo),
        }

    def _may_decide(self, downtime_sudo):
        user = request.env.user
        return user.has_group(
            "om_base.group_portal_purchaser"
        ) and user.sudo()._speaks_for(  # the user's own body
            downtime_sudo._get_purchaser()[0]
        )

    @http.route(
        "/my/downtimes/<int:downtime_id>/<string:decision>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def decide_downtime(self, downtime_id, decision, reason="", **_kw):
        """The purchaser agrees, or does not, that a downtime does not count."""
        if not self._may_decide(self._om_find(DOWNTIME, downtime_id)):
            raise request.not_found()
        return self._om_answer(
            DOWNTIME,
            downtime_id,
            decision,
            self._render_downtimes,
            reason,
            url="/my/downtimes",
        )
