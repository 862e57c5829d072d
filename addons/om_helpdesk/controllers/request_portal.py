from datetime import datetime

from odoo import fields, http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import plaintext2html

from odoo.addons.om_base.tools import beijing

from ..engine.questions import is_answered, is_required
from .ticket_portal import MAX_TEXT, TicketPortal

# What a form of the catalogue may ask for in the portal, as a kind of input.
INPUTS = {
    "char": "text",
    "text": "text",
    "integer": "number",
    "float": "number",
    "boolean": "checkbox",
    "date": "date",
    "datetime": "datetime-local",
    "selection": "select",
}


class RequestPortal(TicketPortal):
    """Services of the catalogue in the portal: the unit chooses one and fills its form;
    the purchaser orders in writing what needs it."""

    # ------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------

    def _get_offers(self):
        """Return {service: systems of the own unit for which it is offered}."""
        systems = self._get_own_systems()
        contracts = systems.sudo().agreement_id
        # superuser: the catalogue of contracts whose systems are the user's own
        items = (
            request.env["om.service.item"]
            .sudo()
            .search(
                Domain("in_portal", "=", True)
                & Domain("company_id", "in", systems.sudo().company_id.ids)
                & Domain("agreement_id", "in", [*contracts.ids, False])
            )
        )
        offers = {
            item: systems.filtered(lambda each, item=item: item._is_offered(each))
            for item in items
        }
        return {item: found for item, found in offers.items() if found}

    @http.route(
        "/my/requests/new", type="http", auth="user", website=True, methods=["GET"]
    )
    def choose_service(self, **_kw):
        """Show what can be asked for."""
        if not request.env["om.system"].has_access("read"):
            raise request.not_found()
        offers = self._get_offers()
        return self._om_page(
            "om_helpdesk.portal_choose_service",
            page_name="om_ticket",
            new_request=True,
            services=[
                {
                    "id": item.id,
                    "name": item.name,
                    "description": item.description or "",
                    "systems": len(systems),
                    "system": systems[:1].name,
                    "needs_order": item.needs_order,
                }
                for item, systems in offers.items()
            ],
        )

    def _find_offer(self, item_id):
        """Return (service, systems) if this user may ask for it."""
        if request.env["om.system"].has_access("read"):
            for item, systems in self._get_offers().items():
                if item.id == item_id:
                    return item, systems
        raise request.not_found()

    @http.route(
        "/my/requests/new/<int:item_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def new_request(self, item_id, system=None, **_kw):
        """Show the form of a service."""
        item, systems = self._find_offer(item_id)
        typed = {"system_id": self._to_id(system)}
        return self._render_request(item, systems, typed)

    def _render_request(self, item, systems, typed, problems=None):
        return self._om_page(
            "om_helpdesk.portal_new_request",
            page_name="om_ticket",
            new_request=True,
            service={
                "id": item.id,
                "name": item.name,
                "description": item.description or "",
                "asks_time": item.asks_time,
                "needs_order": item.needs_order,
                "lead": item.lead_hours,
            },
            systems=[{"id": system.id, "name": system.name} for system in systems],
            rooms=[(room.id, room.name) for room in self._get_rooms(item)],
            questions=self._get_questions(item),
            typed=typed,
            problems=problems,
        )

    def _get_rooms(self, item):
        """Return the rooms that can be chosen, as superuser."""
        none = request.env["om.service.room"].sudo()
        if not item.asks_room:
            return none
        # superuser: names of rooms; of the contract whose services are the user's own
        return none.search(
            Domain("company_id", "=", item.company_id.id)
            & Domain("agreement_id", "in", [item.agreement_id.id, False])
            & (
                Domain("unit_id", "=", False)
                | Domain("unit_id", "any", self._get_own_units())
            )
        )

    def _get_own_units(self):
        return Domain("commercial_partner_id", "in", request.env.user.om_party_ids.ids)

    def _get_questions(self, item):
        """Return what the service's form asks for, as plain values."""
        return [
            {
                "name": each["name"],
                "label": each.get("string") or "",
                "input": INPUTS[each["type"]],
                "options": each.get("selection") or [],
                "required": is_required(each),
            }
            for each in item.form_definition or []
            if each.get("type") in INPUTS
        ]

    @http.route(
        "/my/requests/new/<int:item_id>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def create_request(self, item_id, **form):
        """Ask for the service that the form describes."""
        item, systems = self._find_offer(item_id)
        typed = {
            "system_id": self._to_id(form.get("system_id")),
            "name": (form.get("name") or "").strip()[:120],
            "description": (form.get("description") or "").strip()[:MAX_TEXT],
            "phone": (form.get("phone") or "").strip()[:40],
            "start": form.get("start") or "",
            "room_id": self._to_id(form.get("room_id")),
            **{
                f"q_{each['name']}": (form.get(f"q_{each['name']}") or "").strip()[:500]
                for each in self._get_questions(item)
            },
        }
        files, problems = self._read_files()
        start = self._read_moment(typed["start"])
        if typed["system_id"] not in systems.ids:
            problems["system_id"] = request.env._("Choose one of your systems.")
        if not typed["name"]:
            problems["name"] = request.env._("Say in a few words what it is about.")
        if item.asks_time and (not start or start < fields.Datetime.now()):
            problems["start"] = request.env._("Say when it begins, from now on.")
        rooms = self._get_rooms(item)
        if typed["room_id"] and typed["room_id"] not in rooms.ids:
            problems["room_id"] = request.env._("Choose one of the rooms.")
        answers = self._read_answers(item, typed, problems)
        if problems:
            return self._render_request(item, systems, typed, problems)
        partner = request.env.user.partner_id
        channel = request.env.ref(
            "om_helpdesk.helpdesk_ticket_channel_portal", raise_if_not_found=False
        )
        ticket_sudo = (
            request.env["helpdesk.ticket"]
            .sudo()  # portal users own no tickets; what they may ask was checked above
            .create(
                {
                    "name": typed["name"],
                    "description": plaintext2html(typed["description"] or item.name),
                    "service_item_id": item.id,
                    "request_form": answers,
                    "request_start": start if item.asks_time else False,
                    "room_id": typed["room_id"],
                    "system_id": typed["system_id"],
                    "partner_id": partner.id,
                    "partner_name": partner.name,
                    "partner_phone": typed["phone"],
                    "channel_id": channel.id if channel else False,
                    "user_id": False,
                }
            )
        )
        self._attach(ticket_sudo, files)
        return request.redirect(f"/my/ticket/{ticket_sudo.id}")

    def _read_moment(self, text):
        """Return a moment typed in Beijing as naive UTC; None: nothing readable."""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        return beijing.to_stored(moment).replace(microsecond=0)

    def _read_answers(self, item, typed, problems):
        """Return {question: answer}; what cannot be one goes into ``problems``."""
        answers = {}
        kinds = {each["name"]: each for each in item.form_definition or []}
        for question in self._get_questions(item):
            name = question["name"]
            text = typed[f"q_{name}"]
            try:
                answers[name] = self._read_answer(kinds[name], text)
            except ValueError:
                problems[f"q_{name}"] = request.env._(
                    "This does not fit what is asked for."
                )
                continue
            if question["required"] and not is_answered(answers[name]):
                problems[f"q_{name}"] = request.env._(
                    "Answer this: the service cannot be rendered without it."
                )
        return answers

    def _read_answer(self, definition, text):
        kind = definition["type"]
        if kind == "boolean":
            return text == "1"
        if not text:
            return False
        if kind == "integer":
            return int(text)
        if kind == "float":
            return float(text)
        if kind == "date":
            return fields.Date.to_string(fields.Date.to_date(text))
        if kind == "datetime":
            moment = self._read_moment(text)
            if not moment:
                raise ValueError(text)
            return fields.Datetime.to_string(moment)
        if kind == "selection" and text not in dict(definition.get("selection") or []):
            raise ValueError(text)
        return text

    # ------------------------------------------------------------
    # Its page
    # ------------------------------------------------------------

    def _get_ticket_facts(self, ticket_sudo):
        item = ticket_sudo.service_item_id
        answers = []
        for each in item.form_definition or []:
            value = (ticket_sudo.request_form or {}).get(each["name"])
            if each.get("type") == "selection":
                value = dict(each.get("selection") or []).get(value)
            elif each.get("type") == "boolean":
                value = request.env._("Yes") if value else request.env._("No")
            elif each.get("type") == "datetime" and value:
                value = ticket_sudo._om_format(fields.Datetime.to_datetime(value))[:16]
            if each.get("type") in INPUTS and value not in (False, None, ""):
                answers.append((each.get("string") or "", str(value)))
        return {
            **super()._get_ticket_facts(ticket_sudo),
            "kind": ticket_sudo.kind,
            "service": item.name or "",
            "begins": ticket_sudo.request_start,
            "ends": ticket_sudo.request_stop,
            "ready_by": ticket_sudo.ready_by,
            "room": ticket_sudo.room_id.name or "",
            "answers": answers,
            "waits_for_order": item.needs_order and not ticket_sudo.ordered_on,
            "ordered_on": ticket_sudo.ordered_on,
            "checks": [
                (check.name, check.result or "") for check in ticket_sudo.check_ids
            ],
        }
