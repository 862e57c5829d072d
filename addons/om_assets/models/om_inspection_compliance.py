from odoo import fields, models
from odoo.tools import SQL


class OmInspectionCompliance(models.Model):
    """What was owed and done per system and month, as it stands at this moment.

    An inspection belongs to the month it was planned for; one that somebody moved
    beyond its deadline belongs to the month of the deadline, so that moving cannot
    mend a month. Cancelled ones are shown and owed by nobody.
    """

    _name = "om.inspection.compliance"
    _description = "Inspections per System and Month"
    _auto = False
    _order = "month desc, system_id"
    _rec_name = "system_id"
    _depends = {
        "maintenance.request": [
            "archive",
            "company_id",
            "inspection_date",
            "inspection_behind",
            "inspection_deadline",
            "inspection_done_on",
            "inspection_late",
            "inspection_month",
            "is_inspection",
            "system_id",
        ],
        "om.system": ["category_id", "unit_id", "user_id"],
    }

    system_id = fields.Many2one("om.system", readonly=True)
    unit_id = fields.Many2one("res.partner", string="User Unit", readonly=True)
    category_id = fields.Many2one("om.system.category", string="Class", readonly=True)
    responsible_id = fields.Many2one("res.users", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    month = fields.Date(readonly=True)
    planned = fields.Integer("Owed", readonly=True)
    in_time = fields.Integer("Done in Time", readonly=True)
    late = fields.Integer("Done Late", readonly=True)
    missed = fields.Integer(readonly=True)
    behind = fields.Integer("Behind Plan", readonly=True)
    upcoming = fields.Integer("To Do", readonly=True)
    cancelled = fields.Integer(readonly=True)
    rate = fields.Float(
        "In Time (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Done in time, of what is decided: done in time, done late or missed."
        " Empty as long as nothing is decided.",
    )

    @property
    def _table_query(self):
        today = self.env["maintenance.request"]._get_inspection_today()
        return SQL(
            """
            SELECT %(key)s AS id, counted.*,
                   system.unit_id, system.category_id,
                   system.user_id AS responsible_id,
                   100.0 * in_time / NULLIF(in_time + late + missed, 0) AS rate
              FROM (
                SELECT %(dimensions)s,
                       COUNT(*) FILTER (WHERE status != 'cancelled') AS planned,
                       COUNT(*) FILTER (WHERE status = 'done') AS in_time,
                       COUNT(*) FILTER (WHERE status = 'late') AS late,
                       COUNT(*) FILTER (WHERE status = 'missed') AS missed,
                       COUNT(*) FILTER (WHERE status = 'overdue') AS behind,
                       COUNT(*) FILTER (WHERE status = 'planned') AS upcoming,
                       COUNT(*) FILTER (WHERE status = 'cancelled') AS cancelled
                  FROM (%(inspections)s) AS inspection
              GROUP BY %(dimensions)s
              ) AS counted
              JOIN om_system system ON system.id = counted.system_id
            """,
            key=self._get_key(),
            dimensions=SQL(", ").join(map(SQL.identifier, self._get_dimensions())),
            inspections=self._inspections(today),
        )

    def _get_dimensions(self):
        """Return {what a row stands for: its column of the inspection}; the month is
        one of them. What is the system's is read once a row, not once an inspection.
        """
        return {
            "system_id": SQL("request.system_id"),
            "company_id": SQL("request.company_id"),
            "month": SQL("request.inspection_month"),
        }

    def _get_key(self):
        """Return what numbers the rows, the same at each query."""
        return SQL(
            "counted.system_id::bigint * 100000"
            " + EXTRACT(YEAR FROM counted.month)::bigint * 12"
            " + EXTRACT(MONTH FROM counted.month)::bigint"
        )

    def _inspections(self, today):
        """The inspections with their month and their status on ``today``; the statuses
        are those of ``maintenance.request``."""
        return SQL(
            """
            SELECT %(dimensions)s,
                   CASE WHEN request.inspection_done_on IS NOT NULL
                        THEN CASE WHEN request.inspection_late
                                  THEN 'late' ELSE 'done' END
                        WHEN request.archive THEN 'cancelled'
                        WHEN COALESCE(
                            request.inspection_deadline,
                            request.inspection_behind,
                            request.inspection_date
                        ) < %(today)s THEN 'missed'
                        WHEN COALESCE(
                            request.inspection_behind, request.inspection_date
                        ) < %(today)s THEN 'overdue'
                        ELSE 'planned' END AS status
              FROM maintenance_request request
             WHERE request.is_inspection IS TRUE AND request.inspection_date IS NOT NULL
            """,
            today=today,
            dimensions=SQL(", ").join(
                SQL("%s AS %s", column, SQL.identifier(name))
                for name, column in self._get_dimensions().items()
            ),
        )

    def _read_group_select(self, aggregate_spec, query):
        """A rate of several months or systems is that of their sums, not the mean of
        their rates."""
        if aggregate_spec != "rate:avg":
            return super()._read_group_select(aggregate_spec, query)
        in_time, late, missed = (
            self._field_to_sql(self._table, name, query)
            for name in ("in_time", "late", "missed")
        )
        return SQL(
            "100.0 * SUM(%(in_time)s) / NULLIF("
            "SUM(%(in_time)s) + SUM(%(late)s) + SUM(%(missed)s), 0)",
            in_time=in_time,
            late=late,
            missed=missed,
        )

    def action_view_inspections(self):
        """Return the action that lists the inspections behind these figures."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_inspection_request_action"
        )
        action["domain"] = [
            ("is_inspection", "=", True),
            ("system_id", "in", self.system_id.ids),
            ("inspection_month", "in", self.mapped("month")),
        ]
        action["context"] = {}
        return action
