from odoo import models

# Where a document's contract stands, the nearest first.
CONTRACT_PATHS = (
    "agreement_id",
    "deduction_id.agreement_id",
    "milestone_id.agreement_id",
    "bond_id.agreement_id",
    "amendment_id.agreement_id",
    "list_id.agreement_id",
    "request_id.agreement_id",
    "settlement_id.agreement_id",
    "system_id.agreement_id",
    "om_system_id.agreement_id",
    "ticket_id.system_id.agreement_id",
    "inspection_id.system_id.agreement_id",
)


class OmActMixin(models.AbstractModel):
    """The seal over a document's acts is that of its contract."""

    _inherit = "om.act.mixin"

    def _get_sealing_bodies(self):
        # sudo: the job that seals asks for all documents.
        documents = self.sudo().with_context(active_test=False).exists()
        if self._name == "agreement":
            return {document.id: document for document in documents}
        bodies = super()._get_sealing_bodies()
        paths = [path for path in CONTRACT_PATHS if self._leads_to_contract(path)]
        for document in documents:
            contract = next(
                (found for path in paths if (found := document.mapped(path)[:1])), None
            )
            if contract:
                bodies[document.id] = contract
        return bodies

    def _leads_to_contract(self, path):
        model = self
        for name in path.split("."):
            field = model._fields.get(name)
            if field is None or not field.relational:
                return False
            model = self.env[field.comodel_name]
        return model._name == "agreement"
