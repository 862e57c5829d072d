import re
import secrets
from datetime import date

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")

# The longer side of a small picture, in pixels.
THUMBNAIL = 120


class InspectionPortal(CustomerPortal):
    """What user units, purchasers and supervisors see of the inspections.

    Which ones that is, their record rules say; nothing here decides about it.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "om_inspection_count" in counters:
            Request = request.env["maintenance.request"]
            values["om_inspection_count"] = (
                Request.search_count(self._get_inspection_domain())
                if Request.has_access("read")
                else 0
            )
        return values

    @http.route(
        ["/my/inspections", "/my/inspections/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def my_inspections(self, page=1, filterby=None, state="all", sortby=None, **_kw):
        """List the inspections of a month, or of all."""
        Request = request.env["maintenance.request"]
        if not Request.has_access("read"):
            return request.redirect("/my")
        filters = self._get_inspection_filters()
        states = self._get_inspection_states()
        sortings = self._get_inspection_sortings()
        if filterby not in filters:
            filterby = self._get_current_month()
        state = state if state in states else "all"
        sortby = sortby if sortby in sortings else "date"
        domain = self._get_inspection_domain() & filters[filterby]["domain"]
        shown = domain & states[state]["domain"]
        pager = portal_pager(
            url="/my/inspections",
            url_args={"filterby": filterby, "state": state, "sortby": sortby},
            total=Request.search_count(shown),
            page=page,
            step=self._items_per_page,
        )
        inspections = Request.search(
            shown,
            order=sortings[sortby]["order"],
            limit=self._items_per_page,
            offset=pager["offset"],
        )
        values = self._prepare_portal_layout_values()
        values.update(
            {
                "page_name": "om_inspection",
                "default_url": "/my/inspections",
                "pager": pager,
                # Plain texts of what the rules let this user read.
                "inspections": self._get_inspection_facts(inspections),
                "searchbar_filters": filters,
                "filterby": filterby,
                "searchbar_sortings": sortings,
                "sortby": sortby,
                "states": states,
                "state": state,
                "report_units": self._get_report_units(filterby, domain),
            }
        )
        return request.render("om_assets.portal_my_inspections", values)

    @http.route(
        ["/my/inspections/<int:inspection_id>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def my_inspection(self, inspection_id, error=None, **_kw):
        """Show one inspection; what is not there and what is not theirs look alike."""
        inspection_sudo = self._find_inspection(inspection_id)
        own = inspection_sudo.with_user(request.env.user)
        values = self._prepare_portal_layout_values()
        values.update(
            {
                "page_name": "om_inspection",
                "inspection": self._get_inspection_facts(inspection_sudo)[0],
                "items": self._get_item_facts(inspection_sudo.result_ids),
                "signatures": inspection_sudo,
                "may_sign": (
                    own.can_unit_sign
                    and not inspection_sudo.unit_signed_on
                    and not inspection_sudo.open_item_count
                ),
                "key": secrets.token_hex(16),
                "error": error,
            }
        )
        return request.render("om_assets.portal_my_inspection", values)

    @http.route(
        ["/my/inspections/<int:inspection_id>/sign"],
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def my_inspection_sign(self, inspection_id, key=None, **_kw):
        """The unit's own people confirm what was found; the model asks who they are."""
        inspection = self._find_inspection(inspection_id).with_user(request.env.user)
        try:
            inspection.action_unit_sign(key=key)
        except AccessError:
            raise request.not_found() from None
        except UserError as error:
            return self.my_inspection(inspection_id, error=str(error))
        return request.redirect(f"/my/inspections/{inspection_id}")

    @http.route(
        ["/my/inspections/<int:inspection_id>/photo/<int:photo_id>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def my_inspection_photo(self, inspection_id, photo_id, thumbnail=None, **_kw):
        """Show a photo of a finding; portal users may read no attachments as such."""
        photo_sudo = self._find_inspection(inspection_id).result_ids.photo_ids.filtered(
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

    def _find_inspection(self, inspection_id):
        """Return the inspection as superuser if this user may read it.

        :raise NotFound: it is not theirs, is none, or is not there
        """
        try:
            inspection_sudo = self._document_check_access(
                "maintenance.request", inspection_id
            )
        except (AccessError, MissingError):
            raise request.not_found() from None
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
                wizard.env["maintenance.request"]
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
        today = request.env["maintenance.request"]._get_inspection_today()
        return f"{today:%Y-%m}"

    def _get_inspection_filters(self):
        """Return the months that have inspections, the last first, and all of them."""
        months = {
            f"{month:%Y-%m}"
            for (month,) in request.env["maintenance.request"]._read_group(
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
        for (system,) in request.env["maintenance.request"]._read_group(
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
        labels = dict(items_sudo._fields["result"]._description_selection(request.env))
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
                    "photos": item.photo_ids.ids,
                }
            )
        return facts
