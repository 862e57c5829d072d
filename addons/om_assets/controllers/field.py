import hashlib
import json

from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import file_open
from odoo.tools.json import scriptsafe
from odoo.tools.translate import code_translations

from ..models.om_field_piece import LARGEST_PIECE
from .manifest import COLOUR, ICONS

BUNDLE = "om_assets.assets_field"
FONT = "/web/static/src/libs/fontawesome/fonts/fontawesome-webfont.woff2?v=4.7.0"


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

    @http.route("/om/field/day", type="jsonrpc", auth="user", readonly=True)
    def day(self):
        """Return what the telephone keeps (``om.field``)."""
        return request.env["om.field"]._get_day()

    @http.route("/om/field/held", type="jsonrpc", auth="user", readonly=True)
    def held(self, upload):
        """Return how much of a photo is here: from there on it is sent."""
        request.env["om.field"]._check_may()
        return request.env["om.field.piece"]._get_held(upload)

    @http.route(
        "/om/field/piece",
        type="http",
        auth="user",
        methods=["POST"],
        csrf=False,
        sitemap=False,
    )
    def piece(self, upload, start):
        """Keep a piece of a photo; answers as the JSON routes do.

        No form of another site can send this type without asking first (CORS), so that
        it needs no token, which a page that was kept for days would not have.
        """
        if request.httprequest.mimetype != "application/octet-stream":
            raise UnsupportedMediaType
        if (request.httprequest.content_length or 0) > LARGEST_PIECE:
            raise RequestEntityTooLarge
        request.env["om.field"]._check_may()
        raw = request.httprequest.get_data()
        try:
            held = request.env["om.field.piece"]._add(
                upload, int(start) if start.isdecimal() else -1, raw
            )
        except UserError as error:
            told = {"name": "odoo.exceptions.UserError", "message": str(error)}
            return request.make_json_response({"error": {"data": told}})
        return request.make_json_response({"result": held})

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
