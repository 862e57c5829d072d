import csv
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import NamedTuple
from zlib import crc32

from odoo import api, fields, models
from odoo.tools import file_open

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_helpdesk.engine import timeline
from odoo.addons.om_helpdesk.engine.policy import get_first_deadlines

FILE = "om_demo/demo/om_ticket_history.csv"
# A month of another engagement that is over: its days are dates.
BDA_FILE = "om_demo/demo/om_ticket_history_bda.csv"
# What is still open lies so far from its deadline that the share of it says when it
# was reported; these wait for their response, the others for the repair.
UNANSWERED = ("new", "dispatched")
OPEN = (*UNANSWERED, "progress", "waiting", "fixed", "urgent_open")
PAUSES = {
    "user": "等待用户确认调整方案",
    "spare": "备件已报采购人、监理确认，等待领用",
    "third_party": "等待第三方单位现场恢复",
}
CANCELLED = "经核实属使用习惯问题，建议取消"
MERGED = "与前一条报修为同一故障"
PROPOSED = "经核实系显示器亮度设置所致，系统无异常，建议取消"
PAPER = "示例-取消确认单.png"
SIGNED_BY = "乙09"
REOPENED = "用户复测后问题仍然存在"
REPORTED_MAJOR = "已电话报告采购人，并同步处置进展。"
# By number in the register: cause, what the purchaser decided, devices, evidence.
EXCLUDED = {
    29: ("roadworks", "approved", 2, "道路施工单位出具的施工与恢复供电说明"),
    36: ("roadworks", "claimed", 1, "路灯改造施工通知及现场照片"),
    118: ("third_party", "claimed", 2, "运营商基站检修通知"),
    146: ("power", "approved", 3, "供电所计划停电通知"),
}
DEVICES = {
    (2, "serious"): "om_demo.demo_equipment_002_01_03",
    (13, "serious"): "om_demo.demo_equipment_013_01_01",
}
COMMENTS = {
    75: ("三台终端都有这个问题，月底前要用。", "已安排工程师，今天上门处理。"),
    77: ("影响今天的支付，请尽快。", "已联系银行方同步处理，进展随时在此更新。"),
    78: ("复测还有一张表不一致，已把截图发给工程师。", "收到，重新核对中。"),
}


class Case(NamedTuple):
    """One row of the file, and the ticket made of it."""

    row: dict
    system: object
    reported: datetime
    ticket: object = None

    @property
    def fate(self):
        return self.row["fate"].partition(":")[0]

    @property
    def detail(self):
        return self.row["fate"].partition(":")[2]

    def draw(self, what, low, high):
        """Return a share between ``low`` and ``high``, always the same for a case."""
        lot = crc32(f"{self.row['name']}/{what}".encode()) % 1000
        return low + (high - low) * lot / 1000

    def at(self, target, share):
        """Return when ``share`` of the time for a target had passed."""
        whole = self.ticket[f"{target}_deadline"] - self.reported
        moment = self.reported + whole * share
        return moment.replace(microsecond=0)


class OmTicketHistory(models.AbstractModel):
    """Three months of faults.

    The rows of the file say what broke and what became of it; when something was done
    follows from the deadlines that the contract gives each fault, so that a fault that
    was handled in time is so under any promise.
    """

    _name = "om.ticket.history"
    _inherit = "om.demo"
    _description = "Invented Faults"

    @api.model
    def _play(self):
        """Enter all rows, once; nothing of it lies in the future."""
        if self.env.ref("om_demo.demo_ticket_01", raise_if_not_found=False):
            return
        quiet = self.with_context(
            mail_create_nosubscribe=True,
            mail_auto_subscribe_no_notify=True,
            mail_activity_quick_update=True,
        )
        quiet._tell_in_chinese()
        now = fields.Datetime.now()
        cases = quiet._create_tickets(quiet._read(now))
        quiet._live_through(cases, now)
        month = quiet._create_tickets(
            quiet._read(now, BDA_FILE, "bda_"), "bda_", quiet._make_bda_team()
        )
        quiet._live_through(month, now)
        quiet._give_telephones()

    @api.model
    def _live_through(self, cases, now):
        """Do with these faults what became of them."""
        self._dispatch(cases, now)
        self._pause(cases, now)
        self._work(cases, now)
        self._close(cases, now)
        self._rate(cases)
        self._note_downtimes(cases)
        self._talk(cases)
        self._tidy(cases)

    @api.model
    def _make_bda_team(self):
        """The service hall's desk has the people of Shunyi's: nobody else is there."""
        team = self.env.ref("om_demo.demo_team")
        return team.create(
            {
                "name": "政务服务中心服务台（示例）",
                "user_id": team.user_id.id,
                "user_ids": [(6, 0, team.user_ids.ids)],
            }
        )

    @api.model
    def _give_telephones(self):
        """Let the engineer's day have somebody to dial: numbers plainly invented."""
        units = self.env["res.partner"].search(
            [("om_role", "=", "user_unit"), ("phone", "=", False)], order="id"
        )
        for number, unit in enumerate(units, 1):
            unit.phone = f"010-0000{9000 + number}"

    @api.model
    def _tell_in_chinese(self):
        """What the people of the desk are told is in the language of the history."""
        people = self._user("dispatcher") | self._user("manager")
        if self.env.lang:
            people.partner_id.lang = self.env.lang

    @api.model
    def _acting(self, user):
        """Return tickets on which ``user`` acts; who may what is no question here."""
        return self.env["helpdesk.ticket"].with_user(user).sudo()

    # ------------------------------------------------------------
    # Reports
    # ------------------------------------------------------------

    @api.model
    def _read(self, now, file=FILE, prefix=""):
        """Return the cases in the order in which they were reported.

        :param prefix: start of the external ids of the file's systems
        """
        with file_open(file, "r") as stream:
            rows = list(csv.DictReader(stream))
        cases = []
        for row in rows:
            key = f"om_engagements.{prefix}system_{int(row['system']):03d}"
            system = self.env.ref(key)
            cases.append(Case(row, system, self._get_reported(row, system, now)))
        return sorted(cases, key=lambda case: case.reported)

    @api.model
    def _get_reported(self, row, system, now):
        if row["day"].endswith("%"):
            target = "respond" if row["fate"] in UNANSWERED else "fix"
            policy = system.sla_policy_id
            if not policy._covers(row["severity"]):
                policy = policy._get_defaults(system.agreement_id)[system.agreement_id]
            moment = now.replace(tzinfo=UTC)
            due = get_first_deadlines(
                policy._get_engine_policy(), row["severity"], moment
            )[target]
            return now - (due - moment) * int(row["day"][:-1]) / 100
        if "-" in row["day"]:
            day = date.fromisoformat(row["day"])
        else:
            day = beijing.day_of(now) - timedelta(days=int(row["day"]))
        clock = time.fromisoformat(row["clock"])
        return beijing.to_stored(datetime.combine(day, clock))

    @api.model
    def _create_tickets(self, cases, prefix="", team=None):
        team = team or self.env.ref("om_demo.demo_team")
        values = [self._prepare_ticket(case, team) for case in cases]
        tickets = self._acting(self._user("dispatcher")).create(values)
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"om_demo.demo_{prefix}ticket_{number:02d}",
                    "record": ticket,
                    "noupdate": True,
                }
                for number, ticket in enumerate(tickets, 1)
            ]
        )
        return [
            case._replace(ticket=ticket)
            for case, ticket in zip(cases, tickets, strict=True)
        ]

    @api.model
    def _prepare_ticket(self, case, team):
        row = case.row
        device = DEVICES.get((int(row["system"]), row["severity"]))
        return {
            "name": row["name"],
            "description": f"<p>{row['name']}，影响日常使用，请安排处理。</p>",
            "system_id": case.system.id,
            "equipment_ids": [(6, 0, self.env.ref(device).ids if device else [])],
            "severity": row["severity"],
            "reported_at": case.reported.replace(microsecond=0),
            "channel_id": self.env.ref(
                f"om_helpdesk.helpdesk_ticket_channel_{row['channel']}"
            ).id,
            "partner_id": self._get_reporter(case).id,
            "partner_name": "乙01" if row["channel"] == "portal" else "",
            # A number that no exchange gives out: nobody is rung by a demonstration.
            "partner_phone": f"010-0000{int(row['system']):04}",
            "team_id": team.id,
        }

    @api.model
    def _get_reporter(self, case):
        """Return who reports: the unit, or its person with a login."""
        person = self._user("unit").partner_id
        unit = case.system.unit_id
        return person if person.commercial_partner_id == unit else unit

    # ------------------------------------------------------------
    # Work
    # ------------------------------------------------------------

    @api.model
    def _enter(self, user, rows, now, reason=None):
        """Enter {ticket: [(kind, time)]} as ``user``, as far as it has happened."""
        happened = {
            ticket: [(kind, at) for kind, at in acts if at <= now]
            for ticket, acts in rows.items()
        }
        events = self._acting(user)._om_enter(happened, reason)
        for event in events:
            event.entered_on = event.at

    @api.model
    def _dispatch(self, cases, now):
        """Send somebody, soon after the report."""
        engineers = [
            self.env.ref("om_demo.demo_user_engineer_2"),
            self._user("engineer"),
            self.env.ref("om_demo.demo_user_engineer_3"),
        ]
        rows, sent = {}, defaultdict(self.env["helpdesk.ticket"].browse)
        for case in cases:
            if case.fate in ("new", "merged", "cancelled", "proposed"):
                continue
            at = case.at("respond", case.draw("dispatch", 0.03, 0.12))
            rows[case.ticket] = [(timeline.DISPATCHED, at)]
            lot = int(case.row["system"]) % len(engineers)
            sent[engineers[lot]] |= case.ticket
        self._enter(self._user("dispatcher"), rows, now)
        for engineer, tickets in sent.items():
            tickets.write({"user_id": engineer.id})

    @api.model
    def _pause(self, cases, now):
        """Let the clocks stand where something had to be waited for."""
        values = []
        for case in cases:
            if case.fate not in ("pause", "pause_late", "waiting"):
                continue
            waiting = case.fate == "waiting"
            start = now if waiting else case.at("fix", 1)
            start = case.reported + (start - case.reported) * 0.6
            values.append(
                {
                    "ticket_id": case.ticket.id,
                    "kind": case.detail,
                    "reason": PAUSES[case.detail],
                    "user_id": case.ticket.user_id.id,
                    "date_from": start.replace(microsecond=0),
                    "date_to": not waiting
                    and (start + timedelta(hours=20)).replace(microsecond=0),
                }
            )
        self.env["om.ticket.pause"].with_user(self._user("manager")).sudo().create(
            values
        )

    @api.model
    def _work(self, cases, now):
        """Respond, arrive and repair, each at its share of what was promised."""
        rows = defaultdict(dict)
        refused = {}
        for case in cases:
            acts = self._get_acts(case, now)
            if acts:
                rows[case.ticket.user_id][case.ticket] = acts
            if case.fate == "reopened":
                refused[case.ticket] = [(timeline.REOPENED, case.at("fix", 0.45))]
        for engineer, of_engineer in rows.items():
            self._enter(engineer, of_engineer, now)
        self._enter(self._user("dispatcher"), refused, now, REOPENED)
        for case in cases:
            if case.ticket.fixed_at:
                case.ticket.write(
                    {"cause": case.row["cause"], "solution": case.row["solution"]}
                )

    @api.model
    def _get_acts(self, case, now):
        """Return [(kind, time)] of what the engineer did."""
        fate = case.fate
        if fate in ("merged", "cancelled", "proposed", *UNANSWERED):
            return []
        late = 1.4 if fate == "respond_late" else case.draw("respond", 0.2, 0.7)
        responded = case.at("respond", late)
        if case.ticket.onsite_deadline:
            responded = min(responded, case.at("onsite", 0.5))
        if fate in OPEN:
            return self._get_open_acts(case, responded, now)
        share = case.draw("fix", 0.55, 0.9)
        if fate in ("late", "urgent_late", "pause_late"):
            share = case.draw("fix", 1.1, 1.4)
        elif fate == "pause":
            share = 0.95
        fixed = max(case.at("fix", share), responded + timedelta(minutes=3))
        arrived = responded + (fixed - responded) * case.draw("arrive", 0.2, 0.4)
        if case.ticket.onsite_deadline:
            arrived = min(arrived, case.at("onsite", 0.9))
        arrived = arrived.replace(microsecond=0)
        acts = [(timeline.RESPONDED, responded), (timeline.ARRIVED, arrived)]
        if fate == "reopened":
            acts.append((timeline.FIXED, max(case.at("fix", 0.4), arrived)))
        elif fate in ("kept", "respond_late"):
            fixed = self._get_daytime(fixed, arrived, before=True)
        acts += self._get_papers(case, responded, fixed)
        return [*sorted(acts, key=lambda act: act[1]), (timeline.FIXED, fixed)]

    @api.model
    def _get_papers(self, case, responded, until):
        """Return when a plan and an assessment were handed in, where they are promised
        before ``until``."""
        papers = []
        for target, kind in (("plan", timeline.PLANNED), ("assess", timeline.ASSESSED)):
            if deadline := case.ticket[f"{target}_deadline"]:
                at = responded + (deadline - responded) * 0.5
                papers.append((kind, at.replace(microsecond=0)))
        return [paper for paper in papers if paper[1] < until]

    @api.model
    def _get_open_acts(self, case, responded, now):
        """Return what was done so far; whatever was promised, it was answered."""
        passed = now - case.reported
        responded = min(responded, case.reported + passed * 0.3)
        acts = [(timeline.RESPONDED, responded.replace(microsecond=0))]
        if case.ticket.onsite_deadline:
            at = min(case.at("onsite", 0.9), case.reported + passed * 0.5)
            acts.append((timeline.ARRIVED, at.replace(microsecond=0)))
        until = now
        if case.fate == "fixed":
            until = (case.reported + passed * 0.8).replace(microsecond=0)
            acts.append((timeline.FIXED, until))
        acts += self._get_papers(case, responded, until)
        return sorted(acts, key=lambda act: act[1])

    @api.model
    def _get_daytime(self, moment, earliest, before):
        """Return a moment of the day nearby: at night little is repaired, and nobody
        is asked whether it works.

        :param before: go back to the evening before, though not before ``earliest``;
            else on to the next morning
        """
        local = beijing.to_local(moment)
        if 8 <= local.hour < 20:
            return moment
        if before:
            day = local.date() - timedelta(days=local.hour < 8)
            local = datetime.combine(day, time(17, local.minute, local.second))
        else:
            day = local.date() + timedelta(days=local.hour >= 20)
            local = datetime.combine(day, time(9, local.minute, local.second))
        shifted = beijing.to_stored(local)
        return shifted if shifted >= earliest else moment

    # ------------------------------------------------------------
    # Ends
    # ------------------------------------------------------------

    @api.model
    def _close(self, cases, now):
        """Cancel, merge, and let the units confirm what was repaired."""
        words = []
        confirmed = defaultdict(dict)
        previous = None
        for case in cases:
            if case.fate == "cancelled":
                words.append((case, None, CANCELLED))
            elif case.fate == "merged":
                words.append((case, previous, MERGED))
            elif case.fate == "proposed":
                dispatcher = self._user("dispatcher")
                ticket = case.ticket.with_user(dispatcher).sudo()
                ticket._om_propose("cancel", PROPOSED)
            elif case.ticket.fixed_at and case.fate != "fixed":
                wait = timedelta(minutes=int(case.draw("confirm", 30, 400)))
                user = self._get_confirming(case)
                at = case.ticket.fixed_at + wait
                at = self._get_daytime(at, case.ticket.fixed_at, before=False)
                confirmed[user][case.ticket] = [(timeline.CONFIRMED, at)]
            previous = case.ticket
        for case, first, reason in words:
            self._end(case, first, reason, now)
        for user, rows in confirmed.items():
            self._enter(user, rows, now)
        self._note_escalations(cases)

    @api.model
    def _end(self, case, first, reason, now):
        """Propose to cancel or to merge, and let the unit agree: by its login where it
        has one, else on paper."""
        ticket, dispatcher = case.ticket, self._user("dispatcher")
        proposed = case.reported + timedelta(minutes=12)
        answered = case.reported + timedelta(minutes=20)
        unit = self._user("unit")
        by_login = unit.partner_id.commercial_partner_id == case.system.unit_id
        proposal = self.env["om.ticket.proposal"].create(
            {
                "ticket_id": ticket.id,
                "kind": "merge" if first else "cancel",
                "duplicate_of_id": first.id if first else False,
                "reason": reason,
                "user_id": dispatcher.id,
                "proposed_on": proposed,
                "state": "agreed",
                "way": "login" if by_login else "paper",
                "person": unit.name if by_login else SIGNED_BY,
                "signed_on": not by_login and self._get_day(answered),
                "answered_on": answered,
                "answered_by_id": (unit if by_login else dispatcher).id,
            }
        )
        if not by_login:
            proposal.attachment_ids = self._make_scan(PAPER, proposal)
        if first:
            ticket._om_write_duplicate(first)
        self._enter(
            unit if by_login else dispatcher,
            {ticket: [(timeline.CANCELLED, answered)]},
            now,
            proposal._describe_word(),
        )

    @api.model
    def _get_day(self, moment):
        return beijing.day_of(moment)

    @api.model
    def _get_confirming(self, case):
        unit = self._user("unit")
        mine = unit.partner_id.commercial_partner_id == case.system.unit_id
        return unit if mine else self._user("dispatcher")

    @api.model
    def _note_escalations(self, cases):
        """Say who was told that a deadline had passed."""
        told = (self._user("manager") | self._user("dispatcher")).ids
        self.env["om.escalation.notice"].create(
            [
                {
                    "ticket_id": case.ticket.id,
                    "target": target,
                    "percent": 100,
                    "at": case.ticket[f"{target}_deadline"],
                    "user_ids": [(6, 0, told)],
                }
                for case in cases
                for target in ("respond", "onsite", "fix")
                if case.ticket.confirmed_at
                and case.ticket[f"{target}_status"] == "breached"
            ]
        )

    @api.model
    def _rate(self, cases):
        """Let users rate, and call the others."""
        model = self.env["ir.model"]._get_id("helpdesk.ticket")
        ratings = []
        dispatcher = self._user("dispatcher")
        for case in cases:
            ticket, row = case.ticket, case.row
            if not ticket.confirmed_at:
                continue
            if row["stars"]:
                ratings.append(
                    {
                        "res_model_id": model,
                        "res_id": ticket.id,
                        "rating": int(row["stars"]),
                        "consumed": True,
                        "partner_id": ticket.partner_id.id,
                        "rated_partner_id": ticket.user_id.partner_id.id,
                    }
                )
            if row["followup"]:
                sad = row["followup"] == "dissatisfied"
                ticket.write(
                    {
                        "followup_result": row["followup"],
                        "followup_note": sad and "修复时间超出承诺，影响工作。",
                    }
                )
                ticket.write(
                    {
                        "followup_on": ticket.confirmed_at + timedelta(hours=3),
                        "followup_user_id": dispatcher.id,
                    }
                )
        self.env["rating.rating"].create(ratings)

    @api.model
    def _note_downtimes(self, cases):
        """Enter when systems stood still, and causes that the contract excludes."""
        Downtime = self.env["om.downtime"]
        purchaser = self._user("purchaser")
        for case in cases:
            number = int(case.row["system"])
            excluded = EXCLUDED.get(number) if "pause" in case.fate else None
            if case.row["severity"] != "urgent" and not excluded:
                continue
            cause, decision, devices, note = excluded or (False, "none", 0, False)
            downtime = Downtime.create(
                {
                    "system_id": case.system.id,
                    "ticket_id": case.ticket.id,
                    "date_from": case.ticket.reported_at,
                    "date_to": case.ticket.fixed_at,
                    "device_count": devices,
                    "excluded_cause": cause,
                    "note": note,
                }
            )
            if cause:
                downtime.action_claim()
            if decision == "approved":
                downtime.with_user(purchaser).sudo().action_approve()
                downtime.approved_on = case.ticket.confirmed_at

    # ------------------------------------------------------------
    # Words
    # ------------------------------------------------------------

    @api.model
    def _talk(self, cases):
        """Leave what unit and engineer wrote to each other; nobody is notified."""
        comment = self.env.ref("mail.mt_comment").id
        values = []
        for case in cases:
            number = int(case.row["system"])
            if case.row["channel"] == "phone" and number in COMMENTS:
                question, answer = COMMENTS[number]
            elif case.fate == "kept" and number == 75:
                question, answer = COMMENTS[75]
            else:
                continue
            people = (case.ticket.partner_id, case.ticket.user_id.partner_id)
            minutes = (10, 25)
            for author, body, delay in zip(
                people, (question, answer), minutes, strict=True
            ):
                if not author:
                    # Nobody answered yet: the fault has no engineer.
                    continue
                values.append(
                    {
                        "model": "helpdesk.ticket",
                        "res_id": case.ticket.id,
                        "author_id": author.id,
                        "body": f"<p>{body}</p>",
                        "message_type": "comment",
                        "subtype_id": comment,
                        "date": case.reported + timedelta(minutes=delay),
                    }
                )
        self.env["mail.message"].create(values)

    @api.model
    def _tidy(self, cases):
        """Put the cards where they belong, and date what was noted on the way."""
        tickets = self.env["helpdesk.ticket"].union(*(case.ticket for case in cases))
        tickets._om_sync_stage()
        told = tickets.filtered(
            lambda ticket: ticket.severity == "urgent" and ticket.confirmed_at
        )
        told.with_user(self._user("dispatcher")).sudo().activity_feedback(
            ["om_helpdesk.mail_activity_type_major"], feedback=REPORTED_MAJOR
        )
        self.env.flush_all()
        for message in chain(told.message_ids, tickets.duplicate_id.message_ids):
            if message.message_type == "notification":
                ticket = tickets.browse(message.res_id)
                message.date = ticket.reported_at + timedelta(minutes=18)
