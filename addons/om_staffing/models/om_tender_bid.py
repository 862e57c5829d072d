import io
from pathlib import Path

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.om_base.tools.archive import Archive, safe_name
from odoo.addons.om_base.tools.volume import begin_volume

from ..engine.bid_form import deviation_fault, find_parts
from .om_bid_line import PAPERS, VALUES

TABLES = ("contract", "need", "spare")
# What a tender's own page does not show: chosen for the bid's file only.
CHOICES = (
    "deviation_contract",
    "deviation_need",
    "deviation_spare",
    "welfare",
    "signer",
)
LINES = (
    "bid_line_ids",
    "bid_value_ids",
    "bid_paper_ids",
    "bid_deviation_ids",
    "bid_related_ids",
    "bid_enterprise_ids",
    "bid_chapter_ids",
)
MAKER = "report.om_staffing.om_bid_file"
DEVIATIONS = [("none", "No Deviations"), ("listed", "Deviations as Listed")]


class OmTender(models.Model):
    """The bid's file: what is chosen and typed for it, what is missing, and the job
    that makes its volumes."""

    _inherit = "om.tender"

    _free_fields = dict.fromkeys(CHOICES, ("preparing",)) | dict.fromkeys(LINES)

    bid_line_ids = fields.One2many("om.bid.line", "tender_id", copy=True)
    bid_value_ids = fields.One2many(
        "om.bid.line", "tender_id", "Values", domain=[("kind", "=", "value")]
    )
    bid_paper_ids = fields.One2many(
        "om.bid.line", "tender_id", "Papers", domain=[("kind", "=", "paper")]
    )
    bid_deviation_ids = fields.One2many(
        "om.bid.line", "tender_id", "Deviations", domain=[("kind", "=", "deviation")]
    )
    bid_related_ids = fields.One2many(
        "om.bid.line", "tender_id", "Related Units", domain=[("kind", "=", "related")]
    )
    bid_enterprise_ids = fields.One2many(
        "om.bid.line",
        "tender_id",
        "Small and Medium Enterprises",
        domain=[("kind", "=", "enterprise")],
    )
    bid_chapter_ids = fields.One2many(
        "om.bid.line", "tender_id", "Chapters", domain=[("kind", "=", "chapter")]
    )
    deviation_contract = fields.Selection(
        DEVIATIONS, "From the Terms of the Contract", copy=False
    )
    deviation_need = fields.Selection(DEVIATIONS, "From the Demands", copy=False)
    deviation_spare = fields.Selection(
        DEVIATIONS, "From the Spare and Wear Parts", copy=False
    )
    welfare = fields.Selection(
        [("no", "We Are None"), ("yes", "We Are One")],
        "Disabled-Welfare Unit",
        help="The statement has to be ticked either way.",
    )
    signer = fields.Selection(
        [("agent", "Authorised Agent"), ("head", "Legal Representative")],
        "Signed By",
        default="agent",
        help="An agent needs the authorisation, the legal representative the proof of"
        " being that.",
    )
    bid_check = fields.Html(
        "Before It Is Made",
        compute="_compute_bid_check",
        sanitize=False,
        readonly=True,
    )
    chapter_points = fields.Float(
        "Points of the Scheme", compute="_compute_chapter_points", digits=(6, 2)
    )
    chapter_estimate = fields.Float(
        "Own Estimate", compute="_compute_chapter_points", digits=(6, 2)
    )

    @api.depends("bid_chapter_ids.points", "bid_chapter_ids.estimate")
    def _compute_chapter_points(self):
        for tender in self:
            chapters = tender.bid_chapter_ids
            tender.chapter_points = sum(chapters.mapped("points"))
            tender.chapter_estimate = sum(chapters.mapped("estimate"))

    @api.depends(*CHOICES, *(f"{name}.name" for name in LINES[1:]))
    @api.depends_context("lang")
    def _compute_bid_check(self):
        """What makes the bid invalid, what stays blank and what is missing; reckoned
        when it is looked at, as the papers and people are."""
        for tender in self:
            kept = tender._origin
            tender.bid_check = kept._draw_bid_check() if kept else False

    # ------------------------------------------------------------
    # Doing
    # ------------------------------------------------------------

    def action_open_bid(self):
        """Open the page of the bid's file; what people type has its lines the first
        time, with what the company's own page tells."""
        self.ensure_one()
        self._begin_bid()
        view = self.env.ref("om_staffing.om_tender_view_form_bid")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bid File"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
        }

    def action_make_bid(self):
        """Make the volumes as a job; what makes the bid invalid is said before."""
        self.ensure_one()
        faults = self._get_bid_faults()
        if faults:
            raise UserError(
                self.env._(
                    "The bid would be invalid:\n%s",
                    "\n".join(f"• {fault}" for fault in faults),
                )
            )
        job = self.env["om.job"]._ask(
            self, "bid", self.env._("Bid File: %s", self.name)
        )
        return job.action_open()

    def action_view_readiness(self):
        """Open the points of days to come, of the evaluation that the file tells."""
        return self._get_bid_evaluation().action_view_readiness()

    def _begin_bid(self):
        """Make the lines for values and papers that are not there yet."""
        if self.state != "preparing" or not self.has_access("write"):
            return
        known = set(self.bid_line_ids.mapped("key"))
        company = self.company_id
        partner = company.partner_id
        address = partner._display_address(without_company=True)
        told = {
            "address": " ".join(address.split()) if company.street else False,
            "phone": company.phone,
            "email": company.email,
        }
        self.env["om.bid.line"].create(
            [
                {
                    "tender_id": self.id,
                    "kind": kind,
                    "key": key,
                    "sequence": number,
                    "answer": told.get(key) or False,
                }
                for kind, keys in (("value", VALUES), ("paper", PAPERS))
                for number, key in enumerate(keys, 1)
                if key not in known
            ]
        )

    # ------------------------------------------------------------
    # Before it is made
    # ------------------------------------------------------------

    def _get_bid_evaluation(self):
        """The evaluation whose team and price the file tells: what was frozen last,
        else the one in hand."""
        self.ensure_one()
        return self.evaluation_ids.sorted(
            lambda one: (one.state == "frozen", one.id), reverse=True
        )[:1]

    def _get_bid_faults(self):
        """What would make the bid invalid, a sentence each."""
        self.ensure_one()
        return [
            *self._get_deviation_faults(),
            *self._get_price_faults(),
        ]

    def _get_deviation_faults(self):
        labels = self.env["om.bid.line"]._om_labels("about")
        wording = {
            "unticked": self.env._(
                "Deviations, %s: neither box is ticked. Choose one on the page"
                " “Deviations”."
            ),
            "empty": self.env._(
                "Deviations, %s: ticked that there are some, but none is listed."
            ),
            "contrary": self.env._(
                "Deviations, %s: ticked that there are none, but one is listed."
            ),
        }
        faults, by_table = [], self.bid_deviation_ids.grouped("about")
        for table in TABLES:
            lines = by_table.get(table, self.bid_deviation_ids.browse())
            fault = deviation_fault(
                self[f"deviation_{table}"] or "", lines.mapped("deviation")
            )
            if fault:
                faults.append(wording[fault] % labels[table])
        if not self.welfare:
            faults.append(
                self.env._(
                    "Statement of a disabled-welfare unit: neither box is ticked."
                    " Choose one on the page “Statements”."
                )
            )
        return faults

    def _get_price_faults(self):
        evaluation = self._get_bid_evaluation()
        ours = evaluation.offer_ids.filtered("is_ours")[:1]
        if not ours:
            return [
                self.env._(
                    "No price: press “Points Won and Lost” and enter our bid among the"
                    " prices of the evaluation."
                )
            ]
        faults = []
        if (
            self.ceiling
            and self.currency_id.compare_amounts(ours.price, self.ceiling) > 0
        ):
            faults.append(
                self.env._(
                    "Our price %(price)s is above the ceiling of %(ceiling)s.",
                    price=f"{ours.price:,.2f}",
                    ceiling=f"{self.ceiling:,.2f}",
                )
            )
        if words := evaluation._get_schedule_words(ours.price):
            faults.append(words)
        if not self.validity_days:
            faults.append(
                self.env._("No validity: enter how long bids are valid (“Calendar”).")
            )
        return faults

    def _draw_bid_check(self):
        """The faults, then the forms with what stays blank or is missing in each."""
        self.ensure_one()
        faults = self._get_bid_faults()
        parts = []
        if faults:
            parts.append(
                Markup('<div class="alert alert-danger"><b>%s</b><ul>%s</ul></div>')
                % (
                    self.env._("The bid would be invalid:"),
                    Markup().join(Markup("<li>%s</li>") % fault for fault in faults),
                )
            )
        evaluation = self._get_bid_evaluation()
        if not evaluation or not evaluation.has_access("read"):
            return Markup().join(parts) or False
        rows = []
        for form in self.env[MAKER]._get_forms(self):
            if not form.blanks and not form.missing:
                continue
            words = [
                *(
                    [self.env._("blank, to be filled in by hand: %s", form.blanks)]
                    if form.blanks
                    else []
                ),
                *form.missing,
            ]
            rows.append(
                Markup("<tr><td style='width: 40%%'>%s</td><td>%s</td></tr>")
                % (form.title, Markup("<br/>").join(words))
            )
        if rows:
            parts.append(
                Markup(
                    "<p>%s</p><table class='table table-sm'><tbody>%s</tbody></table>"
                )
                % (
                    self.env._("It can be made; look at these before:"),
                    Markup().join(rows),
                )
            )
        elif not faults:
            parts.append(Markup("<p>%s</p>") % self.env._("Every form is filled in."))
        return Markup().join(parts)

    # ------------------------------------------------------------
    # The job
    # ------------------------------------------------------------

    def _job_bid(self, job):
        """One step: a volume after the other beside the server, then the list of what
        is proven where, the spreadsheet and the archive."""
        self.check_access("read")
        maker = self.env[MAKER]
        cursor, folder = job.cursor or {}, Path(job._get_folder())
        made, pages = cursor.get("made", 0), cursor.get("pages", [])
        forms = (
            maker._get_forms(self, with_scans=True) if not cursor.get("beside") else []
        )
        names = maker._get_volume_names()

        def start(own):
            if made < len(names) - 1:
                return begin_volume(maker._get_bid_volume(self, forms, made), own)
            return begin_volume(maker._get_index(self, forms, pages), own)

        done = job._await_beside(start)
        if not done:
            return None
        content = done.read_bytes()
        (folder / f"volume-{made}.pdf").write_bytes(content)
        pages = [*pages, find_parts(content)]
        made += 1
        if made < len(names):
            job._advance(made, len(names) + 1, made=made, pages=pages)
            return None
        return self._pack_bid(job, folder, names, pages)

    def _pack_bid(self, job, folder, names, pages):
        archive = Archive(folder)
        for number, name in enumerate(names):
            with (folder / f"volume-{number}.pdf").open("rb") as stream:
                archive.add(safe_name(f"{number + 1} {name}.pdf"), stream)
        buffer = io.BytesIO()
        self.env[MAKER]._write_tables(self, buffer, pages)
        archive.add_bytes(
            safe_name(self.env._("Tables of the Bid") + ".xlsx"), buffer.getvalue()
        )
        archive.close()
        job._advance(job.total, job.total)
        # sudo: only the server makes results; they are read by who asked for them.
        return (
            self.env["ir.attachment"]
            .sudo()
            ._om_take_file(
                str(archive.path),
                name=safe_name(f"{self.code or ''} {self.name}.zip"),
                mimetype="application/zip",
                res_model=job._name,
                res_id=job.id,
            )
        )
