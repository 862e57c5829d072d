from odoo import api, models

# Once made, the schemes are their owners' business.
DONE = "om_engagements.indicator_schemes"
NAME = "%s：登记表指标（草稿，分值待约定）"
NOTE = (
    "登记表中本单位各系统的考核指标。系统能测量的由记录得出，其余人工评定；"
    "招标文件没有印出分值和扣款，分值为 0，待各方在管理备忘录中约定。"
)


class OmRegisterLoader(models.AbstractModel):
    _inherit = "om.register.loader"

    @api.model
    def _load_indicators(self):
        """Make a draft scheme for each unit whose systems have indicators, with them,
        once per database; runs at every upgrade."""
        parameters = self.env["ir.config_parameter"].sudo()
        contract = self.env.ref("om_engagements.agreement_shunyi", False)
        if parameters.get_param(DONE) or not contract:
            return
        systems = contract.system_ids.filtered("kpi_ids").sorted("sequence_no")
        for unit, own in systems.grouped("unit_id").items():
            scheme = self.env["om.assessment.scheme"].create(
                {
                    "name": NAME % unit.name,
                    "agreement_id": contract.id,
                    "sequence": 90,
                    "note": NOTE,
                }
            )
            scheme._take_indicators(own)
        parameters.set_param(DONE, "1")
