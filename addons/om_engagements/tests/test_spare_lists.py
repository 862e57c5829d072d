import json

from odoo.tests import TransactionCase, tagged

from .test_register_files import TRANSCRIPTION

# The two lists as the tender prints them (chapter 5, requirement 14).
PRINTED = {
    "各镇街智慧平安小区 2026": {
        "智慧社区车辆卡口摄像机": 46,
        "补光灯(配套闪光灯)": 46,
        "多功能设备(双镜头)": 110,
        "社区人脸抓拍机": 70,
        "智慧门禁设备(含立柱)": 5,
        "NVR硬盘录像机(32路)": 5,
        "硬盘 8TB SATA 7200": 350,
    },
    "非现场执法设施系统 2026": {
        "黄闪灯": 24,
        "蓄电池 12V7AH": 30,
        "高清抓拍单元": 3,
        "违停抓拍单元": 27,
        "交通终端服务器": 30,
        "补光灯": 6,
    },
}


@tagged("post_install", "-at_install")
class TestSpareLists(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lists = cls.env["om.spare.list"].search(
            [("warehouse_id", "=", cls.env.ref("om_engagements.warehouse_shunyi").id)]
        )

    def test_the_thirteen_printed_lines(self):
        for name, parts in PRINTED.items():
            spare_list = self.lists.filtered(lambda each, name=name: each.name == name)
            self.assertEqual(
                {quota.name: quota.cap for quota in spare_list.quota_ids}, parts
            )
            self.assertEqual(spare_list.state, "active")
            self.assertEqual(spare_list.district_code, "110113")
            # A demonstration has used and swapped some.
            for quota in spare_list.quota_ids:
                gone = quota.used + quota.reserved + quota.swap_out - quota.swap_in
                self.assertEqual(quota.remaining, parts[quota.name] - gone)

    def test_every_spare_quota_of_the_register(self):
        rows = json.loads(TRANSCRIPTION.read_text(encoding="utf-8"))
        listed = {
            row["seq"]: sorted(spare["qty"] for spare in row["spare_quota"])
            for row in rows
            if row["spare_quota"]
        }
        self.assertEqual(sum(map(len, listed.values())), 26)
        found = {}
        for quota in self.lists.quota_ids:
            found.setdefault(quota.system_id.sequence_no, []).append(quota.cap)
        for seq, caps in listed.items():
            self.assertEqual(sorted(found[seq]), caps, seq)

    def test_loading_again_changes_nothing(self):
        before = self.lists.quota_ids.ids
        cap = self.lists.quota_ids[0]
        cap.cap += 5
        kept = cap.cap
        self.env["om.register.loader"]._load_spare_lists()
        self.lists.invalidate_recordset()
        self.assertEqual(self.lists.quota_ids.ids, before)
        self.assertEqual(cap.cap, kept, "what somebody changed by hand stays")
