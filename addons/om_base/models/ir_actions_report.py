import atexit
import logging
import os
import threading
from contextlib import contextmanager
from functools import partial

from lxml import html

from odoo import api, models
from odoo.exceptions import UserError
from odoo.http import request, root
from odoo.service import security
from odoo.tools.pdf import merge_pdf

from odoo.addons.base.models.ir_actions_report import _wkhtml

from ..tools.chromium import (
    Chromium,
    Page,
    PaperError,
    find_program,
    is_windowless,
)
from ..tools.volume import SECONDS, print_volume

_logger = logging.getLogger(__name__)

# "auto", "wkhtmltopdf" or "chromium".
ENGINE = "om_base.paper_engine"
# Debian's wkhtmltopdf prints everything smaller by this factor (measured on 0.12.6),
# and our papers are drawn for it; so is what the other engine prints.
SHRINK = 1.3
# A process is renewed after so many papers: what it has not given back goes with it.
RENEWED_AFTER = 50
# The engine's own frame of a page reads no file: what the heads and feet of Odoo's
# layouts need of its style sheets stands here.
FRAME = """<style>
.om_frame { font: 8px/1.4 "Noto Sans CJK SC", "Noto Sans SC", sans-serif; width: 100%%;
  margin: %(before)smm %(right)smm 0 %(left)smm; color: #212529; }
.om_frame * { box-sizing: border-box; }
.om_frame img { max-height: 34px; max-width: 180px; }
.om_frame ul, .om_frame p { margin: 0; padding: 0; list-style: none; }
.om_frame .d-flex, .om_frame .row { display: flex; }
.om_frame .d-flex > :last-child { margin-left: auto; }
.om_frame address { font-style: normal; }
.om_frame address .d-flex > :last-child { margin-left: 0; }
.om_frame .justify-content-between { justify-content: space-between; }
.om_frame .align-items-center { align-items: center; }
.om_frame .text-end { text-align: right; }
.om_frame .text-center { text-align: center; }
.om_frame .text-muted { color: #6c757d; }
.om_frame .text-nowrap { white-space: nowrap; }
.om_frame .border-top { border-top: 1px solid #dee2e6; padding-top: 3px; }
.om_frame .border-bottom { border-bottom: 1px solid #dee2e6; padding-bottom: 3px; }
</style><div class="om_frame">%(content)s</div>"""
# Odoo's styles shift the heads of tables into the text, for an engine that prints them
# over it; this one repeats them, and cuts no row. They also leave a margin beside what
# they take for a screen; a pixel of it holds the outer half of a table's border (labels
# have no heading, and no pixel to spare).
PAGED = """<style>
body.container { max-width: none !important; padding-left: 0; padding-right: 0; }
body.container:has(h1, h2, h3, thead) { padding-left: 1px; padding-right: 1px; }
thead { display: table-header-group !important; break-inside: avoid; }
tr, .om_sign { break-inside: avoid; }
</style></head>"""
# How far from the edge of the sheet a head begins, in mm.
HEAD_BEFORE = 6


class _Kept:
    """The warm process of this worker."""

    def __init__(self):
        self._lock = threading.Lock()
        self._engine, self._pid = None, 0
        atexit.register(self.close)

    @contextmanager
    def use(self):
        """The process, for one thread at a time; a broken one is not given out again.

        :raise PaperError: it does not start
        """
        with self._lock:
            engine = self._engine
            # After a fork it is the parent's.
            if self._pid != os.getpid():
                engine = None
            if engine and (engine.printed >= RENEWED_AFTER or not engine.is_alive):
                engine.close()
                engine = None
            self._engine, self._pid = engine or Chromium(), os.getpid()
            yield self._engine

    def close(self):
        if self._engine and self._pid == os.getpid():
            self._engine.close()


_kept = _Kept()


class IrActionsReport(models.Model):
    """Papers by Chromium: Debian's wkhtmltopdf cuts rows, names the columns of a long
    table once, and is gone since Debian 13."""

    _inherit = "ir.actions.report"

    @api.model
    def _om_get_paper_engine(self):
        """The engine of all papers, by the system parameter or by what is there."""
        # sudo: which engine prints is no secret.
        chosen = self.env["ir.config_parameter"].sudo().get_param(ENGINE, "auto")
        if chosen in ("wkhtmltopdf", "chromium"):
            return chosen
        if is_windowless() or _wkhtml().state != "ok":
            return "chromium"
        return "wkhtmltopdf"

    @api.model
    def get_wkhtmltopdf_state(self):
        """What the client asks before it prints."""
        if self._om_get_paper_engine() == "chromium":
            return "ok" if find_program() else "install"
        return super().get_wkhtmltopdf_state()

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        """Volumes have an engine of their own; all other papers are Odoo's."""
        name = self._get_report(report_ref).report_name
        maker = self.env.get(f"report.{name}")
        if maker is None or not hasattr(maker, "_get_volume"):
            return super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        records = self.env[self._get_report(report_ref).model].browse(res_ids)
        try:
            papers = [
                print_volume(partial(maker._get_volume, record)) for record in records
            ]
        except PaperError as error:
            _logger.warning("a volume was not printed: %s", error)
            raise UserError(self._om_word_volume_error(error)) from error
        return papers[0] if len(papers) == 1 else merge_pdf(papers), "pdf"

    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        if self._om_get_paper_engine() != "chromium":
            return super()._run_wkhtmltopdf(
                bodies,
                report_ref=report_ref,
                header=header,
                footer=footer,
                landscape=landscape,
                specific_paperformat_args=specific_paperformat_args,
                set_viewport_size=set_viewport_size,
            )
        report = self._get_report(report_ref) if report_ref else self
        page = self._om_prepare_page(
            report.get_paperformat(), landscape, specific_paperformat_args or {}
        )
        page["header"] = self._om_prepare_frame(header, "header", page, HEAD_BEFORE)
        page["footer"] = self._om_prepare_frame(footer, "footer", page)
        try:
            with self._om_session() as cookie, _kept.use() as engine:
                page = {**page, "cookie": cookie}
                papers = [
                    engine.print(self._om_prepare_body(body), Page(**page))
                    for body in bodies
                ]
        except PaperError as error:
            _logger.warning("a paper was not printed: %s", error)
            raise UserError(self._om_word_paper_error(error)) from error
        return papers[0] if len(papers) == 1 else merge_pdf(papers)

    def _om_prepare_page(self, paperformat, landscape, specific):
        """The page as the paper format and the paper's own arguments say, in mm."""
        turned = specific.get("data-report-landscape")
        landscape = bool(landscape or turned or paperformat.orientation == "Landscape")
        return {
            "base_url": self._get_report_url(),
            # These are of the sheet as it is held upright.
            "width": min(paperformat.print_page_width, paperformat.print_page_height)
            or 210.0,
            "height": max(paperformat.print_page_width, paperformat.print_page_height)
            or 297.0,
            "margin_top": float(
                specific.get("data-report-margin-top", paperformat.margin_top)
            ),
            "margin_right": paperformat.margin_right,
            "margin_bottom": float(
                specific.get("data-report-margin-bottom", paperformat.margin_bottom)
            ),
            "margin_left": paperformat.margin_left,
            "landscape": landscape,
            "scale": 1 / SHRINK,
        }

    @api.model
    def _om_prepare_body(self, body):
        """A paper as the engine takes it."""
        # Not the method of marked text, which takes a tag for words and escapes it.
        return str.replace(str(body), "</head>", PAGED, 1)

    @api.model
    def _om_prepare_frame(self, page, name, measures, before=0):
        """The head or the foot of a paper for the engine's own frame; "" for none.

        :param name: the class of Odoo's layouts for it
        """
        if not page:
            return ""
        found = html.fromstring(str(page)).xpath(
            f"//div[contains(concat(' ', @class, ' '), ' {name} ')]"
        )
        if not found:
            return ""
        frame = found[0]
        for odoo, engine in (("page", "pageNumber"), ("topage", "totalPages")):
            for number in frame.xpath(
                f".//*[contains(concat(' ', @class, ' '), ' {odoo} ')]"
            ):
                number.set("class", engine)
        for picture in frame.xpath(".//img[not(starts-with(@src, 'data:'))]"):
            picture.drop_tree()
        content = html.tostring(frame, encoding="unicode")
        if not (frame.text_content().strip() or frame.xpath(".//img | .//span")):
            return ""
        sides = {side: measures[f"margin_{side}"] or 12 for side in ("left", "right")}
        return FRAME % {"content": content, "before": before, **sides}

    @contextmanager
    def _om_session(self):
        """(name, value) of a passing session of the user's, with which the paper reads
        its pictures; None outside of a request."""
        if not (request and request.db):
            yield None
            return
        session = root.session_store.new()
        session.update({**request.session, "debug": "", "_trace_disable": True})
        if session.uid:
            session.session_token = security.compute_session_token(session, self.env)
        root.session_store.save(session)
        try:
            yield "session_id", session.sid
        finally:
            root.session_store.delete(session)

    def _om_word_paper_error(self, error):
        words = {
            "absent": self.env._(
                "No paper can be printed: neither Chromium nor wkhtmltopdf is on the"
                " server. Ask an administrator to install Debian's package"
                " chromium-headless-shell."
            ),
            "hung": self.env._(
                "The paper was not ready within a minute, and its printing was ended."
                " Nothing is lost: try again, or print fewer documents at once."
            ),
            "died": self.env._(
                "The program that prints papers ended before this one was ready."
                " Nothing is lost: try again; print fewer documents at once if it"
                " happens again."
            ),
        }
        return words.get(error.kind) or self.env._(
            "The paper could not be printed: %s", error
        )

    def _om_word_volume_error(self, error):
        words = {
            "hung": self.env._(
                "The volume was not ready in %s minutes, and its making was ended."
                " Nothing is lost: print fewer units at once.",
                SECONDS // 60,
            ),
            "died": self.env._(
                "The program that sets volumes ended before this one was ready; perhaps"
                " the server was short of memory. Nothing is lost: try again, or print"
                " fewer units at once."
            ),
        }
        return words.get(error.kind) or self.env._(
            "The volume could not be printed: %s", error
        )
