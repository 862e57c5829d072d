from markupsafe import Markup

from odoo import http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import format_list, plaintext2html

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk
from odoo.addons.om_base.controllers.portal import OmPortal, Waiting

from ..engine import timeline
from ..engine.policy import AIMS
from ..models.helpdesk_ticket import CLOSED_STATES

MODEL = "helpdesk.ticket"
MAX_FILES = 8
MAX_FILE_SIZE = 15 * 1024 * 1024
MAX_TEXT = 4000
RATINGS = {"5": 5, "4": 4, "3": 3, "2": 2, "1": 1}
CLOSED_LIST = ("fixed", *CLOSED_STATES)


class InheritedTicketRoutes(HelpdeskTicketController):
    """Routes of helpdesk_mgmt that let any login close, or report for, anybody.

    Nothing of ours leads there; what they did is done in the pages below, with checks.
    """

    @http.route()
    def support_ticket_close(self, **_kw):
        raise request.not_found()

    @http.route()
    def create_new_ticket(self, **_kw):
        return request.redirect("/my/tickets/new")

    @http.route()
    def submit_ticket(self, **_kw):
        raise request.not_found()


class TicketPortal(OmPortal, CustomerPortalHelpdesk):
    """Faults in the portal: reported, followed, confirmed and rated by the user unit,
    seen by purchaser and supervisor.

    Which tickets a user sees, the record rules say; everything else is refused as if it
    was not there.
    """

    def _om_get_waiting(self):
        own = Domain("commercial_partner_id", "in", self._om_get_mine())
        mine = Domain("unit_id", "any!", own)
        filters = self._get_ticket_filters()
        words = {
            "to_confirm": request.env._("Repairs and services to confirm"),
            "proposed": request.env._("Faults found: your word is asked"),
        }
        return [
            *super()._om_get_waiting(),
            *(
                Waiting(
                    label,
                    f"/my/tickets?filterby={name}",
                    MODEL,
                    filters[name]["domain"] & mine,
                )
                for name, label in words.items()
            ),
        ]

    # ------------------------------------------------------------
    # List and page
    # ------------------------------------------------------------

    @http.route()
    def portal_my_tickets(self, page=1, filterby="open", search="", **_kw):
        domain = Domain.TRUE
        search = (search or "").strip()[:80]
        if search:
            domain = (
                Domain("number", "ilike", search)
                | Domain("name", "ilike", search)
                | Domain("system_id.name", "ilike", search)
            )
        return self._om_list(
            "om_helpdesk.portal_my_tickets",
            MODEL,
            "/my/tickets",
            # Plain texts of what the rules let this user read.
            lambda found: {
                "faults": [self._get_ticket_facts(each) for each in found.sudo()]
            },
            page=page,
            domain=domain,
            filters=self._get_ticket_filters(),
            filterby=filterby,
            url_args={"search": search},
            page_name="om_ticket",
            search=search,
            may_report=self._may_report(),
            news_to=request.env.user.partner_id.email,
            news_off=request.env.user.partner_id.om_news_off,
        )

    @http.route(
        "/my/tickets/news", type="http", auth="user", website=True, methods=["POST"]
    )
    def switch_news(self, wanted="", **_kw):
        """Let the visitor choose whether e-mails tell what becomes of own reports."""
        # The own contact only, as superuser like everything of ``env.user``.
        request.env.user.partner_id.om_news_off = wanted != "1"
        return request.redirect("/my/tickets#om_news")

    def _get_ticket_filters(self):
        is_open = Domain("state", "not in", (*CLOSED_LIST, "proposed"))
        state = request.env["helpdesk.ticket"]._fields["state"]
        states = dict(state._description_selection(request.env))
        kind = request.env["helpdesk.ticket"]._fields["kind"]
        kinds = dict(kind._description_selection(request.env))
        return {
            "open": {"label": request.env._("In Hand"), "domain": is_open},
            "to_confirm": {
                "label": states["fixed"],
                "domain": Domain("state", "=", "fixed"),
            },
            "proposed": {
                "label": states["proposed"],
                "domain": Domain("state", "=", "proposed"),
            },
            "closed": {
                "label": request.env._("Closed"),
                "domain": Domain("state", "in", CLOSED_STATES),
            },
            "requests": {
                "label": kinds["request"],
                "domain": Domain("kind", "=", "request"),
            },
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
        }

    @http.route()
    def portal_my_ticket(self, ticket_id, access_token=None, **_kw):
        return self._render_ticket(ticket_id, access_token)

    def _render_ticket(self, ticket_id, token=None, problem="", reason=None, body=""):
        ticket_sudo = self._om_find(MODEL, ticket_id, token)
        own = ticket_sudo.with_user(request.env.user)
        response = self._om_page(
            "om_helpdesk.portal_my_ticket",
            page_name="om_ticket",
            fault=self._get_ticket_facts(ticket_sudo),
            events=self._get_ticket_events(ticket_sudo),
            comments=self._get_comments(ticket_sudo) if not token else [],
            files=self._get_files(ticket_sudo) if not token else [],
            may_comment=not token
            and not request.env.user._is_public()
            and own.has_access("read"),
            words=own._get_portal_words(),
            may_rate=own._om_may_rate(),
            rating=ticket_sudo.rating_ids.filtered("consumed")[:1].rating,
            problem=problem,
            typed={"reason": reason, "body": body},
        )
        if token:
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _get_ticket_facts(self, ticket_sudo):
        """Return what the portal shows of a ticket: plain values, never the record."""
        labels = {
            name: dict(ticket_sudo._fields[name]._description_selection(request.env))
            for name in ("state", "severity")
        }
        return {
            "id": ticket_sudo.id,
            "number": ticket_sudo.number,
            "name": ticket_sudo.name,
            "description": ticket_sudo.description or "",
            "state": ticket_sudo.state,
            "state_label": labels["state"].get(ticket_sudo.state, ""),
            "severity": labels["severity"].get(ticket_sudo.severity, ""),
            "system": ticket_sudo.system_id.name or "",
            "unit": ticket_sudo.unit_id.name or "",
            "devices": format_list(
                self.env, ticket_sudo.equipment_ids.mapped("display_name")
            ),
            "engineer": ticket_sudo.user_id.name or "",
            "reported_by": ticket_sudo.partner_name or ticket_sudo.partner_id.name,
            "reported_at": ticket_sudo.reported_at,
            "deadlines": self._get_deadlines(ticket_sudo),
            "no_promise": ticket_sudo.sla_source == "none",
            "fixed_at": ticket_sudo.fixed_at,
            "silence": (
                ticket_sudo._om_word_silence()
                if ticket_sudo.state == "fixed" and ticket_sudo.objection_by
                else ""
            ),
            "solution": ticket_sudo.solution or "",
            "is_breached": ticket_sudo.is_breached,
            "paused": ticket_sudo.state == "waiting",
            "proposal": ticket_sudo.proposal_summary or "",
        }

    def _get_deadlines(self, ticket_sudo):
        """Return [(label, moment)] of what was promised to the unit."""
        fields_of = {
            target: ticket_sudo._fields[f"{target}_deadline"]
            for target, aim in AIMS.items()
            if aim.in_portal
        }
        return [
            (
                request.env._("Done By")
                if target == "fix" and ticket_sudo.kind == "request"
                else field._description_string(request.env),
                ticket_sudo[field.name],
            )
            for target, field in fields_of.items()
            if ticket_sudo[field.name]
        ]

    def _get_ticket_events(self, ticket_sudo):
        """Return [(what, when, detail)] in order: the report, events and pauses."""
        kinds = dict(
            ticket_sudo.event_ids._fields["kind"]._description_selection(request.env)
        )
        pauses = dict(
            ticket_sudo.pause_ids._fields["kind"]._description_selection(request.env)
        )
        reports = ticket_sudo.event_ids.filtered(
            lambda event: event.kind == timeline.REPORTED and not event.voided_on
        )
        rows = []
        if not reports:
            first = (
                request.env._("Service asked for")
                if ticket_sudo.kind == "request"
                else request.env._("Fault reported")
            )
            rows.append((ticket_sudo.reported_at, first, ""))
        # Why an engineer entered a time late is no business of the unit.
        told = (timeline.REPORTED, timeline.REOPENED, timeline.CANCELLED)
        # Nobody's word, so the page says what it was.
        silent = ticket_sudo.act_ids.filtered(lambda line: line.act == "unopposed")
        accepted = {line.happened_at for line in silent}
        rows += [
            (
                event.at,
                kinds[event.kind],
                event.reason or ""
                if event.kind in told or event.at in accepted
                else "",
            )
            for event in ticket_sudo.event_ids
            if not event.voided_on
        ]
        for pause in ticket_sudo.pause_ids.filtered(lambda each: not each.voided_on):
            rows.append((pause.date_from, pauses[pause.kind], pause.reason))
            if pause.date_to:
                rows.append((pause.date_to, request.env._("Work resumed"), ""))
        rows.sort(key=lambda row: row[0])
        return [{"at": at, "what": what, "detail": detail} for at, what, detail in rows]

    def _get_comments(self, ticket_sudo):
        """Return the conversation; what we note among ourselves stays with us."""
        messages = ticket_sudo.message_ids.filtered(
            lambda message: (
                message.message_type in ("comment", "email")
                and not message.is_internal
                and not message.subtype_id.internal
            )
        )
        return [
            {
                "who": message.author_id.name or message.email_from or "",
                "when": message.date,
                "body": message.body,
                "files": [(file.id, file.name) for file in message.attachment_ids],
            }
            for message in messages.sorted("date")
        ]

    def _get_files(self, ticket_sudo):
        """Return [(id, name)] of what was attached to the report itself."""
        in_messages = ticket_sudo.message_ids.attachment_ids
        files = self._get_attachments(ticket_sudo) - in_messages
        return [(file.id, file.name) for file in files]

    def _get_attachments(self, ticket_sudo):
        return (
            request.env["ir.attachment"]
            .sudo()  # of a ticket that this user may see; fields' files are left out
            .search(
                [
                    ("res_model", "=", "helpdesk.ticket"),
                    ("res_id", "=", ticket_sudo.id),
                    ("res_field", "=", False),
                ],
                order="id",
            )
        )

    @http.route(
        "/my/ticket/<int:ticket_id>/file/<int:file_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def ticket_file(self, ticket_id, file_id, **_kw):
        """Download a file of a ticket; those of internal notes are not there."""
        ticket_sudo = self._om_find(MODEL, ticket_id)
        shown = {file for file, _name in self._get_files(ticket_sudo)}
        for comment in self._get_comments(ticket_sudo):
            shown |= {file for file, _name in comment["files"]}
        if file_id not in shown:
            raise request.not_found()
        # superuser: of a ticket that this user may see, shown on its page
        file_sudo = request.env["ir.attachment"].sudo().browse(file_id)
        return self._om_send_file(file_sudo, file_id)

    # ------------------------------------------------------------
    # Reporting
    # ------------------------------------------------------------

    def _may_report(self):
        System = request.env["om.system"]
        return System.has_access("read") and bool(self._get_own_systems(limit=1))

    def _get_own_systems(self, limit=None):
        """Return the systems for which this user may report: those of the own unit."""
        mine = request.env.user.om_party_ids
        # Whichever of their partners the user may read.
        own = Domain("commercial_partner_id", "in", mine.ids)
        return request.env["om.system"].search(
            Domain("unit_id", "any!", own), limit=limit
        )

    @http.route(
        "/my/tickets/new", type="http", auth="user", website=True, methods=["GET"]
    )
    def new_ticket(self, system=None, device=None, **_kw):
        """Show the form; a device's label fills in system and device."""
        equipment_sudo = self._find_device(device)
        typed = {
            "system_id": equipment_sudo.system_id.id or self._to_id(system),
            "device": device if equipment_sudo else "",
            "severity": "general",
        }
        return self._render_new(typed, equipment_sudo)

    def _to_id(self, text):
        return int(text) if text and str(text).isdigit() else 0

    def _find_device(self, token):
        """Return the device of a label, if it belongs to a system of the own unit."""
        none = request.env["maintenance.equipment"]
        if not token or not request.env["om.system"].has_access("read"):
            return none.sudo()
        equipment_sudo = none._find_by_label(token)
        if equipment_sudo.system_id.id not in self._get_own_systems().ids:
            return none.sudo()
        return equipment_sudo

    def _render_new(self, typed, equipment_sudo, problems=None):
        if not request.env["om.system"].has_access("read"):
            raise request.not_found()
        Ticket = request.env["helpdesk.ticket"]
        definitions = Ticket._om_severity_definitions()
        severities = dict(
            Ticket._fields["severity"]._description_selection(request.env)
        )
        return self._om_page(
            "om_helpdesk.portal_new_ticket",
            page_name="om_ticket",
            new_fault=True,
            systems=[
                {"id": system.id, "name": system.name}
                for system in self._get_own_systems()
            ],
            device_name=equipment_sudo.display_name if equipment_sudo else "",
            severities=[
                {"key": key, "label": label, "definition": definitions.get(key, "")}
                for key, label in severities.items()
            ],
            typed=typed,
            problems=problems,
            max_files=MAX_FILES,
        )

    @http.route(
        "/my/tickets/new", type="http", auth="user", website=True, methods=["POST"]
    )
    def create_ticket(self, **form):
        """Open the ticket that the form describes."""
        typed = {
            "system_id": self._to_id(form.get("system_id")),
            "device": form.get("device") or "",
            "severity": form.get("severity") or "general",
            "name": (form.get("name") or "").strip()[:120],
            "description": (form.get("description") or "").strip()[:MAX_TEXT],
            "phone": (form.get("phone") or "").strip()[:40],
        }
        equipment_sudo = self._find_device(typed["device"])
        files, problems = self._read_files()
        problems |= self._check_report(typed)
        if problems:
            return self._render_new(typed, equipment_sudo, problems)
        partner = request.env.user.partner_id
        ticket_sudo = (
            request.env["helpdesk.ticket"]
            .sudo()  # portal users own no tickets; system and unit were checked above
            .create(
                {
                    "name": typed["name"],
                    "description": plaintext2html(typed["description"]),
                    "system_id": typed["system_id"],
                    "equipment_ids": [(6, 0, equipment_sudo.ids)],
                    "severity": typed["severity"],
                    "partner_id": partner.id,
                    "partner_name": partner.name,
                    "partner_phone": typed["phone"],
                    "channel_id": request.env.ref(
                        "om_helpdesk.helpdesk_ticket_channel_portal",
                        raise_if_not_found=False,
                    ).id
                    or False,
                    "user_id": False,
                }
            )
        )
        self._attach(ticket_sudo, files)
        return request.redirect(f"/my/ticket/{ticket_sudo.id}")

    def _check_report(self, typed):
        """Return {field: sentence} of what is wrong with a report."""
        problems = {}
        if typed["system_id"] not in self._get_own_systems().ids:
            problems["system_id"] = request.env._("Choose one of your systems.")
        if not typed["name"]:
            problems["name"] = request.env._("Say in a few words what is wrong.")
        if not typed["description"]:
            problems["description"] = request.env._(
                "Describe the fault: since when, what happens, who is affected."
            )
        severities = dict(request.env["helpdesk.ticket"]._fields["severity"].selection)
        if typed["severity"] not in severities:
            problems["severity"] = request.env._("Choose how severe the fault is.")
        return problems

    def _read_files(self):
        """Return ([(name, content)], {"files": sentence})."""
        uploads = [
            file for file in request.httprequest.files.getlist("files") if file.filename
        ]
        if len(uploads) > MAX_FILES:
            return [], {
                "files": request.env._("At most %s files can be attached.", MAX_FILES)
            }
        files = []
        for upload in uploads:
            content = upload.read(MAX_FILE_SIZE + 1)
            if len(content) > MAX_FILE_SIZE:
                return [], {
                    "files": request.env._(
                        "“%(name)s” is larger than %(size)s MB.",
                        name=upload.filename,
                        size=MAX_FILE_SIZE // 1024 // 1024,
                    )
                }
            files.append((upload.filename[-120:], content))
        return files, {}

    def _attach(self, ticket_sudo, files):
        """Keep uploaded files with the ticket."""
        return (
            request.env["ir.attachment"]
            .sudo()  # portal users own no attachments; the ticket is theirs
            .create(
                [
                    {
                        "name": name,
                        "raw": content,
                        "res_model": "helpdesk.ticket",
                        "res_id": ticket_sudo.id,
                    }
                    for name, content in files
                ]
            )
        )

    # ------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------

    @http.route(
        "/my/ticket/<int:ticket_id>/comment",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def comment_ticket(self, ticket_id, body="", **_kw):
        """Add a comment and files to a ticket that this user sees."""
        ticket_sudo = self._om_find(MODEL, ticket_id)
        body = (body or "").strip()[:MAX_TEXT]
        files, problems = self._read_files()
        if not body and not files:
            problems["body"] = request.env._("Write something or attach a file.")
        if problems:
            problem = " ".join(problems.values())
            return self._render_ticket(ticket_id, problem=problem, body=body)
        attachments = self._attach(ticket_sudo, files)
        ticket_sudo.message_post(
            author_id=request.env.user.partner_id.id,
            body=plaintext2html(body) if body else Markup(),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=attachments.ids,
        )
        return request.redirect(f"/my/ticket/{ticket_id}")

    @http.route(
        "/my/ticket/<int:ticket_id>"
        '/<any("confirm","refuse","agree","disagree","cancel","order"):word>',
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def answer_ticket(self, ticket_id, word, reason="", **_kw):
        """Take a party's word; which ones it has, the ticket says."""
        return self._om_answer(MODEL, ticket_id, word, self._render_ticket, reason)

    @http.route(
        "/my/ticket/<int:ticket_id>/rate",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def rate_ticket(self, ticket_id, rating="", feedback="", **_kw):
        """The user unit rates the repair, once."""
        ticket_sudo = self._om_find(MODEL, ticket_id)
        own = ticket_sudo.with_user(request.env.user)
        if rating not in RATINGS or not own._om_may_rate():
            raise request.not_found()
        token = ticket_sudo._rating_get_access_token(request.env.user.partner_id)
        ticket_sudo.rating_apply(
            RATINGS[rating],
            token=token,
            feedback=(feedback or "").strip()[:500] or None,
            subtype_xmlid="mail.mt_note",
        )
        return request.redirect(f"/my/ticket/{ticket_id}")
