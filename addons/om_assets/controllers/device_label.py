from odoo import http
from odoo.exceptions import LockError, UserError
from odoo.http import request

from ..engine.fault_report import ReportError, parse_report


class DeviceLabel(http.Controller):
    """Where the code on a device's label leads.

    Whoever holds the token stands before the device: they see its name and whose it
    is, and can report a fault. Everything else needs an account.
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
        try:
            fault = Request._report_through_label(equipment, parse_report(values))
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
        return request.redirect(f"/om/d/{token}?reported={fault.id and 1}")

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
                "open_report": request.env[
                    "maintenance.request"
                ]._get_open_label_report(equipment),
                "values": values or {},
                "problems": problems or {},
                "message": message,
                # Whoever has just reported is thanked, others are told.
                "reported": reported,
            },
        )
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        if problems or message:
            response.status_code = 422
        return response

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
