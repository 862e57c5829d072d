from odoo import fields


class DocumentReference(fields.Many2oneReference):
    """The number of a document of any model, as a message or a follower has it.

    Odoo's own field, entered in time: each of the hundred models with messages has two
    lists of them, and Odoo prepares all of these lists anew for each message that is
    created. This one asks those of the document's own model which anybody has read.
    """

    def _update_inverses(self, records, value):
        if not value:
            return
        by_model = self._record_ids_per_res_model(records)
        for inverse in records.pool.field_inverses[self]:
            if inverse.model_name not in by_model:
                continue
            document = records.env[inverse.model_name].browse(value)
            known = inverse._get_cache(records.env).get(document.id)
            if known is None and document.id:
                continue
            added = records.browse(by_model[inverse.model_name]).filtered_domain(
                inverse.get_comodel_domain(document)
            )
            ids = dict.fromkeys((*(known or ()), *added._ids))
            inverse._update_cache(document, tuple(ids))
