import csv

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open

FILE = "om_engagements/data/register/kpis.csv"


@tagged("post_install", "-at_install")
class TestIndicators(TransactionCase):
    """The register's indicators become lines of schemes, each once, without a price."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.env.ref("om_engagements.agreement_shunyi")
        with file_open(FILE, "r") as file:
            cls.rows = list(csv.DictReader(file))
        cls.schemes = cls.env["om.assessment.scheme"]
        systems = cls.contract.system_ids.filtered("kpi_ids")
        for unit, own in systems.grouped("unit_id").items():
            scheme = cls.schemes.create(
                {"name": unit.name, "agreement_id": cls.contract.id}
            )
            scheme._take_indicators(own)
            cls.schemes |= scheme

    def test_all_of_them(self):
        self.assertEqual(len(self.rows), 113)
        found = sorted(
            (line.system_ids.sequence_no, line.operator, line.target)
            for line in self.schemes.line_ids
        )
        wanted = sorted(
            (int(row["seq"]), row["op"], float(row["value"])) for row in self.rows
        )
        self.assertEqual(found, wanted)
        self.assertEqual(sum(self.schemes.line_ids.mapped("points")), 0)

    def test_what_the_record_measures(self):
        """Row 129 prints devices online ≥ 98 %, the register complete and 24 hours."""
        lines = self.schemes.line_ids.filtered(
            lambda line: line.system_ids.sequence_no == 129
        )
        found = {line.name: (line.source, line.target_text) for line in lines}
        self.assertEqual(found["视频监控设备在线率"], ("online", "≥ 98 %"))
        self.assertEqual(found["在线视频录像完好率"], ("manual_share", "≥ 100 %"))
        self.assertEqual(found["指标不达标整改时限（小时）"][0], "manual_amount")

    def test_taken_over_once(self):
        before = self.schemes.line_ids
        for scheme in self.schemes:
            scheme._take_indicators(scheme.line_ids.system_ids)
        self.assertEqual(self.schemes.line_ids, before)

    def test_shipped(self):
        """They came as drafts, for each unit whose systems have any."""
        shipped = self.env["om.assessment.scheme"].search(
            [
                ("agreement_id", "=", self.contract.id),
                ("sequence", "=", 90),
                ("id", "not in", self.schemes.ids),
            ]
        )
        self.assertEqual(len(shipped), len(self.schemes))
        self.assertEqual(len(shipped.line_ids), 113)
