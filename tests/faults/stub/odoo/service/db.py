import odoo


def _initialize_db(name, demo, lang, password, login="admin", country_code=None):
    odoo.initialize(name, password)
