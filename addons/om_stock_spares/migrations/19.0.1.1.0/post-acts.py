import json

from odoo.addons.om_base.upgrade import begin_ledgers

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


def migrate(cr, version):
    """Begin the ledger of documents that are older than it."""
    # An upgrade keeps the translation of a label whose English has changed.
    cr.execute(
        "UPDATE ir_model_fields SET field_description = field_description || %s::jsonb"
        " WHERE model = 'om.spare.confirmation' AND name = 'user_id'"
        " AND field_description ? 'zh_CN'",
        [json.dumps({"zh_CN": "录入人"})],
    )
    begin_ledgers(cr, MODELS)
