import re
from datetime import timedelta
from types import SimpleNamespace

from lxml import etree, html

from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext
from odoo.tools.safe_eval import safe_eval

from ..engine import timeline
from .test_service_request import MEETING, RequestCommon
from .test_ticket_portal import TicketPortalCommon
from .ticket_common import after

# Words of what is broken, in the source and in Chinese.
OF_FAULTS = re.compile(
    r"\bfaults?\b|\brepair|\bfixed\b|\breported\b|故障|报修|修复|维修", re.IGNORECASE
)
SAID = ("string", "placeholder", "confirm", "title", "aria-label")
# Of the record, not words of ours.
TYPED = ("name", "description", "solution", "reason", "display_name")


class WordsCommon(RequestCommon):
    """What somebody reads of a view with a record in it: labels, buttons, values."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.languages = [
            code
            for code, _name in cls.env["res.lang"].get_installed()
            if code in ("en_US", "zh_CN")
        ]

    def _read_view(self, record, kind="form", view=None):
        """Return what is visible, as a list of texts."""
        view_id = self.env.ref(view).id if view else False
        arch = etree.fromstring(record.get_view(view_id, kind)["arch"])
        said = []
        self._walk(arch, record, said)
        return said

    def _walk(self, node, record, said, parent=None):
        if not isinstance(node.tag, str) or self._is_hidden(node, record, parent):
            return
        said += [node.get(name) for name in SAID if node.get(name)]
        if node.tag == "field":
            self._read_field(node, record, said)
            return
        if node.text and not node.tag.startswith("t"):
            said.append(node.text)
        for child in node:
            self._walk(child, record, said, parent)
            if child.tail:
                said.append(child.tail)

    def _is_hidden(self, node, record, parent):
        return any(
            self._evaluate(node.get(name), record, parent)
            for name in ("invisible", "column_invisible")
            if node.get(name)
        )

    def _evaluate(self, expression, record, parent):
        """Evaluate a modifier as the web client does, with the record's values."""
        values = {
            "id": record.id,
            "uid": record.env.uid,
            "context": dict(record.env.context),
            **self._get_values(r"(?<!\.)\b\w+", expression, record),
        }
        if parent:
            values["parent"] = SimpleNamespace(
                **self._get_values(r"(?<=parent\.)\w+", expression, parent)
            )
        return safe_eval(expression, values)

    def _get_values(self, pattern, expression, record):
        return {
            name: record._fields[name].convert_to_read(
                record[name], record, use_display_name=False
            )
            for name in re.findall(pattern, expression)
            if name in record._fields
        }

    def _has_label(self, node):
        """Outside groups a form labels nothing, and a card never."""
        kinds = {each.tag for each in node.iterancestors()}
        if "kanban" in kinds or node.get("nolabel"):
            return False
        return "group" in kinds or "form" not in kinds or "list" in kinds

    def _read_field(self, node, record, said):
        name = node.get("name")
        told = record.fields_get([name], ["string", "help"])[name]
        if self._has_label(node):
            said.append(node.get("string") or told["string"])
            said.append(told.get("help") or "")
        field = record._fields[name]
        if name not in TYPED and field.type in ("selection", "many2one", "html"):
            value = record[name]
            if field.type == "selection":
                labels = dict(field._description_selection(record.env))
                said.append(labels.get(value, ""))
            elif field.type == "many2one":
                said.append(value.sudo().display_name or "")
            else:
                said.append(html2plaintext(value or ""))
        for view in node:
            for line in record[name][:20]:
                self._walk(view, line, said, record)

    def _check(self, said, where):
        found = [
            " ".join(text.split()) for text in said if text and OF_FAULTS.search(text)
        ]
        self.assertFalse(found, f"{where} has words of faults")

    def _make_stages(self):
        """Return requests in every state, with promises, a pause and a proposal."""
        new = self._ask()
        taken = self._ask(self.retrieval)
        waiting = self._ask(self.retrieval)
        with freeze_time(after(hours=1)):
            for ticket in (taken, waiting):
                ticket.with_user(self.engineer).action_take()
        self._pause(waiting, after(hours=2))
        proposed = self._ask(self.retrieval)
        with freeze_time(after(hours=1)):
            proposed.with_user(self.dispatcher)._om_cancel("the user has it already")
        done = self._ask(solution="held")
        self._hold(done)
        with freeze_time(MEETING + timedelta(hours=2)):
            done.with_user(self.engineer)._om_act(timeline.FIXED)
        closed = self._ask(solution="held")
        self._hold(closed)
        with freeze_time(MEETING + timedelta(hours=2)):
            closed.with_user(self.engineer)._om_act(timeline.FIXED)
            closed.with_user(self.manager)._om_act(timeline.CONFIRMED)
            self.env.flush_all()
        every = new | taken | waiting | proposed | done | closed
        self.assertEqual(
            every.mapped("state"),
            ["new", "progress", "waiting", "proposed", "fixed", "confirmed"],
        )
        return every


@tagged("post_install", "-at_install")
class TestRequestWords(WordsCommon):
    def test_a_fault_reads_as_one(self):
        """What looks for the words finds them where they belong."""
        said = self._read_view(self._report().with_user(self.manager))
        for code, words in (("en_US", "Reported On"), ("zh_CN", "报修时间")):
            if code in self.languages:
                said = self._read_view(
                    self._report().with_user(self.manager).with_context(lang=code)
                )
                self.assertIn(words, said)

    def test_forms_and_lists(self):
        for code in self.languages:
            for ticket in self._make_stages():
                for user in (self.manager, self.dispatcher, self.engineer):
                    seen = ticket.with_user(user).with_context(lang=code)
                    where = f"{code} {user.login} {ticket.state}"
                    self._check(self._read_view(seen), where)
                    for kind in ("list", "kanban", "calendar"):
                        view = f"om_helpdesk.helpdesk_request_view_{kind}"
                        self._check(
                            self._read_view(seen, kind, view), f"{where} {kind}"
                        )
            empty = self.env["helpdesk.ticket"].with_user(self.dispatcher)
            empty = empty.with_context(lang=code)
            for kind in ("search", "pivot"):
                view = f"om_helpdesk.helpdesk_request_view_{kind}"
                self._check(self._read_view(empty, kind, view), f"{code} {kind}")
            new = empty.with_context(om_is_request=True).new({})
            self._check(self._read_view(new), f"{code} new")
            stages = empty.env["helpdesk.ticket.stage"].search([])
            self._check(stages.mapped("name"), f"{code} stages")
            model = self.env["ir.model"].with_context(lang=code)
            self._check([model._get("helpdesk.ticket").name], f"{code} model")

    def test_list_of_both_kinds(self):
        """What falls due next is of both: its columns are called after neither."""
        late = self._ask(self.retrieval)
        for code in self.languages:
            seen = late.with_user(self.dispatcher).with_context(lang=code)
            view = "om_helpdesk.helpdesk_ticket_view_list_next"
            arch = etree.fromstring(
                seen.get_view(self.env.ref(view).id, "list")["arch"]
            )
            columns = [
                node.get("string")
                or seen.fields_get([node.get("name")])[node.get("name")]["string"]
                for node in arch.iter("field")
                if not node.get("column_invisible") and node.get("name") != "severity"
            ]
            self._check(columns, f"{code} next")

    def test_dialogs(self):
        tickets = self._make_stages()
        kinds = ("dispatched", "fixed", "pause", "reopened", "cancelled", False)
        for code in self.languages:
            for ticket in tickets.with_user(self.manager).with_context(lang=code):
                for kind in kinds:
                    action = ticket._om_open_act(kind)
                    dialog = (
                        self.env["om.ticket.act"]
                        .with_user(self.manager)
                        .with_context(lang=code, **action["context"])
                        .new({})
                    )
                    self.assertTrue(dialog.is_request)
                    said = [*self._read_view(dialog), action["name"]]
                    self._check(said, f"{code} {ticket.state} {kind}")
                correction = (
                    self.env["om.ticket.correction"]
                    .with_user(self.manager)
                    .with_context(lang=code, default_ticket_id=ticket.id)
                    .new({})
                )
                self._check(self._read_view(correction), f"{code} correction")

    def test_ledger_notes_and_mails(self):
        for ticket in self._make_stages():
            for code in self.languages:
                seen = ticket.with_context(lang=code)
                said = [
                    *seen.act_ids.mapped("display_name"),
                    *(
                        seen._om_kind_label(kind)
                        for kind in seen.event_ids.mapped("kind")
                    ),
                    *seen._om_target_labels().values(),
                    *seen.message_ids.mapped("body"),
                    seen._om_results_text(),
                ]
                user = self.manager
                user.sudo().lang = code
                said += [
                    ticket._om_escalation_summary(user, "fix", percent)
                    for percent in (80, 100)
                ]
                self._check(said, f"{code} {ticket.state}")

    def test_service_report(self):
        self._make_stages()
        wizard = self.env["om.service.report"].create(
            {"agreement_id": self.contract.id, "period": "month", "date": "2026-03-01"}
        )
        for code in self.languages:
            report = self.env["report.om_helpdesk.om_service_report"].with_context(
                lang=code
            )
            (sheet,) = report._get_sheets(wizard.with_context(lang=code))
            said = []
            for table in report._request_tables(sheet):
                said.append(table.name)
                said += [column.head for column in table.columns]
                said += [cell for line in table.get_lines() for cell in line.cells]
            self._check(said, code)


@tagged("post_install", "-at_install")
class TestRequestWordsPortal(WordsCommon, TicketPortalCommon):
    def test_pages(self):
        tickets = self._make_stages()
        paths = [f"/my/ticket/{ticket.id}" for ticket in tickets]
        paths.append(f"/my/requests/new/{self.meeting.id}")
        paths.append(f"/my/requests/new/{self.retrieval.id}")
        for code in self.languages:
            for user in (self.user, self.buyer):
                user.partner_id.lang = code
                self._login(user)
                for path in paths:
                    answer = self.url_open(path)
                    if user == self.buyer and "new" in path:
                        self.assertEqual(answer.status_code, 404)
                        continue
                    self.assertEqual(answer.status_code, 200, path)
                    self._check(self._read_page(answer.content), f"{code} {path}")

    def _read_page(self, content):
        page = html.fromstring(content)
        (body,) = page.xpath("//div[@id='wrap']")
        for trail in body.xpath(".//ol[contains(@class, 'o_portal_submenu')]"):
            trail.getparent().remove(trail)  # the way back to the list of both
        said = [text for text in body.itertext() if text.strip()]
        return said + body.xpath(".//@placeholder | .//@title | .//@aria-label")
