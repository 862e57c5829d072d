"""One job reminds of everything that ends (om.expiry). What was reminded of before it
is handed over, so that nobody is asked a second time, and the old job goes."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in ("hr_employee_skill_cron_remind", "om_qualification_cron_remind"):
        job = env.ref(f"om_staffing.{name}", raise_if_not_found=False)
        if job:
            job.unlink()
    kind = env.ref("om_staffing.mail_activity_type_expiry").id
    # The last reminder of each, 90, 30 or 7 days ahead; a person's page carries the
    # reminders of all the certificates, so that the day tells which is meant.
    cr.execute(
        """
        INSERT INTO om_expiry_notice (kind, res_id, date, stage, activity_id)
        SELECT 'certificate', held.id, held.valid_to,
               CASE WHEN held.reminded >= 90 THEN 90 ELSE 30 END,
               (SELECT max(activity.id)
                  FROM mail_activity activity
                 WHERE activity.res_model = 'hr.employee'
                   AND activity.res_id = held.employee_id
                   AND activity.activity_type_id = %(kind)s
                   AND activity.date_deadline = held.valid_to)
          FROM hr_employee_skill held
         WHERE held.reminded > 0 AND held.valid_to IS NOT NULL
        UNION ALL
        SELECT 'qualification', held.id, held.valid_to,
               CASE WHEN held.reminded >= 90 THEN 90 ELSE 30 END,
               (SELECT max(activity.id)
                  FROM mail_activity activity
                 WHERE activity.res_model = 'om.qualification'
                   AND activity.res_id = held.id
                   AND activity.activity_type_id = %(kind)s
                   AND activity.date_deadline = held.valid_to)
          FROM om_qualification held
         WHERE held.reminded > 0 AND held.valid_to IS NOT NULL
        ON CONFLICT DO NOTHING
        """,
        {"kind": kind},
    )
