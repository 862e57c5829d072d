"""One job reminds of everything that ends (om.expiry). What was reminded of before it
is handed over, so that nobody is asked a second time, and the old job goes."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    job = env.ref("om_contract.om_bond_cron_warn_expiry", raise_if_not_found=False)
    if job:
        job.unlink()
    # A letter was warned of once, 30 days ahead, whatever became of the reminder.
    cr.execute(
        """
        INSERT INTO om_expiry_notice (kind, res_id, date, stage, activity_id)
        SELECT 'bond', bond.id, bond.date_expiry, 30,
               (SELECT max(activity.id)
                  FROM mail_activity activity
                 WHERE activity.res_model = 'om.bond'
                   AND activity.res_id = bond.id
                   AND activity.activity_type_id = %s)
          FROM om_bond bond
         WHERE bond.is_expiry_warned
           AND bond.date_expiry IS NOT NULL
        ON CONFLICT DO NOTHING
        """,
        [env.ref("om_contract.mail_activity_type_bond").id],
    )
