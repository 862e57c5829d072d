from pathlib import Path

from odoo import api, models
from odoo.tools import LazyTranslate

from odoo.addons.om_base.tools.acts import Act
from odoo.addons.om_helpdesk.models.om_sla_policy_register import LATER

from ..tools import engagements, register

_lt = LazyTranslate(__name__)
REGISTER_FOLDER = Path(__file__).parent.parent / "data" / "register"
SOURCE = "om_engagements.register"
ENGAGEMENTS_FOLDER = Path(__file__).parent.parent / "data" / "engagements"
DISTRICT = "北京市顺义区"


class OmSystem(models.Model):
    _inherit = "om.system"
    # What a document says of a contract's systems may come after its signature.
    _acts = {"enter": Act(_lt("Entered as the Contract's Document Says"))}


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

    @api.model
    def _load_engagement(self, name):
        """Load the systems, plans and posts of one of the other engagements.

        Its new systems join its contract, also one that was signed before; those of a
        contract that has begun begin with it. What people have changed since the last
        load stays, as in the register. Nothing is loaded for a contract that somebody
        has deleted.

        :param name: as in ``data/engagements/engagements.csv``
        """
        engagement = engagements.read_engagement(ENGAGEMENTS_FOLDER, name)
        contract = self.env.ref(engagement.contract, False)
        if not contract or not self.env.ref(engagement.purchaser, False):
            return
        data = engagements.build_engagement(ENGAGEMENTS_FOLDER, engagement)
        if not engagement.tender or not self.env.ref(engagement.tender, False):
            data["om.post"] = {}
        report = self._load(data, f"om_engagements.{name}")
        keys = data["om.system"].keys() & report.new_keys
        ids = [res_id for _model, res_id in self._resolve(keys).values()]
        self._join_contract(self.env["om.system"].sudo().browse(sorted(ids)), contract)

    @api.model
    def _join_contract(self, systems, contract):
        if not systems:
            return
        with systems.with_context(tracking_disable=True)._act("enter") as acting:
            acting.write({"agreement_id": contract.id})
        drafts = systems.filtered(lambda system: system.state == "draft")
        if drafts and contract.start_date and contract.state == "in_force":
            drafts.service_start = contract.start_date
            drafts.action_start()
