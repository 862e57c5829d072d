from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class HrSkill(models.Model):
    """The catalogue of personal certificates are the skills of certification types."""

    _inherit = "hr.skill"

    _free_fields = {"exam_price": None, "issuer": None}

    exam_price = fields.Integer(
        "Price",
        help="What it costs to win the certificate for one person, in yuan, roughly:"
        " course, fee, days off. The cheapest way to a lost point is sought by it.",
    )
    issuer = fields.Char(help="Who usually issues the certificate.")

    _exam_price_not_negative = models.Constraint(
        "CHECK (exam_price >= 0)", "The price of a certificate cannot be negative."
    )

    def write(self, vals):
        if "name" in vals or "skill_type_id" in vals:
            self._check_verified(vals)
        return super().write(vals)

    def _check_verified(self, vals):
        """Raise where verified certificates would become something else by a new name
        or type of their kind: they were compared with originals that say the old one.
        """
        kinds = self.filtered(
            lambda kind: (
                vals.get("name", kind.name) != kind.name
                or vals.get("skill_type_id", kind.skill_type_id.id)
                != kind.skill_type_id.id
            )
        )
        # Data of the product only: no client is the superuser.
        if not kinds or (self.env.su and self.env.context.get("install_mode")):
            return
        # That there are verified certificates of a kind is no secret of a person.
        verified = (
            self.env["hr.employee.skill"]
            .sudo()
            .search([("skill_id", "in", kinds.ids), ("verified_on", "!=", False)])
        )
        if verified:
            raise UserError(
                self.env._(
                    "Certificates of these kinds were checked against the originals;"
                    " under another name they would say something else. Make a new"
                    " kind instead: %s",
                    format_list(self.env, verified.skill_id.mapped("name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        _check_unused(self, "skill_id")
        # What a tender asks for is evidence as well, whoever may read tenders.
        posts = (
            self.env["om.post"]
            .sudo()
            .search(
                [
                    "|",
                    ("all_skill_ids", "in", self.ids),
                    ("any_skill_ids", "in", self.ids),
                ]
            )
        )
        if posts:
            raise UserError(
                self.env._(
                    "Posts ask for this certificate; take it out of them first: %s",
                    format_list(self.env, posts.mapped("display_name")),
                )
            )


class HrSkillType(models.Model):
    _inherit = "hr.skill.type"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        _check_unused(self, "skill_type_id")
        # The database would take the kinds along without asking them.
        self.skill_ids._unlink_except_used()


class HrSkillLevel(models.Model):
    _inherit = "hr.skill.level"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        _check_unused(self, "skill_level_id")


def _check_unused(records, name):
    """Raise if certificates or skills on record are of the kind, type or level."""
    # How many there are is no secret of a person.
    certificates = records.env["hr.employee.skill"].sudo()
    groups = certificates._read_group([(name, "in", records.ids)], [name], ["__count"])
    if groups:
        raise UserError(
            records.env._(
                "Certificates on record stay, and with them what they are of: %s."
                " Delete wrong entries first.",
                format_list(
                    records.env, (f"{kind.name} ({count})" for kind, count in groups)
                ),
            )
        )
