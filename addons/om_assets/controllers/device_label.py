from odoo import http
from odoo.exceptions import LockError, UserError
from odoo.http import request

from ..engine.fault_report import (
    MAX_PHOTO_SIZE,
    MAX_PHOTOS,
    ReportError,
    check_photos,
    parse_report,
)


class DeviceLabel(http.Controller):
    """Where the code on a device's label leads.

    Whoever holds the token stands before the device: they see its name and whose it
    is, and can report a fault. Who has reported one follows it by a code of its own.
    Everything else needs an account.
    """

    @http.route(
        "/om/d/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def device(self, token, reported=None, **_params):
        """Show the device, or take its reader to the device's form."""
        equipment = request.env["maintenance.equipment"]._find_by_label(token)
        if not equipment:
            raise request.not_found()
        if self._reads_the_ledger(equipment):
            return request.redirect(f"/odoo/om-devices/{equipment.id}")
        return self._render(equipment, reported=bool(reported))

    @http.route(
        "/om/d/<string:token>/report",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def report(self, token, **values):
        """Store the fault that the form of the device's page sent."""
        equipment = request.env["maintenance.equipment"]._find_by_label(token)
        if not equipment:
            raise request.not_found()
        Request = request.env["maintenance.request"]
        known = Request._get_open_label_reports(equipment)
        try:
            report = parse_report(values)
            fault = Request._report_through_label(
                equipment, report, self._get_origin(), self._read_photos()
            )
        except ReportError as error:
            return self._render(equipment, values, problems=error.problems)
        except LockError:
            return self._render(
                equipment,
                values,
                message=request.env._(
                    "Somebody is reporting this device right now. Try again."
                ),
            )
        except UserError as error:
            return self._render(equipment, values, message=error.args[0])
        if fault in known:
            # Another one's: its code is not theirs.
            return request.redirect(f"/om/d/{token}?reported=1")
        return request.redirect(f"/om/f/{fault.report_code}?reported=1")

    @http.route(
        ["/om/f", "/om/f/<string:code>"],
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def follow(self, code="", reported=None, **_params):
        """Show what has become of a report to whoever has its code."""
        return self._render_followed(code, reported=bool(reported))

    def _render_followed(self, code, reported=False, message=""):
        fault = request.env["maintenance.request"]._find_by_report_code(code)
        if code and not fault:
            message = request.env._("There is no report with this code: %s", code[:20])
        facts = fault._get_followed_facts() if fault else {}
        response = request.render(
            "om_assets.fault_followed_page",
            {
                "title": request.env._("Follow a Report"),
                "fault": facts,
                "typed": code[:20],
                "reported": reported,
                "message": message,
                "address": (
                    f"{request.httprequest.host_url}om/f/{fault.report_code}"
                    if fault
                    else ""
                ),
            },
        )
        self._keep_private(response)
        if code and not fault:
            response.status_code = 404
        elif message:
            response.status_code = 422
        return response

    def _get_origin(self):
        """Return the address of a visitor without an account."""
        if not request.env.user._is_public():
            return ""
        return request.httprequest.remote_addr or ""

    def _read_photos(self):
        """Return the contents of the photos that were sent.

        :raises ReportError: they are none, or too many or large
        """
        files = request.httprequest.files.getlist("photos")
        files = [file for file in files if file.filename]
        contents = [file.read(MAX_PHOTO_SIZE + 1) for file in files[: MAX_PHOTOS + 1]]
        check_photos(contents)
        return contents

    def _reads_the_ledger(self, equipment):
        user = request.env.user
        return user._is_internal() and equipment.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        ).has_access("read")

    def _render(
        self, equipment, values=None, problems=None, message=None, reported=False
    ):
        own_unit = (
            not request.env.user._is_public()
            and equipment.system_id
            and equipment.system_id.with_user(request.env.user).has_access("read")
        )
        response = request.render(
            "om_assets.device_label_page",
            {
                "title": equipment.name,
                "device": self._get_public_facts(equipment, own_unit),
                "token": equipment.label_token,
                "in_service": equipment._is_in_service(),
                "open_reports": request.env[
                    "maintenance.request"
                ]._get_open_label_reports(equipment),
                "values": values or {},
                "problems": problems or {},
                "message": message,
                # Whoever has just reported is thanked, others are told.
                "reported": reported,
            },
        )
        self._keep_private(response)
        if problems or message:
            response.status_code = 422
        return response

    def _keep_private(self, response):
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"

    def _get_public_facts(self, equipment, own_unit):
        """Return what the visitor may see: plain values, never the record."""
        facts = {
            "name": equipment.name,
            "number": equipment.ledger_number or "",
            "system": equipment.system_id.name or "",
            "unit": equipment.system_id.unit_id.name or "",
            "place": "",
            "model": "",
            "visitor": "",
        }
        if own_unit:
            facts["place"] = equipment.location or equipment.address or ""
            facts["model"] = equipment.model or ""
            facts["visitor"] = request.env.user.name
        return facts
