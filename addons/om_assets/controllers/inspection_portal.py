import re
import secrets
from datetime import date

from odoo import fields, http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.om_base.controllers.portal import OmPortal

MODEL = "maintenance.request"
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")

# The longer side of a small picture, in pixels.
THUMBNAIL = 120


class InspectionPortal(OmPortal):
    """What user units, purchasers and supervisors see of the inspections.

    Which ones that is, their record rules say; nothing here decides about it.
    """

    def _om_get_counters(self):
        counted = (MODEL, self._get_inspection_domain())
        return {**super()._om_get_counters(), "om_inspection_count": counted}

    @http.route(
        ["/my/inspections", "/my/inspections/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def my_inspections(self, page=1, filterby=None, state="all", sortby=None, **_kw):
        """List the inspections of a month, or of all."""
        if not request.env[MODEL].has_access("read"):
            return request.redirect("/my")
        filters = self._get_inspection_filters()
        states = self._get_inspection_states()
        if filterby not in filters:
            filterby = self._get_current_month()
        state = state if state in states else "all"
        domain = self._get_inspection_domain()
        return self._om_list(
            "om_assets.portal_my_inspections",
            MODEL,
            "/my/inspections",
            # Plain texts of what the rules let this user read.
            lambda found: {"inspections": self._get_inspection_facts(found)},
            page=page,
            domain=domain & states[state]["domain"],
            filters=filters,
            filterby=filterby,
            sortings=self._get_inspection_sortings(),
            sortby=sortby,
            url_args={"state": state},
            page_name="om_inspection",
            states=states,
            state=state,
            report_units=self._get_report_units(
                filterby, domain & filters[filterby]["domain"]
            ),
        )

    @http.route(
        ["/my/inspections/<int:inspection_id>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def my_inspection(self, inspection_id, **_kw):
        """Show one inspection; what is not there and what is not theirs look alike."""
        return self._render_inspection(inspection_id)

    def _render_inspection(self, inspection_id, problem="", reason=""):
        inspection_sudo = self._find_inspection(inspection_id)
        own = inspection_sudo.with_user(request.env.user)
        return self._om_page(
            "om_assets.portal_my_inspection",
            page_name="om_inspection",
            inspection=self._get_inspection_facts(inspection_sudo)[0],
            items=self._get_item_facts(inspection_sudo.result_ids),
            signatures=inspection_sudo,
            may_sign=(
                own.can_unit_sign
                and not inspection_sudo.unit_signed_on
                and not inspection_sudo.open_item_count
            ),
            key=secrets.token_hex(16),
            problem=problem,
        )

    @http.route(
        ["/my/inspections/<int:inspection_id>/sign"],
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def my_inspection_sign(self, inspection_id, key=None, **_kw):
        """The unit's own people confirm what was found; the model asks who they are."""
        self._find_inspection(inspection_id)
        return self._om_answer(
            MODEL, inspection_id, "sign", self._render_inspection, key=key
        )

    @http.route(
        ["/my/inspections/<int:inspection_id>/photo/<int:photo_id>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def my_inspection_photo(self, inspection_id, photo_id, thumbnail=None, **_kw):
        """Show a photo of a finding; portal users may read no attachments as such."""
        photos_sudo = self._find_inspection(inspection_id).result_ids.photo_ids
        side = THUMBNAIL if thumbnail else 0
        return self._om_send_photo(photos_sudo, photo_id, side)

    def _find_inspection(self, inspection_id):
        """Return the inspection as superuser if this user may read it.

        :raise NotFound: it is not theirs, is none, or is not there
        """
        inspection_sudo = self._om_find(MODEL, inspection_id)
        if not inspection_sudo.is_inspection:
            raise request.not_found()
        return inspection_sudo

    @http.route(
        ["/my/inspections/report/<string:month>/<int:unit_id>"],
        type="http",
        auth="user",
        website=True,
    )
    def my_inspection_report(self, month, unit_id, **_kw):
        """Download the monthly report of the systems of a unit that this user sees."""
        match = MONTH.fullmatch(month)
        System = request.env["om.system"]
        if not match or not System.has_access("read"):
            raise request.not_found()
        systems = System.with_context(active_test=False).search(
            [("unit_id", "=", unit_id)]
        )
        if not systems:
            raise request.not_found()
        # Portal users own no wizards; these hold nothing but what they may read.
        wizards_sudo = (
            request.env["om.inspection.report.wizard"]
            .sudo()
            ._create_reports(systems, int(match[1]), int(match[2]))
        )
        wizards_sudo = wizards_sudo.filtered(
            lambda wizard: (
                wizard.env[MODEL]
                .search(wizard._get_inspection_domain())
                .with_env(request.env)
                ._filtered_access("read")
            )
        )
        if not wizards_sudo:
            raise request.not_found()
        return self._show_report(
            wizards_sudo, "pdf", "om_assets.om_inspection_monthly_report", download=True
        )

    # ------------------------------------------------------------
    # What can be asked for
    # ------------------------------------------------------------

    def _get_inspection_domain(self):
        return Domain("is_inspection", "=", True) & Domain(
            "inspection_month", "!=", False
        )

    def _get_current_month(self):
        today = request.env[MODEL]._get_inspection_today()
        return f"{today:%Y-%m}"

    def _get_inspection_filters(self):
        """Return the months that have inspections, the last first, and all of them."""
        months = {
            f"{month:%Y-%m}"
            for (month,) in request.env[MODEL]._read_group(
                self._get_inspection_domain(), ["inspection_month:month"]
            )
        }
        filters = {
            month: {
                "label": month,
                "domain": Domain(
                    "inspection_month", "=", date.fromisoformat(f"{month}-01")
                ),
            }
            for month in sorted(months | {self._get_current_month()}, reverse=True)
        }
        filters["all"] = {"label": request.env._("All Months"), "domain": Domain.TRUE}
        return filters

    def _get_inspection_states(self):
        status = "inspection_status"
        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "open": {
                "label": request.env._("To Do"),
                "domain": Domain(status, "in", ["planned", "overdue"]),
            },
            "done": {
                "label": request.env._("Finished"),
                "domain": Domain(status, "in", ["done", "late"]),
            },
            "unsigned": {
                "label": request.env._("To Sign"),
                # On site, and judged in full.
                "domain": Domain("inspection_mode", "=", "onsite")
                & Domain("unit_signed_on", "=", False)
                & Domain("inspection_result", "!=", False)
                & Domain(status, "not in", ["cancelled"])
                & ~Domain("result_ids.result", "=", False),
            },
            "missed": {
                "label": request.env._("Missed"),
                "domain": Domain(status, "in", ["missed"]),
            },
            "failed": {
                "label": request.env._("With Fails"),
                "domain": Domain("inspection_result", "=", "fail"),
            },
        }

    def _get_inspection_sortings(self):
        return {
            "date": {
                "label": request.env._("Date"),
                "order": "inspection_date desc, id desc",
            },
            "system": {
                "label": request.env._("System"),
                "order": "system_id, inspection_date desc, id desc",
            },
        }

    def _get_report_units(self, month, domain):
        """Return [(id, name)] of the units whose report of that month can be had."""
        if month == "all":
            return []
        systems = request.env["om.system"]
        for (system,) in request.env[MODEL]._read_group(
            domain & Domain("inspection_status", "not in", ["cancelled"]), ["system_id"]
        ):
            systems |= system
        # The names of units whose inspections the user reads.
        units = systems.unit_id.sudo()
        return [(unit.id, unit.name) for unit in units.sorted("name")]

    # ------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------

    def _get_inspection_facts(self, inspections):
        """Return what the pages say about inspections that the user may read."""
        Report = request.env["report.om_assets.om_inspection_monthly"]
        labels = Report._get_labels(inspections)
        return [
            {
                "id": inspection.id,
                "name": inspection.name,
                "system": inspection.system_id.name,
                "unit": inspection.unit_id.name,
                "planned": fields.Date.to_string(inspection.inspection_date),
                "done": fields.Date.to_string(inspection.inspection_done_on) or "",
                "status": inspection.inspection_status,
                "result": inspection.inspection_result,
                "inspector": (inspection.inspector_id or inspection.user_id).name or "",
                "progress": inspection.item_progress,
                **{
                    f"{name.removeprefix('inspection_')}_label": labels[name].get(
                        inspection[name], ""
                    )
                    for name in labels
                },
            }
            # Names of its unit and inspector are not of their own company.
            for inspection in inspections.sudo()
        ]

    def _get_item_facts(self, items_sudo):
        """Return what the page of an inspection says about its items."""
        Report = request.env["report.om_assets.om_inspection_monthly"]
        labels = items_sudo._om_labels("result")
        facts = []
        for item in items_sudo:
            measured = ""
            if item.value_entered:
                measured = f"{item.value:g} {item.uom_name or ''}".strip()
            follow_up = ""
            if item.result == "fail":
                follow_up = Report._get_fail(item)["follow_up"]
            facts.append(
                {
                    "name": item.name,
                    "result": item.result,
                    "label": labels.get(item.result, ""),
                    "measured": measured,
                    "bounds": item.bound_text if measured else "",
                    "note": item.note or "",
                    "follow_up": follow_up,
                    "photos": [
                        {"id": photo.id, "known": photo.description or ""}
                        for photo in item.photo_ids
                    ],
                }
            )
        return facts
