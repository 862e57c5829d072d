from . import controllers
from . import models
from . import reports
from . import wizards


def name_plan_column(env):
    """Odoo names the column of a plan in one language only."""
    plan = env.ref("om_assessment.analytic_plan_om")
    columns = env["ir.model.fields"].search(
        [("name", "=", plan._column_name()), ("state", "=", "manual")]
    )
    for code, _name in env["res.lang"].get_installed():
        name = plan.with_context(lang=code).name
        columns.with_context(lang=code).field_description = name
