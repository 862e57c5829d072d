"""The Odoo program as a file, which is what its server starts its own helpers with."""

import odoo.cli

odoo.cli.main()
