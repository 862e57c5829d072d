import vobject

from odoo import fields
from odoo.tests import TransactionCase, freeze_time, tagged

from odoo.addons.om_base.tests.common import new_test_user


@tagged("post_install", "-at_install")
@freeze_time("2026-11-29 02:00:00")
class TestExpiry(TransactionCase):
    """Everything that ends, over all add-ons and the real contracts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "lang": "zh_CN"})
        # What the database was told before does not count.
        notices = cls.env["om.expiry.notice"].search([])
        notices.activity_id.unlink()
        notices.unlink()
        cls.Expiry = cls.env["om.expiry"]
        # The database may be of a day on which they had ended.
        cls.env["agreement"].search([("end_date", "=", "2026-12-31")])._follow_end()

    def _ending_contracts(self):
        return self.env["agreement"].search(
            [("state", "=", "in_force"), ("end_date", "=", "2026-12-31")]
        )

    def _told(self, user):
        return self.env["mail.message"].search(
            [("notified_partner_ids", "in", user.partner_id.ids)]
        )

    def test_everything_is_named_in_the_language_of_who_reads(self):
        """The job that reminds has a language, too."""
        job = self.Expiry.with_context(lang="en_US")
        rows = job.search([("kind", "=", "qualification")], limit=1)
        kind = self.env["om.qualification"].browse(rows.res_id).type_id
        # With one language installed its word is the English one, too: English last.
        kind.with_context(lang="zh_CN").name = "中文资质"
        kind.with_context(lang="en_US").name = "Certificate in English"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn("Certificate in English", rows.name)
        self.assertIn("中文资质", rows._get_summary("zh_CN"))
        self.assertIn("Certificate in English", rows._get_summary("en_US"))

    def test_contracts_that_end_in_32_days(self):
        """Their responsible is told, of all in one message, and asked once each."""
        contracts = self._ending_contracts()
        self.assertGreaterEqual(len(contracts), 2)
        contracts.user_id = user = self.env["res.users"].create(
            {
                "name": "甲采购",
                "login": "om_expiry_told",
                "lang": "zh_CN",
                "group_ids": [(4, self.env.ref("om_base.group_procurement").id)],
            }
        )
        before = self._told(user)
        self.Expiry._cron_remind()
        reminders = self.env["mail.activity"].search(
            [("res_model", "=", "agreement"), ("res_id", "in", contracts.ids)]
        )
        self.assertEqual(
            {one.res_id: str(one.date_deadline) for one in reminders},
            dict.fromkeys(contracts.ids, "2026-12-31"),
        )
        self.assertEqual(reminders.user_id, user)
        message = self._told(user) - before
        self.assertEqual(len(message), 1)
        for contract in contracts:
            self.assertIn(contract.name, message.body)
        self.Expiry._cron_remind()
        self.assertEqual(self._told(user) - before, message)

    def test_systems_end_with_their_contract(self):
        """Not a line for each of the systems that are served to the contract's end."""
        rows = self.Expiry.search([("kind", "=", "service")])
        systems = self.env["om.system"].browse(rows.mapped("res_id"))
        for system in systems:
            self.assertNotEqual(system.service_end, system.agreement_id.end_date)
        contract = self._ending_contracts().filtered("system_ids")[:1]
        one = contract.system_ids[:1]
        self.assertTrue(one)
        one.service_end = "2026-12-30"
        self.assertIn(
            one.id, self.Expiry.search([("kind", "=", "service")]).mapped("res_id")
        )

    def test_every_kind_opens_its_record(self):
        """A row of each kind: named, dated, opened; the list takes one query."""
        equipment = self.env["maintenance.equipment"].create(
            {
                "name": "甲专线",
                "warranty_date": "2027-01-01",
                "lease_end": "2027-01-02",
            }
        )
        self.env["om.bond"].create(
            {
                "agreement_id": self._ending_contracts()[:1].id,
                "kind": "letter",
                "amount": 100,
                "letter_number": "保函01",
                "issuer": "甲银行",
                "date_expiry": "2027-01-03",
            }
        ).action_receive()
        # The security of a bid is back five working days after the contract.
        bidding = self.env["agreement"].create(
            {
                "name": "甲中标合同",
                "code": "甲-保证金",
                "domain": "sale",
                "signature_date": "2026-12-01",
            }
        )
        self.env["om.bond"].create(
            {
                "tender_id": self.env["om.tender"]
                .create({"name": "甲招标", "agreement_id": bidding.id})
                .id,
                "amount": 800000,
            }
        ).action_receive(date="2026-11-20")
        kind = self.env.ref("om_staffing.skill_cisp")
        self.env["hr.employee.skill"].create(
            {
                "employee_id": self.env["hr.employee"].create({"name": "甲员工"}).id,
                "skill_type_id": kind.skill_type_id.id,
                "skill_id": kind.id,
                "skill_level_id": kind.skill_type_id.skill_level_ids[:1].id,
                "valid_from": "2024-01-01",
                "valid_to": "2027-01-04",
            }
        )
        self.env["om.qualification"].create(
            {
                "type_id": self.env["om.qualification.type"]
                .create({"name": "甲资质"})
                .id,
                "valid_to": "2027-01-05",
            }
        )
        system = self._ending_contracts().system_ids[:1]
        system.service_end = "2026-12-30"
        manager = self.env.ref("om_base.demo_user_manager")
        # superuser: as the demand's own dialog creates it
        demand = self.env["om.rectification"].with_user(manager).sudo()
        demand.create(
            {
                "name": "甲整改",
                "agreement_id": system.agreement_id.id,
                "unit_id": system.unit_id.id,
                "system_id": system.id,
                "issuer": "contractor",
            }
        ).sudo(False).action_issue()
        self.env.flush_all()
        start = self.env.cr.sql_log_count
        rows = self.Expiry.search_fetch([("date", "<=", "2027-02-27")])
        self.assertEqual(self.env.cr.sql_log_count - start, 1)
        kinds = dict(self.Expiry._fields["kind"]._description_selection(self.env))
        self.assertEqual(set(rows.mapped("kind")), set(kinds))
        self.assertEqual(len(set(rows.ids)), len(rows))
        for row in rows:
            self.assertTrue(row.name and row.date)
            action = row.action_open()
            record = self.env[action["res_model"]].browse(action["res_id"])
            self.assertTrue(record.exists(), row.kind)
        [security] = rows.filtered(lambda row: row.name == "甲招标")
        self.assertEqual(
            (security.kind, str(security.date)), ("security", "2026-12-08")
        )
        leases = rows.filtered(lambda row: row.kind == "lease")
        self.assertIn(equipment.id, leases.mapped("res_id"))

    def test_each_sees_what_the_own_rights_allow(self):
        allowed = {
            "om_base.group_procurement": {"contract", "bond", "security"},
            "om_base.group_staffing": {"certificate"},
            "om_base.group_engineer": {"mlps"},
        }
        hidden = {
            "om_base.group_procurement": {"certificate"},
            "om_base.group_engineer": {
                "certificate",
                "qualification",
                "bond",
                "security",
            },
        }
        self.test_every_kind_opens_its_record()
        for number, (group, kinds) in enumerate(allowed.items()):
            user = self.env["res.users"].create(
                {
                    "name": group,
                    "login": f"om_expiry_{number}",
                    "group_ids": [(4, self.env.ref(group).id)],
                }
            )
            own = self.Expiry.with_user(user)
            seen = set(own.search([("date", "<=", "2027-02-27")]).mapped("kind"))
            self.assertLessEqual(kinds, seen, group)
            self.assertFalse(hidden.get(group, set()) & seen, group)

    def test_reminding_many_takes_no_more_queries(self):
        counts = []
        for number in (5, 50):
            self.env["maintenance.equipment"].create(
                [
                    {"name": f"设备{index}", "warranty_date": "2026-12-20"}
                    for index in range(number)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.Expiry._cron_remind()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0] + 10, counts)


@tagged("post_install", "-at_install")
class TestExpiryFeed(TransactionCase):
    def test_feed_has_the_rights_of_its_user(self):
        device = self.env["maintenance.equipment"].create(
            {
                "name": "甲专线",
                "lease_end": fields.Date.add(fields.Date.today(), days=9),
            }
        )
        certificates = self.env["om.expiry"].search([("kind", "=", "certificate")])
        for group, sees in (
            ("om_base.group_staffing", True),
            ("om_base.group_procurement", False),
        ):
            user = new_test_user(self.env, login=f"om_feed_{sees}", groups=group)
            text = self.env["om.expiry"].with_user(user)._get_feed().decode()
            events = vobject.readOne(text).contents.get("vevent", [])
            uids = {event.uid.value.split("@")[0] for event in events}
            kinds = {uid.split("-")[0] for uid in uids}
            recent = certificates.filtered(lambda row: row.days_left >= -31)
            self.assertEqual("certificate" in kinds, bool(sees and recent), group)
            self.assertIn(f"lease-{device.id}", uids, group)
