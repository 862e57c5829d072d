"""Close the doors that Odoo leaves open to strangers, in a database that is there."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2b")
    env["mail.alias"]._om_close_to_strangers()
    group = env.ref("base.group_user")
    if not group.lock_timeout_inactivity:
        group.lock_timeout_inactivity = 480
