from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.om_act_mixin import Paper


class OmActPaper(models.TransientModel):
    """Another party's signature, entered by ours: its signed paper, the scan first, or
    the name that its person draws by hand on our screen.

    Opened by :meth:`om.act.mixin._open_paper` for one act on one or more documents; the
    act checks again that the paper is whole and that the user may enter it.
    """

    _name = "om.act.paper"
    _description = "Signed Paper"

    res_model = fields.Char(required=True)
    res_ids = fields.Json(required=True)
    act = fields.Char(required=True)
    party_id = fields.Many2one("res.partner", readonly=True)
    way = fields.Selection(
        [("paper", "On Paper"), ("drawn", "Drawn by Hand")],
        required=True,
        default="paper",
    )
    file = fields.Binary("Scan of the Signed Paper", required=True)
    file_name = fields.Char()
    person = fields.Char("Signed By", required=True)
    signed_on = fields.Date("Day on the Paper")
    needs_reason = fields.Boolean(compute="_compute_needs_reason")
    reason = fields.Text()

    @api.depends("res_model", "act", "signed_on")
    def _compute_needs_reason(self):
        for paper in self:
            model = self.env.get(paper.res_model or "")
            acts = model._get_acts() if hasattr(model, "_get_acts") else {}
            act = acts.get(paper.act)
            paper.needs_reason = bool(act) and (
                act.reason or paper._is_late(model, act.late_reason)
            )

    def _is_late(self, model, distance):
        """True if the day on the paper lies so far back that a reason is needed."""
        moment = self.signed_on and model._get_moment(self.signed_on)
        return bool(distance and moment and moment < fields.Datetime.now() - distance)

    def action_enter(self):
        """Do the act on the word of the paper, or of who draws here and now."""
        self.ensure_one()
        records = self._get_documents()
        drawn = self.way == "drawn"
        names = {
            "paper": self.file_name or self.env._("Signed paper"),
            "drawn": self.env._("Signature of %s.png", self.person),
        }
        signed_on = records._get_signing_day() if drawn else self.signed_on
        scan = self.env["ir.attachment"].create(
            [
                {
                    "name": names[self.way],
                    "datas": self.file,
                    "res_model": records._name,
                    "res_id": records[:1].id,
                }
            ]
        )
        paper = Paper(self.person, signed_on, scan, self.way)
        records._act_on_paper(self.act, paper, self.reason)
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _get_acted_model(self, name):
        """The model of this name, if acts are declared on it.

        :raise UserError: somebody sent another name
        """
        model = self.env.get(name)
        if model is None or not hasattr(model, "_act_on_paper"):
            raise UserError(self.env._("“%s” takes no signed papers.", name))
        return model

    def _get_documents(self):
        self.ensure_one()
        return self._get_acted_model(self.res_model).browse(self.res_ids).exists()
