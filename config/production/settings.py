"""What production wants in a database, beyond scripts/provision.py; for an Odoo shell.

``OM_HOSTNAME``: the name in the browser's address line. ``OM_ADMIN_PASSWORD_FILE``: a
file with the password of the login ``admin``; without it the password stays as it is.
Running it again changes nothing.
"""

import os
from pathlib import Path


def set_addresses(env, hostname):
    """Links in mails use the public name, whoever logs in under whatever name.

    wkhtmltopdf fetches styles and logos from Odoo itself: the public name may lead
    nowhere from inside, or to a certificate that it does not know.
    """
    parameters = env["ir.config_parameter"]
    parameters.set_param("web.base.url", f"https://{hostname}")
    parameters.set_param("web.base.url.freeze", "True")
    parameters.set_param("report.url", "http://127.0.0.1:8069")


def set_admin_password(env, path):
    password = Path(path).read_text(encoding="utf-8").strip()
    if len(password) < 12:
        raise SystemExit("the password of admin needs at least 12 characters")
    env.ref("base.user_admin").password = password


def apply_settings(env):
    set_addresses(env, os.environ["OM_HOSTNAME"])
    if path := os.environ.get("OM_ADMIN_PASSWORD_FILE"):
        set_admin_password(env, path)
    env.cr.commit()


apply_settings(env)  # noqa: F821  (the shell provides it)
