import base64
from itertools import product

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, TransactionCase, freeze_time, tagged

from ..engine import merging
from ..engine.merging import Clock
from ..engine.policy import TARGETS
from .ticket_common import REPORTED, TicketCommon, after

REFUSALS = (UserError, AccessError, ValidationError)


@tagged("post_install", "-at_install")
class TestMerging(TransactionCase):
    """The rule alone: what a merge gives up."""

    def _clocks(self, **given):
        return {target: given.get(target, Clock()) for target in TARGETS}

    def test_a_breach_is_given_up_by_any_merge(self):
        ends = self._clocks(respond=Clock("breached", after(hours=1)))
        goes_on = self._clocks(respond=Clock("breached", after(hours=1)))
        self.assertEqual(merging.find_lost(ends, goes_on), ["respond"])

    def test_a_running_promise_has_to_run_on_no_later(self):
        ends = self._clocks(
            respond=Clock("met", after(hours=1)), fix=Clock("running", after(hours=8))
        )
        for deadline, lost in (
            (after(hours=7), []),
            (after(hours=8), []),
            (after(hours=9), ["fix"]),
            (None, ["fix"]),
        ):
            goes_on = self._clocks(fix=Clock("running", deadline))
            self.assertEqual(merging.find_lost(ends, goes_on), lost)

    def test_nothing_may_fall_due_later(self):
        before = self._clocks(fix=Clock("running", after(hours=8)))
        for deadline, later in (
            (after(hours=7), []),
            (after(hours=9), ["fix"]),
            (None, ["fix"]),
        ):
            counted = self._clocks(fix=Clock("running", deadline))
            self.assertEqual(merging.find_later(before, counted), later)


class EndingCommon(TicketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._create_portal_user("portal_user_unit", cls.unit)
        cls.stranger = cls._create_portal_user("portal_user_unit", cls.other_unit)
        cls.buyer = cls._create_portal_user("portal_purchaser", cls.purchaser)

    def _cancel(self, ticket, at, user=None, reason="nothing was wrong"):
        self._at(at, ticket, "_om_cancel", user or self.dispatcher, reason)

    def _merge(self, ticket, first, at, user=None):
        user = user or self.dispatcher
        self._at(at, ticket, "_om_merge", user, first.with_user(user))

    def _answer(self, ticket, at, agrees=True, user=None, answer=None):
        with freeze_time(at):
            theirs = ticket.with_user(user or self.person).sudo()
            theirs._om_answer_by_login(agrees=agrees, answer=answer)
            self.env.flush_all()
        self.env.invalidate_all()

    def _make_scan(self, user):
        """Return a scan as the dialog uploads it: its user's own, of no record yet."""
        return (
            self.env["ir.attachment"]
            .with_user(user)
            .create(
                {
                    "name": "scan.txt",
                    "datas": base64.b64encode(b"x"),
                    "res_model": "om.ticket.word",
                    "res_id": 0,
                }
            )
        )

    def _report_of(self, units=None):
        """Return what the service report of March tells of."""
        Ticket = self.env["helpdesk.ticket"].with_context(active_test=False)
        return Ticket.search(self._told_in_march(units))

    def _told_in_march(self, units=None):
        """Return the domain of the faults that the service report of March tells of."""
        wizard = self.env["om.service.report"].create(
            {
                "period": "month",
                "date": REPORTED.date(),
                "agreement_id": self.contract.id,
                "unit_ids": [(6, 0, (units or self.unit).ids)],
            }
        )
        return wizard._get_ticket_domain()


@tagged("post_install", "-at_install")
class TestTicketEnding(EndingCommon):
    """Cancelling and merging: what is proposed, the unit's word, and what counts."""

    def test_cancelling_is_proposed_and_the_clock_runs_on(self):
        ticket = self._report("urgent")
        self._cancel(ticket, after(minutes=10))
        self.assertEqual(ticket.state, "proposed")
        self.assertEqual(ticket.stage_id.om_state, "proposed")
        self.assertTrue(ticket.is_open)
        self.assertEqual(ticket.respond_status, "running")
        self.assertEqual(ticket.proposal_id.user_id, self.dispatcher)
        with freeze_time(after(minutes=31)):
            self.env.invalidate_all()
            self.assertEqual(ticket.respond_status_now, "breached")
            self.env["helpdesk.ticket"]._om_watch(1000)
            self.env.flush_all()
        self.assertEqual(ticket.respond_status, "breached")

    def test_what_the_contract_does_not_cover_is_offered(self):
        """Damage by users is not covered (the library's quotation): the unit is told,
        and what it would cost; only its word ends the fault."""
        ticket = self._report("urgent")
        with freeze_time(after(minutes=10)):
            dialog = Form(
                self.env["om.ticket.act"]
                .with_user(self.dispatcher)
                .with_context(default_ticket_ids=ticket.ids, default_kind="cancelled")
            )
            dialog.not_covered = True
            dialog.offer = 800
            dialog.reason = "使用者碰碎屏幕"
            dialog.save().action_confirm()
        self.env.invalidate_all()
        self.assertEqual(ticket.state, "proposed")
        self.assertEqual(ticket.proposal_id.kind, "uncovered")
        self.assertEqual(ticket.proposal_id.offer, 800)
        for said in ("800", "使用者碰碎屏幕"):
            self.assertIn(said, ticket.proposal_summary)
        self._answer(ticket, after(minutes=20))
        self.assertEqual(ticket.state, "cancelled")
        (ended,) = ticket.event_ids.filtered(lambda event: event.kind == "cancelled")
        self.assertIn("800", ended.reason)

    def test_who_does_not_agree_that_it_is_not_covered(self):
        ticket = self._report("urgent")
        with freeze_time(after(minutes=10)):
            ticket.with_user(self.dispatcher)._om_cancel("使用者损坏", True, 800)
        self._answer(ticket, after(minutes=20), agrees=False, answer="是老化")
        self.assertIn(ticket.state, ("new", "dispatched"))
        self.assertEqual(ticket.fix_status, "running")

    def test_nobody_works_on_what_waits_for_the_units_word(self):
        ticket = self._report("urgent")
        self._at(after(minutes=5), ticket, "action_take")
        self._cancel(ticket, after(minutes=10))
        moment = after(minutes=12)
        for method in ("action_take", "action_arrive", "action_fix"):
            if method == "action_fix":
                with self._refused("unit's word"):
                    self._at(moment, ticket, "_om_act", None, "fixed")
            elif method == "action_arrive":
                with self._refused("unit's word"):
                    self._at(moment, ticket, method)
        with self._refused("unit's word"):
            self._pause(ticket, moment)
        with self._refused("unit's word"), freeze_time(moment):
            ticket.with_user(self.dispatcher).fixed_at = moment
        with self._refused("in work"):
            self._cancel(ticket, moment)

    def test_the_unit_agrees_by_its_login(self):
        ticket = self._report("urgent")
        self._cancel(ticket, after(minutes=10))
        for user in (self.stranger, self.buyer, self.dispatcher, self.manager):
            with self._refused("Only the unit", AccessError):
                self._answer(ticket, after(minutes=40), user=user)
        self._answer(ticket, after(minutes=40))
        self.assertEqual(ticket.state, "cancelled")
        self.assertEqual(ticket.cancelled_at, after(minutes=40))
        # Nobody had responded within the half hour, and that stays.
        self.assertEqual(ticket.respond_status, "breached")
        self.assertEqual(ticket.fix_status, "none")
        proposal = ticket.proposal_ids
        self.assertEqual((proposal.state, proposal.way), ("agreed", "login"))
        self.assertEqual(proposal.answered_by_id, self.person)
        self.assertIn(ticket, self._report_of())
        reason = ticket.event_ids.filtered(lambda e: e.kind == "cancelled").reason
        self.assertIn(self.person.name, reason)

    def test_the_unit_does_not_agree(self):
        ticket = self._report("urgent")
        self._at(after(minutes=5), ticket, "action_take")
        self._cancel(ticket, after(minutes=10))
        with self._refused("why"):
            self._answer(ticket, after(minutes=20), agrees=False, answer=" ")
        self._answer(ticket, after(minutes=20), agrees=False, answer="still no picture")
        self.assertEqual(ticket.state, "progress")
        self.assertEqual(ticket.fix_deadline, after(hours=8))
        self.assertEqual(ticket.fix_status, "running")
        self.assertEqual(ticket.proposal_ids.answer, "still no picture")
        task = ticket.activity_ids.filtered(lambda a: a.user_id == self.dispatcher)
        self.assertTrue(task, "who proposed it is told")
        with self._refused("any more"):
            self._answer(ticket, after(minutes=21))

    def test_the_units_word_on_paper(self):
        ticket = self._report("urgent")
        self._cancel(ticket, after(minutes=10))
        act = ticket.with_user(self.dispatcher).action_enter_word()
        Word = self.env["om.ticket.word"].with_context(**act["context"])
        moment = after(days=1)
        with freeze_time(moment):
            form = Form(Word.with_user(self.dispatcher))
            form.person = "丙01"
            word = form.save()
            with self._refused("scan"):
                word.action_confirm()
            word.attachment_ids = self._make_scan(self.dispatcher)
            for day in ("2026-03-10", "2026-03-13"):
                word.signed_on = day
                with self._refused("between the proposal"):
                    word.action_confirm()
            word.signed_on = "2026-03-11"
            word.action_confirm()
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(ticket.state, "cancelled")
        proposal = ticket.proposal_ids
        self.assertEqual((proposal.way, proposal.person), ("paper", "丙01"))
        self.assertEqual(proposal.answered_by_id, self.dispatcher)
        self.assertEqual(proposal.attachment_ids.res_id, proposal.id)
        reason = ticket.event_ids.filtered(lambda e: e.kind == "cancelled").reason
        for text in ("on paper", "丙01", "2026-03-11", self.dispatcher.name):
            self.assertIn(text, reason)
        with self.assertRaises(AccessError):
            Word.with_user(self.engineer).create({})

    def test_refused_on_paper(self):
        ticket = self._report("general")
        self._cancel(ticket, after(minutes=10))
        with freeze_time(after(minutes=20)):
            word = (
                self.env["om.ticket.word"]
                .with_user(self.manager)
                .create(
                    {
                        "ticket_ids": [(6, 0, ticket.ids)],
                        "answer": "refused",
                        "person": "丙01",
                        "signed_on": "2026-03-11",
                        "reason": "go on",
                        "attachment_ids": [(6, 0, self._make_scan(self.manager).ids)],
                    }
                )
            )
            word.action_confirm()
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((ticket.state, ticket.proposal_ids.state), ("new", "refused"))

    def test_withdrawn(self):
        ticket = self._report("urgent")
        self._cancel(ticket, after(minutes=10))
        with self.assertRaises(AccessError):
            self._at(after(minutes=11), ticket, "action_withdraw_proposal")
        self._at(after(minutes=11), ticket, "action_withdraw_proposal", self.dispatcher)
        self.assertEqual(ticket.state, "new")
        self.assertEqual(ticket.proposal_ids.state, "withdrawn")
        self._cancel(ticket, after(minutes=12))
        self.assertEqual(len(ticket.proposal_ids), 2)
        with self._refused("on record"):
            ticket.proposal_ids.unlink()

    def test_proposals_are_written_by_acts_only(self):
        ticket = self._report("urgent")
        self._cancel(ticket, after(minutes=10))
        for user in (self.engineer, self.dispatcher, self.manager):
            proposal = ticket.proposal_id.with_user(user)
            with self.assertRaises(AccessError):
                proposal.write({"state": "agreed"})
            with self.assertRaises(AccessError):
                proposal.create(
                    {"ticket_id": ticket.id, "kind": "cancel", "reason": "x"}
                )

    def test_the_unit_takes_its_own_report_back(self):
        ticket = self._report("urgent")
        with freeze_time(after(minutes=5)):
            with self._refused("Only the unit", AccessError):
                ticket.with_user(self.stranger).sudo()._om_cancel_by_unit("x")
            ticket.with_user(self.person).sudo()._om_cancel_by_unit("it works again")
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(ticket.state, "cancelled")
        self.assertEqual(ticket.proposal_ids.way, "login")
        self.assertEqual(ticket.proposal_ids.user_id, self.person)

    def test_nobody_known_is_asked_nothing(self):
        with freeze_time(REPORTED):
            ticket = self.env["helpdesk.ticket"].create(
                {"name": "advertisement", "description": "x"}
            )
            self.env.flush_all()
        with self._refused("by a dispatcher", AccessError):
            self._cancel(ticket, after(minutes=5), self.engineer)
        self._cancel(ticket, after(minutes=5))
        self.assertEqual(ticket.state, "cancelled")
        # Whoever knows the unit does not forget it first.
        known = self._report("urgent")
        with self._refused("right system"):
            known.with_user(self.dispatcher).system_id = False

    # ------------------------------------------------------------
    # Merging
    # ------------------------------------------------------------

    def test_counts_from_the_earliest_report(self):
        older = self._report("urgent")
        newer = self._report("urgent", after(minutes=20))
        self._at(after(minutes=25), newer, "action_take")
        self.assertEqual(newer.fix_deadline, after(hours=8, minutes=20))
        self._merge(older, newer, after(minutes=26))
        self.assertEqual(older.state, "cancelled")
        self.assertEqual(older.duplicate_id, newer)
        self.assertEqual(newer.reported_at, REPORTED)
        self.assertEqual(newer.respond_deadline, after(minutes=30))
        self.assertEqual(newer.fix_deadline, after(hours=8))
        self.assertEqual(newer.responded_at, after(minutes=25))
        reports = newer.event_ids.filtered(lambda event: event.kind == "reported")
        self.assertEqual(reports.mapped("at"), [REPORTED, after(minutes=20)])
        self.assertEqual(reports.source_id, older | newer)

    def test_a_duplicate_that_is_none_after_all(self):
        older = self._report("urgent")
        newer = self._report("urgent", after(minutes=20))
        self._merge(older, newer, after(minutes=25))
        self._at(
            after(minutes=26),
            older,
            "_om_act",
            self.manager,
            "reopened",
            None,
            "another floor",
        )
        self.assertFalse(older.duplicate_id)
        self.assertEqual(newer.reported_at, after(minutes=20))
        self.assertEqual(newer.fix_deadline, after(hours=8, minutes=20))
        self.assertTrue(older.is_open)

    def test_what_may_be_merged(self):
        ticket = self._report("urgent")
        moment = after(minutes=5)
        other = self._report("urgent", system_id=self.other_system.id)
        with self._refused("another user unit"):
            self._merge(ticket, other, moment)
        with self._refused("into itself"):
            self._merge(ticket, ticket, moment)
        done = self._report("urgent")
        self._at(after(minutes=2), done, "action_take")
        self._at(after(minutes=3), done, "_om_act", None, "fixed")
        with self._refused("not in work"):
            self._merge(ticket, done, moment)
        first, second = self._report("urgent"), self._report("urgent")
        self._merge(second, first, moment)
        with self._refused("merged into"):
            self._merge(ticket, second, moment)
        # No circle, and no chain: the others would have to follow.
        with self._refused("other way round"):
            self._merge(first, ticket, moment)
        with self._refused("by a dispatcher", AccessError):
            self._merge(ticket, first, moment, self.engineer)

    def test_the_dialog_offers_what_the_rule_allows(self):
        ticket = self._report("urgent")
        sister = self._create_system("甲单位第二系统", self.unit)
        same = self._report("urgent")
        theirs = self._report("urgent", system_id=sister.id)
        self._report("urgent", system_id=self.other_system.id)
        act = ticket.with_user(self.dispatcher).action_merge()
        with freeze_time(after(minutes=5)):
            dialog = Form(
                self.env["om.ticket.act"]
                .with_user(self.dispatcher)
                .with_context(**act["context"])
            )
            self.assertEqual(set(dialog.choice_ids.ids), set((same | theirs).ids))

    def test_merging_a_breached_one_needs_the_units_word(self):
        older = self._report("urgent")
        newer = self._report("urgent", after(minutes=40))
        self._at(after(minutes=41), newer, "action_take")
        self._merge(older, newer, after(minutes=42))
        self.assertEqual(older.state, "proposed")
        self.assertFalse(older.duplicate_id)
        self.assertEqual(newer.reported_at, after(minutes=40))
        # While it is waited for, the other goes on and cannot go away.
        with self._refused("other way round"):
            self._merge(newer, self._report("urgent"), after(minutes=43))
        self._answer(older, after(minutes=50))
        self.assertEqual(older.duplicate_id, newer)
        self.assertEqual(older.respond_status, "breached")
        self.assertEqual(newer.reported_at, REPORTED)
        self.assertEqual(newer.respond_status, "breached")
        self.assertEqual(newer.fix_deadline, after(hours=8))

    def test_the_other_is_confirmed_before_the_unit_answers(self):
        older = self._report("urgent")
        newer = self._report("urgent", after(minutes=40))
        self._at(after(minutes=41), newer, "action_take")
        self._merge(older, newer, after(minutes=42))
        self._at(after(minutes=45), newer, "_om_act", None, "fixed")
        self._at(after(minutes=46), newer, "action_confirm", self.dispatcher)
        self.assertEqual(newer.respond_status, "met")
        self._answer(older, after(minutes=50))
        self.assertEqual(newer.respond_status, "breached")
        self.assertEqual(newer.state, "confirmed")

    def test_a_milder_promise_does_not_swallow_a_stricter_one(self):
        urgent = self._report("urgent")
        general = self._report("general")
        self._merge(urgent, general, after(minutes=5))
        self.assertEqual(urgent.state, "proposed")
        # The other way round nothing is given up.
        urgent, general = self._report("urgent"), self._report("general")
        self._merge(general, urgent, after(minutes=5))
        self.assertEqual(general.duplicate_id, urgent)

    def test_an_earlier_report_that_would_count_more_mildly(self):
        """Before the key period the older had two days; the newer has two hours."""
        older = self._report("general")
        self._at(after(hours=1), older, "action_take")
        with freeze_time(after(hours=2)):
            self.policy.write({"key_respond_hours": 1, "key_fix_hours": 2})
            self.env.flush_all()
        with freeze_time(after(days=1)):
            self.env["om.key.period"].create(
                {
                    "name": "Test period",
                    "date_start": "2026-03-12",
                    "date_end": "2026-03-12",
                    "system_ids": [(6, 0, self.system.ids)],
                }
            )
            self.env.flush_all()
        newer = self._report("general", after(days=1))
        self.assertEqual(newer.fix_deadline, after(days=1, hours=2))
        with self._refused("fall due later"):
            self._merge(older, newer, after(days=1, minutes=5))

    def test_bulk_asks_only_where_it_has_to(self):
        first = self._report("urgent")
        fine = self._report("urgent", after(minutes=20))
        late = self._report("urgent", after(minutes=1))
        self._at(after(minutes=5), first, "action_take")
        # 1 + 30 minutes are over for one of them.
        self._merge(fine | late, first, after(minutes=32))
        self.assertEqual((fine.state, late.state), ("cancelled", "proposed"))

    # ------------------------------------------------------------
    # The report
    # ------------------------------------------------------------

    def test_the_report_tells_of_cancelled_and_merged(self):
        late = self._report("urgent")
        self._cancel(late, after(minutes=40))
        self._answer(late, after(minutes=45))
        first, twin = self._report("general"), self._report("general")
        self._merge(twin, first, after(minutes=5))
        hidden = self._report("urgent")
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET active = false WHERE id = %s", hidden.ids
        )
        self.env.invalidate_all()
        wizard = self.env["om.service.report"].create(
            {
                "period": "month",
                "date": REPORTED.date(),
                "agreement_id": self.contract.id,
                "unit_ids": [(6, 0, self.unit.ids)],
            }
        )
        report = self.env["report.om_helpdesk.om_service_report"]
        with freeze_time(after(minutes=50)):
            (sheet,) = report._get_sheets(wizard)
            tables = {table.name: table for table in report._get_tables(sheet)}
        figures = sheet["figures"]
        self.assertEqual((figures.total, figures.cancelled, figures.merged), (2, 1, 1))
        # The cancelled one and the one that was put away: each was not responded to.
        self.assertEqual(figures.kept["respond"].breached, 2)
        rows = {row["number"]: row for row in sheet["ended"]}
        self.assertEqual(set(rows), {late.number, twin.number})
        self.assertIn("response", rows[late.number]["late"])
        self.assertIn(first.number, rows[twin.number]["end"])
        self.assertIn("Cancelled and Merged", tables)
        self.assertIn(late.number, [row["number"] for row in sheet["breaches"]])

    def test_a_fault_reported_twice_is_late_once(self):
        older = self._report("urgent")
        newer = self._report("urgent", after(minutes=31))
        self._merge(older, newer, after(minutes=32))
        self._answer(older, after(minutes=40))
        self._at(after(minutes=41), newer, "action_take")
        wizard = self.env["om.service.report"].create(
            {
                "period": "month",
                "date": REPORTED.date(),
                "agreement_id": self.contract.id,
                "unit_ids": [(6, 0, self.unit.ids)],
            }
        )
        report = self.env["report.om_helpdesk.om_service_report"]
        with freeze_time(after(minutes=50)):
            (sheet,) = report._get_sheets(wizard)
        self.assertEqual(sheet["figures"].kept["respond"].breached, 1)


# Outside of what it tries the time stands still, too: to stop the clock that has
# stopped costs nothing.
@freeze_time(REPORTED)
@tagged("post_install", "-at_install")
class TestNothingVanishes(EndingCommon):
    """Every state, every way to end a fault, every role: what was missed stays missed,
    and what was owed stays owed, in the report that the purchaser reads."""

    STATES = ("new", "dispatched", "progress", "waiting", "fixed", "confirmed")
    WAYS = (
        "merge into newer",
        "merge into older",
        "merge by writing",
        "cancel",
        "cancel by the stage",
        "cancel by the event",
        "cancel and report anew",
    )

    def test_no_way_to_end_a_fault_hides_what_was_owed(self):
        tried = done = 0
        self.told = self._told_in_march()
        users = {
            "engineer": self.engineer,
            "dispatcher": self.dispatcher,
            "manager": self.manager,
            "another unit": self.stranger,
            "purchaser": self.buyer,
        }
        moments = (after(minutes=20), after(minutes=45))
        for state, moment, older in product(self.STATES, moments, (True, False)):
            ways = self.WAYS if older else ("merge into older",)
            savepoint = self.env.cr.savepoint()
            first = self._report("urgent")
            second = self._report("urgent", after(minutes=15))
            ticket, other = (first, second) if older else (second, first)
            self._bring(ticket, state)
            with freeze_time(moment):
                self.env.invalidate_all()
                before = self._owed()
            for way, (role, user) in product(ways, users.items()):
                if way == "merge into older" and older:
                    continue
                if user.share and state != "new":
                    continue
                with self.subTest(state=state, way=way, role=role, at=str(moment)):
                    tried += 1
                    done += self._try(way, ticket, other, user, moment, before)
            savepoint.close(rollback=True)
            self.env.invalidate_all()
        self.assertGreater(tried, 54)
        # The test is no use if everything is refused before it matters.
        self.assertGreater(done, tried // 10)

    def _try(self, way, ticket, other, user, moment, before):
        """Try it and take it back; True if something was done.

        :param before: what was owed at the moment
        """
        savepoint = self.env.cr.savepoint()
        try:
            with freeze_time(moment):
                self.env.invalidate_all()
                try:
                    self._do(way, ticket.with_user(user), other.with_user(user))
                    self.env.flush_all()
                except REFUSALS:
                    return False
                self.env.invalidate_all()
                self._check(before, self._owed())
            # What is waited for runs on: missed later, it is missed.
            with freeze_time(after(days=2)):
                self.env.invalidate_all()
                self._check_later(before, self._owed())
            return True
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _bring(self, ticket, state):
        """Bring a fault into a state, nineteen minutes after the first report."""
        at = after(minutes=19)
        if state == "new":
            return
        self._at(at, ticket, "write", self.dispatcher, {"user_id": self.engineer.id})
        if state in ("progress", "fixed", "confirmed"):
            self._at(at, ticket, "_om_act", self.engineer, "responded")
        if state == "waiting":
            self._pause(ticket, at)
        if state in ("fixed", "confirmed"):
            self._at(at, ticket, "_om_act", self.engineer, "fixed")
        if state == "confirmed":
            self._at(at, ticket, "action_confirm", self.dispatcher)

    def _do(self, way, ticket, other):
        if way == "merge by writing":
            ticket.write({"duplicate_id": other.id})
        elif way.startswith("merge"):
            ticket._om_merge(other)
        elif way == "cancel by the stage":
            stage = ticket._om_stages(ticket.company_id.id)["cancelled"]
            ticket.with_context(om_reason="x").write({"stage_id": stage})
        elif way == "cancel by the event":
            ticket._om_act("cancelled", reason="x")
        else:
            ticket._om_cancel("nothing was wrong")
            if way == "cancel and report anew":
                ticket.create(
                    {
                        "name": "Test fault",
                        "description": "Test",
                        "system_id": self.system.id,
                        "severity": "urgent",
                    }
                )

    def _owed(self):
        """Return {(ticket, target): (status as of now, deadline)} of the report."""
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        tickets = tickets.search(self.told)
        return {
            (ticket.id, target): (
                ticket[f"{target}_status_now"],
                ticket[f"{target}_deadline"],
            )
            for ticket in tickets
            for target in TARGETS
            if ticket[f"{target}_deadline"]
        }

    def _check(self, before, now):
        for key, (status, deadline) in before.items():
            _id, target = key
            self.assertIn(key, now, "it is out of the report")
            if status == "breached":
                self.assertEqual(now[key][0], "breached")
            elif status in ("running", "paused") and now[key][0] == "none":
                # Ended without a repair: somebody else owes it as early.
                self.assertTrue(
                    any(
                        other != key[0]
                        and kind == target
                        and found[0] != "none"
                        and found[1] <= deadline
                        for (other, kind), found in now.items()
                    ),
                    f"{target} was due on {deadline}, and nobody owes it any more",
                )

    def _check_later(self, before, later):
        for (_id, target), (status, deadline) in before.items():
            if status != "running":
                continue
            self.assertTrue(
                any(
                    kind == target and found[0] == "breached" and found[1] <= deadline
                    for (_other, kind), found in later.items()
                ),
                f"{target} was due on {deadline}, and nothing says that it was missed",
            )
