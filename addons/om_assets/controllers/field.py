import hashlib
import json

from odoo import http
from odoo.http import request
from odoo.tools import file_open
from odoo.tools.json import scriptsafe
from odoo.tools.translate import code_translations

BUNDLE = "om_assets.assets_field"
ICONS = "/om_assets/static/src/field/img"
FONT = "/web/static/src/libs/fontawesome/fonts/fontawesome-webfont.woff2?v=4.7.0"
# Of Odoo's own bundle the colour of the bar above.
COLOUR = "#714B67"


class Field(http.Controller):
    """The page of the engineer's telephone, which works without a network.

    The page itself has nothing of anybody: what it shows comes as JSON, to the user who
    asks, and is kept on the telephone apart for each user.
    """

    @http.route("/om/field", type="http", auth="user", methods=["GET"], sitemap=False)
    def page(self, shell=None, **_params):
        """Return the page; ``shell``: as it is kept, without who is signed in."""
        request.env["om.field"]._check_may()
        user = request.env.user
        who = {} if shell else {"user": {"id": user.id, "name": user.name}}
        response = request.render(
            "om_assets.field_page",
            {
                "colour": COLOUR,
                "icons": ICONS,
                "font": FONT,
                "facts": scriptsafe.dumps({**self._get_facts(), **who}),
            },
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    @http.route(
        "/om/field/worker.js",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def worker(self):
        """Return the service worker with the list of the files that it keeps."""
        links = request.env["ir.qweb"]._get_asset_links(BUNDLE)
        files = [*links, FONT, f"{ICONS}/icon-192.png"]
        with file_open("om_assets/static/src/field/worker/worker.js") as stream:
            text = stream.read()
        version = hashlib.sha256(
            json.dumps([files, text, self._get_facts()]).encode()
        ).hexdigest()[:16]
        return request.make_response(
            f"const VERSION = {json.dumps(version)};\n"
            f"const FILES = {json.dumps(files)};\n{text}",
            headers=[
                ("Content-Type", "text/javascript; charset=utf-8"),
                ("Service-Worker-Allowed", "/om/field"),
                ("Cache-Control", "no-cache"),
            ],
        )

    @http.route(
        "/om/field/manifest.webmanifest",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=True,
    )
    def manifest(self):
        """Return as what the page is installed on a telephone."""
        name = request.env._("O&M in the Field")
        icons = [
            {
                "src": f"{ICONS}/icon-{size}.png",
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "any maskable",
            }
            for size in (192, 512)
        ]
        shortcuts = {
            "inspections": request.env._("Today's Inspections"),
            "tickets": request.env._("My Tickets"),
            "scan": request.env._("Scan"),
        }
        return request.make_json_response(
            {
                "id": "/om/field",
                "name": name,
                "short_name": name,
                "start_url": "/om/field",
                "scope": "/om/field",
                "display": "standalone",
                "background_color": "#ffffff",
                "theme_color": COLOUR,
                "lang": request.env.lang.replace("_", "-"),
                "icons": icons,
                "shortcuts": [
                    {"name": label, "url": f"/om/field#{tab}", "icons": icons[:1]}
                    for tab, label in shortcuts.items()
                ],
            },
            {"Content-Type": "application/manifest+json"},
        )

    @http.route("/om/field/day", type="jsonrpc", auth="user", readonly=True)
    def day(self):
        """Return what the telephone keeps (``om.field``)."""
        return request.env["om.field"]._get_day()

    @http.route("/om/field/take", type="jsonrpc", auth="user")
    def take(self, entry):
        """Do an entry of the telephone; its name goes as ``X-Om-Once``."""
        return request.env["om.field"]._take(entry)

    def _get_facts(self):
        """Return what the page has to know: its words, whose database it is."""
        lang = request.env.lang
        return {
            "db": request.env.cr.dbname,
            "words": {
                term["id"]: term["string"]
                for module in self._get_modules()
                for term in code_translations.get_web_translations(module, lang)[
                    "messages"
                ]
            },
        }

    def _get_modules(self):
        """Return the add-ons of whose pages the words are."""
        return ["om_assets"]
