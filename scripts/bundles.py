"""Make the bundles of the login page, the portal and the client, for which the first
visitor would wait some ten seconds. Runs in an Odoo shell.
"""

SCRIPTS = ("web.assets_frontend_minimal", "web.assets_frontend_lazy", "web.assets_web")
STYLES = ("web.assets_frontend", "web.assets_web", "web.assets_web_print")

for name in SCRIPTS:
    env["ir.qweb"]._get_asset_bundle(name, css=False).js()  # noqa: F821
for name in STYLES:
    env["ir.qweb"]._get_asset_bundle(name, js=False).css()  # noqa: F821
env.cr.commit()  # noqa: F821
