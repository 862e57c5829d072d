from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import OmStaffingCommon


@tagged("post_install", "-at_install")
class TestBidEvaluation(OmStaffingCommon):
    def test_full_team(self):
        answer = self.evaluation.get_compliance()
        self.assertEqual(answer["team"], {"points": 8.0, "full": 8.0})
        self.assertEqual(answer["full"], 30.0)

    def test_nine_repairers(self):
        self.people["repairer"][0].om_assignment_ids.unlink()
        post = self._get_post("repairer")
        self.assertEqual((post["points"], post["lost"]), (1.0, 1.0))
        self.assertTrue(post["words"])

    def test_three_electricians(self):
        self.people["electrician"][0].om_assignment_ids.unlink()
        self.assertEqual(self._get_post("electrician")["points"], 1.0)

    def test_insurance_by_somebody_else(self):
        """Two of three months with the bidder: the person does not count."""
        employee = self.people["data"][0]
        line = employee.om_insurance_ids.sorted("month")[0]
        line.employer_id = self.env["res.partner"].create({"name": "派遣公司"})
        post = self._get_post("data")
        self.assertEqual(post["points"], 0.0)
        self.assertIn("2", post["people"][0]["reasons"][0])

    def test_checks_where_a_contract_asks(self):
        post, employee = self.posts["security"], self.people["security"][0]
        post.write({"clearance_months": 6, "secrecy_months": 12})
        answer = self._get_post("security")
        self.assertEqual((answer["points"], len(answer["demands"])), (0.0, 4))
        self.assertEqual(len(answer["people"][0]["reasons"]), 2)
        employee.write({"om_cleared_on": "2025-07-04", "om_secrecy_on": "2025-01-04"})
        self.assertEqual(self._get_post("security")["points"], 1.0)
        employee.om_cleared_on = "2025-07-03"
        self.assertIn(
            "2025-07-03", self._get_post("security")["people"][0]["reasons"][0]
        )

    def test_certificate_ends_on_the_day(self):
        skill = self.people["security"][0].employee_skill_ids
        skill.valid_to = "2026-01-04"
        self.assertEqual(self._get_post("security")["points"], 1.0)
        skill.valid_to = "2026-01-03"
        self.assertEqual(self._get_post("security")["points"], 0.0)

    def test_renewal_counts(self):
        employee = self.people["security"][0]
        employee.employee_skill_ids.valid_to = "2025-11-30"
        self._certify(employee, "cisp", "2025-12-01")
        self.assertEqual(self._get_post("security")["points"], 1.0)

    @mute_logger("odoo.sql_db")
    def test_nobody_holds_two_posts(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._assign("electrician", self.people["manager"][0])

    def test_exactly_one_manager(self):
        with self.assertRaises(ValidationError):
            self._assign("manager", self._create_employee("another", ["pm_senior"]))

    def test_only_own_employees(self):
        other = self.env["hr.employee"].create(
            {"name": "x", "company_id": self.env.ref("base.main_company").id}
        )
        with self.assertRaises(ValidationError):
            self._assign("electrician", other)

    def test_what_if_saves_nothing(self):
        employee = self.people["repairer"][0]
        employee.employee_skill_ids.filtered(
            lambda one: one.skill_id == self.skill["safety_c"]
        ).unlink()
        self.assertEqual(self._get_post("repairer")["points"], 1.0)
        added = [[employee.id, self.skill["safety_c"].id]]
        self.assertEqual(self._get_post("repairer", added=added)["points"], 2.0)
        self.assertEqual(self._get_post("repairer")["points"], 1.0)
        dropped = [self.people["manager"][0].id]
        self.assertEqual(self._get_post("manager", dropped=dropped)["points"], 0.0)
        # In February the last month on record is two months old.
        self.assertEqual(self._get_post("manager", date="2026-02-05")["points"], 0.0)
        self.assertEqual(self._get_post("manager")["points"], 1.0)

    def test_best_team(self):
        """The manager also is an analyst: the best team moves nobody needlessly."""
        self._certify(self.people["manager"][0], "analyst_senior")
        self.people["data"][0].employee_skill_ids.unlink()
        spare = self._create_employee("spare", ["pm_senior"])
        before = self.evaluation.get_compliance()["team"]["points"]
        best = self.evaluation.get_compliance({"best": True})["team"]["points"]
        self.assertEqual((before, best), (7.0, 8.0))
        self.evaluation.action_apply_best()
        after = self.evaluation.get_compliance()["team"]["points"]
        self.assertEqual(after, 8.0)
        self.assertEqual(
            self.posts["data"].assignment_ids.employee_id, self.people["manager"][0]
        )
        self.assertEqual(self.posts["manager"].assignment_ids.employee_id, spare)
        self.assertEqual(
            self.posts["repairer"].assignment_ids.employee_id,
            self.env["hr.employee"].concat(*self.people["repairer"]),
        )

    def test_held_elsewhere(self):
        """A running contract keeps its people while both are served."""
        employee = self.people["security"][0]
        other = self.env["om.tender"].create(
            {
                "name": "running",
                "company_id": self.company.id,
                "service_start": "2025-06-01",
                "service_end": "2026-01-01",
                "post_ids": [(0, 0, {"name": "p"})],
            }
        )
        self.env["om.post.assignment"].create(
            {"post_id": other.post_ids.id, "employee_id": employee.id}
        )
        self.assertEqual(
            self.evaluation.get_compliance({"best": True})["team"]["points"], 8.0
        )
        other.action_submit()
        other.action_run()
        self.assertEqual(
            self.evaluation.get_compliance({"best": True})["team"]["points"], 7.0
        )
        # Shunyi begins on 2026-01-01
        other.service_end = "2025-12-31"
        self.assertEqual(
            self.evaluation.get_compliance({"best": True})["team"]["points"], 8.0
        )

    def test_bid_beyond_the_records(self):
        """A bid of next month: records that end before it are no lost point yet."""
        self.tender.write({"service_start": "2026-03-01", "service_end": "2026-12-31"})
        answer = self.evaluation.get_compliance({"date": "2026-02-05"})
        self.assertEqual(answer["team"]["points"], 0.0)
        self.assertEqual(answer["projected"], {"total": 8.0, "team": 8.0})
        [note] = answer["notes"]
        self.assertIn("2026-01", note)
        [person] = answer["posts"][0]["people"]
        self.assertEqual((person["counts"], person["status"]), (False, "projected"))
        for part in ("3", "2025-12", "2026-01"):
            self.assertIn(part, person["reasons"][0])
        # Whose insurance broke off is not expected to count.
        self.people["manager"][0].om_insurance_ids.sorted("month")[-1].unlink()
        post = self._get_post("manager", date="2026-02-05")
        self.assertEqual((post["projected"], post["people"][0]["status"]), (0, "fails"))
        # Nothing is open where the records reach the bid.
        self.assertIsNone(self.evaluation.get_compliance()["projected"])

    def test_frozen_is_what_was_proven(self):
        self.evaluation.date = "2026-02-05"
        self.evaluation.action_freeze()
        self.assertEqual(self.evaluation.total_points, 0.0)
        self.assertEqual(self.evaluation.projected_points, 8.0)
        self.assertEqual(self.evaluation.get_compliance()["projected"]["team"], 8.0)

    def test_best_team_of_a_bid_beyond_the_records(self):
        self.evaluation.date = "2026-02-05"
        self.tender.assignment_ids.unlink()
        done = self.evaluation.action_apply_best()
        self.assertEqual((done["named"], done["empty"]), (18, 0))
        self.assertEqual(done["type"], "success")
        self.assertEqual(len(self.tender.assignment_ids), 18)

    def _hold(self, *employees, **values):
        other = self.env["om.tender"].create(
            {
                "name": "在运行合同",
                "company_id": self.company.id,
                "service_start": "2025-06-01",
                "service_end": "2026-06-30",
                "post_ids": [(0, 0, {"name": "岗位甲"})],
                **values,
            }
        )
        self.env["om.post.assignment"].create(
            [
                {"post_id": other.post_ids.id, "employee_id": employee.id}
                for employee in employees
            ]
        )
        other.action_submit()
        other.action_run()
        return other

    def test_best_plan_tells_before_and_after(self):
        """Who is taken off and which place stays empty is known before and after."""
        held = self.people["security"][0]
        other = self._hold(held)
        plan = self.evaluation.get_best_plan()
        self.assertEqual((plan["new"], plan["gone"], plan["empty"]), (0, 1, 1))
        self.assertEqual(plan["type"], "warning")
        text = " ".join(plan["lines"])
        for part in (held.name, other.name, "2026-06-30", "岗位甲"):
            self.assertIn(part, text)
        self.assertEqual(len(self.tender.assignment_ids), 18)
        done = self.evaluation.action_apply_best()
        self.assertEqual((done["named"], done["gone"]), (17, 1))
        self.assertEqual(len(self.tender.assignment_ids), 17)
        self.assertIn(held.name, " ".join(done["lines"]))
        again = self.evaluation.action_apply_best()
        self.assertEqual((again["new"], again["gone"]), (0, 0))

    def test_an_empty_team_replaces_nobody(self):
        self._hold(*(one for people in self.people.values() for one in people))
        done = self.evaluation.action_apply_best()
        self.assertEqual((done["named"], done["gone"]), (0, 0))
        self.assertEqual(done["type"], "warning")
        self.assertEqual(len(self.tender.assignment_ids), 18)

    def test_held_is_said_for_everybody(self):
        """Also of people in the table, and that a tender has no period of service."""
        employee = self.people["security"][0]
        self.tender.write({"service_start": False, "service_end": False})
        other = self._hold(employee, service_start="2020-01-01")
        [row] = self.evaluation.get_people(search=employee.name)["people"]
        for part in (other.name, "2026-06-30"):
            self.assertIn(part, row["held"])
        post = self._get_post("security")
        self.assertIn(other.name, post["people"][0]["held"])
        notes = self.evaluation.get_compliance()["notes"]
        self.assertEqual(len(notes), 1)
        self.tender.write({"service_start": "2026-01-01", "service_end": "2026-12-31"})
        self.assertEqual(self.evaluation.get_compliance()["notes"], [])

    def test_advice_names_who_has_the_certificate(self):
        """Before money is spent: somebody held elsewhere has it already."""
        held = self.people["security"][0]
        other = self._hold(held)
        self._create_employee("without")
        [advice] = self.evaluation.get_advice()["advice"]
        self.assertTrue(advice["found"])
        for part in (held.name, other.name, "2026-06-30"):
            self.assertIn(part, advice["words"])

    def test_advice(self):
        employee = self.people["electrician"][0]
        employee.employee_skill_ids.unlink()
        expensive = self.skill["electrician_low"]
        [advice] = self.evaluation.get_advice()["advice"]
        self.assertEqual(advice["post"], self.posts["electrician"].id)
        self.assertTrue(advice["found"])
        self.assertEqual(advice["added"][0][1], expensive.id)
        answer = self.evaluation.get_compliance(
            {"added": advice["added"], "best": True}
        )
        self.assertEqual(answer["team"]["points"], 8.0)

    def test_enterprise(self):
        def rules():
            answer = self.evaluation.get_compliance()
            return [rule["points"] for rule in answer["rules"]]

        self.assertEqual(rules(), [0.0, 0.0, 0.0, 0.0, 0.0])
        Qualification = self.env["om.qualification"]

        def hold(kind, grade=0, **values):
            return Qualification.create(
                {
                    "type_id": self.env.ref(
                        f"om_staffing.qualification_type_{kind}"
                    ).id,
                    "grade": grade,
                    "company_id": self.company.id,
                    **values,
                }
            )

        hold("secret", 2, scope="系统集成；运行维护")
        licence = hold("safety")
        hold("itss", 2)
        for kind in ("iso9001", "iso27001", "iso20000"):
            hold(kind)
        self.env["om.reference"].create(
            [
                {"name": day, "signed_on": day, "company_id": self.company.id}
                for day in ("2022-11-30", "2022-12-01", "2026-01-05")
            ]
        )
        # The licence alone wins nothing; three of four ISO; of the contracts one is
        # signed on the day itself and one after the bid.
        self.assertEqual(rules(), [2.0, 0.0, 2.0, 1.5, 1.0])
        hold("smart", 2)
        self.assertEqual(rules()[1], 2.0)
        licence.valid_to = "2026-01-03"
        self.assertEqual(rules()[1], 0.0)

    def test_price(self):
        self.evaluation.offer_ids = [
            (0, 0, {"name": "a", "price": 74980000, "is_ours": True}),
            (0, 0, {"name": "b", "price": 75600000, "advantage": "small"}),
            (0, 0, {"name": "c", "price": 77133300.01}),
        ]
        price = self.evaluation.get_compliance()["price"]
        self.assertEqual(
            [line["points"] for line in price["lines"]], [9.07, 10.0, None]
        )
        self.assertEqual(price["points"], 9.07)
        self.evaluation.offer_ids.filtered("is_ours").price = 77133300.01
        price = self.evaluation.get_compliance()["price"]
        self.assertTrue(price["invalid"])

    def test_price_schedule(self):
        """Unit prices win over a wrong total: a bid that differs from their sum."""
        if "annual_fee" not in self.env["om.system"]._fields:
            self.skipTest("om_contract, which keeps the fees, is not installed")
        self.tender.system_ids = self._create_system(annual_fee=1000.1) + (
            self._create_system("乙单位系统", annual_fee=2000.2)
        )
        self.evaluation.offer_ids = [
            (0, 0, {"name": "a", "price": 3000.3, "is_ours": True})
        ]
        self.assertEqual(self.evaluation.get_compliance()["price"]["words"], "")
        self.evaluation.offer_ids.price = 3000.31
        words = self.evaluation.get_compliance()["price"]["words"]
        self.assertIn("3,000.30", words)

    def test_lists_show_the_score_of_a_live_bid(self):
        """Proven today, beside it what is expected of the day of the bid."""
        live = self.evaluation.with_user(self._create_user("staffing"))
        self.assertEqual((live.proven_score, live.projected_score), (8.0, 8.0))
        self.people["security"][0].employee_skill_ids.unlink()
        self.evaluation.invalidate_recordset()
        lower = live.get_compliance()["total"]
        self.assertLess(lower, 8.0)
        self.assertEqual(live.proven_score, lower)
        self.evaluation.action_freeze()
        self.assertEqual(live.total_points, lower)
        self.assertEqual(live.proven_score, lower)

    def test_freeze(self):
        self.evaluation.action_freeze()
        self.assertEqual(self.evaluation.total_points, 8.0)
        self.people["security"][0].employee_skill_ids.unlink()
        self.assertEqual(self.evaluation.get_compliance()["total"], 8.0)
        self.assertTrue(self.evaluation.fingerprint)
        frozen = self.evaluation.with_user(self._create_user("staffing"))
        for act in (
            lambda: frozen.action_freeze(),
            lambda: frozen.write({"date": "2026-01-01"}),
            lambda: frozen.write({"snapshot": {}}),
            lambda: frozen.write({"state": "draft"}),
            lambda: frozen.unlink(),
        ):
            with self.assertRaises(UserError):
                act()
        self.evaluation.action_check_fingerprint()
        # A client cannot pretend to be one of the acts.
        with self.assertRaises(UserError):
            frozen.with_context(om_posting_act=True, om_act=True).write(
                {"snapshot": {}}
            )
        new = self.evaluation.copy()
        self.assertEqual((new.state, new.get_compliance()["total"]), ("draft", 7.0))

    def test_frozen_prices(self):
        self.evaluation.offer_ids = [
            (0, 0, {"name": "a", "price": 74980000, "is_ours": True})
        ]
        self.evaluation.action_freeze()
        offer = self.evaluation.offer_ids
        for act in (
            lambda: offer.write({"price": 1}),
            lambda: offer.unlink(),
            lambda: offer.copy({"is_ours": False}),
        ):
            with self.assertRaises(UserError):
                act()
        new = self.evaluation.copy()
        new.offer_ids.price = 75000000
        self.assertEqual(offer.price, 74980000)

    def test_changed_in_the_database(self):
        self.evaluation.action_freeze()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE om_bid_evaluation SET snapshot ="
            " jsonb_set(snapshot, '{compliance,total}', '9') WHERE id = %s",
            [self.evaluation.id],
        )
        self.evaluation.invalidate_recordset()
        with self.assertRaises(UserError):
            self.evaluation.action_check_fingerprint()

    def test_posted_elsewhere(self):
        """Who is posted at a system of a running contract is not free either."""
        employee = self.people["security"][0]
        system = self._create_system("乙单位系统")
        other = self.env["om.tender"].create(
            {
                "name": "running",
                "company_id": self.company.id,
                "service_start": "2025-06-01",
                "service_end": "2026-06-30",
                "system_ids": [(6, 0, system.ids)],
            }
        )
        other.action_submit()
        other.action_run()
        posting = self.env["om.posting"].create(
            {
                "employee_id": employee.id,
                "system_id": system.id,
                "date_from": "2025-06-01",
            }
        )
        hold = self.tender.get_held()[employee.id]
        self.assertEqual(
            (hold.tender, str(hold.until), hold.place),
            (other, "2026-06-30", system.name),
        )
        self.assertEqual(
            self.evaluation.get_compliance({"best": True})["team"]["points"], 7.0
        )
        # Shunyi begins on 2026-01-01
        posting.date_to = "2025-12-31"
        self.assertNotIn(employee.id, self.tender.get_held())

    def test_expiring_enterprise_certificate(self):
        kind = self.env.ref("om_staffing.qualification_type_iso9001")
        first = self.env["om.qualification"].create(
            {
                "type_id": kind.id,
                "company_id": self.company.id,
                "valid_to": "2026-06-30",
            }
        )
        [row] = self.evaluation.get_compliance()["expiring"]
        self.assertEqual(
            (row["name"], row["valid_to"]), (self.company.name, "2026-06-30")
        )
        first.copy({"valid_to": "2029-06-30"})
        self.assertEqual(self.evaluation.get_compliance()["expiring"], [])

    def test_expiring(self):
        self.people["manager"][0].employee_skill_ids.valid_to = "2026-12-31"
        [row] = self.evaluation.get_compliance()["expiring"]
        self.assertEqual((row["name"], row["valid_to"]), ("manager0", "2026-12-31"))
        self.people["manager"][0].employee_skill_ids.valid_to = "2027-01-01"
        self.assertEqual(self.evaluation.get_compliance()["expiring"], [])

    def test_bid_is_in(self):
        self.tender.action_submit()
        with self.assertRaises(UserError):
            self.people["manager"][0].om_assignment_ids.unlink()
        with self.assertRaises(UserError):
            self._assign("electrician", self._create_employee("late"))

    def test_constant_number_of_queries(self):
        def measure():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.evaluation.get_compliance({"best": True})
            return self.env.cr.sql_log_count - start

        measure()
        few = measure()
        for index in range(40):
            self._create_employee(f"more{index}", ["safety_c", "driving"])
        self.assertEqual(measure(), few)

    def test_people_page(self):
        page = self.evaluation.get_people(search="electrician")
        self.assertEqual(page["total"], 4)
        [cell] = [
            cell
            for cell in page["people"][0]["cells"]
            if cell["post"] == self.posts["electrician"].id
        ]
        self.assertTrue(cell["counts"] and cell["named"])
