"""The package of a settlement: made in the background, frozen, compared with today."""

import base64
import hashlib
import io
import json
import tracemalloc
import zipfile
from contextlib import suppress
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.om_contract.tests.deduction_common import PRICE

from ..models.om_settlement_package import OmSettlement
from .test_settlement import FEES, SettlementCase


class Killed(BaseException):
    """The process ended in the middle of a step."""


@tagged("post_install", "-at_install")
@freeze_time("2027-01-05 04:00:00")
class TestSettlementPackage(SettlementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract("review", PRICE, fees=FEES)
        cls.contract = cls.contract.with_user(cls.officer)
        cls.env["agreement"]._cron_expire()
        for number in range(3):
            cls.env["om.contract.document"].create(
                {
                    "agreement_id": cls.contract.id,
                    "kind": "acceptance",
                    "name": f"验收意见{number}",
                    "file": base64.b64encode(b"%%PDF-1.4 %d" % number),
                }
            )
        cls.settlement = cls.env["om.settlement"].with_user(cls.officer)
        cls.settlement = cls.settlement.create({"agreement_id": cls.contract.id})

    def make(self):
        """Make the package as the scheduler does; return what is left of it."""
        action = self.settlement.action_make_package()
        self.work()
        return self.env["om.job"].browse(action["res_id"])

    def work(self):
        with self.enter_registry_test_mode(), suppress(Killed):
            self.env.ref("om_base.om_job_cron_work").method_direct_trigger()
        self.env.invalidate_all()

    def unzip(self, package):
        with zipfile.ZipFile(io.BytesIO(package.attachment_id.sudo().raw)) as packed:
            self.assertIsNone(packed.testzip())
            return {name: packed.read(name) for name in packed.namelist()}

    def test_all_of_it_is_in_one_zip_with_fingerprints(self):
        job = self.make()
        self.assertEqual(job.state, "done", job.message)
        package = self.settlement.package_id
        self.assertEqual(job.attachment_id, package.attachment_id)
        content = package.attachment_id.sudo().raw
        self.assertEqual(package.fingerprint, hashlib.sha256(content).hexdigest())
        self.assertEqual(package.length, len(content))
        files = self.unzip(package)
        listed = dict(
            reversed(line.split("  ", 1))
            for line in files.pop("fingerprints.sha256").decode().splitlines()
        )
        self.assertEqual(
            listed,
            {name: hashlib.sha256(each).hexdigest() for name, each in files.items()},
        )
        self.assertEqual(package.file_count, len(files))
        for number in range(3):
            self.assertIn(b"%%PDF-1.4 %d" % number, files.values())
        facts = {
            name: json.loads(each)
            for name, each in files.items()
            if name.startswith("facts/")
        }
        asked = facts["facts/requirements.json"]
        self.assertEqual(
            [item["asked"] for item in asked], self.settlement.item_ids.mapped("name")
        )
        found = [
            each
            for item in asked
            for record in item["records"]
            for each in record["files"]
        ]
        self.assertEqual(
            {each["sha256"] for each in found},
            {
                listed[name]
                for name in listed
                if name.split("/")[0] not in ("facts",) and "/" in name
            },
        )
        money = facts["facts/money.json"]
        self.assertEqual(money["price"], "77133300.00")
        self.assertEqual(
            [each["amount"] for each in money["payments"]],
            ["23139990.00", "30853320.00", "23139990.00"],
        )
        self.assertEqual(
            facts["facts/calendar.json"]["days"]["2026-10-10"][0], "makeup"
        )
        paper = next(
            each
            for name, each in files.items()
            if name.endswith(".pdf") and "/" not in name
        )
        self.assertEqual(package.volume_id.sudo().raw, paper)
        self.assertTrue(paper.startswith(b"%PDF-"))

    def test_what_changes_later_is_a_difference_and_the_package_stays(self):
        self.make()
        package = self.settlement.package_id
        content, told = package.attachment_id.sudo().raw, package.fingerprint
        package.action_compare()
        self.assertEqual((package.difference_count, package.difference), (0, False))
        self.assertFalse(self.settlement.is_package_outdated)
        deduction = self.deduct(self.contract, amount=1200.0, name="甲扣减")
        paper = self.contract.document_ids.filtered(lambda d: d.name == "验收意见1")
        paper.name = "验收意见（更正）"
        self.env["om.calendar.day"].create(
            {"date": "2026-03-02", "kind": "holiday", "name": "甲假日"}
        )
        self.env.invalidate_all()
        self.settlement.action_compare_package()
        for words in ("甲扣减", "验收意见（更正）", "甲假日"):
            self.assertIn(words, package.difference)
        outdated = self.env["om.settlement"].search(
            [("is_package_outdated", "=", True)]
        )
        self.assertIn(self.settlement, outdated)
        self.assertEqual(package.attachment_id.sudo().raw, content)
        self.assertEqual(package.fingerprint, told)
        self.assertEqual(deduction.state, "proposed")
        self.make()
        self.assertEqual(self.settlement.package_ids.mapped("number"), [2, 1])
        self.assertFalse(self.settlement.is_package_outdated)
        self.assertNotEqual(self.settlement.package_id.fingerprint, told)

    def test_what_moves_with_the_clock_is_no_difference(self):
        facts = self.env["om.settlement.facts"]
        before, after = (facts._gather(self.settlement) for _each in range(2))
        for told, day in ((before, "10"), (after, "12")):
            told["promises"]["faults"] = [
                {
                    "number": "HT1",
                    "name": "甲故障",
                    "pauses": [["2026-12-09T00:00:00Z", None, "甲"]],
                    "targets": [
                        {
                            "target": "fix",
                            "start": "2026-12-08T00:00:00Z",
                            "deadline": f"2026-12-{day}T00:00:00Z",
                            "status": "paused",
                        }
                    ],
                }
            ]
        self.assertEqual(facts._get_differences(before, after), [])
        after["promises"]["faults"][0]["pauses"][0][0] = "2026-12-09T01:00:00Z"
        (found,) = facts._get_differences(before, after)
        self.assertIn("甲故障", found)

    def test_nobody_changes_or_drops_a_package(self):
        self.make()
        package = self.settlement.package_id.with_user(self.officer)
        for values in ({"fingerprint": "0" * 64}, {"difference": "x"}, {"number": 9}):
            with self.assertRaises(UserError):
                package.write(values)
        for file in (package.attachment_id, package.volume_id):
            with self.assertRaises(UserError):
                file.write({"raw": b"other"})
            with self.assertRaises(UserError):
                file.unlink()
        with self.assertRaises(UserError):
            package.unlink()
        with self.assertRaises(UserError):
            package.sudo().unlink()
        with self.assertRaises(UserError):
            self.env["om.settlement.package"].with_user(self.officer).create(
                {"settlement_id": self.settlement.id, "number": 5}
            )
        package.action_hand_in()
        self.assertEqual(package.state, "handed_in")
        line = package.act_ids.sorted("id")[-1]
        self.assertEqual(line.act, "hand_in")
        self.assertIn(package.fingerprint, json.dumps(line.sudo().facts))

    def test_killed_at_each_step_it_is_the_same(self):
        """Each step is ended once after all it did; what comes of it is what an
        undisturbed making gives, facts and files alike."""
        self.make()
        whole = self.unzip(self.settlement.package_id)
        for step in ("facts", "files", "volume", "end"):
            plain = getattr(OmSettlement, f"_pack_{step}")
            jobs = iter([True])

            def kill(settlement, job, plain=plain, jobs=jobs):
                result = plain(settlement, job)
                if next(jobs, False):
                    raise Killed
                return result

            with patch.object(OmSettlement, f"_pack_{step}", kill):
                job = self.make()
                self.assertEqual(job.state, "running", step)
                self.work()
            self.assertEqual(job.state, "done", job.message)
            again = self.unzip(self.settlement.package_id)
            for name in whole.keys() | again.keys():
                if name.endswith(".json") or name.startswith(("files", "附件")):
                    self.assertEqual(whole.get(name), again.get(name), (step, name))

    def test_a_lost_file_is_named(self):
        file = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "om.contract.document"),
                ("res_field", "=", "file"),
                ("res_id", "=", self.contract.document_ids[0].id),
            ]
        )
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = '00/none' WHERE id = %s", file.ids
        )
        self.env.invalidate_all()
        job = self.make()
        self.assertEqual(job.state, "failed")
        self.assertIn(file.name, job.message)
        self.assertFalse(self.settlement.package_ids)

    def test_a_large_file_goes_through_in_pieces(self):
        size = 64 << 20
        self.env["ir.attachment"].create(
            {
                "name": "录像.mp4",
                "raw": bytes(size),
                "res_model": "om.contract.document",
                "res_id": self.contract.document_ids[0].id,
            }
        )
        self.env.invalidate_all()
        self.settlement.action_make_package()
        tracemalloc.start()
        try:
            self.work()
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        package = self.settlement.package_id
        self.assertGreater(package.length, size)
        self.assertLess(most, size)

    def test_who_may(self):
        self.make()
        package = self.settlement.package_id
        auditor = self.env["res.users"].create(
            {
                "name": "甲审计",
                "login": "om_pack_auditor",
                "group_ids": [(6, 0, [self.env.ref("om_base.group_auditor").id])],
            }
        )
        self.assertTrue(package.with_user(auditor).fingerprint)
        with self.assertRaises(AccessError):
            self.settlement.with_user(auditor).action_make_package()
        engineer = self.env["res.users"].create(
            {
                "name": "甲工程师",
                "login": "om_pack_engineer",
                "group_ids": [(6, 0, [self.env.ref("om_base.group_engineer").id])],
            }
        )
        with self.assertRaises(AccessError):
            package.with_user(engineer).read(["fingerprint"])
        with self.assertRaises(AccessError):
            package.attachment_id.with_user(engineer).read(["raw"])
