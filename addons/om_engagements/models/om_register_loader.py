from pathlib import Path

from odoo import api, models

from odoo.addons.om_helpdesk.models.om_sla_policy_register import LATER

from ..tools import register

REGISTER_FOLDER = Path(__file__).parent.parent / "data" / "register"
SOURCE = "om_engagements.register"
DISTRICT = "北京市顺义区"


class OmRegisterLoader(models.AbstractModel):
    _inherit = "om.register.loader"

    @api.model
    def _load_engagements(self):
        """Load the register that this add-on ships; runs at every upgrade."""
        units = register.read_table(REGISTER_FOLDER / "units.csv")
        rows = register.read_register(REGISTER_FOLDER)
        loader = self
        if not self.env.ref("om_engagements.agreement_shunyi", False):
            # What is promised is known with the contract, which comes after.
            loader = self.with_context(om_sla_later=LATER)
        loader._load_register(units, rows, "om_engagements.", SOURCE)

    @api.model
    def _load_register(
        self, units, rows, prefix, source, code_prefix="SY2026/", district=DISTRICT
    ):
        """Load user units and a register of their systems; return the report.

        :param units: rows of units.csv
        :param rows: systems as ``tools.register.read_register`` returns them
        :param prefix: start of the external ids, such as ``om_engagements.``; another
            prefix, source and code prefix load another copy
        :param source: name under which the load remembers what it loaded
        """
        keys = {unit["name"]: f"{prefix}unit_{unit['key']}" for unit in units}
        data = register.build_units(units, district, prefix)
        data.update(register.build_systems(rows, keys, prefix, code_prefix))
        return self._load(data, source)
