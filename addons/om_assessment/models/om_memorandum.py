from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.models.om_act_mixin import can_act
from odoo.addons.om_base.tools.acts import Act, Fact
from odoo.addons.om_contract.models.agreement import LATE

_lt = LazyTranslate(__name__)

DRAFT = ("draft",)
PARTIES = ("unit", "purchaser", "contractor")
KEEPERS = ("om_base.group_manager", "om_base.group_procurement")


class OmMemorandum(models.Model):
    """What purchaser, contractor and user unit agreed on about assessing systems.

    Shunyi's contract signs one for each information system; one paper may cover
    several systems of a unit. Where a contract has no such papers, as the emergency
    centre's, one without a unit says how the whole contract is assessed. Each day is
    judged by the version that is in force on it, at most one for a system.
    """

    _name = "om.memorandum"
    _description = "Management Memorandum"
    _inherit = ["mail.thread", "mail.activity.mixin", "om.act.mixin"]
    _order = "agreement_id, unit_id, version desc, id desc"
    _check_company_auto = True

    _free_fields = {
        "open_points": None,
        "note": None,
        **dict.fromkeys(
            (
                "agreement_id",
                "unit_id",
                "system_ids",
                "version",
                "date_from",
                "date_to",
                "scheme_id",
            ),
            DRAFT,
        ),
    }
    _shut_hint = _lt("The parties have signed it: make the next version.")
    _acts = {
        "sign_unit": Act(
            _lt("Signed by the User Unit"),
            source=DRAFT,
            party="_get_unit_side",
            late=LATE,
        ),
        "sign_purchaser": Act(
            _lt("Signed by the Purchaser"),
            source=DRAFT,
            party="_get_purchaser_side",
            late=LATE,
        ),
        "sign_contractor": Act(
            _lt("Signed by the Contractor"),
            source=DRAFT,
            party="_get_contractor_side",
            groups=KEEPERS,
        ),
        "unsign": Act(
            _lt("Signatures Taken Back"), source=DRAFT, groups=KEEPERS, reason=True
        ),
        "enforce": Act(
            _lt("Put into Force"),
            source=DRAFT,
            target="in_force",
            groups=KEEPERS,
            locks=("agreement_id",),
        ),
        "end": Act(
            _lt("End"),
            source=("in_force",),
            target="ended",
            groups=KEEPERS,
            reason=True,
        ),
    }
    _facts = {
        "state": Fact("state"),
        "contract": Fact("agreement_id"),
        "unit": Fact("unit_id"),
        "systems": Fact("system_ids", sealed=("in_force", "ended")),
        "version": Fact("version"),
        "from": Fact("date_from"),
        "to": Fact("date_to"),
        "scheme": Fact("scheme_id"),
        "unit_signed_on": Fact("unit_signed_on"),
        "purchaser_signed_on": Fact("purchaser_signed_on"),
        "contractor_signed_on": Fact("contractor_signed_on"),
    }

    name = fields.Char(compute="_compute_name", store=True, precompute=True)
    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('domain', '=', 'sale'), ('is_template', '=', False)]",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True, precompute=True
    )
    unit_id = fields.Many2one(
        "res.partner",
        string="User Unit",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('om_acts_as', '=', 'user_unit')]",
        help="Empty: how the contract as a whole is assessed.",
    )
    system_ids = fields.Many2many(
        "om.system",
        string="Systems",
        check_company=True,
        domain="[('agreement_id', '=', agreement_id), ('unit_id', '=?', unit_id)]",
        help="Empty, without a unit: all systems of the contract.",
    )
    version = fields.Integer(default=1, required=True, copy=False)
    date_from = fields.Date("In Force From", required=True)
    date_to = fields.Date("In Force To", help="Empty: until the next version.")
    scheme_id = fields.Many2one(
        "om.assessment.scheme",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('state', '!=', 'retired'),"
        " ('agreement_id', 'in', (agreement_id, False))]",
        help="Indicators and rules of money. Until it is signed an example may stand"
        " here.",
    )
    state = fields.Selection(
        [("draft", "To Be Signed"), ("in_force", "In Force"), ("ended", "Ended")],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
    )
    unit_signed_on = fields.Date(readonly=True, copy=False)
    purchaser_signed_on = fields.Date(readonly=True, copy=False)
    contractor_signed_on = fields.Date(readonly=True, copy=False)
    file_ids = fields.Many2many(
        "ir.attachment",
        "om_memorandum_file_rel",
        "memorandum_id",
        "attachment_id",
        string="Scans",
        readonly=True,
        copy=False,
        bypass_search_access=True,
    )
    missing_parties = fields.Char("Still to Sign", compute="_compute_missing_parties")
    open_points = fields.Text(
        help="What the contract leaves open and the parties have to say: periods of"
        " reports, weights, what a point costs.",
    )
    note = fields.Text()
    can_sign_unit = can_act()
    can_sign_purchaser = can_act()
    can_sign_contractor = can_act()
    can_unsign = can_act()
    can_enforce = can_act()
    can_end = can_act()

    _days_in_order = models.Constraint(
        "CHECK (date_to >= date_from)", "It cannot end before it begins."
    )
    _version_positive = models.Constraint(
        "CHECK (version > 0)", "Versions count from 1."
    )
    _in_force_by_day = models.Index(
        "(agreement_id, date_from, date_to) WHERE state IN ('in_force', 'ended')"
    )

    @api.depends("agreement_id.name", "unit_id.name", "version")
    def _compute_name(self):
        for memorandum in self:
            whose = memorandum.unit_id.name or memorandum.agreement_id.name or ""
            memorandum.name = f"{whose} V{memorandum.version}"

    @api.depends(
        "state",
        "unit_id",
        "unit_signed_on",
        "purchaser_signed_on",
        "contractor_signed_on",
    )
    @api.depends_context("lang")
    def _compute_missing_parties(self):
        labels = {
            "unit": self.env._("user unit"),
            "purchaser": self.env._("purchaser"),
            "contractor": self.env._("contractor"),
        }
        for memorandum in self:
            missing = memorandum._get_missing() if memorandum.state == "draft" else []
            memorandum.missing_parties = format_list(
                self.env, [labels[party] for party in missing]
            )

    def _get_missing(self):
        self.ensure_one()
        return [
            party
            for party in PARTIES
            if (party != "unit" or self.unit_id) and not self[f"{party}_signed_on"]
        ]

    @api.constrains("system_ids", "unit_id", "agreement_id")
    def _check_systems(self):
        for memorandum in self:
            # sudo: whose systems they are is a matter of the register.
            systems = memorandum.sudo().system_ids
            wrong = systems.filtered(
                lambda system, memo=memorandum: (
                    system.agreement_id != memo.agreement_id
                    or (memo.unit_id and system.unit_id != memo.unit_id)
                )
            )
            if wrong:
                raise UserError(
                    self.env._(
                        "“%(system)s” is no system of this contract and unit.",
                        system=wrong[0].display_name,
                    )
                )

    @api.constrains(
        "state", "system_ids", "date_from", "date_to", "unit_id", "agreement_id"
    )
    def _check_one_in_force(self):
        """At most one memorandum is in force for a system on a day."""
        bound = self.filtered(lambda memo: memo.state != "draft")
        if not bound:
            return
        # sudo: also those of parts that the user does not see.
        others = self.sudo().search(
            [
                ("agreement_id", "in", bound.agreement_id.ids),
                ("state", "!=", "draft"),
            ]
        )
        for memo in bound.sudo():
            for other in others - memo:
                if other.agreement_id != memo.agreement_id or not memo._meets(other):
                    continue
                common = memo._get_systems() & other._get_systems()
                if common:
                    raise UserError(
                        self.env._(
                            "“%(other)s” is in force for “%(system)s” in the same"
                            " days (%(first)s – %(last)s): end it first.",
                            other=other.name,
                            system=common[0].display_name,
                            first=other.date_from,
                            last=other.date_to or "…",
                        )
                    )

    def _meets(self, other):
        """Whether two memoranda have a day in common."""
        return not (
            (self.date_to and self.date_to < other.date_from)
            or (other.date_to and other.date_to < self.date_from)
        )

    def _get_systems(self):
        """The systems of one memorandum: those named, else all of its contract."""
        self.ensure_one()
        return (
            self.system_ids
            or self.agreement_id.with_context(active_test=False).system_ids
        )

    def copy_data(self, default=None):
        values_list = super().copy_data(default)
        for memo, values in zip(self, values_list, strict=True):
            values["version"] = memo.version + 1
        return values_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        if any(memo.state != "draft" for memo in self):
            raise UserError(
                self.env._("A memorandum that was in force stays on record; end it.")
            )

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    def _get_unit_side(self):
        return self.unit_id, "user_unit"

    def _get_purchaser_side(self):
        return self.agreement_id.sudo().partner_id, "purchaser"  # no secret

    def _get_contractor_side(self):
        return self.company_id.sudo().partner_id, "contractor"  # no secret

    def _can(self, act):
        for party in PARTIES:
            if act is self._get_acts()[f"sign_{party}"] and (
                party not in self._get_missing()
            ):
                return False
        if act is self._get_acts()["enforce"] and self._get_missing():
            return False
        if act is self._get_acts()["unsign"] and not any(
            self[f"{party}_signed_on"] for party in PARTIES
        ):
            return False
        return super()._can(act)

    def _sign_for(self, party, paper):
        day = fields.Date.to_date(paper and paper.signed_on)
        with self._act(
            f"sign_{party}", paper=paper, happened_at=self._get_moment(day)
        ) as memoranda:
            for memo in memoranda:
                memo._check_signable(party)
            values = {f"{party}_signed_on": day or self._get_signing_day()}
            if paper and paper.scan:
                values["file_ids"] = [fields.Command.link(paper.scan.id)]
            memoranda.write(values)
        return True

    def _check_signable(self, party):
        self.ensure_one()
        if party not in self._get_missing():
            raise UserError(
                self.env._("“%s”: this party has signed, or is none of it.", self.name)
            )
        if self.unit_id and not self.system_ids:
            raise UserError(
                self.env._("“%s”: enter the systems of the unit first.", self.name)
            )
        if self.scheme_id.state != "in_use":
            raise UserError(
                self.env._(
                    "Put the scheme “%s” to use first: what is signed cannot change.",
                    self.scheme_id.name,
                )
            )

    @api.private
    def action_sign_unit(self, paper=None):
        """The user unit has signed, on its paper."""
        return self._sign_for("unit", paper)

    @api.private
    def action_sign_purchaser(self, paper=None):
        """The purchaser has signed, on its paper."""
        return self._sign_for("purchaser", paper)

    @api.private
    def action_sign_contractor(self, paper=None):
        """We have signed."""
        return self._sign_for("contractor", paper)

    def action_sign_ours(self):
        """Sign for the contractor, with the own login."""
        return self.action_sign_contractor()

    def action_open_sign_unit(self):
        """Return the dialog for the unit's signed paper."""
        return self._open_paper("sign_unit")

    def action_open_sign_purchaser(self):
        """Return the dialog for the purchaser's signed paper."""
        return self._open_paper("sign_purchaser")

    def action_unsign(self, reason=None):
        """Take the signatures back, so that the text can be corrected."""
        with self._act("unsign", reason=reason) as memoranda:
            memoranda.write(
                {f"{party}_signed_on": False for party in PARTIES}
                | {"file_ids": [fields.Command.clear()]}
            )
        return True

    def action_open_unsign(self):
        """Ask for the reason."""
        return self.env["om.assessment.reason"]._open("unsign", self)

    def action_enforce(self):
        """Put these into force; all parties have signed."""
        with self._act("enforce") as memoranda:
            for memo in memoranda:
                if memo._get_missing():
                    raise UserError(
                        self.env._(
                            "“%(name)s” still waits for: %(parties)s.",
                            name=memo.name,
                            parties=memo.missing_parties,
                        )
                    )
        return True

    def action_end(self, reason=None, date=None):
        """End these with a last day, so that another version can follow."""
        last = fields.Date.to_date(date) or self.env["agreement"]._get_today()
        with self._act("end", reason=reason) as memoranda:
            for memo in memoranda:
                if last < memo.date_from:
                    raise UserError(
                        self.env._(
                            "“%(name)s” is in force from %(day)s on: its last day"
                            " cannot lie before.",
                            name=memo.name,
                            day=memo.date_from,
                        )
                    )
            memoranda.write({"date_to": last})
        return True

    def action_open_end(self):
        """Ask for the reason and the last day."""
        return self.env["om.assessment.reason"]._open("end", self)

    def action_take_indicators(self):
        """Add to the draft scheme the indicators of these systems that it lacks.

        What the parties did not price costs no points: they enter what it costs.
        """
        for memo in self:
            if memo.state != "draft" or memo.scheme_id.state != "draft":
                raise UserError(
                    self.env._(
                        "“%s”: indicators are taken over into a scheme that is a draft:"
                        " make one from an example, and choose it here.",
                        memo.display_name,
                    )
                )
            memo.scheme_id._take_indicators(memo._get_systems())
        return True

    def action_next_version(self):
        """Make the next version and open it."""
        self.ensure_one()
        return self.copy().get_formview_action()

    def _filter_closed_files(self, files):
        """What the parties signed stays."""
        memoranda = self.browse(set(files.mapped("res_id"))).exists()
        kept = memoranda.filtered(lambda memo: memo.state != "draft")
        return files.filtered(lambda file: file.res_id in kept.ids)

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    @api.model
    def _get_in_force(self, contracts, first, last):
        """Those that are in force for these contracts on any day from ``first`` on.

        What has ended was in force until its last day.
        """
        return self.search(
            Domain("agreement_id", "in", contracts.ids)
            & Domain("state", "!=", "draft")
            & Domain("date_from", "<=", last)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", first))
        )
