from odoo import api, models
from odoo.exceptions import LockError, UserError
from odoo.tools import format_list

# In the context of the acts that may write what nobody may write by hand. An object: no
# client can send it.
CONTRACT_ACT = object()


class OmContractGuardMixin(models.AbstractModel):
    """Records with fields that only their acts may write, over RPC too."""

    _name = "om.contract.guard.mixin"
    _description = "Fields That Only Acts May Write"

    # Names of the fields, and of computed ones that decide money or deadlines.
    _guarded_fields = frozenset()

    def _acting(self):
        """These records in the context of an act."""
        return self.with_context(om_contract_act=CONTRACT_ACT)

    @api.model
    def _is_acting(self):
        return self.env.context.get("om_contract_act") is CONTRACT_ACT

    def _lock(self):
        """Lock the rows, or tell who comes second that somebody is at it."""
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is changing this at the moment: %s. Load the page"
                    " again and see what they did before you go on.",
                    format_list(self.env, self.mapped("display_name")[:5]),
                )
            ) from error

    def _check_state(self, *states):
        """Raise unless all these records are in one of ``states``."""
        wrong = self.filtered(lambda record: record.state not in states)[:1]
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(name)s” is “%(state)s”; this needs: %(states)s.",
                    name=wrong.display_name,
                    state=labels[wrong.state],
                    states=format_list(
                        self.env, [labels[state] for state in states], "or"
                    ),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_acting():
            for vals in vals_list:
                self._check_guarded(
                    name
                    for name, value in vals.items()
                    if name in self._guarded_fields
                    and value
                    and value != self._get_guarded_default(name)
                )
        return super().create(vals_list)

    def write(self, vals):
        if not self._is_acting():
            self._check_guarded(vals)
        return super().write(vals)

    @api.model
    def _get_guarded_default(self, name):
        """What a new record may have in a guarded field."""
        field = self._fields[name]
        if not field.default:
            return None
        # As callers write it: a user's id, not the user.
        return field.convert_to_write(field.default(self), self)

    @api.model
    def _check_guarded(self, names):
        guarded = sorted(self._guarded_fields.intersection(names))
        if guarded:
            labels = self.fields_get(guarded, ["string"])
            raise UserError(
                self.env._(
                    "%(fields)s (%(model)s): this follows from other facts or is set by"
                    " a button that checks it; it is not written by hand.",
                    fields=format_list(
                        self.env,
                        [labels.get(name, {}).get("string", name) for name in guarded],
                    ),
                    model=self._description,
                )
            )
