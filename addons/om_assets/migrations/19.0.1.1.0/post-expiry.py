"""Assessments of systems (MLPS) are reminded of by the one job of all that ends."""

from odoo.addons.om_base.upgrade import hand_over_reminders

# Reminders that were done count as well: they were kept on the system's page.
REMINDED = """
SELECT DISTINCT ON (activity.res_id)
       'mlps', activity.res_id, activity.date_deadline,
       CASE WHEN activity.date_deadline - CURRENT_DATE <= 30
            THEN 30 ELSE 60 END,
       activity.id
  FROM mail_activity activity
 WHERE activity.res_model = 'om.system'
   AND activity.activity_type_id = %(type)s
 ORDER BY activity.res_id, activity.active DESC, activity.id DESC
"""


def migrate(cr, version):
    hand_over_reminders(
        cr,
        ["om_assets.om_system_cron_mlps"],
        "om_assets.mail_activity_type_mlps",
        REMINDED,
    )
