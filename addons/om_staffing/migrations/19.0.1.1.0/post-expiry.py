"""Certificates and qualifications are reminded of by the one job of all that ends."""

from odoo.addons.om_base.upgrade import hand_over_reminders

# The last reminder of each, 90, 30 or 7 days ahead; a person's page carries the
# reminders of all the certificates, so that the day tells which is meant.
REMINDED = """
SELECT 'certificate', held.id, held.valid_to,
       CASE WHEN held.reminded >= 90 THEN 90 ELSE 30 END,
       (SELECT max(activity.id)
          FROM mail_activity activity
         WHERE activity.res_model = 'hr.employee'
           AND activity.res_id = held.employee_id
           AND activity.activity_type_id = %(type)s
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
           AND activity.activity_type_id = %(type)s
           AND activity.date_deadline = held.valid_to)
  FROM om_qualification held
 WHERE held.reminded > 0 AND held.valid_to IS NOT NULL
"""


def migrate(cr, version):
    hand_over_reminders(
        cr,
        [
            "om_staffing.hr_employee_skill_cron_remind",
            "om_staffing.om_qualification_cron_remind",
        ],
        "om_staffing.mail_activity_type_expiry",
        REMINDED,
    )
