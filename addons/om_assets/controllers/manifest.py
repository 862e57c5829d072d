from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.webmanifest import WebManifest

ICONS = "/om_assets/static/src/field/img"
# Of Odoo's own bundle the colour of the bar above.
COLOUR = "#714B67"
# What the settings of Odoo say where nobody has named the application.
UNNAMED = "Odoo"


class Manifest(WebManifest):
    """As what the pages are installed on a telephone or a desk: one application for
    ours, which starts with the page of their role, and one for the parties outside."""

    def _get_webmanifest(self):
        manifest = super()._get_webmanifest()
        named = manifest["name"] != UNNAMED
        name = manifest["name"] if named else request.env._("O&M")
        user = request.env.user
        works = "om_base.group_engineer,om_base.group_dispatcher"
        engineer = user.has_group("om_base.group_engineer") and not user.has_group(
            "om_base.group_dispatcher"
        )
        return {
            **manifest,
            **self._om_get_looks(name),
            "id": "/om/staff",
            # The page of the field and the web client are one application.
            "scope": "/",
            "start_url": "/om/field" if engineer else "/odoo",
            "shortcuts": self._om_get_shortcuts() if user.has_groups(works) else [],
        }

    @http.route(
        "/my/manifest.webmanifest",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=True,
    )
    def om_portal_manifest(self):
        """Return as what the parties install their portal."""
        return request.make_json_response(
            {
                **self._om_get_looks(request.env._("O&M Services")),
                "id": "/my",
                "scope": "/",
                "start_url": "/my",
                "prefer_related_applications": False,
            },
            {"Content-Type": "application/manifest+json"},
        )

    def _om_get_looks(self, name):
        return {
            "name": name,
            "short_name": name,
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": COLOUR,
            "lang": (request.env.lang or "en_US").replace("_", "-"),
            "icons": [
                {
                    "src": f"{ICONS}/icon-{size}.png",
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": "any maskable",
                }
                for size in (192, 512)
            ],
        }

    def _om_get_shortcuts(self):
        icons = self._om_get_looks("")["icons"][:1]
        labels = {
            "inspections": request.env._("Today's Inspections"),
            "tickets": request.env._("My Tickets"),
            "scan": request.env._("Scan"),
        }
        return [
            {"name": label, "url": f"/om/field#{tab}", "icons": icons}
            for tab, label in labels.items()
        ]
