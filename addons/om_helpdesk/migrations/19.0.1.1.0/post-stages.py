"""Stages that databases of the release before have, in the words of this one.

Merged and cancelled faults keep their state: how they ended was right then.
"""

import json

from odoo import SUPERUSER_ID, api

NAMES = {"en_US": "To Dispatch", "zh_CN": "待派单"}
SEQUENCES = {"proposed": 5, "fixed": 6, "confirmed": 7, "cancelled": 8}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    new = env.ref("om_helpdesk.helpdesk_ticket_stage_new", raise_if_not_found=False)
    if new:
        # Past the ORM, which would write the Chinese name into English where English
        # is not in use.
        cr.execute(
            "UPDATE helpdesk_ticket_stage SET name = name || %s::jsonb"
            " WHERE id = %s AND name->>'en_US' = 'New'",
            [json.dumps(NAMES), new.id],
        )
        new.invalidate_recordset(["name"])
    # An upgrade keeps the translation of a label whose English has changed.
    cr.execute(
        "UPDATE ir_model_fields_selection SET name = name || %s::jsonb"
        " WHERE name->>'en_US' = 'To Dispatch' AND name ? 'zh_CN'",
        [json.dumps({"zh_CN": NAMES["zh_CN"]})],
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
