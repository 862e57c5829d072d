"""A login may speak for several parties: the rules ask for all of them."""

from odoo.addons.om_base.upgrade import renew_rules

FILES = ("om_ticket_security.xml",)


def migrate(cr, version):
    renew_rules(cr, "om_helpdesk", FILES)
