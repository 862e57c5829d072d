from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine import mlps

# How long before the day an assessment counts as due soon: time to order and do it.
SOON_DAYS = 90
# States of the register in which no assessment is owed.
EXEMPT_STATES = ("not_required",)


class OmSystem(models.Model):
    _inherit = "om.system"

    mlps_assessment_ids = fields.One2many(
        "om.mlps.assessment", "system_id", string="MLPS Assessments"
    )
    mlps_assessment_count = fields.Integer(
        "Assessments", compute="_compute_mlps_assessment_count"
    )
    mlps_register_state = fields.Char()
    mlps_register_year = fields.Integer(aggregator=False)
    mlps_state = fields.Selection(
        [
            ("done", "Assessed"),
            ("never", "Never Assessed"),
            ("not_required", "Not Required"),
            ("unknown", "Unknown"),
        ],
        string="MLPS Assessment",
        tracking=True,
        compute="_compute_mlps_state",
        inverse="_inverse_mlps_state",
        store=True,
        readonly=False,
        compute_sudo=True,
    )
    mlps_last_year = fields.Integer(
        "Last Assessed In",
        aggregator=False,
        compute="_compute_mlps_last_year",
        inverse="_inverse_mlps_last_year",
        store=True,
        readonly=False,
        compute_sudo=True,
    )
    mlps_filing_no = fields.Char(
        "MLPS Filing No.",
        tracking=True,
        help="Number of the certificate with which the police registered the system.",
    )
    mlps_last_date = fields.Date(
        "Last Assessed On",
        compute="_compute_mlps_last_date",
        store=True,
        compute_sudo=True,
        help="Day of the last assessment that is finished.",
    )
    mlps_due_override = fields.Date(
        "Agreed Due Day",
        tracking=True,
        copy=False,
        help="Instead of the day that the level's interval gives. Holds until the next"
        " assessment.",
    )
    mlps_next_due = fields.Date(
        "MLPS Due",
        compute="_compute_mlps_next_due",
        store=True,
        compute_sudo=True,
        index="btree_not_null",
        help="Last day for the next assessment: level 3 every year, level 2 every two"
        " years after the last. Systems that were never assessed are due from their"
        " first day of service.",
    )
    mlps_due_status = fields.Selection(
        [
            ("overdue", "Overdue"),
            ("soon", "Due Soon"),
            ("later", "Later"),
            ("none", "Not Due"),
        ],
        string="MLPS Status",
        compute="_compute_mlps_due_status",
        search="_search_mlps_due_status",
        help="Due soon: within 90 days.",
    )

    @api.depends("mlps_assessment_ids")
    def _compute_mlps_assessment_count(self):
        counts = dict(
            self.env["om.mlps.assessment"]._read_group(
                [("system_id", "in", self.ids)], ["system_id"], ["__count"]
            )
        )
        for system in self:
            system.mlps_assessment_count = counts.get(system._origin, 0)

    @api.depends("mlps_assessment_ids.date", "mlps_assessment_ids.state")
    def _compute_mlps_last_date(self):
        for system in self:
            done = system.mlps_assessment_ids.filtered(lambda a: a.state == "done")
            system.mlps_last_date = max(
                filter(None, done.mapped("date")), default=False
            )

    @api.depends("mlps_last_date", "mlps_register_state")
    def _compute_mlps_state(self):
        for system in self:
            said = system.mlps_register_state
            assessed = system.mlps_last_date and said not in EXEMPT_STATES
            system.mlps_state = "done" if assessed else said

    def _inverse_mlps_state(self):
        for system in self:
            system.mlps_register_state = system.mlps_state

    @api.depends("mlps_last_date", "mlps_register_year")
    def _compute_mlps_last_year(self):
        for system in self:
            last = system.mlps_last_date
            system.mlps_last_year = max(
                system.mlps_register_year, last.year if last else 0
            )

    def _inverse_mlps_last_year(self):
        for system in self:
            system.mlps_register_year = system.mlps_last_year

    @api.depends(
        "mlps_level",
        "mlps_state",
        "mlps_last_year",
        "mlps_last_date",
        "mlps_due_override",
        "service_start",
    )
    def _compute_mlps_next_due(self):
        for system in self:
            system.mlps_next_due = system._get_mlps_next_due()

    def _get_mlps_next_due(self):
        """Return the last day for the next assessment; False if none is owed."""
        self.ensure_one()
        if not self.mlps_level or self.mlps_state in EXEMPT_STATES:
            return False
        last = self.mlps_last_date or None
        agreed = self.mlps_due_override
        if agreed and not (last and agreed <= last):
            return agreed
        due = mlps.next_due(self.mlps_level, last, self.mlps_last_year or None)
        if not due and self.mlps_state == "never":
            return self.service_start
        return due or False

    @api.depends("mlps_next_due", "state")
    def _compute_mlps_due_status(self):
        today = self.env["maintenance.equipment"]._get_ledger_today()
        soon = today + relativedelta(days=SOON_DAYS)
        for system in self:
            due = system.mlps_next_due
            if not due or system.state == "stopped":
                system.mlps_due_status = "none"
            elif due < today:
                system.mlps_due_status = "overdue"
            else:
                system.mlps_due_status = "soon" if due <= soon else "later"

    @api.model
    def _search_mlps_due_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = self._get_mlps_status_domains()
        wanted = [domains[status] for status in value if status in domains]
        return Domain.OR(wanted) if wanted else Domain.FALSE

    @api.model
    def _get_mlps_status_domains(self):
        """Return {status: domain} as :meth:`_compute_mlps_due_status` decides today."""
        today = self.env["maintenance.equipment"]._get_ledger_today()
        soon = today + relativedelta(days=SOON_DAYS)
        owed = Domain("mlps_next_due", "!=", False) & Domain("state", "!=", "stopped")
        return {
            "overdue": owed & Domain("mlps_next_due", "<", today),
            "soon": owed
            & Domain("mlps_next_due", ">=", today)
            & Domain("mlps_next_due", "<=", soon),
            "later": owed & Domain("mlps_next_due", ">", soon),
            "none": ~owed,
        }

    # ------------------------------------------------------------
    # What the contract pays for
    # ------------------------------------------------------------

    @api.model
    def get_mlps_overview(self):
        """Return, per level, what is owed and what the contract pays for.

        A list of dicts with ``level``, ``label``, ``systems`` (of this level, in
        service), ``overdue``, ``soon``, ``done`` (assessments finished this year),
        ``planned`` (this year's, not finished) and ``cap`` (how many assessments the
        contract pays for; 0: not said).
        """
        Assessment = self.env["om.mlps.assessment"]
        today = self.env["maintenance.equipment"]._get_ledger_today()
        served = Domain("state", "!=", "stopped") & Domain("mlps_level", "!=", False)
        systems = dict(self._read_group(served, ["mlps_level"], ["__count"]))
        by_status = {
            status: dict(
                self._read_group(
                    served & Domain("mlps_due_status", "=", status),
                    ["mlps_level"],
                    ["__count"],
                )
            )
            for status in ("overdue", "soon")
        }
        paid = {
            (level, state): count
            for level, state, count in Assessment._read_group(
                [
                    ("date", ">=", today.replace(month=1, day=1)),
                    ("date", "<=", today.replace(month=12, day=31)),
                    ("paid_by_contract", "=", True),
                ],
                ["level", "state"],
                ["__count"],
            )
        }
        labels = self._om_labels("mlps_level")
        caps = self._get_mlps_caps()
        return [
            {
                "level": level,
                "label": labels[level],
                "systems": systems.get(level, 0),
                "overdue": by_status["overdue"].get(level, 0),
                "soon": by_status["soon"].get(level, 0),
                "done": paid.get((level, "done"), 0),
                "planned": paid.get((level, "planned"), 0)
                + paid.get((level, "running"), 0),
                "cap": caps[level],
            }
            for level in ("3", "2")
        ]

    @api.model
    def _get_mlps_caps(self):
        """Return {level: how many assessments are paid for}; 0: not said."""
        company = self.env.company
        return {"2": company.mlps_cap_level2, "3": company.mlps_cap_level3}

    def action_plan_mlps(self):
        """Plan the next assessment of these systems, once each; return their list."""
        Assessment = self.env["om.mlps.assessment"]
        today = Assessment._get_today()
        owed = self.filtered(lambda s: s.mlps_next_due and s.state != "stopped")
        open_systems = Assessment.search(
            [("system_id", "in", owed.ids), ("state", "!=", "done")]
        ).system_id
        Assessment.create(
            [
                {
                    "system_id": system.id,
                    "level": system.mlps_level,
                    "date": max(system.mlps_next_due, today),
                    "paid_by_contract": system.mlps_scope != "out_of_scope",
                }
                for system in owed - open_systems
            ]
        )
        return self.action_view_mlps_assessments()

    def action_view_mlps_assessments(self):
        """Return the list of the assessments of these systems."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_mlps_assessment_action"
        )
        action["domain"] = [("system_id", "in", self.ids)]
        action["context"] = {"default_system_id": self.id} if len(self) == 1 else {}
        return action

    # ------------------------------------------------------------
    # Reminders
    # ------------------------------------------------------------

    def _get_mlps_responsible(self):
        self.ensure_one()
        return self.user_id or self.company_id.mlps_user_id

    def _hand_over_mlps_reminders(self, before):
        """Give the open reminders of whoever was responsible to who is so now.

        A reminder that its owner passed on to somebody else stays there.

        :param before: {system: the user who was responsible}
        """
        to_move = {}
        for reminder in self.sudo()._get_mlps_reminders(self.ids):
            system = self.browse(reminder.res_id).with_prefetch(self.ids)
            user = system._get_mlps_responsible()
            if user and reminder.user_id == before[system] != user:
                to_move.setdefault(user, []).append(reminder.id)
        for user, ids in to_move.items():
            # Who may change the responsible may change whom the reminder asks.
            self.env["mail.activity"].sudo().browse(ids).user_id = user

    @api.model
    def _get_mlps_reminders(self, ids=None):
        """Return the reminders that are open, of some systems or of all."""
        kind = self.env.ref("om_assets.mail_activity_type_mlps")
        domain = Domain("res_model", "=", self._name)
        domain &= Domain("activity_type_id", "=", kind.id)
        if ids is not None:
            domain &= Domain("res_id", "in", ids)
        return self.env["mail.activity"].search(domain)
