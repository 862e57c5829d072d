from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from odoo.addons.om_base.tools.acts import Fact


class OmPostAssignment(models.Model):
    _name = "om.post.assignment"
    _inherit = "om.act.mixin"
    _description = "Person Named for a Post"
    _order = "tender_id, post_sequence, id"
    _free_fields = dict.fromkeys(
        (
            "post_id",
            "employee_id",
        )
    )
    _facts = {"post": Fact("post_id"), "employee": Fact("employee_id")}
    _rec_name = "employee_id"

    post_id = fields.Many2one("om.post", required=True, index=True, ondelete="cascade")
    post_sequence = fields.Integer(related="post_id.sequence", store=True)
    tender_id = fields.Many2one(related="post_id.tender_id", store=True, index=True)
    company_id = fields.Many2one(related="tender_id.company_id", store=True, index=True)
    besides = fields.Boolean(related="post_id.besides", store=True)
    employee_id = fields.Many2one(
        "hr.employee", required=True, index=True, ondelete="restrict"
    )

    # The database decides: also when two people assign at the same moment.
    _person_uniq = models.UniqueIndex(
        "(tender_id, employee_id) WHERE besides IS NOT TRUE",
        "Nobody may hold two posts of a tender.",
    )
    _post_person_uniq = models.Constraint(
        "unique(post_id, employee_id)", "This person is named for the post already."
    )

    @api.constrains("post_id")
    def _check_exact(self):
        for post in self.post_id.filtered("is_exact"):
            if len(post.assignment_ids) > post.need:
                raise ValidationError(
                    self.env._(
                        "“%(post)s” is held by exactly %(need)s. Take somebody off"
                        " before you name another one.",
                        post=post.name,
                        need=post.need,
                    )
                )

    @api.constrains("employee_id", "post_id")
    def _check_bidder(self):
        for one in self:
            # Naming somebody needs the name only; the company is compared, not shown.
            if one.employee_id.sudo().company_id != one.company_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s does not work for %(company)s, the bidder.",
                        person=one.employee_id.display_name,
                        company=one.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        assignments = super().create(vals_list)
        assignments._check_open()
        assignments._log(self.env._("Named: %s"))
        return assignments

    def write(self, vals):
        self._check_open()
        result = super().write(vals)
        self._check_open()
        if {"post_id", "employee_id"} & vals.keys():
            self._log(self.env._("Changed: %s"))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self._check_open()
        self._log(self.env._("Taken off: %s"))

    def _check_open(self):
        closed = self.tender_id.filtered(
            lambda tender: tender.state in ("submitted", "over")
        )
        if closed:
            raise UserError(
                self.env._(
                    "The bid is in: the team of these tenders cannot change, except"
                    " by a change of posted staff once the contract runs: %s",
                    format_list(self.env, closed.mapped("name")),
                )
            )

    def _log(self, text):
        """Note on the tenders who was named or taken off."""
        # Data of the product only: no client is the superuser.
        if self.env.su and self.env.context.get("install_mode"):
            return
        lines = {}
        for one in self:
            line = f"{one.employee_id.display_name} ({one.post_id.name})"
            lines.setdefault(one.tender_id, []).append(line)
        self.tender_id._message_log_batch(
            bodies={
                tender.id: text % format_list(self.env, lines[tender])
                for tender in lines
            }
        )
