from functools import partial

from odoo import models


class OmRuleAccessMixin(models.AbstractModel):
    """Lets the client hide what a record rule forbids anyway.

    Views offer "New", "Edit" and "Delete" by the access list alone: where the list is
    wide (Odoo gives some models to every employee) and rules narrow it to nothing, a
    person types a whole form and is refused at the end. Asked without records, a model
    with this mixin also says no when the rules, or :meth:`_is_barred`, leave nothing.
    """

    _name = "om.rule.access.mixin"
    _description = "Access as the Rules Leave It"

    def _check_access(self, operation):
        refused = super()._check_access(operation)
        if refused or self.env.su or any(self._ids):
            return refused
        rules = self.env["ir.rule"]
        if rules._compute_domain(self._name, operation).is_false() or self._is_barred(
            operation
        ):
            return self, partial(rules._make_access_error, operation, self)
        return None

    def _is_barred(self, operation):
        """Whether the person may not do this to any record of the present page: a
        hook for what the rules say of some records only."""
        return False
