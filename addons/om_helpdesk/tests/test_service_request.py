from datetime import datetime, timedelta

from lxml import html

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from .test_ticket_portal import TicketPortalCommon
from .ticket_common import REPORTED, TicketCommon, after

# 2026-03-12 is a Thursday; 06:00 UTC is 14:00 in Beijing.
MEETING = datetime(2026, 3, 12, 6, 0)


class RequestCommon(TicketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.checklist = cls.env["om.inspection.checklist"].create(
            {
                "name": "会议保障",
                "line_ids": [
                    (0, 0, {"name": name}) for name in ("会前测试", "会中点名")
                ],
            }
        )
        cls.room = cls.env["om.service.room"].create(
            {"name": "甲会议室", "agreement_id": cls.contract.id}
        )
        cls.meeting = cls._create_item(
            name="会议保障",
            asks_time=True,
            asks_room=True,
            duration=2,
            people_needed=2,
            lead_hours=24,
            ready_minutes=30,
            checklist_id=cls.checklist.id,
            form_definition=[
                {"name": "places", "string": "参会会场数", "type": "integer"},
            ],
        )
        cls.retrieval = cls._create_item(
            name="录像调取",
            needs_order=True,
            file_count=1,
            sla_policy_id=cls._create_policy(
                "Test: a day", [("general", "fix", 24, "hour")]
            ).id,
        )
        cls.people = cls.env["hr.employee"].create(
            [{"name": name} for name in ("示例一", "示例二", "示例三")]
        )

    @classmethod
    def _create_item(cls, **values):
        return cls.env["om.service.item"].create(
            {"agreement_id": cls.contract.id, **values}
        )

    def _ask(self, item=None, at=REPORTED, **values):
        item = item or self.meeting
        if item.asks_time:
            values = {"request_start": MEETING, "room_id": self.room.id, **values}
        return self._report(
            "general", at, service_item_id=item.id, name=item.name, **values
        )

    def _hold(self, ticket, **values):
        """Do what a meeting needs, up to its summary."""
        ticket = ticket.with_user(self.engineer)
        with freeze_time(MEETING - timedelta(hours=1)):
            ticket.action_take()
            ticket.action_arrive()
            ticket.check_ids.write({"result": "pass"})
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestServiceRequest(RequestCommon):
    def test_what_makes_a_request(self):
        fault, request = self._report(), self._ask()
        self.assertEqual((fault.kind, request.kind), ("fault", "request"))
        self.assertEqual(request.request_stop, MEETING + timedelta(hours=2))
        self.assertEqual(request.check_ids.mapped("name"), ["会前测试", "会中点名"])
        self.assertFalse(fault.check_ids)
        request.with_user(self.dispatcher).request_form = {"places": 12}
        self.assertEqual(request.request_form["places"], 12)

    def test_not_closed_without_what_it_demands(self):
        request = self._ask()
        self._hold(request)
        with freeze_time(MEETING + timedelta(hours=2)):
            mine = request.with_user(self.engineer)
            with self._refused("missing: the summary"):
                mine._om_act("fixed")
            mine.solution = "十二个会场，点名齐全"
            mine._om_act("fixed")
            self.assertEqual(request.state, "fixed")
            mine.solution = False
            with self._refused("missing: the summary"):
                request.with_user(self.manager)._om_act("confirmed")
            mine.solution = "十二个会场，点名齐全"
            request.with_user(self.manager)._om_act("confirmed")
        self.assertEqual(request.state, "confirmed")

    def test_every_way_to_an_end_asks(self):
        """Buttons, times that are typed in, a card that is moved, a new one that is
        entered as done."""
        request = self._ask()
        self._hold(request)
        stage = request._om_stages(request.company_id.id)["fixed"]
        done = MEETING + timedelta(hours=2)
        with freeze_time(done + timedelta(hours=1)):
            manager = request.with_user(self.manager)
            ways = (
                lambda: manager._om_act("fixed", done, "entered late"),
                lambda: manager.write({"fixed_at": done}),
                lambda: manager.write({"stage_id": stage}),
                lambda: self._ask(
                    at=done, responded_at=done, fixed_at=done, solution="done"
                ),
            )
            for way in ways:
                with self._refused("cannot be closed; missing"):
                    way()

    def test_all_that_is_missing_is_named(self):
        request = self._ask(self.retrieval)
        with freeze_time(after(hours=1)):
            mine = request.with_user(self.engineer)
            mine.action_take()
            with self._refused(
                "written order, the summary, and files: 1 more|written order.*summary"
                ".*files: 1 more"
            ):
                mine._om_act("fixed")
        self.assertIn("files: 1 more", request.missing_text)

    def test_what_must_be_answered(self):
        """Taken on without it, since whoever calls to ask has responded; done not."""
        self.retrieval.write(
            {
                "needs_order": False,
                "needs_summary": False,
                "file_count": 0,
                "form_definition": [
                    {
                        "name": "camera",
                        "string": "摄像机",
                        "type": "char",
                        "om_required": True,
                    },
                    {"name": "floor", "string": "楼层", "type": "integer"},
                    {
                        "name": "copies",
                        "string": "份数",
                        "type": "integer",
                        "om_required": True,
                    },
                    {
                        "name": "urgent",
                        "string": "加急",
                        "type": "boolean",
                        "om_required": True,
                    },
                ],
            }
        )
        request = self._ask(self.retrieval)
        self.assertRegex(request.missing_text, "^answers to the form: 摄像机.+份数$")
        with freeze_time(after(hours=1)):
            mine = request.with_user(self.engineer)
            mine.action_take()
            with self._refused("answers to the form: 摄像机.+份数"):
                mine._om_act("fixed")
            mine.request_form = {"camera": " ", "copies": 0}
            with self._refused("answers to the form: 摄像机$"):
                mine._om_act("fixed")
            mine.request_form = {"camera": "一号", "copies": 0}
            self.assertFalse(mine.missing_text)
            mine._om_act("fixed")
        self.assertEqual(request.state, "fixed")

    def test_a_failed_item_needs_its_finding(self):
        request = self._ask(solution="held")
        self._hold(request)
        request.check_ids[0].with_user(self.engineer).result = "fail"
        with freeze_time(MEETING + timedelta(hours=2)):
            with self._refused("results of the checklist: 会前测试"):
                request.with_user(self.engineer)._om_act("fixed")
            request.check_ids[0].with_user(self.engineer).note = "一个会场无声"
            request.with_user(self.engineer)._om_act("fixed")

    def test_ordered_by_the_purchaser_only(self):
        request = self._ask(self.retrieval)
        with self._refused("word of 采购单位|采购单位"):
            request.with_user(self.manager).action_ordered()
        with self._refused("not written by hand"):
            request.with_user(self.manager).ordered_on = REPORTED
        buyer = self._create_portal_user("portal_purchaser", self.purchaser)
        request.with_user(buyer).action_ordered()
        self.assertTrue(request.ordered_on)
        stranger = self._create_portal_user(
            "portal_purchaser", self._create_party("乙采购单位", "purchaser")
        )
        other = self._ask(self.retrieval)
        with self.assertRaises(AccessError):
            other.with_user(stranger).action_ordered()

    def test_nothing_to_order_on_a_fault(self):
        buyer = self._create_portal_user("portal_purchaser", self.purchaser)
        with self._refused("Nobody has to order this"):
            self._report().with_user(buyer).action_ordered()

    def test_confirmed_by_whom_the_service_names(self):
        self.retrieval.signer = "purchaser"
        request = self._ask(self.retrieval, solution="handed over")
        self.assertEqual(request._om_get_side(), (self.purchaser, "purchaser"))
        fault = self._report()
        self.assertEqual(fault._om_get_side(), (self.unit, "user_unit"))

    # ------------------------------------------------------------
    # Promises
    # ------------------------------------------------------------

    def test_ready_before_it_begins(self):
        request = self._ask()
        self.assertEqual(request.ready_by, MEETING - timedelta(minutes=30))
        self.assertEqual(request.onsite_deadline, request.ready_by)
        self.assertEqual(request.onsite_status, "running")
        self.assertEqual(request.next_deadline, request.ready_by)
        self.assertFalse(request.respond_deadline or request.fix_deadline)
        self.assertIn("30 minutes before", request.sla_explanation)
        self._hold(request)
        self.assertEqual(request.onsite_status, "met")
        late = self._ask()
        with freeze_time(MEETING - timedelta(minutes=29)):
            late.with_user(self.engineer).action_take()
            late.with_user(self.engineer).action_arrive()
        self.assertEqual(late.onsite_status, "breached")
        self.assertTrue(late.is_breached)

    def test_moving_it_heals_nothing(self):
        request = self._ask()
        with freeze_time(MEETING):
            dispatcher = request.with_user(self.dispatcher)
            with self._refused("only a project manager"):
                dispatcher.request_start = MEETING + timedelta(days=1)
        earlier = self._ask()
        with freeze_time(after(hours=1)):
            with self.assertRaises(AccessError):
                earlier.with_user(self.engineer).request_start = MEETING + timedelta(
                    days=1
                )
            earlier.with_user(self.dispatcher).write(
                {
                    "request_start": MEETING - timedelta(hours=5),
                    "request_stop": MEETING - timedelta(hours=4),
                }
            )
        self.assertEqual(earlier.act_ids.sorted("id")[-1].act, "rescheduled")
        self.assertEqual(
            earlier.onsite_deadline, MEETING - timedelta(hours=5, minutes=30)
        )

    def test_the_promise_of_the_service(self):
        request = self._ask(self.retrieval)
        self.assertEqual(request.sla_source, "item")
        self.assertEqual(request.fix_deadline, after(hours=24))
        self.assertFalse(request.respond_deadline)
        self.assertEqual(
            self._report("general").fix_deadline,
            after(hours=48),
            "a fault of the system has the system's promise",
        )
        nothing = self._ask(self._create_item(name="培训"))
        self.assertEqual(nothing.sla_source, "none")
        self.assertIn("promises no deadline", nothing.sla_explanation)

    def test_a_changed_promise_moves_what_is_open(self):
        with freeze_time(REPORTED):
            request = self._ask(self.retrieval)
            self.retrieval.sla_policy_id = self._create_policy(
                "Test: two days", [("general", "fix", 48, "hour")]
            )
        self.assertEqual(request.fix_deadline, after(hours=48))

    def test_a_wrong_kind_is_corrected_on_record(self):
        fault = self._report("general")
        with freeze_time(after(hours=1)):
            fault.with_user(self.dispatcher).with_context(
                om_reason="a retrieval, no fault"
            ).service_item_id = self.retrieval
        self.assertEqual((fault.kind, fault.sla_source), ("request", "item"))
        self.assertEqual(fault.act_ids.sorted("id")[-1].act, "corrected")
        missed = self._report("general")
        with freeze_time(after(hours=5)):  # the response was due after four
            with self._refused("only a project manager"):
                missed.with_user(self.dispatcher).service_item_id = self.retrieval
        with freeze_time(after(hours=1)), self.assertRaises(AccessError):
            missed.with_user(self.engineer).service_item_id = self.retrieval

    def test_short_notice(self):
        self.assertFalse(self._ask().is_short_notice)
        self.assertTrue(self._ask(at=MEETING - timedelta(hours=23)).is_short_notice)

    # ------------------------------------------------------------
    # The catalogue
    # ------------------------------------------------------------

    def test_offered_under_its_contract_and_for_its_systems(self):
        with self.assertRaisesRegex(ValidationError, "is not offered"):
            self._ask(system_id=self.other_system.id)
        self.meeting.system_ids = self.system
        self._ask()
        second = self._create_system("甲单位二号系统", self.unit)
        second.agreement_id = self.contract
        with self.assertRaisesRegex(ValidationError, "is not offered"):
            self._ask(system_id=second.id)

    def test_a_time_is_asked_for(self):
        with self.assertRaisesRegex(ValidationError, "say when it begins"):
            self._ask(request_start=False)
        with self.assertRaisesRegex(ValidationError, "need a time"):
            self.retrieval.ready_minutes = 5

    def _may(self, user, model, method, *args):
        """Tell whether a user may do this over RPC."""
        try:
            with self.cr.savepoint():
                call_kw(self.env[model].with_user(user), method, args, {})
                self.env.flush_all()
        except (AccessError, UserError):
            return False
        finally:
            self.env.invalidate_all()
        return True

    def test_roles_over_rpc(self):
        """What each role may do with the catalogue, the rooms and the checklists."""
        users = {
            "engineer": self.engineer,
            "dispatcher": self.dispatcher,
            "manager": self.manager,
            **{
                role: self._create_user(role)
                for role in ("auditor", "warehouse", "procurement", "staffing")
            },
        }
        request = self._ask()
        with freeze_time(after(hours=1)):
            request.with_user(self.engineer).action_take()
            self.env.flush_all()
        check = request.check_ids[0]
        item = self._create_item(name="未用的服务")
        new_check = {"ticket_id": request.id, "name": "自己的检查"}
        room = {"name": "丙会议室"}
        calls = {
            "read item": ("om.service.item", "read", item.ids, ["name"]),
            "create item": ("om.service.item", "create", [{"name": "自己的"}]),
            "write item": ("om.service.item", "write", item.ids, {"clause": "甲"}),
            "unlink item": ("om.service.item", "unlink", item.ids),
            "read room": ("om.service.room", "read", self.room.ids, ["name"]),
            "create room": ("om.service.room", "create", [room]),
            "write room": ("om.service.room", "write", self.room.ids, {"name": "丁"}),
            "judge": ("om.service.check", "write", check.ids, {"result": "pass"}),
            "rename check": ("om.service.check", "write", check.ids, {"name": "甲"}),
            "move check": (
                "om.service.check",
                "write",
                check.ids,
                {"ticket_id": self._ask().id},
            ),
            "create check": ("om.service.check", "create", [new_check]),
            "unlink check": ("om.service.check", "unlink", check.ids),
        }
        everybody = {"read item", "read room"}
        expected = {
            "engineer": everybody | {"judge"},
            "dispatcher": everybody | {"judge", "create room", "write room"},
            "manager": everybody
            | {"create item", "write item", "unlink item", "create room", "write room"}
            | {"judge"},
        }
        for role, user in users.items():
            done = set()
            for name, call in calls.items():
                before = self.cr.savepoint()
                if self._may(user, *call):
                    done.add(name)
                before.rollback()
                before.close(rollback=False)
                self.env.invalidate_all()
            self.assertEqual(done, expected.get(role, everybody), role)

    def test_only_managers_keep_the_catalogue(self):
        for user in (self.engineer, self.dispatcher):
            with self.assertRaises(AccessError):
                self.meeting.with_user(user).needs_summary = False
        self.meeting.with_user(self.manager).needs_summary = False
        self.assertEqual(self.meeting.act_ids.sorted("id")[-1].act, "change")

    def test_results_are_kept(self):
        request = self._ask(solution="held")
        self._hold(request)
        check = request.check_ids[0]
        for attempt in (
            lambda: check.with_user(self.dispatcher).unlink(),
            lambda: check.with_user(self.engineer).create(
                {"ticket_id": request.id, "name": "x"}
            ),
        ):
            with self.assertRaises(AccessError):
                attempt()
        with freeze_time(MEETING + timedelta(hours=2)):
            request.with_user(self.engineer)._om_act("fixed")
            request.with_user(self.manager)._om_act("confirmed")
        with self.assertRaises(UserError):
            check.with_user(self.manager).result = "fail"

    def test_a_request_typed_in_by_telephone(self):
        form = Form(
            self.env["helpdesk.ticket"]
            .with_user(self.dispatcher)
            .with_context(om_is_request=True),
            view="om_helpdesk.helpdesk_ticket_view_form",
        )
        form.system_id = self.system
        form.service_item_id = self.meeting
        self.assertEqual(form.name, "会议保障")
        form.request_start = datetime.now().replace(microsecond=0) + timedelta(days=2)
        request = form.save()
        self.assertEqual(request.kind, "request")
        self.assertEqual(
            request.request_stop - request.request_start, timedelta(hours=2)
        )

    # ------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------

    def test_rooms_and_people_twice(self):
        with freeze_time(REPORTED):
            first = self._ask(employee_ids=[(6, 0, self.people[:2].ids)])
            second = self._ask(
                request_start=MEETING + timedelta(hours=1),
                employee_ids=[(6, 0, self.people[1:].ids)],
            )
            self.assertFalse(first.planning_text)
            self.assertIn(f"甲会议室 is taken by {first.number}", second.planning_text)
            self.assertIn(f"示例二 holds {first.number}", second.planning_text)
            found = self.env["helpdesk.ticket"].search([("has_conflict", "=", True)])
            self.assertIn(second, found)
            self.assertNotIn(first, found)
            second.with_user(self.dispatcher).request_start = MEETING + timedelta(
                hours=2
            )
            second.with_user(self.dispatcher).employee_ids = self.people[:2]
            self.assertFalse(second.planning_text)

    def test_people_to_assign(self):
        with freeze_time(REPORTED):
            request = self._ask(employee_ids=[(6, 0, self.people[:1].ids)])
            self.assertIn("1 people are still to be assigned", request.planning_text)

    def test_queries_do_not_grow(self):
        with freeze_time(REPORTED):
            requests = self._ask()
            for number in range(1, 6):
                requests |= self._ask(
                    request_start=MEETING + timedelta(minutes=30 * number)
                )

            def count(records):
                records.invalidate_recordset()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                records.mapped("planning_text")
                records.mapped("missing_text")
                return self.cr.sql_log_count - before

            count(requests)  # what is cached for good is cached now
            self.assertLessEqual(count(requests), count(requests[:1]) + 6)

    # ------------------------------------------------------------
    # Beside the faults
    # ------------------------------------------------------------

    def test_faults_are_counted_without_requests(self):
        """Reports, tiles, boards of a system, twins and merges: each of faults only."""
        fault = self._report("general")
        late = self._ask()
        with freeze_time(MEETING + timedelta(days=1)):
            wizard = self.env["om.service.report"].create(
                {
                    "agreement_id": self.contract.id,
                    "period": "month",
                    "date": "2026-03-01",
                }
            )
            (sheet,) = self.env["report.om_helpdesk.om_service_report"]._get_sheets(
                wizard
            )
            self.assertEqual(sheet["figures"].total, 1)
            self.assertEqual(
                sum(kept.decided for kept in sheet["figures"].kept.values()),
                2,
                "response and repair of the fault were missed; the meeting is none",
            )
            self.assertEqual(
                [row["number"] for row in sheet["breaches"]], [fault.number]
            )
            self.assertEqual(sheet["services"], [("会议保障", 1, 0, 1, 0, "–")])
            self.assertEqual(
                [row["number"] for row in sheet["requests"]], [late.number]
            )
        self.assertEqual(self.system.ticket_open_count, 1)
        self.assertEqual(self.system.service_request_open_count, 1)
        self.assertFalse(fault.twin_count)
        self.assertFalse(late.twin_count)
        with self._refused("not one"):
            late.with_user(self.dispatcher)._om_merge(fault)
        self.assertNotIn(
            fault, self.env["helpdesk.ticket"].search(late._om_merge_domain())
        )

    def test_requests_are_reported_with_their_own_results(self):
        """Two meetings in time, one late; one user content, one not, one silent:
        2 of 3 deadlines kept, 50 percent satisfied. The fault's results are its own."""
        fault = self._report("general")
        held = self.env["helpdesk.ticket"]
        for _number in range(2):
            request = self._ask(solution="held")
            self._hold(request)
            held |= request
        self._ask()
        with freeze_time(MEETING + timedelta(hours=2)):
            held.with_user(self.engineer)._om_act("fixed")
            held[0].with_user(self.dispatcher).followup_result = "satisfied"
            held[1].with_user(self.dispatcher).write(
                {"followup_result": "dissatisfied", "followup_note": "无声"}
            )
        with freeze_time(after(hours=1)):
            fault.with_user(self.engineer).action_take()
            fault.with_user(self.engineer)._om_act("fixed")
            fault.with_user(self.dispatcher).followup_result = "satisfied"
        with freeze_time(MEETING + timedelta(days=1)):
            wizard = self.env["om.service.report"].create(
                {
                    "agreement_id": self.contract.id,
                    "period": "month",
                    "date": "2026-03-01",
                }
            )
            report = self.env["report.om_helpdesk.om_service_report"]
            (sheet,) = report._get_sheets(wizard)
            self.assertEqual(sheet["services"], [("会议保障", 3, 2, 1, 0, "1 / 2")])
            kept = sheet["services_kept"]
            self.assertEqual((kept.met, kept.breached), (2, 1))
            results = report._request_tables(sheet)[1]
            self.assertEqual([*results.rows[0]], [2, 1, "66.7 %", "50.0 % (1 / 2)"])
            figures = sheet["figures"]
            self.assertEqual(
                (figures.total, figures.asked, figures.satisfied), (1, 1, 1)
            )

    def test_each_action_says_of_which_kind_it_is(self):
        """A list that is called after faults, or after requests, has no others."""
        actions = self.env["ir.actions.act_window"].search(
            [("res_model", "=", "helpdesk.ticket")]
        )
        asked = self._ask()
        fault = self._report()
        Ticket = self.env["helpdesk.ticket"]
        for xmlid in (
            "helpdesk_ticket_action",
            "helpdesk_ticket_mine_action",
            "helpdesk_ticket_analysis_action",
            "helpdesk_request_action",
        ):
            action = self.env.ref(f"om_helpdesk.{xmlid}")
            self.assertIn(action, actions)
            wanted = "request" if "request" in xmlid else "fault"
            domain = action._get_action_dict()["domain"]
            found = Ticket.search(
                [
                    *safe_eval(domain, {"uid": self.env.uid}),
                    ("id", "in", [asked.id, fault.id]),
                ]
            )
            self.assertEqual(found.mapped("kind"), [wanted] * len(found), xmlid)

    def test_tiles_of_faults_have_no_requests(self):
        dispatcher = self.env["om.dashboard"].with_user(self.dispatcher)
        with freeze_time(REPORTED):
            before = {
                each["key"]: each["count"] for each in dispatcher._get_ticket_figures()
            }
            self._ask()
            after_it = {
                each["key"]: each["count"] for each in dispatcher._get_ticket_figures()
            }
            self.assertEqual(before, after_it)
            (new, *_others) = dispatcher._get_request_figures(REPORTED.date())
            self.assertGreaterEqual(new["count"], 1)

    def test_an_urgent_meeting_is_no_major_matter(self):
        request = self._ask()
        request.sudo().severity = "urgent"
        self.assertFalse(request.major_report_due)
        self.assertFalse(request.activity_ids)


@tagged("post_install", "-at_install")
class TestRequestPortal(RequestCommon, TicketPortalCommon):
    def _start(self):
        return (datetime.now() + timedelta(days=2)).strftime("%Y-%m-%dT09:00")

    def test_the_unit_asks_for_a_meeting(self):
        self._login(self.user)
        page = self.url_open("/my/requests/new").text
        self.assertIn("会议保障", page)
        path = f"/my/requests/new/{self.meeting.id}"
        self.assertIn("参会会场数", self.url_open(path).text)
        wrong = self._post(path, system_id=self.system.id, name="周例会")
        self.assertEqual(wrong.status_code, 422)
        (start,) = html.fromstring(wrong.content).xpath("//input[@id='om_start']")
        self.assertIn("is-invalid", start.get("class"))
        answer = self._post(
            path,
            system_id=self.system.id,
            name="周例会",
            start=self._start(),
            room_id=self.room.id,
            q_places="7",
        )
        self.assertEqual(answer.status_code, 200)
        request = self.env["helpdesk.ticket"].search([("name", "=", "周例会")])
        self.assertEqual(request.kind, "request")
        self.assertEqual(request.request_form["places"], 7)
        self.assertEqual(request.room_id, self.room)
        self.assertEqual(request.request_start.hour, 1, "09:00 in Beijing")
        self.assertFalse(request.user_id)
        self.assertIn("参会会场数", answer.text)
        self.meeting.form_definition = [
            {**question, "om_required": True}
            for question in self.meeting.form_definition
        ]
        empty = self._post(
            path, system_id=self.system.id, name="周例会二", start=self._start()
        )
        self.assertEqual(empty.status_code, 422)
        (places,) = html.fromstring(empty.content).xpath("//input[@id='q_places']")
        self.assertIn("is-invalid", places.get("class"))
        bad = self._post(
            path,
            system_id=self.system.id,
            name="周例会二",
            start=self._start(),
            q_places="many",
        )
        self.assertEqual(bad.status_code, 422)

    def test_refused_to_others(self):
        hidden = self._create_item(name="仅电话", in_portal=False)
        stranger = self._create_item(name="他人的", agreement_id=False)
        stranger.system_ids = self.other_system
        self._login(self.user)
        for item in (hidden, stranger):
            path = f"/my/requests/new/{item.id}"
            self.assertEqual(self.url_open(path).status_code, 404)
            self.assertEqual(self._post(path, name="x").status_code, 404)
        foreign = self._post(
            f"/my/requests/new/{self.meeting.id}",
            system_id=self.other_system.id,
            name="x",
            start=self._start(),
        )
        self.assertEqual(foreign.status_code, 422)
        self._login(self.foreign)
        self.assertEqual(
            self.url_open(f"/my/requests/new/{self.meeting.id}").status_code, 404
        )
        room = self.env["om.service.room"].create({"name": "乙会议室"})
        room.agreement_id = self.env["agreement"].create(
            {"name": "乙合同", "code": "FAULTS-2", "partner_id": self.purchaser.id}
        )
        self._login(self.user)
        taken = self._post(
            f"/my/requests/new/{self.meeting.id}",
            system_id=self.system.id,
            name="x",
            start=self._start(),
            room_id=room.id,
        )
        self.assertEqual(taken.status_code, 422)

    def test_the_purchaser_orders(self):
        request = self._ask(self.retrieval)
        path = f"/my/ticket/{request.id}"
        for user in (self.user, self.foreign, self.overseer):
            self._login(user)
            self.assertEqual(self._post(f"{path}/order").status_code, 404)
        self.assertFalse(request.ordered_on)
        self._login(self.buyer)
        page = html.fromstring(self.url_open(path).content)
        self.assertTrue(page.xpath(f"//form[@action='{path}/order']"))
        self.assertEqual(self._post(f"{path}/order").status_code, 200)
        request.invalidate_recordset()
        self.assertTrue(request.ordered_on)
        line = request.act_ids.sorted("id")[-1]
        self.assertEqual(line.act, "ordered")
        self.assertEqual(line.signature_id.party_id, self.purchaser)
        self._login(self.buyer)  # another page than the one that was answered
        self.assertEqual(self._post(f"{path}/order").status_code, 404, "only once")

    def test_a_meeting_without_its_summary_is_not_confirmed_here_either(self):
        request = self._ask(solution="held")
        self._hold(request)
        with freeze_time(MEETING + timedelta(hours=2)):
            request.with_user(self.engineer)._om_act("fixed")
            request.with_user(self.engineer).solution = False
            self.env.flush_all()
        self._login(self.user)
        answer = self._post(f"/my/ticket/{request.id}/confirm")
        (problem,) = html.fromstring(answer.content).xpath(
            "//div[contains(@class, 'alert-danger')]"
        )
        self.assertRegex(problem.text, "missing: the summary|缺少：服务小结")
        request.invalidate_recordset()
        self.assertEqual(request.state, "fixed")

    def test_confirmed_by_the_purchaser(self):
        self.retrieval.write(
            {
                "signer": "purchaser",
                "needs_order": False,
                "file_count": 0,
            }
        )
        request = self._ask(self.retrieval, solution="handed over")
        with freeze_time(after(hours=1)):
            request.with_user(self.engineer).action_take()
            request.with_user(self.engineer)._om_act("fixed")
            self.env.flush_all()
        self._login(self.user)
        path = f"/my/ticket/{request.id}/confirm"
        self.assertEqual(self._post(path).status_code, 404)
        self._login(self.buyer)
        self.assertEqual(self._post(path).status_code, 200)
        request.invalidate_recordset()
        self.assertEqual(request.state, "confirmed")

    def test_rpc_of_outsiders(self):
        """Nothing of the catalogue, of rooms, checks or plans over RPC."""
        request = self._ask()
        for user in (self.user, self.buyer, self.overseer):
            for model in ("om.service.item", "om.service.room", "om.service.check"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([]).read(["display_name"])
            for name in ("planning_text", "employee_ids"):
                with self.assertRaises(AccessError):
                    request.with_user(user).read([name])
            with self.assertRaises(AccessError):
                request.with_user(user).write({"request_start": REPORTED})
