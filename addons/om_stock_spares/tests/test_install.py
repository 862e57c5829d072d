from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import PNG, SparesCommon


@tagged("post_install", "-at_install")
class TestSpareInstall(SparesCommon):
    """That a part is in is shown: by its place, both serial numbers and a photo."""

    def _issued(self, **values):
        request = self._request(self.camera_quota, **values)
        self._confirm(request)
        request.with_user(self.clerk).action_issue(self.lots[:1])
        return request

    def _dialog(self, request, photo):
        own = request.with_user(self.engineer)
        context = own.action_install()["context"]
        Dialog = self.env["om.spare.install"].with_user(self.engineer)
        form = Form(Dialog.with_context(**context))
        form.photo_ids.add(photo)
        return form.save()

    def _photo(self):
        return (
            self.env["ir.attachment"]
            .with_user(self.engineer)
            .create({"name": "装好.png", "datas": PNG, "res_model": "om.spare.install"})
        )

    def test_the_dialog_knows_what_the_ledger_knows(self):
        dialog = self._dialog(self._issued(), self._photo())
        self.assertEqual((dialog.old_serial, dialog.place), ("OLD-07", "东门"))
        self.assertEqual(dialog.new_serials, "NEW-1")
        dialog.write({"place": "东门立柱 3"})
        dialog.action_install()
        request = dialog.request_id
        self.assertEqual(request.state, "installed")
        part = request.dismantled_ids
        self.assertEqual((part.serial_no, part.place), ("OLD-07", "东门立柱 3"))
        photo = part.photo_ids.filtered(lambda each: each.name == "装好.png")
        self.assertEqual((photo.res_model, photo.res_id), (request._name, request.id))
        new = request.sudo().new_equipment_ids
        self.assertEqual((new.serial_no, new.location), ("NEW-1", "东门立柱 3"))
        line = request.act_ids.sorted("position")[-1]
        self.assertEqual(line.act, "install")
        self.assertIn(photo, line.sudo().attachment_ids, "the ledger cites the photo")

    def test_nothing_is_in_without_what_shows_it(self):
        request = self._issued()
        Dialog = self.env["om.spare.install"].with_user(self.engineer)
        whole = {
            "request_id": request.id,
            "old_serial": "OLD-07",
            "place": "东门",
            "photo_ids": self._photo().ids,
        }
        for name in ("old_serial", "place", "photo_ids"):
            with self.assertRaises(UserError):
                Dialog.create({**whole, name: False}).action_install()
            self.assertEqual(request.state, "issued")
        with self.assertRaises(AccessError):
            Dialog.with_user(self.clerk).create(whole)

    def test_the_device_of_the_fault(self):
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "卡口离线",
                "system_id": self.system.id,
                "equipment_ids": [(6, 0, self.device.ids)],
            }
        )
        form = Form(
            self.env["om.spare.request"]
            .with_user(self.engineer)
            .with_context(default_ticket_id=ticket.id)
        )
        self.assertEqual(form.system_id, self.system)
        self.assertEqual(form.equipment_id, self.device)
