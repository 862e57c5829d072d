import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.om_base.tools.acts import Act, Fact

_lt = LazyTranslate(__name__)


class OmBidEvaluation(models.Model):
    """What our bid scores under a tender's rules on a day: live while it is a draft,
    frozen with its evidence for the bid file."""

    _name = "om.bid.evaluation"
    _inherit = ["mail.thread", "om.act.mixin"]
    _description = "Bid Evaluation"
    _order = "id desc"
    _free_fields = {
        "name": None,
        "tender_id": ("draft",),
        "date": ("draft",),
        "offer_ids": ("draft",),
    }
    _acts = {"freeze": Act(_lt("Frozen"), source=("draft",), target="frozen")}
    _facts = {
        "state": Fact("state"),
        "tender": Fact("tender_id", sealed=("frozen",)),
        "day": Fact("date", sealed=("frozen",)),
        "points": Fact("total_points", sealed=("frozen",)),
        "projected_points": Fact("projected_points", sealed=("frozen",)),
        "fingerprint": Fact("fingerprint", sealed=("frozen",)),
    }

    name = fields.Char(compute="_compute_name", store=True, readonly=False)
    tender_id = fields.Many2one(
        "om.tender", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="tender_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        "Evaluated For",
        compute="_compute_date",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        tracking=True,
        help="Certificates and insurance are judged as of this day.",
    )
    offer_ids = fields.One2many(
        "om.bid.offer", "evaluation_id", string="Prices", copy=True
    )
    state = fields.Selection(
        [("draft", "Live"), ("frozen", "Frozen")],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        tracking=True,
        copy=False,
    )
    total_points = fields.Float(
        "Points",
        digits=(6, 2),
        readonly=True,
        copy=False,
        help="Of a frozen evaluation: what the records proved on that day.",
    )
    projected_points = fields.Float(
        digits=(6, 2),
        readonly=True,
        copy=False,
        help="What a frozen evaluation was expected to score on the day of the bid, if"
        " the insurance went on; 0 where the records reached the bid.",
    )
    proven_score = fields.Float(
        "Proven",
        digits=(6, 2),
        compute="_compute_scores",
        help="By the records of today; of a frozen evaluation by those of that day.",
    )
    projected_score = fields.Float(
        "Projected for the Bid",
        digits=(6, 2),
        compute="_compute_scores",
        help="If the insurance of the people goes on until the bid.",
    )
    snapshot = fields.Json(readonly=True, copy=False)
    fingerprint = fields.Char(
        readonly=True,
        copy=False,
        help="SHA-256 of the frozen figures and of every piece of evidence.",
    )
    frozen_by = fields.Many2one("res.users", readonly=True, copy=False)
    frozen_on = fields.Datetime(readonly=True, copy=False)
    evidence_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        domain=[("res_model", "=", "om.bid.evaluation"), ("description", "!=", False)],
        readonly=True,
    )

    @api.depends("tender_id")
    def _compute_name(self):
        for evaluation in self:
            if not evaluation.name:
                evaluation.name = evaluation.tender_id.name

    @api.depends("tender_id.bid_date")
    def _compute_date(self):
        today = self.env["om.posting"]._get_today()
        for evaluation in self:
            if evaluation.state != "frozen" or not evaluation.date:
                evaluation.date = evaluation.tender_id.bid_date or today

    @api.depends("state", "tender_id", "date", "total_points", "projected_points")
    def _compute_scores(self):
        """The two scores as the page of points won and lost shows them; a live one is
        reckoned anew each time, since a certificate may have come in meanwhile."""
        for evaluation in self:
            proven = evaluation.total_points
            projected = evaluation.projected_points
            if evaluation.state != "frozen" and evaluation._origin:
                figures = evaluation._origin.get_compliance()
                proven = figures["total"]
                projected = (figures["projected"] or {}).get("total", 0)
            evaluation.proven_score = proven
            evaluation.projected_score = projected or proven

    def _check_free(self, names):
        free = self._get_free_fields()
        if any(free.get(name, ()) is not None for name in names) and any(
            one.state == "frozen" for one in self
        ):
            raise UserError(self._get_frozen_words())
        return super()._check_free(names)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        if any(one.state == "frozen" for one in self):
            raise UserError(self._get_frozen_words())

    def action_open_compliance(self):
        """Open the view of points won and lost."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "om_staffing.compliance",
            "name": self.env._("Points of the Bid"),
            "params": {"evaluation_id": self.id},
            "context": {"active_id": self.id, "evaluation_id": self.id},
        }

    def action_freeze(self):
        """Freeze the figures with their evidence, for the bid file."""
        for evaluation in self:
            if evaluation.state == "frozen":
                raise UserError(self._get_frozen_words())
            with evaluation._act("freeze", evidence="evidence_ids") as acting:
                snapshot = {
                    "compliance": evaluation.get_compliance(),
                    "pack": evaluation._get_pack(),
                }
                # The scans are copied: what was handed in stays what it was.
                snapshot["evidence"] = evaluation._copy_scans(snapshot["pack"])
                projected = snapshot["compliance"]["projected"] or {}
                acting.write(
                    {
                        "state": "frozen",
                        "snapshot": snapshot,
                        "fingerprint": self._get_fingerprint(snapshot),
                        "total_points": snapshot["compliance"]["total"],
                        "projected_points": projected.get("total", 0),
                        "frozen_by": self.env.uid,
                        "frozen_on": fields.Datetime.now(),
                    }
                )

    def action_check_fingerprint(self):
        """Tell whether the figures and the evidence are those that were frozen."""
        self.ensure_one()
        self.check_access("read")
        scans = self._get_kept_scans()
        untouched = (
            self.fingerprint == self._get_fingerprint(self.snapshot)
            and len(scans) == len(self.snapshot["evidence"])
            and all(scan._compute_checksum(scan.raw) == scan.checksum for scan in scans)
        )
        if not untouched:
            raise UserError(
                self.env._(
                    "“%s” is not what was frozen: figures or scans were changed in"
                    " the database. Restore them from a backup.",
                    self.name,
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Figures and %s scans are those that were frozen.", len(scans)
                ),
            },
        }

    def action_new_version(self):
        """A live copy of a frozen evaluation."""
        self.ensure_one()
        return self.copy().action_open_compliance()

    @api.model
    def _get_fingerprint(self, snapshot):
        """SHA-256 of a snapshot; the checksums of the scans are part of it."""
        # As it comes back from the database, in which every key is a text.
        plain = json.loads(json.dumps(snapshot))
        text = json.dumps(plain, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _get_frozen_words(self):
        return self.env._(
            "A frozen evaluation is evidence of the bid and stays as it is. Make a new"
            " version to go on."
        )
