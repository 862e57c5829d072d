"""One job reminds of everything that ends (om.expiry). What was reminded of before it
is handed over, so that nobody is asked a second time, and the old job goes."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    job = env.ref("om_assets.om_system_cron_mlps", raise_if_not_found=False)
    if job:
        job.unlink()
    # Reminders that were done count as well: they were kept on the system's page.
    cr.execute(
        """
        INSERT INTO om_expiry_notice (kind, res_id, date, stage, activity_id)
        SELECT DISTINCT ON (activity.res_id)
               'mlps', activity.res_id, activity.date_deadline,
               CASE WHEN activity.date_deadline - CURRENT_DATE <= 30
                    THEN 30 ELSE 60 END,
               activity.id
          FROM mail_activity activity
         WHERE activity.res_model = 'om.system'
           AND activity.activity_type_id = %s
         ORDER BY activity.res_id, activity.active DESC, activity.id DESC
        ON CONFLICT DO NOTHING
        """,
        [env.ref("om_assets.mail_activity_type_mlps").id],
    )
