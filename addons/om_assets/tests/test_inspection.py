from datetime import date, datetime, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .inspection_common import SIGNATURE, InspectionCommon


@tagged("post_install", "-at_install")
class TestInspection(InspectionCommon):
    def setUp(self):
        super().setUp()
        self.mine = self.inspection.with_user(self.engineer)

    # Starting

    def test_start_copies_the_checklist(self):
        self.assertFalse(self.inspection.result_ids)
        self.assertEqual(self.inspection.inspection_step, "planned")
        self.mine.action_start_inspection()
        self.assertEqual(self.mine.result_ids.mapped("name"), ["状态", "标签", "温度"])
        self.assertEqual(self.mine.inspection_step, "running")
        self.assertFalse(self.mine.stage_id.done)
        self.assertEqual(self.mine.item_progress, "0/3")
        self.checklist.line_ids.unlink()
        self.assertEqual(self._items(self.mine)["温度"].bound_text, "18–27 ℃")

    def test_start_twice_makes_no_second_items(self):
        self.mine.action_start_inspection()
        self.mine.action_start_inspection()
        self.assertEqual(len(self.mine.result_ids), 3)

    def test_remote_inspection_has_no_items_of_the_spot(self):
        self.inspection.inspection_mode = "remote"
        self.mine.action_start_inspection()
        self.assertEqual(self.mine.result_ids.mapped("name"), ["状态", "温度"])

    def test_scope_all_is_the_union(self):
        self.checklist.copy({"name": "软件", "scope": "software", "sequence": 1})
        self.inspection.inspection_scope = "all"
        self.mine.action_start_inspection()
        self.assertEqual(
            self.mine.result_ids.mapped("scope"), ["software"] * 3 + ["hardware"] * 3
        )

    def test_checklist_of_another_class_is_left_out(self):
        other = self.env["om.system.category"].create({"name": "Other"})
        self.checklist.category_ids = other
        with self.assertRaisesRegex(UserError, "no checklist"):
            self.mine.action_start_inspection()
        self.checklist.category_ids |= self.category
        self.mine.action_start_inspection()
        self.assertEqual(self.mine.item_count, 3)

    def test_shipped_checklists_serve_every_scope(self):
        shipped = self.env["om.inspection.checklist"].with_context(active_test=False)
        shipped.search([]).active = True
        self.checklist.active = False
        plans = self.env["om.inspection.plan"]
        for scope in dict(plans._fields["scope"].selection):
            for mode in ("remote", "onsite"):
                if (scope, mode) == ("environment", "remote"):
                    continue
                inspection = self._create_inspection(
                    inspection_scope=scope, inspection_mode=mode
                )
                with self.subTest(scope=scope, mode=mode):
                    inspection.action_start_inspection()
                    self.assertGreaterEqual(len(inspection.result_ids), 3)

    def test_starting_what_nobody_has_makes_it_mine(self):
        self.inspection.user_id = False
        self.mine.action_start_inspection()
        self.assertEqual(self.inspection.user_id, self.engineer)

    def test_only_open_inspections_start(self):
        fault = self.env["maintenance.request"].create(
            {"name": "故障", "system_id": self.system.id}
        )
        with self.assertRaisesRegex(UserError, "故障"):
            fault.action_start_inspection()
        self._cancel(self.inspection.with_user(self.dispatcher))
        with self.assertRaisesRegex(UserError, "三月巡检"):
            self.mine.action_start_inspection()

    def test_scope_is_fixed_once_started(self):
        self.mine.action_start_inspection()
        for values in (
            {"inspection_scope": "software"},
            {"system_id": self.other_system.id},
            {"is_inspection": False},
            {"maintenance_type": "corrective"},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.mine.write(values)
        self.mine.write({"inspection_scope": "hardware", "color": 3})

    # Judging

    def test_measured_value_decides_by_itself(self):
        self.mine.action_start_inspection()
        item = self._items(self.mine)["温度"]
        item.value = 27
        self.assertEqual(item.result, "pass")
        item.value = 27.5
        self.assertEqual(item.result, "fail")
        self.assertEqual(self.mine.inspection_result, "fail")
        item.write({"value": 0})
        self.assertTrue(item.value_entered, "zero is a value")
        self.assertEqual(item.result, "fail")
        item.write({"value": False})
        self.assertFalse(item.value_entered)
        self.assertFalse(item.result, "a value taken back leaves the item open")

    def test_what_is_outside_its_bounds_cannot_pass(self):
        self.mine.action_start_inspection()
        item = self._items(self.mine)["温度"]
        with self.assertRaisesRegex(ValidationError, "温度"):
            item.result = "pass"
        item.value = 30
        with self.assertRaisesRegex(ValidationError, "18–27 ℃"):
            item.result = "pass"
        item.result = "na"
        self.assertEqual(item.checked_by_id, self.engineer)

    def test_pass_others_leaves_judgements_and_figures_alone(self):
        self.mine.action_start_inspection()
        items = self._items(self.mine)
        items["状态"].write({"result": "fail", "note": "风扇停转"})
        action = self.mine.action_pass_others()
        self.assertIn("温度", action["params"]["message"])
        self.assertEqual(items["状态"].result, "fail")
        self.assertEqual(items["标签"].result, "pass")
        self.assertFalse(items["温度"].result)
        self.assertEqual(self.mine.open_item_count, 1)
        items["温度"].value = 20
        self.assertIs(self.mine.action_pass_others(), True)

    def test_result_of_the_whole(self):
        self.mine.action_start_inspection()
        self.assertFalse(self.mine.inspection_result)
        items = self._items(self.mine)
        items["温度"].value = 20
        items["状态"].result = "pass"
        self.assertFalse(self.mine.inspection_result)
        items["标签"].result = "na"
        self.assertEqual(self.mine.inspection_result, "pass")
        items["标签"].result = "fail"
        self.assertEqual(self.mine.inspection_result, "fail")

    def test_items_and_bounds_come_from_the_checklist(self):
        self.mine.action_start_inspection()
        item = self._items(self.mine)["温度"]
        for values in ({"value_max": 99}, {"name": "x"}, {"measured": False}):
            with self.subTest(values=values), self.assertRaises(UserError):
                item.write(values)
        with self.assertRaisesRegex(UserError, "not applicable"):
            item.unlink()

    def test_item_added_on_the_spot(self):
        self.mine.action_start_inspection()
        item = self.env["om.inspection.result"].with_user(self.engineer)
        item = item.create(
            {"request_id": self.mine.id, "name": "漏水", "result": "fail"}
        )
        self.assertEqual(self.mine.inspection_result, "fail")
        item.unlink()
        self.assertEqual(self.mine.item_count, 3)

    def test_bounds_in_the_wrong_order_are_refused(self):
        line = self.checklist.line_ids.filtered("measured")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            line.value_min = 28
            line.flush_recordset()

    def test_stamps_are_the_servers(self):
        self.mine.action_start_inspection()
        item = self._items(self.mine)["状态"]
        with freeze_time("2026-03-10 02:00:00"):
            item.write({"result": "pass"})
        self.assertEqual(item.checked_on, datetime(2026, 3, 10, 2))
        for record, name in (
            (item, "checked_on"),
            (self.mine, "inspection_closed_on"),
            (self.mine, "inspector_signed_on"),
        ):
            with self.assertRaisesRegex(UserError, "by hand"):
                record.write({name: "2020-01-01 00:00:00"})

    # Closing

    def _done_stage(self):
        return self.env["maintenance.stage"].search([("done", "=", True)], limit=1)

    def test_open_items_keep_it_open_whichever_way(self):
        for attempt in (
            lambda: self.mine.action_close_inspection(),
            lambda: self.mine.write({"stage_id": self._done_stage().id}),
            lambda: self.mine.web_save({"stage_id": self._done_stage().id}, {}),
        ):
            with self.assertRaisesRegex(UserError, "Start"):
                attempt()
        self.mine.action_start_inspection()
        self._items(self.mine)["状态"].result = "pass"
        for attempt in (
            lambda: self.mine.action_close_inspection(),
            lambda: self.mine.write({"stage_id": self._done_stage().id}),
        ):
            with self.assertRaisesRegex(UserError, "标签.*温度"):
                attempt()
        with self.assertRaises(UserError):
            self._create_inspection(stage_id=self._done_stage().id)

    def test_fail_without_a_word_keeps_it_open(self):
        self._judge_all(self.mine)
        self.mine.inspector_signature = SIGNATURE
        item = self._items(self.mine)["状态"]
        item.result = "fail"
        self.mine.inspector_signature = SIGNATURE
        with self.assertRaisesRegex(UserError, "状态"):
            self.mine.action_close_inspection()
        item.note = "风扇停转"
        self.mine.inspector_signature = SIGNATURE
        self.mine.action_close_inspection()
        self.assertEqual(self.mine.inspection_step, "done")

    def test_inspector_signs_on_the_spot(self):
        self._judge_all(self.mine)
        with self.assertRaisesRegex(UserError, "signs"):
            self.mine.action_close_inspection()
        with freeze_time("2026-03-10 08:00:00"):
            self.mine.write({"inspector_signature": SIGNATURE})
            with self.assertRaisesRegex(UserError, "by hand"):
                self.mine.write({"inspector_id": self.manager.id})
        self.assertEqual(self.mine.inspector_signed_on, datetime(2026, 3, 10, 8))
        self.assertEqual(self.mine.inspector_id, self.engineer)
        self.mine.action_close_inspection()

    def test_remote_inspection_needs_no_signature(self):
        self.inspection.inspection_mode = "remote"
        self._judge_all(self.mine)
        self.mine.action_close_inspection()
        self.assertEqual(self.mine.inspection_step, "done")

    def test_nobody_signs_what_is_open(self):
        self.mine.action_start_inspection()
        with self.assertRaisesRegex(UserError, "状态"):
            self.mine.inspector_signature = SIGNATURE

    def test_unit_signs_with_a_name(self):
        self._judge_all(self.mine)
        for values in ({"unit_signature": SIGNATURE}, {"unit_signer": "乙11"}):
            with self.assertRaisesRegex(UserError, "by hand"):
                self.mine.write(values)
        with self.assertRaisesRegex(UserError, "its own login"):
            self.mine.action_unit_sign()
        with self.assertRaisesRegex(UserError, "who signed"):
            self.mine.action_unit_sign(self._paper(person=" "))
        self.mine.action_unit_sign(self._paper())
        self.assertTrue(self.mine.unit_signed_on)
        self.assertEqual(self.mine.unit_signer, "乙11")
        self.assertTrue(self.mine.unit_signature)
        signature = self._lines(self.mine)[-1].signature_id
        self.assertEqual(
            (signature.way, signature.party_id, signature.user_id),
            ("drawn", self.unit, self.engineer),
        )

    def test_none_of_ours_signs_for_the_unit(self):
        self._judge_all(self.mine)
        self.mine.inspector_signature = SIGNATURE
        theirs = self.inspection.with_user(self.dispatcher)
        for person in (self.engineer.name, self.dispatcher.name):
            with self.assertRaisesRegex(UserError, "one of ours"):
                theirs.action_unit_sign(self._paper(person))
        paper = self._paper(way="paper", day="2020-01-01")
        with self.assertRaisesRegex(UserError, "older than the inspection"):
            theirs.action_unit_sign(paper)
        theirs.action_unit_sign(self._paper(way="paper"))
        self.assertFalse(self.mine.unit_signature, "the scan is in the ledger")
        self.assertEqual(self._lines(self.mine)[-1].signature_id.way, "paper")

    def test_the_pad_and_the_sheet_are_dialogs(self):
        self._judge_all(self.mine)
        for action, way in (
            (self.mine.action_unit_draw(), "drawn"),
            (self.mine.action_unit_paper(), "paper"),
        ):
            self.assertEqual(action["res_model"], "om.act.paper")
            self.assertEqual(action["context"]["default_way"], way)
            self.assertEqual(action["context"]["default_party_id"], self.unit.id)

    def test_the_ledger_tells_it_from_the_start_to_the_end(self):
        self._close(self.mine)
        self.mine.action_unit_sign(self._paper())
        self.assertEqual(
            self._lines(self.mine).mapped("act"),
            ["create", "start", "sign", "finish", "unit_sign"],
        )
        self.assertEqual(self._faults(self.mine), [])
        for table, change in (
            (
                "om_inspection_result",
                f"result = 'fail' WHERE request_id = {self.mine.id}",
            ),
            (
                "maintenance_request",
                f"inspection_late = NULL, inspection_done_on ="
                f" '2026-03-01' WHERE id = {self.mine.id}",
            ),
            (
                "ir_attachment",
                "db_datas = 'x', store_fname = NULL WHERE res_field ="
                f" 'inspector_signature' AND res_id = {self.mine.id}",
            ),
        ):
            with self.subTest(table=table):
                savepoint = self.env.cr.savepoint()
                self.env.cr.execute(f"UPDATE {table} SET {change}")
                faults = self._faults(self.mine)
                savepoint.close(rollback=True)
                self.assertEqual(len(faults), 1, faults)

    def test_change_after_signing_voids_the_signatures(self):
        self._judge_all(self.mine)
        self.mine.inspector_signature = SIGNATURE
        self.mine.action_unit_sign(self._paper())
        self._items(self.mine)["状态"].result = "na"
        self.assertFalse(self.mine.inspector_signature)
        self.assertFalse(self.mine.unit_signed_on)
        message = self.inspection.message_ids[:1]
        self.assertIn("sign again", message.body)
        self.assertEqual(len(message.attachment_ids), 2, "the void ones stay on record")

    def test_day_of_closing_is_the_local_one(self):
        """00:30 of 1 April in Beijing is still 31 March in UTC: late all the same."""
        self._judge_all(self.mine)
        self.mine.inspector_signature = SIGNATURE
        with freeze_time("2026-03-31 16:30:00"):
            self.mine.action_close_inspection()
        self.assertEqual(self.mine.close_date, date(2026, 4, 1))
        self.assertEqual(self.mine.inspection_done_on, date(2026, 4, 1))
        self.assertEqual(self.mine.inspection_status, "late")

    def test_closed_is_locked(self):
        self._close(self.mine)
        item = self.mine.result_ids[0]
        stage = self.env["maintenance.stage"].search([("done", "=", False)], limit=1)
        for values in (
            {"stage_id": stage.id},
            {"inspection_date": "2026-03-01"},
            {"close_date": "2026-03-01"},
            {"inspector_signature": False},
            {"user_id": self.colleague.id},
            {"archive": True},
            {"result_ids": [(5,)]},
            {"inspection_done_on": "2026-03-01"},
        ):
            for user in (self.engineer, self.manager):
                with (
                    self.subTest(values=values),
                    self.assertRaisesRegex(UserError, "locked"),
                ):
                    self.inspection.with_user(user).write(values)
        for user in (self.engineer, self.manager):
            with self.assertRaisesRegex(UserError, "locked"):
                item.with_user(user).write({"result": "fail"})
            with self.assertRaisesRegex(UserError, "locked"):
                item.with_user(user).write({"photo_ids": [(5,)]})
        with self.assertRaisesRegex(UserError, "locked"):
            self.env["om.inspection.result"].create(
                {"request_id": self.inspection.id, "name": "x"}
            )
        with self.assertRaisesRegex(UserError, "record"):
            self.inspection.unlink()
        self.mine.color = 4

    def test_a_stage_unlocks_nothing(self):
        self._close(self.mine)
        with self.assertRaisesRegex(UserError, "new stage"):
            self.inspection.stage_id.done = False
        self.inspection.stage_id.name = "完成"

    def test_context_of_a_client_unlocks_nothing(self):
        self._close(self.mine)
        for flags in ({"om_inspection_act": True}, {"om_act": True}):
            forged = self.mine.with_context(**flags)
            with self.assertRaisesRegex(UserError, "locked"):
                forged.write({"close_date": "2026-03-01"})

    def test_unit_may_sign_afterwards_once(self):
        self._close(self.mine)
        self.mine.action_unit_sign(self._paper())
        self.assertTrue(self.mine.unit_signed_on)
        with self.assertRaisesRegex(UserError, "locked"):
            self.mine.write({"unit_signer": "乙12"})
        with self.assertRaisesRegex(UserError, "signed these inspections already"):
            self.mine.action_unit_sign(self._paper("乙12"))

    def test_reopen_with_a_reason(self):
        with freeze_time("2026-03-10 02:00:00"):
            self._close(self.mine)
        action = self.inspection.with_user(self.manager).action_reopen_inspection()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(**action["context"])
        )
        wizard.reason = "温度读错"
        wizard.save().action_confirm()
        self.assertEqual(self.mine.inspection_step, "running")
        self.assertFalse(self.mine.inspector_signature)
        message = self.inspection.message_ids.filtered("attachment_ids")[:1]
        self.assertIn("温度读错", message.body)
        self.assertEqual(message.author_id, self.manager.partner_id)
        with freeze_time("2026-04-20 02:00:00"):
            self._items(self.mine)["温度"].value = 21
            self.mine.inspector_signature = SIGNATURE
            self.mine.action_close_inspection()
        self.assertEqual(self.mine.inspection_done_on, date(2026, 3, 10))
        self.assertEqual(self.mine.inspection_status, "done")

    def test_only_what_is_closed_is_reopened(self):
        with self.assertRaisesRegex(UserError, "needs: Finished"):
            self.inspection.with_user(self.manager)._reopen_inspection("x")
        self._close(self.mine)
        for user in (self.engineer, self.dispatcher):
            with self.assertRaisesRegex(UserError, "Project Manager"):
                self.inspection.with_user(user)._reopen_inspection("x")

    def test_only_dispatchers_cancel(self):
        with self.assertRaisesRegex(UserError, "Dispatcher"):
            self._cancel(self.mine)
        self._cancel(self.inspection.with_user(self.dispatcher))
        self.assertEqual(self.mine.inspection_step, "cancelled")

    def _cancel(self, inspection, day="2026-03-31"):
        with freeze_time(f"{day} 04:00:00"):
            inspection.archive_equipment_request()

    def test_what_began_or_was_missed_is_not_cancelled(self):
        dispatcher = self.inspection.with_user(self.dispatcher)
        with self.assertRaisesRegex(UserError, "missed"):
            self._cancel(dispatcher, "2026-04-01")
        self.mine.action_start_inspection()
        with self.assertRaisesRegex(UserError, "begun"):
            self._cancel(dispatcher)

    def test_ordinary_requests_are_left_alone(self):
        request = self.env["maintenance.request"].create(
            {"name": "故障", "system_id": self.system.id}
        )
        request.with_user(self.engineer).stage_id = self._done_stage()
        request.with_user(self.engineer).description = "done"
        self.assertTrue(request.stage_id.done)
        self.assertFalse(request.inspection_step, "a step is one of inspections")

    # What was not done in time stays

    def _user_writes(self, request, values):
        for user in (self.engineer, self.dispatcher, self.manager):
            with self.assertRaises(UserError, msg=(user.login, values)):
                request.with_user(user).write(values)

    def test_missed_ones_do_not_disappear(self):
        today = self.env["maintenance.request"]._get_inspection_today()
        missed = self.inspection
        behind = self._create_inspection(
            name="落后", inspection_date="2026-03-10", inspection_deadline="2126-12-31"
        )
        self.assertEqual(missed.inspection_status, "missed")
        self.assertEqual(behind.inspection_status, "overdue")
        for request in (missed, behind):
            for values in (
                {"is_inspection": False},
                {"inspection_deadline": "2127-01-01"},
                {"inspection_done_on": "2026-03-10"},
                {"inspection_behind": "2126-01-01"},
            ):
                self._user_writes(request, values)
            for user in (self.engineer, self.dispatcher, self.manager):
                with self.assertRaises(UserError):
                    request.with_user(user).unlink()
        # Neither an inspection ahead nor an ordinary request vanishes without a name.
        ahead = self._create_inspection(name="待检", inspection_date="2126-03-10")
        ordinary = self.env["maintenance.request"].create(
            {"name": "甲报修", "system_id": ahead.system_id.id}
        )
        for request in (ahead, ordinary):
            for user in (self.engineer, self.dispatcher, self.manager):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    request.with_user(user).unlink()
        ordinary.with_user(self.engineer).archive_equipment_request()
        self.assertTrue(ordinary.archive)
        for request in (missed, behind):
            before = request.inspection_status
            request.with_user(self.engineer).inspection_date = today + timedelta(days=3)
            self.assertEqual(
                request.inspection_status, before, "a new day mends nothing"
            )
            self.assertEqual(request.inspection_behind, date(2026, 3, 10))
            found = self.env["maintenance.request"].search(
                [("inspection_status", "=", before), ("id", "=", request.id)]
            )
            self.assertEqual(found, request)
        for archive in (
            lambda: missed.with_user(self.dispatcher).write({"archive": True}),
            lambda: missed.with_user(self.dispatcher).archive_equipment_request(),
        ):
            with self.assertRaisesRegex(UserError, "missed"):
                archive()

    def test_a_new_one_is_not_born_done(self):
        requests = self.env["maintenance.request"].with_user(self.dispatcher)
        for values in (
            {"inspection_done_on": "2026-03-10"},
            {"inspection_deadline": "2126-12-31"},
            {"stage_id": self._done_stage().id},
        ):
            with self.assertRaises(UserError):
                requests.create(
                    {
                        "name": "甲",
                        "system_id": self.system.id,
                        "is_inspection": True,
                        "inspection_date": "2026-03-10",
                        **values,
                    }
                )

    # Whose it is

    def test_somebody_elses_inspection(self):
        theirs = self.inspection.with_user(self.colleague)
        with self.assertRaisesRegex(UserError, "甲11"):
            theirs.action_start_inspection()
        theirs.action_take_over()
        theirs.action_start_inspection()
        self.assertTrue(theirs.is_my_inspection)
        self.assertFalse(self.mine.is_my_inspection)
        self.assertEqual(self.inspection.user_id, self.colleague)

    def test_todays_list(self):
        domain = self.env["maintenance.request"]._get_todays_inspections_domain()
        later = self._create_inspection(name="四月", inspection_date="2026-04-10")
        closed = self._create_inspection(name="今天完成")
        fault = self.env["maintenance.request"].create({"name": "故障"})
        with freeze_time("2026-03-12 02:00:00"):
            self._close(closed.with_user(self.engineer))
            found = self.env["maintenance.request"].search(domain)
        self.assertIn(self.inspection, found, "what was left over stays on the list")
        self.assertIn(closed, found)
        self.assertFalse(found & (later | fault))
        with freeze_time("2026-03-13 02:00:00"):
            self.assertNotIn(closed, self.env["maintenance.request"].search(domain))

    # Faults

    def test_fail_becomes_one_fault(self):
        self.mine.action_start_inspection()
        items = self._items(self.mine)
        with self.assertRaisesRegex(UserError, "状态"):
            items["状态"].action_open_fault()
        items["温度"].write({"value": 31, "note": "空调停机"})
        items["温度"].action_open_fault()
        fault = items["温度"].fault_id
        self.assertEqual(fault.maintenance_type, "corrective")
        self.assertEqual(fault.system_id, self.system)
        self.assertFalse(fault.is_inspection)
        for text in ("温度", "31", "18–27 ℃", "空调停机"):
            self.assertIn(text, fault.description)
        items["温度"].action_open_fault()
        self.mine.action_open_faults()
        self.assertEqual(items["温度"].fault_id, fault)
        self.assertEqual(fault.finding_ids, items["温度"])

    def test_same_finding_joins_the_open_fault(self):
        first = self._create_inspection(name="二月").with_user(self.engineer)
        for inspection in (first, self.mine):
            inspection.action_start_inspection()
            self._items(inspection)["温度"].value = 31
            self._items(inspection)["状态"].result = "fail"
            inspection.action_open_faults()
        faults = first.result_ids.fault_id
        self.assertEqual(len(faults), 2)
        self.assertEqual(self.mine.result_ids.fault_id, faults)
        repaired = self._items(first)["温度"].fault_id
        repaired.stage_id = self._done_stage()
        again = self._create_inspection(name="四月").with_user(self.engineer)
        again.action_start_inspection()
        self._items(again)["温度"].value = 32
        again.action_open_faults()
        self.assertNotIn(
            again.result_ids.fault_id, faults, "it was repaired: a new one"
        )

    def test_fault_of_another_system_is_not_joined(self):
        other = self._create_inspection(name="另", system_id=self.other_system.id)
        for inspection in (self.mine, other.with_user(self.engineer)):
            inspection.action_start_inspection()
            self._items(inspection)["温度"].value = 31
            inspection.action_open_faults()
        self.assertEqual(len((self.mine | other).result_ids.fault_id), 2)

    def test_fault_keeps_the_signatures(self):
        self._judge_all(self.mine)
        item = self._items(self.mine)["状态"]
        item.result = "fail"
        self.mine.inspector_signature = SIGNATURE
        item.action_open_fault()
        self.assertTrue(self.mine.inspector_signature)
        self.mine.action_close_inspection()

    def test_photo_is_evidence(self):
        self.mine.action_start_inspection()
        item = self._items(self.mine)["状态"]
        photo = self.env["ir.attachment"].create(
            {
                "name": "a.png",
                "datas": SIGNATURE,
                "res_model": item._name,
                "res_id": item.id,
            }
        )
        item.photo_ids = photo
        self.assertEqual(
            self.env["ir.attachment"]
            .with_user(self.colleague)
            .search([("id", "=", photo.id)]),
            photo,
        )

    def test_evidence_of_a_finished_inspection_stays(self):
        self._judge_all(self.mine)
        photo = (
            self.env["ir.attachment"]
            .with_user(self.engineer)
            .create(
                {
                    "name": "a.png",
                    "datas": SIGNATURE,
                    "res_model": "om.inspection.result",
                    "res_id": self.mine.result_ids[0].id,
                }
            )
        )
        self.mine.inspector_signature = SIGNATURE
        self.mine.action_close_inspection()
        signature = self.env["ir.attachment"].search(
            [("res_field", "=", "inspector_signature"), ("res_id", "=", self.mine.id)]
        )
        self.assertEqual(len(signature), 1)
        for file in (photo, signature.with_user(self.engineer)):
            with self.assertRaisesRegex(UserError, "Evidence stays"):
                file.unlink()
            # As the discussion's route does for whoever may write the file.
            with self.assertRaisesRegex(UserError, "Evidence stays"):
                file.with_user(self.engineer).sudo()._delete_and_notify()
            for values in ({"datas": False}, {"name": "b.png"}):
                with self.assertRaisesRegex(UserError, "Evidence stays"):
                    file.write(values)
        self.inspection.with_user(self.manager)._reopen_inspection("x")
        self.assertFalse(signature.exists())
        photo.unlink()

    # The form

    def test_form_of_an_inspection_by_hand(self):
        form = Form(
            self.env["maintenance.request"]
            .with_user(self.dispatcher)
            .with_context(
                default_is_inspection=True, default_maintenance_type="preventive"
            ),
            view="om_assets.om_inspection_view_form",
        )
        form.name = "修复后巡检"
        form.system_id = self.system
        form.inspection_scope = "hardware"
        form.inspection_date = "2026-03-12"
        inspection = form.save()
        self.assertTrue(inspection.is_inspection)
        inspection.action_start_inspection()
        self.assertEqual(inspection.item_count, 3)

    def test_plan_gives_scope_and_mode_until_it_starts(self):
        plan = self.system.inspection_plan_ids
        plan.write({"scope": "hardware", "mode": "remote"})
        inspection = self._create_inspection(
            inspection_plan_id=plan.id, inspection_slot="x"
        )
        self.assertEqual(inspection.inspection_mode, "remote")
        plan.mode = "onsite"
        self.assertEqual(inspection.inspection_mode, "onsite")
        inspection.with_user(self.engineer).action_start_inspection()
        plan.mode = "remote"
        self.assertEqual(inspection.inspection_mode, "onsite")
