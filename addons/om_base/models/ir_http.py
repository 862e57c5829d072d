import hashlib
import json
import logging

import psycopg2

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.http import Response, request
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import LazyTranslate, config

from .om_request_receipt import MAX_TOKEN

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

# What the database driver raises when the database is gone, or never gives way.
LOST = (psycopg2.OperationalError, psycopg2.InterfaceError)
NOT_SURE = _lt(
    "The database went down while this was being done. It is not known whether it was"
    " saved: load the page anew and look, before you do it once more."
)
BUSY = _lt(
    "Somebody else keeps changing the same at this moment. Nothing was saved: try"
    " again."
)
MISSING = _lt(
    "The content of this file is not on the server any more. Tell the administrator,"
    " who brings it back from a backup; what is written in the document is all there."
)

# The name of the token in a form, and in the header of a call.
FORM_TOKEN = "om_once"
CALL_TOKEN = "X-Om-Once"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        return [*super()._get_translation_frontend_modules_name(), "om_base"]

    @classmethod
    def _handle_error(cls, exception):
        """Tell outsiders what is wrong, not where in the server it went wrong; and
        everybody that nobody knows, where the database went down meanwhile."""
        if isinstance(exception, LOST):
            exception = cls._om_word_lost(exception)
        elif cls._om_is_missing_file(exception):
            _logger.error("a stored file is missing: %s", exception.filename)
            exception = UserError(MISSING._translate(cls._om_get_lang()))
        response = super()._handle_error(exception)
        if request.dispatcher.routing_type == "http" or cls._om_is_insider():
            return response
        answer = json.loads(response.get_data())
        answer.get("error", {}).get("data", answer)["debug"] = ""
        response.set_data(json.dumps(answer))
        return response

    @classmethod
    def _om_word_lost(cls, exception):
        """What a person reads whose request lost the database: it may have been saved
        before the answer was lost."""
        # These were tried again and again, and rolled back each time.
        is_busy = isinstance(exception, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)
        _logger.warning("%s: %s", "busy" if is_busy else "lost", exception)
        words = BUSY if is_busy else NOT_SURE
        return UserError(words._translate(cls._om_get_lang()))

    @classmethod
    def _om_get_lang(cls):
        # Not by the environment: it would ask the database for its languages.
        return request.env.context.get("lang") or request.default_lang()

    @classmethod
    def _om_is_missing_file(cls, exception):
        """Whether an attachment's row is there, and its file is not."""
        return (
            isinstance(exception, FileNotFoundError)
            and isinstance(exception.filename, str)
            and bool(request.db)
            and exception.filename.startswith(config.filestore(request.db))
        )

    @classmethod
    def _om_is_insider(cls):
        """Whether the session is an internal user's; asked after a failure, whose
        transaction is of no use any more."""
        if not request.session.uid or not request.db:
            return False
        try:
            return cls._om_ask_insider()
        except LOST:
            return False

    @classmethod
    def _om_ask_insider(cls):
        with request.env.registry.cursor(readonly=True) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return env["res.users"].browse(request.session.uid)._is_internal()

    @classmethod
    def _dispatch(cls, endpoint):
        """Do once what a client may have to send again (see om.request.receipt)."""
        dispatch = super()._dispatch
        is_form = request.dispatcher.routing_type == "http"
        if is_form:
            token = request.params.get(FORM_TOKEN) or cls._om_name_form()
            request.params = {
                name: value
                for name, value in request.params.items()
                if name != FORM_TOKEN
            }
        else:
            token = request.httprequest.headers.get(CALL_TOKEN)
        if (
            not token
            or not isinstance(token, str)
            or len(token) > MAX_TOKEN
            or request.httprequest.method != "POST"
            or request.env.cr.readonly
            or not request.env.uid
        ):
            return dispatch(endpoint)
        dump, load = (
            (cls._om_keep_page, request.redirect)
            if is_form
            else (cls._om_keep_result, lambda kept: kept["result"])
        )
        return request.env["om.request.receipt"]._answer_once(
            token, lambda: dispatch(endpoint), dump, load
        )

    @classmethod
    def _om_name_form(cls):
        """The name of a form of the portal whose page gave it none (no JavaScript).

        Each page has a token of its own against forged forms: the same content sent
        from the same page is the same request.
        """
        http = request.httprequest
        page = http.form.get("csrf_token")
        if not page or "/my/" not in http.path:
            return None
        content = hashlib.sha256(http.path.encode())
        for name, value in sorted(http.form.items(multi=True)):
            content.update(repr((name, value)).encode())
        for name, file in http.files.items(multi=True):
            content.update(repr((name, file.filename)).encode())
            content.update(hashlib.file_digest(file.stream, "sha256").digest())
            file.stream.seek(0)
        return content.hexdigest()

    @classmethod
    def _om_keep_page(cls, response):
        """Return where the browser is sent after a form was taken; None if it was
        not: the same page again, with what is wrong."""
        if isinstance(response, Response) and 300 <= response.status_code < 400:
            return response.headers["Location"]
        return None

    @classmethod
    def _om_keep_result(cls, result):
        return {"result": result}
