import json
from datetime import date

from odoo.tests import TransactionCase, tagged

from .test_register_files import TRANSCRIPTION


@tagged("post_install", "-at_install")
class TestRegister(TransactionCase):
    """The database says what the transcription of the contract says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"]._load_module_terms(["om_assets"], ["zh_CN"])
        cls.rows = json.loads(TRANSCRIPTION.read_text(encoding="utf-8"))
        cls.systems = [
            cls.env.ref(f"om_engagements.system_{row['seq']:03d}").with_context(
                lang="zh_CN"
            )
            for row in cls.rows
        ]
        cls.register = cls.env["om.system"].union(*cls.systems)

    def _as_printed(self, system):
        """Return a system of the database in the shape of the transcription."""
        deadlines = {
            line.severity: {
                target: self._promise(line, target)
                for target in ("respond", "onsite", "fix")
            }
            for line in system.deadline_ids
        }
        flat = deadlines.pop("flat", None)
        return {
            "seq": system.sequence_no,
            "unit": system.unit_id.name,
            "name": system.name,
            "summary": system.summary or None,
            "category": system.category_id.name,
            "hardware": self._counted(system.hardware_line_ids),
            "deployment": {
                "site": system.deployment_site or None,
                "kind": system.deployment_kind,
            },
            "onsite_staff": system.onsite_staff,
            "onsite_hours": system.onsite_hours or None,
            "service_start": str(system.service_start),
            "service_end_note": system.service_end_note or None,
            "inspections": [
                {
                    "scope": plan.scope,
                    "mode": plan.mode or None,
                    "every": plan.every,
                    "per": plan.per,
                    "times": plan.times,
                }
                for plan in system.inspection_plan_ids
            ],
            "repairs": {
                "software": system.repair_software,
                "hardware": system.repair_hardware,
            },
            "spare_quota": self._counted(system.spare_ids),
            "network_service": system.network_service or None,
            "power_service": system.power_service or None,
            "mlps": {
                "level": int(system.mlps_level) if system.mlps_level else None,
                "last_year": system.mlps_last_year or None,
                "state": system.mlps_state,
                "in_scope": {"in_scope": True, "out_of_scope": False, False: None}[
                    system.mlps_scope
                ],
                "text": system.mlps_note or None,
            },
            "service_mode": system.service_mode or None,
            "support_hours": system.support_hours or None,
            "sla": [{"severity": key, **value} for key, value in deadlines.items()],
            "sla_simple": flat,
            "key_periods": system.key_period_note or None,
            "key_period_days": system.key_period_days or None,
            "duty": system.duty_note or None,
            "kpis": [
                {
                    "name": kpi.name,
                    "op": kpi.operator,
                    "value": kpi.value,
                    "unit": kpi.uom_name or None,
                }
                for kpi in system.kpi_ids
            ],
            "penalties": (system.penalty_terms or "").splitlines(),
            "reports": [
                {
                    "name": report.name,
                    "per": report.per or None,
                    "due": report.due or None,
                }
                for report in system.report_ids
            ],
            "trainings_per_year": system.trainings_per_year or None,
            "notes": system.note or None,
        }

    def _counted(self, lines):
        return [
            {
                "name": line.name,
                "qty": line.quantity or None,
                "unit": line.uom_name or None,
            }
            for line in lines
        ]

    def _promise(self, line, target):
        unit = line[f"{target}_unit"]
        return {"value": line[f"{target}_value"], "unit": unit} if unit else None

    def test_every_field_of_every_system(self):
        self.assertEqual(len(self.rows), 154)
        for row, system in zip(self.rows, self.systems, strict=True):
            with self.subTest(seq=row["seq"]):
                self.assertEqual(self._as_printed(system), row)

    def test_zero_never_stands_for_a_printed_number(self):
        """The database reads zero where nothing is printed: no zero is printed."""
        for row in self.rows:
            for line in row["hardware"] + row["spare_quota"]:
                self.assertNotEqual(line["qty"], 0)
            for name in ("key_period_days", "trainings_per_year"):
                self.assertNotEqual(row[name], 0)
            self.assertIsInstance(row["onsite_staff"], int)

    def test_totals(self):
        register = self.register
        self.assertEqual(len(register), 154)
        self.assertEqual(len(register.unit_id), 54)
        self.assertEqual(sum(register.mapped("onsite_staff")), 79)
        self.assertEqual(sum(register.mapped("device_count")), 43294)
        self.assertEqual(len(register.spare_ids), 26)
        deadlines = {
            tuple(
                (line.severity, line.respond_text, line.onsite_text, line.fix_text)
                for line in system.deadline_ids
            )
            for system in register
        }
        self.assertEqual(len(deadlines), 44)
        self.assertEqual(len(register.category_id), 8)

    def test_what_the_contract_says_of_all(self):
        self.assertEqual(set(self.register.mapped("service_end")), {date(2026, 12, 31)})
        self.assertEqual(set(self.register.mapped("state")), {"in_service"})
        self.assertEqual(self.systems[7].code, "SY2026/008")

    def test_units_are_bodies_of_their_own(self):
        units = self.register.unit_id
        self.assertEqual(set(units.mapped("om_role")), {"user_unit"})
        self.assertTrue(all(units.mapped("is_company")))
        self.assertEqual(units.commercial_partner_id, units)
        self.assertEqual(units.parent_id.name, "北京市顺义区")
        for name in ("email", "street", "vat"):
            self.assertFalse(any(units.mapped(name)), name)
        # The demonstration's are plainly invented; the register's data has none.
        for phone in filter(None, units.mapped("phone")):
            self.assertTrue(phone.startswith("010-0000"), phone)

    def test_units_are_tagged(self):
        tags = {
            unit.name: unit.category_id.get_external_id().values()
            for unit in self.register.unit_id
        }
        for name, tag in (
            ("区财政局", "department"),
            ("公安局顺义分局", "department"),
            ("杨镇", "town"),
            ("空港街道", "subdistrict"),
            ("中关村顺义园管委会", "park"),
        ):
            self.assertEqual(list(tags[name]), [f"om_base.partner_category_{tag}"])
