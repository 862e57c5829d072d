from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .test_assessment import MonthCommon

# The fields of the extension's schema and their types; ``id`` is required since its
# version for OCDS 1.2.
FIELDS = {
    "id": (str, int),
    "period": dict,
    "category": (str, type(None)),
    "events": (int, float, type(None)),
    "penaltyContracted": (str, type(None)),
    "penaltyImposed": (str, type(None)),
    "penaltyPaid": (bool, type(None)),
}


@tagged("post_install", "-at_install")
class TestOcds(MonthCommon, HttpCase):
    def test_failures(self):
        """Of a final month two late faults, 800 CNY, not yet taken from a payment; what
        was kept, and a month that is not final, are no failures."""
        with freeze_time("2026-12-02 04:00:00"):
            self._create_tickets(2, fix_status="breached")
            self._create_tickets(1, day="2026-10-10", fix_status="breached")
            scheme = self._create_scheme(
                {"name": "超时", "source": "missed", "operator": "<=", "target": 0},
                {"name": "满意率", "source": "satisfaction", "target": 90},
                money_rule="point",
                money_value=400,
            )
            sheet = self._submit(self._draw(scheme))
            sheet.action_sign(paper=self._paper())
            sheet.action_confirm(paper=self._paper("采购乙"))
            sheet.action_finalize()
            self._submit(self._draw_again(sheet.period_start.replace(month=10)))
            found = self.contract._get_performance_failures()
        (contract,) = found["contracts"]
        self.assertEqual(
            (contract["id"], contract["title"]), ("TEST-ASSESSMENT", "甲合同")
        )
        (failure,) = contract["implementation"]["performanceFailures"]
        self.assertEqual(failure.keys(), FIELDS.keys())
        for name, types in FIELDS.items():
            self.assertIsInstance(failure[name], types, name)
        self.assertEqual(
            failure["period"],
            {
                "startDate": "2026-11-01T00:00:00+08:00",
                "endDate": "2026-11-30T23:59:59+08:00",
            },
        )
        self.assertEqual(failure["category"], "甲单位: 超时")
        self.assertEqual(failure["events"], 2)
        self.assertIn("800.00", failure["penaltyImposed"])
        self.assertIs(failure["penaltyPaid"], False)
        sheet.deduction_id.action_apply()
        found = self.contract._get_performance_failures()
        (failure,) = found["contracts"][0]["implementation"]["performanceFailures"]
        self.assertIs(failure["penaltyPaid"], True)

    def test_download(self):
        self.manager.password = "manager-of-the-test"
        settlement = self.env["om.settlement"].create(
            {"agreement_id": self.contract.id}
        )
        url = settlement.action_export_failures()["url"]
        self.authenticate(self.manager.login, "manager-of-the-test")
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(
            answer.json(),
            {
                "contracts": [
                    {
                        "id": "TEST-ASSESSMENT",
                        "awardID": "TEST-ASSESSMENT",
                        "title": "甲合同",
                    }
                ]
            },
        )
        self.authenticate(self.unit_user.login, "unit-of-the-test")
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(url).status_code, 403)
