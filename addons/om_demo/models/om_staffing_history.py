from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, api, models

from odoo.addons.om_base.tools import beijing

# System of the register: who is posted there.
POSTED = {
    "003": "b01",
    "005": "b02",
    "013": "b03",
    "037": "b04",
    "038": "b05",
    "062": "b06",
    "074": "b07",
    "075": "b11",
    "076": "b08",
    "082": "b09",
    "122": "b12",
}
# Whose month before the contract the bureau's table lacks: a point of the bid.
UNINSURED = "a14"
# Posts of the emergency centre: their people, in groups that take turns.
VIDEO = (("丙01", "丙02"), ("丙03", "丙04"), ("丙05", "丙06"))
IMAGE = (("丙07",), ("丙08",), ("丙09",))
SUPPORT, MANAGER = "丙10", "丙11"
# What a person costs in a month: the manager, everybody else.
MANAGER_COST, COST = 21000.0, 9600.0


class OmStaffingHistory(models.AbstractModel):
    """Who was posted, on duty and trained."""

    _name = "om.staffing.history"
    _inherit = "om.demo"
    _description = "Invented Postings and Rosters"

    @api.model
    def _play(self):
        """Post people at Shunyi's systems, fill the emergency centre's rosters."""
        today = self.env["om.posting"]._get_today()
        self._insure(today)
        for name in ("shunyi", "emergency"):
            tender = self.env.ref(f"om_staffing.tender_{name}")
            tender.action_submit()
            tender.action_run()
        self._post(today)
        self._cost_posts()
        self._change(today)
        people = self._hire()
        monday = today - timedelta(days=today.weekday())
        why = "周末由视频会议岗兼任技术支持，已报采购人。"
        last, this = (
            self._make_roster(people, monday + timedelta(days=days), why)
            for days in (-7, 0)
        )
        self._attend(people, last, last.date_to)
        self._attend(people, this, today)
        # The week that is being planned lacks somebody.
        self._make_roster(people, monday + timedelta(days=7), None, absent="丙08")
        self._train(today)
        self._bid_again(today)

    @api.model
    def _bid_again(self, today):
        """A bid of next month for next year's service, with this year's team: the
        insurance is on record to last month only, so that what is proven and what is
        projected differ."""
        source = self.env.ref("om_staffing.tender_shunyi")
        tender = source.copy(
            {
                "name": "示例区信息化统一运维项目（次年，示例）",
                "code": "示例-001",
                "partner_id": False,
                "agreement_id": False,
                "bid_date": today.replace(day=10) + relativedelta(months=1),
                "service_start": f"{today.year + 1}-01-01",
                "service_end": f"{today.year + 1}-12-31",
            }
        )
        posts = {post.name: post for post in tender.post_ids}
        self.env["om.post.assignment"].create(
            [
                {
                    "post_id": posts[one.post_id.name].id,
                    "employee_id": one.employee_id.id,
                }
                for one in source.assignment_ids
            ]
        )
        self.env["om.bid.evaluation"].create({"tender_id": tender.id})

    @api.model
    def _cost_posts(self):
        """What a person at a post of Shunyi costs in a month."""
        tender = self.env.ref("om_staffing.tender_shunyi")
        self.env["om.post.cost"].create(
            [
                {
                    "post_id": post.id,
                    "date_from": tender.service_start or tender.bid_date,
                    "amount": MANAGER_COST if number == 0 else COST,
                }
                for number, post in enumerate(tender.post_ids)
            ]
        )

    @api.model
    def _employee(self, key):
        return self.env.ref(f"om_staffing.demo_employee_{key}")

    @api.model
    def _employees(self):
        keys = self.env["ir.model.data"].search(
            [
                ("module", "=", "om_staffing"),
                ("model", "=", "hr.employee"),
                ("name", "=like", r"demo\_employee\_%"),
            ]
        )
        return self.env["hr.employee"].browse(keys.mapped("res_id"))

    @api.model
    def _insure(self, today):
        """Everybody is insured up to last month, but for one month of one person; the
        months of the bid are on record already."""
        Insurance = self.env["om.social.insurance"]
        last = today.replace(day=1) - relativedelta(months=1)
        bid_date = self.env.ref("om_staffing.tender_shunyi").bid_date
        month = first = bid_date.replace(day=1)
        left_out = self._employee(UNINSURED), first
        months = []
        while month <= last:
            months.append(month)
            month += relativedelta(months=1)
        employer = self.env.ref("base.main_partner")
        Insurance.create(
            [
                {
                    "employee_id": employee.id,
                    "employer_id": employer.id,
                    "month": month,
                }
                for employee in self._employees()
                for month in months
                if (employee, month) != left_out
            ]
        )

    @api.model
    def _post(self, today):
        electrician = self.env.ref("om_staffing.post_shunyi_electrician")
        repairer = self.env.ref("om_staffing.post_shunyi_repairer")
        values = []
        for number, key in POSTED.items():
            system = self.env.ref(f"om_engagements.system_{number}")
            employee = self._employee(key)
            posts = employee.om_assignment_ids.post_id & (electrician | repairer)
            values.append(
                {
                    "system_id": system.id,
                    "employee_id": employee.id,
                    "post_id": posts[:1].id,
                    "date_from": min(system.service_start, today),
                }
            )
        self.env["om.posting"].create(values)

    @api.model
    def _change(self, today):
        """One change that the unit is asked about, one that was carried out."""
        done = self._announce("122", "b14", today - timedelta(days=30), 10)
        done.action_send()
        scan = self._make_scan("人员变更同意书（示例）.png", done)
        done.action_consent(self._sign_paper(today, scan))
        done.action_apply()
        asked = self._announce("075", "b13", today - timedelta(days=1), 14)
        asked.action_send()

    @api.model
    def _announce(self, number, key, day, days):
        system = self.env.ref(f"om_engagements.system_{number}")
        return self.env["om.posting.change"].create(
            {
                "posting_id": system.posting_ids[:1].id,
                "newcomer_id": self._employee(key).id,
                "notice_date": day,
                "change_date": day + timedelta(days=days),
                "reason": "原驻场人员岗位调整，接替人员持同类证书（示例）。",
            }
        )

    @api.model
    def _hire(self):
        """The people of the emergency centre; {name: employee}."""
        posts = {
            name: self.env.ref(f"om_staffing.post_emergency_{name}")
            for name in ("video", "image", "support", "manager")
        }
        names = {
            **{name: "video" for group in VIDEO for name in group},
            **{name: "image" for group in IMAGE for name in group},
            SUPPORT: "support",
            MANAGER: "manager",
        }
        employees = self.env["hr.employee"].create(
            [
                {
                    "name": name,
                    "company_id": self.env.ref("base.main_company").id,
                    "certificate": "college",
                    "om_title": "intermediate" if name == MANAGER else False,
                    "resume_line_ids": [
                        Command.create(
                            {
                                "name": "信息系统技术支持（示例）",
                                "date_start": "2019-07-01",
                                "om_experience": "site_manager"
                                if name == MANAGER
                                else "support",
                            }
                        )
                    ],
                }
                for name in names
            ]
        )
        people = dict(zip(names, employees, strict=True))
        self.env["om.post.assignment"].create(
            [
                {"post_id": posts[post].id, "employee_id": people[name].id}
                for name, post in names.items()
            ]
        )
        return people

    @api.model
    def _make_roster(self, people, monday, reason, absent=None):
        """A week of day and night duty; published if there is a reason for its gaps."""
        shifts = []
        for day in range(-1, 7):
            date = monday + timedelta(days=day)
            for post, groups in (("video", VIDEO), ("image", IMAGE)):
                on_day, on_night = groups[day % 3], groups[(day - 1) % 3]
                if day >= 0:
                    shifts += [(post, one, date, 8, 12) for one in on_day]
                shifts += [(post, one, date, 20, 12) for one in on_night]
            if 0 <= day < 5:
                shifts.append(("support", SUPPORT, date, 9, 9))
        roster = self.env["om.roster"].create(
            {
                "tender_id": self.env.ref("om_staffing.tender_emergency").id,
                "date_from": monday,
                "date_to": monday + timedelta(days=6),
                "gap_reason": reason,
                "shift_ids": [
                    Command.create(self._prepare_shift(people, *shift))
                    for shift in shifts
                    if shift[1] != absent
                ],
            }
        )
        if reason:
            roster.action_publish()
        return roster

    @api.model
    def _attend(self, people, roster, until):
        """Everybody was there up to the day before, but for who came late on Tuesday,
        was ill on Wednesday and was replaced on Thursday; today's list is half done."""
        today = self.env["om.attendance"]._get_signing_day()
        lines = self.env["om.attendance"]._expect(roster, roster.date_from, until)
        fates = dict.fromkeys(lines, "present")
        for day, fate in ((1, "late"), (2, "absent"), (3, "replaced")):
            date = roster.date_from + timedelta(days=day)
            fates.update(dict.fromkeys(self._get_first(lines, date), fate))
        of_today = lines.filtered(lambda line: line.day == today)
        fates.update(dict.fromkeys(of_today, "present"))
        fates.update(dict.fromkeys(of_today[len(of_today) // 2 :], "expected"))
        for fate in ("late", "absent", "replaced", "present"):
            chosen = lines.filtered(lambda line, fate=fate: fates[line] == fate)
            if fate == "late":
                chosen.write({"note": "途中车辆故障，迟到 20 分钟（示例）"})
            elif fate == "absent":
                chosen.write({"note": "病假，已报采购人（示例）"})
            elif fate == "replaced":
                chosen.write({"replacement_id": people[MANAGER].id})
            chosen._enter(fate)

    @api.model
    def _get_first(self, lines, day):
        """Who of the video engineers is the first on the list of a day."""
        video = self.env.ref("om_staffing.post_emergency_video")
        of_day = lines.filtered(lambda line: (line.day, line.post_id) == (day, video))
        return of_day.sorted("id")[:1]

    @api.model
    def _prepare_shift(self, people, post, name, date, hour, hours):
        start = beijing.to_stored(datetime.combine(date, time(hour)))
        return {
            "post_id": self.env.ref(f"om_staffing.post_emergency_{post}").id,
            "employee_id": people[name].id,
            "start": start,
            "stop": start + timedelta(hours=hours),
        }

    @api.model
    def _train(self, today):
        """Last month everybody posted was trained, this month not all are yet."""
        posted = (
            self.env["om.posting"]
            .search(self.env["om.posting"]._get_force_domain(today))
            .employee_id
        )
        earlier = today.replace(day=1) - timedelta(days=12)
        this = max(today.replace(day=1), today - timedelta(days=5))
        self.env["om.safety.training"].create(
            [
                {
                    "name": "机房用电与登高作业安全",
                    "date": earlier,
                    "trainer": "示例运维有限公司安全员",
                    "attendee_ids": [Command.set(posted.ids)],
                },
                {
                    "name": "冬季消防与数据保密",
                    "date": this,
                    "trainer": "示例运维有限公司安全员",
                    "attendee_ids": [Command.set(posted[:-2].ids)],
                },
            ]
        )
