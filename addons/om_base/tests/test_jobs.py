from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.service.model import MAX_TRIES_ON_CONCURRENCY_FAILURE
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestJobs(TransactionCase):
    """A job that meets somebody's work in its rows is not put off to its next turn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.job = cls.env["ir.cron"].create(
            {
                "name": "Watch",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "state": "code",
                "code": "pass",
                "interval_type": "days",
            }
        )

    def run_job(self, *outcomes):
        """Return how often the job was tried when its tries end as told."""
        actions = self.registry["ir.actions.server"]
        with (
            patch.object(actions, "run", side_effect=outcomes) as run,
            patch("odoo.addons.om_base.models.ir_cron.time.sleep"),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            job = self.job.with_env(self.env(cr=cr))
            job._callback(job.name, job.ir_actions_server_id.id)
        return run.call_count

    def test_is_run_again(self):
        self.assertEqual(
            self.run_job(SerializationFailure(), SerializationFailure(), False), 3
        )

    def test_not_for_ever(self):
        tries = [SerializationFailure()] * (MAX_TRIES_ON_CONCURRENCY_FAILURE + 1)
        with self.assertRaises(SerializationFailure):
            self.run_job(*tries)

    def test_one_bad_record_stops_no_other(self):
        partners = self.env["res.partner"].create(
            [{"name": f"示例 {number}"} for number in range(7)]
        )
        bad = partners[3]
        batches = []

        def work(batch):
            batches.append(len(batch))
            batch.function = "done"
            batch.flush_recordset()
            if bad in batch:
                raise ValueError("示例")

        message = self.env["mail.message"].search([], order="id desc", limit=1)
        with self.assertLogs("odoo.addons.om_base.models.base", "WARNING") as log:
            partners._work_off(work, size=5)
        self.assertEqual(batches, [5, 1, 1, 1, 1, 1, 2])
        self.assertFalse(bad.function)
        self.assertEqual(
            (partners - bad).mapped("function"), ["done"] * 6, "all the others"
        )
        self.assertEqual(len(log.records), 1)
        told = self.env["mail.message"].search([("id", ">", message.id)])
        self.assertTrue(told)
        for each in told:
            self.assertIn(str(bad.id), each.body)

    def test_a_job_that_lost_its_rows_begins_again(self):
        def work(batch):
            raise SerializationFailure

        with self.assertRaises(SerializationFailure):
            self.env.user.partner_id._work_off(work)

    def test_once_if_nothing_happens(self):
        self.assertEqual(self.run_job(False), 1)
