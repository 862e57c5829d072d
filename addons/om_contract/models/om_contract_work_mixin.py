from odoo import api, fields, models
from odoo.fields import Domain


class OmContractWorkMixin(models.AbstractModel):
    """What was done, or what happened, under a contract: that of its system then.

    A system goes from one year's contract to the next; a fault, an inspection or a
    part of the first stays there: its purchaser pays by them. So the contract is kept
    when the record is made or gets another system, and not looked up later. Only what
    has no contract yet, or that of a draft, follows its system (``_follow_systems``).
    The model has a ``system_id``.
    """

    _name = "om.contract.work.mixin"
    _description = "Work under a Contract"

    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        compute="_compute_agreement_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        # Outsiders read of contracts what their own pages show.
        groups="base.group_user",
    )
    is_my_contract = fields.Boolean(
        "My Contracts",
        compute="_compute_is_my_contract",
        search="_search_is_my_contract",
        groups="base.group_user",
        help="Of a contract that the user works for, or of none yet. Whoever works for"
        " no contract in particular sees all.",
    )

    @api.depends("agreement_id")
    @api.depends_context("uid")
    def _compute_is_my_contract(self):
        mine = self.env.user._get_working_contracts()
        for record in self:
            contract = record.agreement_id
            record.is_my_contract = not mine or not contract or contract in mine

    @api.model
    def _search_is_my_contract(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = self.env.user._get_working_contracts()
        wanted = (
            Domain("agreement_id", "in", [*mine.ids, False]) if mine else Domain.TRUE
        )
        return wanted if True in value else ~wanted

    @api.depends("system_id")
    def _compute_agreement_id(self):
        for record in self:
            record.agreement_id = record.system_id.agreement_id

    @api.model
    def _follow_systems(self, systems):
        """Give to the contract of these systems what no contract in force has yet."""
        # sudo: it follows from the link, whoever made it, on whatever lies there.
        records = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("system_id", "in", systems.ids),
                    "|",
                    ("agreement_id", "=", False),
                    ("agreement_id.state", "=", "draft"),
                ]
            )
        )
        self.env.add_to_compute(self._fields["agreement_id"], records)
        records._recompute_recordset(["agreement_id"])
