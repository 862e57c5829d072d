import csv
from datetime import date

from odoo.tests import BaseCase, TransactionCase, tagged

from odoo.addons.om_assets.engine.schedule import Planner, Rhythm, Span
from odoo.addons.om_base.tools.workdays import WorkdayCalendar

from ..models.om_register_loader import ENGAGEMENTS_FOLDER
from ..tools import engagements, register

# Rhythms that are owed on certain days only, and what knows these days.
ROUNDS = {
    "workday": "is_workday",
    "saturday": "is_plain_saturday",
    "before_holiday": "is_before_holiday",
    "last_of_holiday": "is_last_of_holiday",
}
NAMES = [
    row["name"] for row in register.read_table(ENGAGEMENTS_FOLDER / "engagements.csv")
]


class TestEngagementFiles(BaseCase):
    def test_files_are_plain(self):
        for path in ENGAGEMENTS_FOLDER.rglob("*"):
            if path.is_dir():
                continue
            with self.subTest(file=str(path.relative_to(ENGAGEMENTS_FOLDER))):
                text = path.read_bytes().decode("utf-8")
                self.assertEqual(path.suffix, ".csv")
                self.assertNotIn("\r", text)
                self.assertNotIn("\ufeff", text)
                self.assertTrue(text.endswith("\n"))

    def test_every_row_is_of_a_system(self):
        for name in NAMES:
            place = ENGAGEMENTS_FOLDER / name
            numbers = {row["seq"] for row in register.read_table(place / "systems.csv")}
            for path in place.glob("*.csv"):
                with self.subTest(file=f"{name}/{path.name}"):
                    with path.open(encoding="utf-8") as file:
                        columns = csv.DictReader(file).fieldnames
                    rows = register.read_table(path)
                    self.assertTrue(rows)
                    if "seq" in columns:
                        self.assertLessEqual({row["seq"] for row in rows}, numbers)

    def test_rounds_of_bda(self):
        """004: a round before opening and one after closing on each of 248 working
        days, the 45 Saturdays of extended service that are no working days and no
        holidays, and the days before and at the end of the seven holidays."""
        rows = register.read_table(ENGAGEMENTS_FOLDER / "bda/inspections.csv")
        service = Span(date(2024, 3, 16), date(2025, 3, 15))
        calendar = WorkdayCalendar()
        found = {}
        for row in rows:
            if row["per"] not in ROUNDS:
                continue
            rhythm = Rhythm(int(row["every"]), row["per"], int(row["times"]))
            is_owed = getattr(calendar, ROUNDS[row["per"]])
            planner = Planner(rhythm, service, calendar.is_workday, 0, is_owed=is_owed)
            found[row["checklists"]] = len(planner.slots(service))
        self.assertEqual(
            found,
            {
                "daily": 248,
                "opening": 248,
                "closing": 248,
                "saturday": 45,
                "before_holiday": 7,
                "last_of_holiday": 7,
            },
        )

    def test_named_checklists_exist(self):
        for name in NAMES:
            engagement = engagements.read_engagement(ENGAGEMENTS_FOLDER, name)
            data = engagements.build_engagement(ENGAGEMENTS_FOLDER, engagement)
            named = {
                key
                for values in data["om.inspection.plan"].values()
                for key in values.get("checklist_ids", ())
            }
            self.assertEqual(named, set(data["om.inspection.checklist"]), name)


@tagged("post_install", "-at_install")
class TestEngagementLoading(TransactionCase):
    """The files get into the database once, and leave what people have changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loader = cls.env["om.register.loader"]

    def _count(self):
        models = (
            "om.system",
            "om.system.hardware",
            "om.inspection.plan",
            "om.inspection.checklist.line",
            "om.post",
            "om.sla.policy",
            "om.act",
            "mail.message",
        )
        return {name: self.env[name].search_count([]) for name in models}

    def test_again_changes_nothing(self):
        before = self._count()
        for name in NAMES:
            self.loader._load_engagement(name)
        self.assertEqual(self._count(), before)

    def test_what_people_changed_stays(self):
        system = self.env.ref("om_engagements.tongzhou_system_001")
        system.name = "示例空间"
        plan = self.env.ref("om_engagements.tongzhou_inspection_028_01")
        plan.times = 2
        self.loader._load_engagement("tongzhou")
        self.assertEqual(system.name, "示例空间")
        self.assertEqual(plan.times, 2)

    def test_systems_join_a_contract_that_was_signed_before(self):
        """As in a database of the release before this one."""
        contract = self.env["om.engagement.loader"]._get("bda")
        self.assertEqual(contract.state, "expired")
        self._forget("bda")
        self.assertFalse(contract.system_ids)
        self.loader._load_engagement("bda")
        self.assertEqual(len(contract.system_ids), 9)
        system = contract.system_ids[0]
        self.assertEqual(system.purchaser_id, contract.partner_id)
        self.assertEqual(system.unit_id, contract.partner_id)
        self.assertEqual(system.service_start, date(2024, 3, 16))
        self.assertIn("enter", system.sudo().act_ids.mapped("act"))

    def test_nothing_is_loaded_for_a_deleted_contract(self):
        self._forget("bda")
        self.env.ref("om_engagements.agreement_bda")
        self.env["ir.model.data"].search(
            [("module", "=", "om_engagements"), ("name", "=", "agreement_bda")]
        ).unlink()
        before = self._count()
        self.loader._load_engagement("bda")
        self.assertEqual(self._count(), before)

    def test_loading_takes_few_queries(self):
        """The 28 systems of one take as many as the nine of another, or nearly."""
        counts = []
        for name in ("bda", "tongzhou"):
            self._forget(name)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.loader._load_engagement(name)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(max(counts), 250)
        # 432 lines of hardware more: inserts of a hundred rows, nothing else grows.
        self.assertLess(abs(counts[1] - counts[0]), 40, counts)

    def _forget(self, name):
        """Take away what was loaded, as if it never had been."""
        systems = self.env["om.system"].search(
            [("agreement_id.id", "=", self.env["om.engagement.loader"]._get(name).id)]
        )
        self.env["om.register.baseline"].search(
            [("source", "=", f"om_engagements.{name}")]
        ).unlink()
        self.env["ir.model.data"].search(
            [("module", "=", "om_engagements"), ("name", "=like", f"{name}\\_%")]
        ).unlink()
        with systems._act("enter") as acting:
            acting.write({"agreement_id": False})
        for number, system in enumerate(systems):
            system.code = f"OLD/{name}/{number}"
