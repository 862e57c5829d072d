"""What people read when the disk is full or the database went down."""

import errno
import json
import os
from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_attachment import IrAttachment as OdooAttachment

from ..models import ir_attachment
from .common import new_test_user


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
class TestOtherStorage(TransactionCase):
    """OCA's fs_attachment puts an object store in the place of the folder."""

    def test_what_belongs_elsewhere_is_written_there(self):
        files = self.env["ir.attachment"]
        with (
            patch.object(type(files), "_storage", lambda self: "s3"),
            patch.object(OdooAttachment, "_file_write", autospec=True) as write,
        ):
            files._file_write(b"a photo", "its fingerprint")
        write.assert_called_once_with(files, b"a photo", "its fingerprint")

    def test_content_is_opened_wherever_it_lies(self):
        files = self.env["ir.attachment"]
        for place in ("file", "db"):
            self.env["ir.config_parameter"].set_param("ir_attachment.location", place)
            for content in (b"a photo", b""):
                kept = files.create({"name": "甲.jpg", "raw": content})
                with kept._om_open() as stream:
                    self.assertEqual(stream.read(), content)

    def test_content_that_an_object_store_has_lost_is_missed(self):
        kept = self.env["ir.attachment"].create({"name": "甲.jpg", "raw": b"a photo"})
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = 's3://gone' WHERE id = %s",
            [kept.id],
        )
        kept.invalidate_recordset()
        with (
            patch.object(type(kept), "_file_read", lambda self, fname, size=None: b""),
            self.assertRaises(FileNotFoundError),
        ):
            kept._om_open()


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

    def test_a_file_that_is_gone_is_said(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "file")
        self.env["res.lang"]._activate_lang("zh_CN")
        user = new_test_user(
            self.env,
            "om_lost",
            password="om_lost_om_lost",
            groups="om_base.group_user",
            lang="zh_CN",
        )
        kept = self.env["ir.attachment"].create(
            {"name": "甲.txt", "raw": b"a photo that is lost", "public": True}
        )
        self.authenticate(user.login, "om_lost_om_lost")
        os.unlink(kept._full_path(kept.store_fname))
        with mute_logger("odoo.http", "odoo.addons.om_base.models.ir_http"):
            answer = self.url_open(f"/web/content/{kept.id}")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("已不在服务器上", answer.text)
        self.assertNotIn("Errno", answer.text)

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
