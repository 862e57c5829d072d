"""The shipped promises belong to the contracts whose documents print them."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
    env["om.engagement.loader"]._give_promises()
