from decimal import Decimal

from odoo import api, models

from ..tools.fees import Effort, split_fees, weigh

# Once done, what became of the contracts is their owners' business.
DONE = "om_engagements.contracts_loaded"
# What was bid is not public. Below the ceiling of 77,133,300.00 yuan.
EXAMPLE_PRICE = Decimal("76850000.00")
EXAMPLE_NOTE = (
    "示例分项报价：中标价与分项报价未公开。本价格低于最高限价 77,133,300.00 元，"
    "按设备数、驻场人数、全年巡检次数、系统类别、等保级别和服务天数加权分摊到各系统，"
    "取整到元，最后一个系统取余数。"
)
# The example prices weigh a working day as a day.
PERIODS = {
    "day": 365,
    "workday": 365,
    "week": 52,
    "month": 12,
    "quarter": 4,
    "year": 1,
}
# {contract: the promises that its document prints}
PROMISES = {
    "shunyi": ("default",),
    "bda": ("bda_office", "bda_low_voltage"),
    "emergency": ("emergency_important", "emergency_general"),
    "changning": ("changning",),
}


class OmEngagementLoader(models.AbstractModel):
    """Completes the engagements' contracts: milestones, systems, example prices.

    What it is: the step between the CSV files of this add-on (``data/``, read by
    ``tools/``) and contracts in force.

    How to use it: it runs when the add-on is installed, once per database; files are
    loaded again with each upgrade by ``om.register.loader``, which keeps what people
    changed.

    How it works: it calls the acts that a person would call.
    """

    _name = "om.engagement.loader"
    _description = "Loading of the Engagements' Contracts"

    @api.model
    def _load_contracts(self):
        """Complete the contracts that this add-on ships, once per database."""
        parameters = self.env["ir.config_parameter"].sudo()
        if parameters.get_param(DONE):
            return
        quiet = self._in_chinese().with_context(tracking_disable=True)
        quiet._give_promises()
        quiet._price_systems()
        contracts = quiet._get_contracts().filtered(
            lambda contract: contract.state == "draft" and not contract.milestone_ids
        )
        contracts.action_make_milestones()
        bda = quiet._get("bda")
        if bda.state == "draft":
            # Signed by both sides on 2024-03-15, and its service is over.
            bda.action_activate()
            bda._cron_expire()
        parameters.set_param(DONE, "1")

    @api.model
    def _in_chinese(self):
        """This in the language of the documents, if the database has it: a data load
        has none of its own, and what it names keeps its name."""
        known = self.env["res.lang"]._get_data(code="zh_CN")
        return self.with_context(lang="zh_CN") if known else self

    @api.model
    def _get(self, name):
        """Return the contract ``name``, an empty recordset if it was deleted."""
        contract = self.env.ref(f"om_engagements.agreement_{name}", False)
        return contract or self.env["agreement"]

    @api.model
    def _get_contracts(self):
        names = ("shunyi", "bda", "tongzhou", "emergency", "changning")
        return self.env["agreement"].union(*map(self._get, names))

    @api.model
    def _give_promises(self):
        """Give the shipped promises to the contracts whose documents print them.

        Nobody's choice is overruled: what has a contract, or is promised to a system of
        another one, stays. Tongzhou's document prints no times.
        """
        for name, promises in PROMISES.items():
            contract = self._get(name)
            for key in promises:
                policy = self.env.ref(f"om_helpdesk.om_sla_policy_{key}", False)
                if not policy or not contract or policy.agreement_id:
                    continue
                if policy.system_ids.agreement_id <= contract:
                    policy.agreement_id = contract
        shunyi, default = self._get("shunyi"), self._get_shipped_default()
        if default.agreement_id == shunyi and not shunyi.default_policy_id:
            default.is_default = True
        tongzhou = self._get("tongzhou")
        if not tongzhou.sla_policy_ids:
            tongzhou.no_promise = True

    @api.model
    def _get_shipped_default(self):
        default = self.env.ref("om_helpdesk.om_sla_policy_default", False)
        return default or self.env["om.sla.policy"]

    @api.model
    def _price_systems(self):
        """Give the register's systems to their contract, with example fees."""
        contract = self._get("shunyi")
        systems = self._get_systems(contract)
        if contract.state != "draft" or contract.amount_total or not systems:
            return
        fees = split_fees(EXAMPLE_PRICE, [weigh(self._get_effort(s)) for s in systems])
        contract.amount_total = float(EXAMPLE_PRICE)
        systems.agreement_id = contract
        for system, fee in zip(systems, fees, strict=True):
            system.annual_fee = float(fee)
        contract._message_log_batch(bodies=dict.fromkeys(contract.ids, EXAMPLE_NOTE))

    @api.model
    def _get_systems(self, contract):
        """Return the register's systems that no contract has yet, in its order."""
        keys = self.env["ir.model.data"].search(
            [
                ("module", "=", "om_engagements"),
                ("model", "=", "om.system"),
                ("name", "=like", r"system\_%"),
            ]
        )
        return self.env["om.system"].search(
            [
                ("id", "in", keys.mapped("res_id")),
                ("agreement_id", "=", False),
                ("company_id", "=", contract.company_id.id),
            ],
            order="sequence_no",
        )

    @api.model
    def _get_effort(self, system):
        inspections = sum(
            plan.times * PERIODS[plan.per] // plan.every
            for plan in system.inspection_plan_ids
        )
        category = system.category_id.with_context(lang="zh_CN").name
        return Effort(
            category=category or "",
            devices=int(sum(system.hardware_line_ids.mapped("quantity"))),
            staff=system.onsite_staff,
            inspections=inspections,
            level=int(system.mlps_level or 0),
            days=(system.service_end - system.service_start).days + 1,
        )
