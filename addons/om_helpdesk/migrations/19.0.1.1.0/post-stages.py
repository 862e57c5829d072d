"""Stages that databases of the release before have, in the words of this one.

Merged and cancelled faults keep their state: how they ended was right then.
"""

import json

from odoo import SUPERUSER_ID, api

# {state: (name of the release before, names of this one)}
NAMES = {
    "new": ("New", {"en_US": "To Dispatch", "zh_CN": "待派单"}),
    # Of faults and service requests alike: none of them says what was repaired.
    "fixed": ("Fixed", {"en_US": "To Confirm", "zh_CN": "待确认"}),
}
MODELS = (
    "helpdesk.ticket",
    "helpdesk.ticket.stage",
    "om.ticket.event",
    "om.ticket.act",
)
SEQUENCES = {"proposed": 5, "fixed": 6, "confirmed": 7, "cancelled": 8}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for state, (before, names) in NAMES.items():
        stage = env.ref(
            f"om_helpdesk.helpdesk_ticket_stage_{state}", raise_if_not_found=False
        )
        if stage:
            # Past the ORM, which would write the Chinese name into English where
            # English is not in use.
            cr.execute(
                "UPDATE helpdesk_ticket_stage SET name = name || %s::jsonb"
                " WHERE id = %s AND name->>'en_US' IN %s",
                [json.dumps(names), stage.id, (before, names["en_US"])],
            )
            stage.invalidate_recordset(["name"])
    # An upgrade keeps the translation of a label whose English has changed.
    for words in (
        *(names for _before, names in NAMES.values()),
        {"en_US": "Done", "zh_CN": "已完成"},
    ):
        cr.execute(
            "UPDATE ir_model_fields_selection s SET name = s.name || %s::jsonb"
            " FROM ir_model_fields f WHERE f.id = s.field_id AND f.model IN %s"
            " AND s.name->>'en_US' = %s AND s.name ? 'zh_CN'",
            [json.dumps({"zh_CN": words["zh_CN"]}), MODELS, words["en_US"]],
        )
    cr.execute(
        "UPDATE ir_model SET name = name || %s::jsonb"
        " WHERE model = 'helpdesk.ticket' AND name ? 'zh_CN'",
        [json.dumps({"zh_CN": "工单"})],
    )
    cr.execute(
        "UPDATE ir_model_fields SET field_description = field_description || %s::jsonb"
        " WHERE model = 'om.ticket.act' AND name = 'duplicate_of_id'"
        " AND field_description ? 'zh_CN'",
        [json.dumps({"zh_CN": "继续办理的故障"})],
    )
    for state, sequence in SEQUENCES.items():
        stage = env.ref(
            f"om_helpdesk.helpdesk_ticket_stage_{state}", raise_if_not_found=False
        )
        if stage:
            stage.sequence = sequence
