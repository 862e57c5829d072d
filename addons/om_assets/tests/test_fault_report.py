from odoo.tests import Form, tagged

from .common import OmAssetsCommon


@tagged("at_install", "-post_install")
class TestFaultReport(OmAssetsCommon):
    """“Report a fault” of a device and of a system, before a service desk takes over
    and makes it a ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer = cls._create_user("engineer")

    def _reported_with(self, record):
        action = record.with_user(self.engineer).action_report_fault()
        form = Form(
            self.env["maintenance.request"]
            .with_user(self.engineer)
            .with_context(**action["context"]),
            view=action["views"][0][0],
        )
        return form.save()

    def test_fault_of_a_device(self):
        device = self.env["maintenance.equipment"].create(
            {"name": "Device", "system_id": self.system.id}
        )
        fault = self._reported_with(device)
        self.assertEqual(fault.maintenance_type, "corrective")
        self.assertEqual(fault.equipment_id, device)
        self.assertEqual(fault.system_id, self.system)
        self.assertEqual(fault.report_channel, "office")
        self.assertFalse(fault.is_inspection)

    def test_fault_of_a_system(self):
        self.system.user_id = self.engineer
        fault = self._reported_with(self.system)
        self.assertEqual(fault.system_id, self.system)
        self.assertFalse(fault.equipment_id)
        self.assertEqual(fault.user_id, self.engineer)
