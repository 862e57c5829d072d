"""Make the bundles of the login page, the portal and the client, for which the first
visitor would wait some ten seconds. Runs in an Odoo shell, while provision.py works on
the same database: a bundle that meets a change of its rows is made again.
"""

from functools import partial

from odoo.service.model import retrying

SCRIPTS = ("web.assets_frontend_minimal", "web.assets_frontend_lazy", "web.assets_web")
STYLES = ("web.assets_frontend", "web.assets_web", "web.assets_web_print")


def make(name, kind):
    # Of no company: provision.py changes its row, and a file of it would be refused.
    templates = env["ir.qweb"].with_context(default_company_id=False)  # noqa: F821
    bundle = templates._get_asset_bundle(name, css=kind == "css", js=kind == "js")
    getattr(bundle, kind)()


for kind, names in (("js", SCRIPTS), ("css", STYLES)):
    for name in names:
        retrying(partial(make, name, kind), env)  # noqa: F821
