from odoo import Command
from odoo.tests import TransactionCase

from odoo.addons.om_base.tests.common import new_test_user

# Bids close on 2026-01-04 (tender, part 1); the last three months before it.
BID = "2026-01-04"
MONTHS = ("2025-10-01", "2025-11-01", "2025-12-01")


class OmStaffingCommon(TransactionCase):
    """Shunyi's tender with its rules, and a team that wins all its 8 points."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        # A company of its own: what else the database holds does not count.
        cls.company = cls.env["res.company"].create({"name": "测试运维公司"})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        data = cls.env["om.tender"].browse(cls.env.ref("om_staffing.tender_shunyi").id)
        # The day of a bid is its own: a copy has none yet.
        cls.tender = data.sudo().copy(
            {"company_id": cls.company.id, "bid_date": data.bid_date}
        )
        cls.tender.assignment_ids.unlink()
        cls.posts = dict(
            zip(
                ("manager", "chief", "security", "data", "repairer", "electrician"),
                cls.tender.post_ids,
                strict=True,
            )
        )
        cls.skill = {
            name: cls.env.ref(f"om_staffing.skill_{name}")
            for name in (
                "pm_senior",
                "analyst_senior",
                "cisp",
                "safety_c",
                "driving",
                "electrician_low",
            )
        }
        cls.level = cls.env.ref("om_staffing.skill_level_held")
        cls.people = {}
        wanted = [
            ("manager", ["pm_senior"], 1),
            ("chief", ["pm_senior"], 1),
            ("security", ["cisp"], 1),
            ("data", ["analyst_senior"], 1),
            ("repairer", ["safety_c", "driving"], 10),
            ("electrician", ["electrician_low"], 4),
        ]
        for post, skills, number in wanted:
            cls.people[post] = [
                cls._create_employee(f"{post}{index}", skills)
                for index in range(number)
            ]
            cls._assign(post, *cls.people[post])
        cls.evaluation = cls.env["om.bid.evaluation"].create(
            {"tender_id": cls.tender.id, "date": BID}
        )

    @classmethod
    def _create_employee(cls, name, skills=(), months=MONTHS, **values):
        employee = cls.env["hr.employee"].create(
            {"name": name, "company_id": cls.company.id, **values}
        )
        for skill in skills:
            cls._certify(employee, skill)
        cls._insure(employee, *months)
        return employee

    @classmethod
    def _certify(cls, employee, skill, valid_from="2023-01-01", valid_to="2028-12-31"):
        return cls.env["hr.employee.skill"].create(
            {
                "employee_id": employee.id,
                "skill_type_id": cls.skill[skill].skill_type_id.id,
                "skill_id": cls.skill[skill].id,
                "skill_level_id": cls.level.id,
                "number": f"N-{employee.name}-{skill}",
                "valid_from": valid_from,
                "valid_to": valid_to,
            }
        )

    @classmethod
    def _insure(cls, employee, *months, employer=None):
        return cls.env["om.social.insurance"].create(
            [
                {
                    "employee_id": employee.id,
                    "employer_id": (employer or cls.company.partner_id).id,
                    "month": month,
                }
                for month in months
            ]
        )

    @classmethod
    def _assign(cls, post, *employees):
        return cls.env["om.post.assignment"].create(
            [
                {"post_id": cls.posts[post].id, "employee_id": employee.id}
                for employee in employees
            ]
        )

    @classmethod
    def _create_user(cls, role, **values):
        return new_test_user(
            cls.env,
            login=f"om_staffing_{role}",
            groups=f"om_base.group_{role}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            **values,
        )

    @classmethod
    def _create_system(cls, name="甲单位办公系统", **values):
        unit = cls.env["res.partner"].create(
            {"name": f"{name}的单位", "is_company": True, "om_role": "user_unit"}
        )
        return cls.env["om.system"].create(
            {
                "name": name,
                "unit_id": unit.id,
                "company_id": cls.company.id,
                "service_start": "2026-01-01",
                "onsite_staff": 1,
                **values,
            }
        )

    def _get_post(self, key, **what_if):
        """The post's part of the answer."""
        answer = self.evaluation.get_compliance(what_if or None)
        return next(
            post for post in answer["posts"] if post["id"] == self.posts[key].id
        )


class PostingCommon(OmStaffingCommon):
    """Shunyi's contract runs; an electrician is posted at a system of a unit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system = cls._create_system()
        cls.tender.write(
            {
                "system_ids": [Command.link(cls.system.id)],
                "service_start": "2026-01-01",
                "service_end": "2026-12-31",
            }
        )
        cls.tender.action_submit()
        cls.tender.action_run()
        cls.leaver = cls.people["electrician"][0]
        cls.newcomer = cls._create_employee("newcomer", ["electrician_low"])
        cls.posting = cls.env["om.posting"].create(
            {
                "employee_id": cls.leaver.id,
                "system_id": cls.system.id,
                "post_id": cls.posts["electrician"].id,
                "date_from": "2026-01-01",
            }
        )
        cls.unit_user = cls._create_user("portal_user_unit", name="unit")
        cls.unit_user.partner_id.parent_id = cls.system.unit_id

    @classmethod
    def _announce(cls, change_date, notice_date="2026-03-02", **values):
        return cls.env["om.posting.change"].create(
            {
                "posting_id": cls.posting.id,
                "newcomer_id": cls.newcomer.id,
                "notice_date": notice_date,
                "change_date": change_date,
                **values,
            }
        )
