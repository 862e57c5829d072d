from odoo import models

from ..engine.questions import REQUIRED


class Base(models.AbstractModel):
    _inherit = "base"

    def _additional_allowed_keys_properties_definition(self):
        # Odoo keeps in a form's definition what it is told of.
        return (*super()._additional_allowed_keys_properties_definition(), REQUIRED)
