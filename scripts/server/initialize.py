"""Make an empty database one of Odoo's: ``initialize.py DATABASE COUNTRY LANGUAGE``.

As ``odoo db init``, which makes the database itself, without our mark of a making, and
ends well when it has failed. ``OM_PASSWORD``: the password of ``admin``; as an argument
other users of the machine would see it, and it might be taken for an option.
"""

import os
import sys

import odoo
from odoo.service.db import _initialize_db


def main() -> int:
    database, country, language = sys.argv[1:]
    # Which modules a database gets, config/odoo-modules.txt says.
    odoo.tools.config.parse_config(["--skip-auto-install"], setup_logging=True)
    password = os.environ["OM_PASSWORD"]
    _initialize_db(database, False, language, password, country_code=country)
    # It logs its failures and says nothing.
    with odoo.sql_db.db_connect(database).cursor() as cr:
        if not odoo.tools.sql.table_exists(cr, "res_company"):
            return 1
        cr.execute("SELECT 1 FROM res_users WHERE login = 'admin' AND password <> ''")
        return 0 if cr.fetchone() else 1


if __name__ == "__main__":
    sys.exit(main())
