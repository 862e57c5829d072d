"""A login may speak for several parties: the rules ask for all of them."""

from odoo.addons.om_base.upgrade import renew_rules

FILES = (
    "om_spare_settlement_security.xml",
    "om_stock_spares_security.xml",
)


def migrate(cr, version):
    renew_rules(cr, "om_stock_spares", FILES)
