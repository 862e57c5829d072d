"""Guarantee letters are reminded of by the one job of all that ends."""

from odoo.addons.om_base.upgrade import hand_over_reminders

# A letter was warned of once, 30 days ahead, whatever became of the reminder.
REMINDED = """
SELECT 'bond', bond.id, bond.date_expiry, 30,
       (SELECT max(activity.id)
          FROM mail_activity activity
         WHERE activity.res_model = 'om.bond'
           AND activity.res_id = bond.id
           AND activity.activity_type_id = %(type)s)
  FROM om_bond bond
 WHERE bond.is_expiry_warned
   AND bond.date_expiry IS NOT NULL
"""


def migrate(cr, version):
    hand_over_reminders(
        cr,
        ["om_contract.om_bond_cron_warn_expiry"],
        "om_contract.mail_activity_type_bond",
        REMINDED,
    )
