from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools.acts import Act, Fact

_lt = LazyTranslate(__name__)
READERS = "hr.group_hr_user,om_base.group_manager,om_base.group_auditor"
# What was compared with the original: it changes only after the check is taken back.
VERIFIED_FACTS = frozenset(
    ("skill_id", "employee_id", "number", "issuer", "valid_from", "valid_to", "scan")
)


class HrEmployeeSkill(models.Model):
    _name = "hr.employee.skill"
    _inherit = [
        "hr.employee.skill",
        "om.expiry.mixin",
        "om.rule.access.mixin",
        "om.act.mixin",
    ]
    _state_field = "verification"
    # Skills are Odoo's; what was compared with the original stays: see write().
    _free_fields = {
        **dict.fromkeys(
            (
                "display_warning_message",
                "employee_id",
                "issuer",
                "number",
                "scan",
                "scan_name",
                "skill_id",
                "skill_level_id",
                "skill_type_id",
                "valid_from",
                "valid_to",
            )
        ),
        "renewal_of_id": (),
    }
    _acts = {
        "verify": Act(_lt("Compared with the Original"), source=("open",)),
        "unverify": Act(_lt("Verification Taken Back"), source=("verified",)),
    }
    _facts = {
        "employee": Fact("employee_id"),
        "kind": Fact("skill_id"),
        "level": Fact("skill_level_id"),
        "first_day": Fact("valid_from", sealed=("verified",)),
        "last_day": Fact("valid_to", sealed=("verified",)),
        "verified_by": Fact("verified_by"),
        "verified_on": Fact("verified_on"),
        "scan": Fact("scan", sealed=("verified",)),
        "number": Fact("number", personal=True),
    }

    # Odoo lets certificates vanish with their kind, its level or the person: a bid was
    # handed in with them, so that these stay as long as certificates do.
    employee_id = fields.Many2one(ondelete="restrict")
    skill_id = fields.Many2one(ondelete="restrict")
    skill_level_id = fields.Many2one(ondelete="restrict")
    skill_type_id = fields.Many2one(ondelete="restrict")
    company_id = fields.Many2one(related="employee_id.company_id")
    number = fields.Char("Certificate Number", groups=READERS, copy=False)
    issuer = fields.Char(groups=READERS)
    scan = fields.Binary(attachment=True, groups=READERS, copy=False)
    scan_name = fields.Char(groups=READERS, copy=False)
    verified_by = fields.Many2one(
        "res.users", readonly=True, copy=False, groups=READERS
    )
    verified_on = fields.Date(readonly=True, copy=False)
    verification = fields.Selection(
        [("open", "Not Verified"), ("verified", "Verified")],
        compute="_compute_verification",
        compute_sudo=True,
    )
    renewal_of_id = fields.Many2one(
        "hr.employee.skill",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=READERS,
        help="The certificate that this one renews.",
    )

    _valid_idx = models.Index("(skill_id, employee_id, valid_to)")

    def _get_passive_fields(self):
        return [
            *super()._get_passive_fields(),
            "number",
            "issuer",
            "scan",
            "scan_name",
        ]

    def _is_barred(self, operation):
        """Skills are everybody's own, certificates the staffing officer's."""
        return (
            operation != "read"
            and self.env.context.get("certificate_skill")
            and not self.env.user.has_group("hr.group_hr_user")
        ) or super()._is_barred(operation)

    @api.depends("verified_on")
    def _compute_verification(self):
        for one in self:
            one.verification = "verified" if one.verified_on else "open"

    def write(self, vals):
        if VERIFIED_FACTS & vals.keys():
            # Reading whether it was verified is no disclosure: the values stay hidden.
            verified = self.sudo().filtered("verified_on")
            if verified:
                raise UserError(
                    self.env._(
                        "These certificates were checked against the original. Take"
                        " the verification back before you change them: %s",
                        format_list(self.env, verified.mapped("display_name")),
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_record(self):
        """What was verified by mistake and taken back may go; the ledger tells it."""
        verified = self.filtered(lambda one: one.verification == "verified")
        return super(HrEmployeeSkill, verified)._unlink_except_on_record()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_verified(self):
        """A verified certificate is evidence of bids; a wrong entry is taken back with
        a trace first. Holds for everybody: no role is above the evidence."""
        # Reading whether it was verified is no disclosure.
        verified = self.sudo().filtered("verified_on")
        if verified:
            raise UserError(
                self.env._(
                    "These certificates were checked against the original and stay on"
                    " record. If one was entered by mistake, take its verification back"
                    " first: %s",
                    format_list(self.env, verified.mapped("display_name")),
                )
            )

    def action_verify(self):
        """Note that the certificates were compared with the originals."""
        self.check_access("write")
        unverified = self.filtered(lambda one: not one.verified_on)
        nameless = unverified.filtered(lambda one: not one.number)
        if nameless:
            raise UserError(
                self.env._(
                    "Enter the certificate numbers before you verify: %s",
                    format_list(self.env, nameless.mapped("display_name")),
                )
            )
        with unverified._act("verify") as acting:
            acting.write(
                {
                    "verified_by": self.env.uid,
                    "verified_on": self._get_local_today(),
                }
            )
        unverified._log_on_employee(self.env._("Certificate verified: %s"))

    def action_unverify(self):
        """Take the verification back, for a correction; it stays in the log."""
        self.check_access("write")
        verified = self.filtered("verified_on")
        with verified._act("unverify") as acting:
            acting.write({"verified_by": False, "verified_on": False})
        verified._log_on_employee(self.env._("Verification taken back: %s"))

    def action_renew(self):
        """Open a new version of the certificate, to begin when this one ends."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Renew %s", self.skill_id.name),
            "res_model": "hr.employee.skill",
            "views": [
                (self.env.ref("om_staffing.hr_employee_skill_view_form").id, "form")
            ],
            "target": "new",
            "context": {
                "default_employee_id": self.employee_id.id,
                "default_skill_type_id": self.skill_type_id.id,
                "default_skill_id": self.skill_id.id,
                "default_skill_level_id": self.skill_level_id.id,
                "default_number": self.number,
                "default_issuer": self.issuer,
                "default_valid_from": self.valid_to
                and fields.Date.add(self.valid_to, days=1),
                "default_renewal_of_id": self.id,
            },
        }

    def _log_on_employee(self, text):
        bodies = {}
        for one in self:
            line = f"{one.skill_id.name} {one.number or ''}".strip()
            bodies.setdefault(one.employee_id, []).append(line)
        employees = self.employee_id
        employees._message_log_batch(
            bodies={
                employee.id: text % format_list(self.env, bodies[employee])
                for employee in employees
            }
        )
