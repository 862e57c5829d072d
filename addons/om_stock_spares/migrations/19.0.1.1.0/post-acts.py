import json

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

# Documents of facts, those before that others name.
MODELS = (
    "om.spare.list",
    "om.spare.quota",
    "om.spare.request",
    "om.dismantled.part",
    "om.spare.repair",
    "om.spare.check",
    "om.spare.swap",
    "om.spare.settlement",
    "om.spare.handover",
    "om.spare.count",
    "om.spare.compatibility",
    "om.spare.compatibility.line",
)
AT_ONCE = 1000


def migrate(cr, version):
    """Begin the ledger of documents that are older than it."""
    # An upgrade keeps the translation of a label whose English has changed.
    cr.execute(
        "UPDATE ir_model_fields SET field_description = field_description || %s::jsonb"
        " WHERE model = 'om.spare.confirmation' AND name = 'user_id'"
        " AND field_description ? 'zh_CN'",
        [json.dumps({"zh_CN": "录入人"})],
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in MODELS:
        records = env[name].with_context(active_test=False).search([], order="id")
        for ids in split_every(AT_ONCE, records.ids):
            env[name].browse(ids)._take_over()
            env.flush_all()
            env.invalidate_all()
