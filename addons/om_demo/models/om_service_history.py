from datetime import datetime, time, timedelta

from odoo import api, fields, models

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_helpdesk.engine import timeline

WHY = "演示数据：按当天记录补录"


class OmServiceHistory(models.AbstractModel):
    """What was asked for beside repairs: a request in each state, and two meetings that
    need the same people."""

    _name = "om.service.history"
    _inherit = "om.demo"
    _description = "Invented Service Requests"

    @api.model
    def _play(self):
        self._ask_for_meetings()
        self._ask_for_the_rest()

    @api.model
    def _ask(self, item, system, name, days=0, **values):
        """A request that was asked for so many days ago."""
        asked = fields.Datetime.now() - timedelta(days=days, minutes=5)
        return self.env["helpdesk.ticket"].create(
            {
                "name": name,
                "description": f"<p>{name}</p>",
                "service_item_id": self.env.ref(f"om_engagements.service_{item}").id,
                "system_id": self.env.ref(f"om_engagements.{system}").id,
                "reported_at": asked,
                "user_id": False,
                **values,
            }
        )

    @api.model
    def _ask_for_meetings(self):
        """Two meetings of the emergency centre at one time, in this week if it has a
        day left: two video engineers are on duty, and each needs two."""
        today = beijing.today()
        day = today + timedelta(days=1 if today.weekday() < 6 else 0)
        start = beijing.to_stored(datetime.combine(day, time(10)))
        start = max(start, fields.Datetime.now())
        on_duty = self.env["om.roster.shift"].search(
            [
                ("post_id", "=", self.env.ref("om_staffing.post_emergency_video").id),
                ("start", "<=", start),
                ("stop", ">", start),
            ]
        )
        system = "emergency_system_001"
        first = self._ask(
            "emergency_meeting",
            system,
            "视频调度周例会",
            request_start=start,
            room_id=self.env.ref("om_engagements.room_emergency_hall").id,
            employee_ids=[(6, 0, on_duty.employee_id.ids[:2])],
            request_form={"places": "示例会场甲、乙、丙"},
        )
        first.user_id = self.env.ref("om_base.demo_user_engineer")
        self._ask(
            "emergency_meeting",
            system,
            "专题视频会商",
            request_start=start + timedelta(minutes=30),
            request_form={"places": "示例会场丁、戊"},
            room_id=self.env.ref("om_engagements.room_emergency_consultation").id,
        )

    @api.model
    def _ask_for_the_rest(self):
        engineer = self.env.ref("om_base.demo_user_engineer")
        self._ask(
            "shunyi_complaint_guidance",
            "system_036",
            "诱导屏车位信息投诉核实",
            request_form={"number": "示例工单001"},
        )
        held = self._ask(
            "shunyi_meeting",
            "system_013",
            "分局月度视频会议",
            4,
            request_start=fields.Datetime.now() - timedelta(days=3),
            user_id=engineer.id,
            request_form={"places": "示例分会场甲"},
        )
        held.check_ids.result = "pass"
        held.solution = "会前测试正常，点名齐全，会议期间系统运行正常。"
        self._enter(held, 3, timeline.RESPONDED, timeline.FIXED, timeline.CONFIRMED)
        recorded = fields.Datetime.now() - timedelta(days=3)
        video = self._ask(
            "shunyi_bus_video",
            "system_074",
            "协助调取车辆录像",
            2,
            user_id=engineer.id,
            request_form={
                "vehicle": "示例车辆01",
                "begins": fields.Datetime.to_string(recorded),
                "ends": fields.Datetime.to_string(recorded + timedelta(hours=1)),
            },
        )
        video.solution = "已按要求调取并移交。"
        self._enter(video, 1, timeline.RESPONDED, timeline.FIXED)
        waiting = self._ask(
            "shunyi_bus_connection",
            "system_074",
            "新车接入调试",
            2,
            user_id=engineer.id,
            request_form={"vehicle": "示例车辆02"},
        )
        self._enter(waiting, 1, timeline.RESPONDED)
        self.env["om.ticket.pause"].create(
            {
                "ticket_id": waiting.id,
                "kind": "user",
                "reason": "新车尚未到位",
                "date_from": fields.Datetime.now(),
            }
        )
        ordered = self._ask(
            "shunyi_beyond",
            "system_029",
            "新增示例路口视频接入",
            1,
            user_id=engineer.id,
        )
        self._enter(ordered, 0, timeline.RESPONDED)
        changed = self._ask(
            "shunyi_beyond",
            "system_075",
            "新增示例报表",
            1,
            user_id=engineer.id,
        )
        self._enter(changed, 0, timeline.RESPONDED)
        poles = self._ask(
            "shunyi_old_poles",
            "system_029",
            "示例路口废弃线杆清除",
            request_form={"place": "示例路口东南角"},
        )
        poles._om_cancel("现场核实：线杆在用，无需清除")

    @api.model
    def _enter(self, ticket, days, *kinds):
        """Enter what happened so many days ago, a few minutes between."""
        at = fields.Datetime.now() - timedelta(days=days, minutes=4)
        for minutes, kind in enumerate(kinds):
            ticket._om_act(kind, at + timedelta(minutes=minutes), WHY)
