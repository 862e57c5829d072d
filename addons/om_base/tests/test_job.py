"""Long papers in the background: worked off in steps, cancelled, failed, killed."""

import os
import tempfile
from contextlib import suppress
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, TransactionCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..models import om_job
from ..models.om_job import MOST_ATTEMPTS
from ..tools.chromium import PaperError
from .common import new_test_user

STEPS = 3


class Killed(BaseException):
    """The process ended in the middle of a step."""


@tagged("post_install", "-at_install")
class TestJob(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "om_job_user", groups="om_base.group_procurement", lang="en_US"
        )
        cls.other = new_test_user(
            cls.env, "om_job_other", groups="om_base.group_manager"
        )
        # Jobs of the database itself are none of these tests'.
        cls.env["om.job"].search([]).write({"state": "cancelled"})
        cls.record = cls.env["res.partner"].create({"name": "甲单位"})

    def setUp(self):
        super().setUp()
        self.calls = []
        self.before_end = lambda number, job: None
        case = self

        def job_test(record, job):
            """Write a line into a file and a word into the record, STEPS times."""
            number = (job.cursor or {}).get("next", 1)
            case.calls.append((number, record.env.user.login, record.env.lang))
            path = os.path.join(job._get_folder(), "lines")
            with open(path, "ab") as stream:
                stream.seek((job.cursor or {}).get("bytes", 0))
                stream.truncate()
                stream.write(b"%d\n" % number)
                size = stream.tell()
            record.sudo().ref = str(number)
            case.before_end(number, job)
            job._advance(number, STEPS, next=number + 1, bytes=size)
            if number < STEPS:
                return None
            files = record.env["ir.attachment"].sudo()
            return files._om_take_file(path, name="result.txt", mimetype="text/plain")

        patcher = patch.object(
            type(self.env["res.partner"]), "_job_test", job_test, create=True
        )
        patcher.start()
        self.addCleanup(patcher.stop)

    def ask(self, user=None):
        jobs = self.env["om.job"].with_user(user or self.user)
        return jobs._ask(self.record.with_user(user or self.user), "test", "甲文件")

    def work(self):
        """Do as the scheduler does.

        :return: whether it lived to the end
        """
        lived = False
        with self.enter_registry_test_mode(), suppress(Killed):
            self.env.ref("om_base.om_job_cron_work").method_direct_trigger()
            lived = True
        self.env.invalidate_all()
        return lived

    def test_it_is_made_in_steps_and_kept(self):
        job = self.ask()
        self.assertEqual((job.state, job.progress), ("waiting", 0))
        shown = []
        self.before_end = lambda _number, job: shown.append(job.progress)
        self.work()
        self.assertEqual((job.state, job.progress), ("done", 100))
        self.assertEqual(shown, [0, 33, 66])
        self.assertEqual(job.attachment_id.sudo().raw, b"1\n2\n3\n")
        # As the user who asked.
        self.assertEqual(self.calls, [(n, "om_job_user", "en_US") for n in (1, 2, 3)])
        self.assertEqual(job.action_download()["type"], "ir.actions.act_url")
        self.assertFalse(os.path.exists(os.path.join(job._get_root(), str(job.id))))
        told = self.env["mail.message"].search(
            [
                ("model", "=", "om.job"),
                ("res_id", "=", job.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertEqual(told.notified_partner_ids, self.user.partner_id)
        self.assertIn("甲文件", told.subject)

    def test_asked_twice_is_one(self):
        job = self.ask()
        self.assertEqual(self.ask(), job)
        self.assertNotEqual(self.ask(self.other), job, "another's is another")
        self.work()
        self.assertEqual(len(self.calls), 2 * STEPS)
        again = self.ask()
        self.assertNotEqual(again, job, "what is ready may be asked for anew")

    def test_it_takes_turns(self):
        self.ask()
        self.ask(self.other)
        self.work()
        first, second = (
            [n for n, call in enumerate(self.calls) if call[1] == login]
            for login in ("om_job_user", "om_job_other")
        )
        self.assertLess(second[0], first[-1], self.calls)

    def test_the_time_of_a_worker_is_kept(self):
        """Steps of four seconds, ten seconds: two of them, and the job goes on at once
        when others have had their turn."""
        job = self.ask()
        clock = [100.0]

        def pass_time(_number, _job):
            clock[0] += 4.0

        self.before_end = pass_time
        triggers = self.env["ir.cron.trigger"]
        ours = [("cron_id", "=", self.env.ref("om_base.om_job_cron_work").id)]
        triggers.search(ours).unlink()
        with (
            patch.object(om_job.time, "monotonic", lambda: clock[0]),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            jobs = self.env["om.job"].with_env(self.env(cr=cr))
            jobs.with_context(cron_end_time=110.0)._cron_work()
        self.env.invalidate_all()
        self.assertEqual(len(self.calls), 2)
        self.assertEqual((job.state, job.sudo().done), ("running", 2))
        self.assertTrue(triggers.search(ours))

    def test_mine_only(self):
        job = self.ask()
        theirs = self.env["om.job"].with_user(self.other)
        self.assertFalse(theirs.search([("id", "=", job.id)]))
        with self.assertRaises(AccessError):
            job.with_user(self.other).action_cancel()
        for values in ({"state": "done"}, {"attachment_id": False}):
            with self.assertRaises(AccessError):
                job.write(values)
        with self.assertRaises(AccessError):
            self.env["om.job"].with_user(self.user).create(
                {"name": "甲", "res_model": "res.partner", "res_id": 1, "kind": "test"}
            )

    def test_cancelled_half_way(self):
        job = self.ask()

        jobs = type(self.env["om.job"])
        get_next = jobs._get_next

        def cancel_before_the_third(jobs):
            if len(self.calls) == 2:
                jobs.browse(job.id).with_user(self.user).action_cancel()
            return get_next(jobs)

        with patch.object(jobs, "_get_next", cancel_before_the_third):
            self.work()
        self.assertEqual(job.state, "cancelled")
        self.assertEqual(len(self.calls), 2)
        self.assertFalse(os.path.exists(os.path.join(job._get_root(), str(job.id))))
        again = job.action_again()
        self.work()
        self.assertEqual(self.env["om.job"].browse(again["res_id"]).state, "done")

    def test_cancelled_before_it_began(self):
        job = self.ask()
        job.action_cancel()
        self.work()
        self.assertEqual((job.state, self.calls), ("cancelled", []))

    def test_killed_half_way_it_goes_on_where_it_was(self):
        job = self.ask()

        def kill(number, _job):
            if number == 2 and len(self.calls) == 2:
                raise Killed

        self.before_end = kill
        self.assertFalse(self.work())
        self.assertEqual(self.record.ref, "1", "the step left nothing")
        self.assertEqual((job.state, job.sudo().cursor["next"]), ("running", 2))
        self.assertTrue(self.work())
        self.assertEqual(job.state, "done")
        self.assertEqual([call[0] for call in self.calls], [1, 2, 2, 3])
        self.assertEqual(job.attachment_id.sudo().raw, b"1\n2\n3\n")

    def test_what_kills_the_server_each_time_is_given_up(self):
        job = self.ask()

        def kill(_number, _job):
            raise Killed

        self.before_end = kill
        for _attempt in range(MOST_ATTEMPTS):
            self.assertFalse(self.work())
        self.assertTrue(self.work())
        self.assertEqual(job.state, "failed")
        self.assertIn("administrator", job.message)
        self.assertEqual(len(self.calls), MOST_ATTEMPTS)

    def test_it_fails_with_a_sentence_for_people(self):
        def refuse(_number, _job):
            # pylint: disable-next=translation-required
            raise UserError("甲合同没有结算")

        def hang(_number, _job):
            raise PaperError("hung")

        def err(_number, _job):
            raise KeyError("x")

        for wrong, told in (
            (refuse, "甲合同没有结算"),
            (hang, "not ready in"),
            (err, "the number"),
        ):
            self.before_end = wrong
            job = self.ask()
            with mute_logger("odoo.addons.om_base.models.om_job"):
                self.work()
            self.assertEqual(job.state, "failed")
            self.assertIn(told, job.message)
            self.assertNotIn("KeyError", job.message)
            self.assertFalse(self.record.ref, "nothing was changed")
            self.assertLess(job.progress, 100)

    def test_in_the_language_of_who_asked(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.user.lang = "zh_CN"
        self.before_end = lambda _number, _job: {}["x"]
        job = self.ask()
        with mute_logger("odoo.addons.om_base.models.om_job"):
            self.work()
        self.assertIn("请", job.message)

    def test_old_ones_go_and_what_was_made_stays(self):
        job = self.ask()
        self.work()
        result = job.attachment_id
        self.env["om.job"]._gc_old()
        self.assertTrue(job.exists())
        job.sudo().finished_at = "2020-01-01"
        self.env["om.job"]._gc_old()
        self.assertFalse(job.exists())
        self.assertTrue(result.exists())


@tagged("post_install", "-at_install")
class TestTakenFile(TransactionCase):
    def test_a_file_is_taken_without_reading_it_whole(self):
        for storage in ("file", "db"):
            self.env["ir.config_parameter"].set_param("ir_attachment.location", storage)
            with tempfile.NamedTemporaryFile(delete=False) as stream:
                stream.write(b"content " * 100000)
            taken = self.env["ir.attachment"]._om_take_file(
                stream.name, name="甲.zip", mimetype="application/zip"
            )
            self.env.invalidate_all()
            self.assertEqual(taken.raw, b"content " * 100000, storage)
            self.assertEqual(taken.file_size, 800000)
            same = self.env["ir.attachment"].create(
                {"name": "乙.zip", "raw": b"content " * 100000}
            )
            self.assertEqual(taken.checksum, same.checksum)
            self.assertEqual(taken.mimetype, "application/zip")
            self.assertTrue(os.path.exists(stream.name))
            os.remove(stream.name)


@tagged("post_install", "-at_install")
class TestJobTwoCursors(BaseCase):
    """Who asked cancels while a step is being done: two transactions that know nothing
    of each other. What is tried here is committed, and taken away again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())

    @mute_logger("odoo.sql_db")
    def test_what_is_cancelled_during_a_step_leaves_nothing(self):
        done = []

        def job_test(record, job):
            done.append(job.done)
            record.sudo().ref = str(len(done))
            if len(done) == 2:
                with self.registry.cursor() as other:
                    self.get_job(other, job.id).action_cancel()
            job._advance(len(done), 9)

        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            record = env["res.partner"].create({"name": "甲双人单位"})
            job = env["om.job"]._ask(record, "test", "甲文件")
        self.addCleanup(self.forget, record.id, job.id)
        with (
            patch.object(
                self.registry["res.partner"], "_job_test", job_test, create=True
            ),
            self.registry.cursor() as cr,
        ):
            self.get_job(cr, job.id)._cron_work()
        with self.registry.cursor() as cr:
            job = self.get_job(cr, job.id)
            self.assertEqual((job.state, job.done), ("cancelled", 1))
            self.assertEqual(done, [0, 1])
            self.assertEqual(job.env["res.partner"].browse(record.id).ref, "1")

    def get_job(self, cr, number):
        return api.Environment(cr, SUPERUSER_ID, {})["om.job"].browse(number)

    def forget(self, record, job):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["om.job"].browse(job).unlink()
            env["res.partner"].browse(record).unlink()
