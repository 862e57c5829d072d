"""What people read when the disk is full or the database went down."""

import errno
import json
import os
from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..models import ir_attachment


@tagged("post_install", "-at_install")
class TestFullDisk(TransactionCase):
    def test_a_full_disk_leaves_nothing_and_the_same_can_be_sent_again(self):
        content = b"a photo of a cabinet " * 1000
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "file")
        files = self.env["ir.attachment"]
        path = files._full_path(
            files._get_path(content, files._compute_checksum(content))[0]
        )
        self.addCleanup(lambda: os.path.exists(path) and os.unlink(path))
        for code in (errno.ENOSPC, errno.EROFS):
            with (
                patch.object(
                    ir_attachment.os, "replace", side_effect=OSError(code, "")
                ),
                mute_logger("odoo.addons.om_base.models.ir_attachment"),
                self.assertRaisesRegex(UserError, "send it again"),
            ):
                files.create({"name": "甲.jpg", "raw": content})
            self.assertFalse(os.path.exists(path))
            self.assertFalse(
                [each for each in os.listdir(os.path.dirname(path)) if "tmp" in each]
            )
        kept = files.create({"name": "甲.jpg", "raw": content})
        self.env.invalidate_all()
        self.assertEqual(kept.raw, content)
        self.assertTrue(os.path.exists(path))


@tagged("post_install", "-at_install")
class TestLostDatabase(HttpCase):
    def ask(self, lose):
        """The answer to a button whose transaction is lost."""
        self.env["res.lang"]._activate_lang("zh_CN")
        new_test_user(
            self.env,
            "om_lost",
            password="om_lost_om_lost",
            groups="om_base.group_user",
            lang="zh_CN",
        )
        self.authenticate("om_lost", "om_lost_om_lost")
        call = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": 1,
            "params": {
                "model": "om.job",
                "method": "action_cancel",
                "args": [[]],
                "kwargs": {},
            },
        }
        jobs = self.env.registry["om.job"]
        with (
            patch.object(jobs, "action_cancel", lose),
            mute_logger(
                "odoo.http", "odoo.sql_db", "odoo.addons.om_base.models.ir_http"
            ),
            patch("odoo.service.model.time.sleep"),
        ):
            answer = self.url_open(
                "/web/dataset/call_button/om.job/action_cancel",
                data=json.dumps(call),
                headers={"Content-Type": "application/json"},
            )
        return answer.json()["error"]["data"]

    def test_nobody_knows_whether_it_was_saved(self):
        def lose(_jobs):
            raise psycopg2.InterfaceError("connection already closed")

        data = self.ask(lose)
        self.assertIn("无法确定是否已保存", data["message"])
        self.assertEqual(data["name"], "odoo.exceptions.UserError")
        self.assertNotIn("connection already closed", json.dumps(data))

    def test_who_never_gets_a_turn_knows_that_nothing_was_saved(self):
        def lose(jobs):
            jobs.env.cr.execute(
                "DO $$ BEGIN RAISE EXCEPTION 'held' USING ERRCODE = '55P03'; END $$"
            )

        data = self.ask(lose)
        self.assertIn("没有保存任何内容", data["message"])
