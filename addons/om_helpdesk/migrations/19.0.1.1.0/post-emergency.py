"""The emergency centre's promises as its contract has them: no lunch break, the moment
of the report decides, handling runs from the actual response.

A calendar or a note that somebody has changed stays.
"""

import json

from odoo import SUPERUSER_ID, api

NOTE = {
    "en_US": "The contract promises by class of system and time of day, not by"
    " severity. The moment of the report decides between working and off hours, for"
    " both times."
    " Handling does not include the response: its clock starts with the response,"
    " provisionally when the response is due. The contract prints no working hours:"
    " those of the calendar are an example, to be agreed.",
    "zh_CN": "该合同按系统类别和时段约定，不按故障等级。响应和处理均以报修时刻判定"
    "工作时间或非工作时间。故障处理时间不包含响应时间：自实际响应起算，尚未响应的暂自"
    "响应时限届满时起算。合同未写明工作时间：服务日历中的时间为示例，以双方约定为准。",
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    old, new = (
        env.ref(f"om_helpdesk.om_service_calendar_{name}", raise_if_not_found=False)
        for name in ("5x8", "emergency")
    )
    for name in ("important", "general"):
        policy = env.ref(
            f"om_helpdesk.om_sla_policy_emergency_{name}", raise_if_not_found=False
        )
        if not policy:
            continue
        if old and new and policy.calendar_id == old:
            policy.calendar_id = new
        # Past the ORM, which would write both languages in turn.
        cr.execute(
            "UPDATE om_sla_policy SET note = note || %s::jsonb WHERE id = %s"
            " AND note->>'en_US' LIKE '%%at the latest when the response is due.'",
            [json.dumps(NOTE), policy.id],
        )
        policy.invalidate_recordset(["note"])
