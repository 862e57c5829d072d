from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_list

# Whose login it is: to which party somebody belongs, and where the login's mails go.
BODY = frozenset(("commercial_partner_id", "is_company", "parent_id", "user_ids"))
PERSON = frozenset(("email", "name"))


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "om.search.mixin"]

    # Its main role; what a party may do follows from the records that name it.
    _free_fields = {"om_role": None}

    om_role = fields.Selection(
        [
            ("purchaser", "Purchaser"),
            ("user_unit", "User Unit"),
            ("supervisor", "Supervisor"),
            ("supplier", "Supplier"),
            ("agency", "Procurement Agency"),
        ],
        string="O&M Role",
        index="btree_not_null",
        tracking=True,
        help="What this organisation is in operations and maintenance contracts: "
        "the purchaser pays, the user unit uses the systems, the supervisor "
        "confirms work and parts.",
    )
    om_acts_as = fields.Char(
        "Acts As",
        compute="_compute_om_acts_as",
        search="_search_om_acts_as",
        help="Every role of this body: its own, and those in which systems, contracts"
        " or tenders name it. A purchaser that uses a system is its user unit, too.",
    )

    @api.depends("om_role")
    @api.depends_context("lang")
    def _compute_om_acts_as(self):
        found = {
            role: self.search(Domain("id", "in", self.ids) & domain)
            for role, domain in self._get_om_role_domains().items()
        }
        labels = self._om_labels("om_role")
        for partner in self:
            partner.om_acts_as = format_list(
                self.env,
                [label for role, label in labels.items() if partner in found[role]],
            )

    @api.model
    def _search_om_acts_as(self, operator, value):
        """Find bodies by the keys of roles: ``("om_acts_as", "in", ["purchaser"])``."""
        if operator != "in":
            return NotImplemented
        domains = self._get_om_role_domains()
        return Domain.OR(domains[role] for role in value if role in domains)

    @api.model
    def _get_om_role_domains(self):
        """Return ``{role: domain}`` of the bodies that act in it, from stored and
        indexed columns only. Add-ons add the records of theirs that name a body."""
        return {
            role: Domain("om_role", "=", role)
            for role in self._fields["om_role"].get_values(self.env)
        }

    @api.model
    def _get_om_named(self, model, field, domain=()):
        """Domain of the bodies that records of ``model`` name in ``field``."""
        # What a body is does not depend on who asks.
        rows = self.env[model].sudo().with_context(active_test=False)
        query = rows._search([*domain, (field, "!=", False)])
        return Domain("id", "in", query.subselect(field))

    @api.model
    def name_create(self, name):
        """A body typed where a role is asked for, and on record already in another
        role, is that body: it is not created a second time."""
        role = self.env.context.get("default_om_role")
        if role and self.env.context.get("default_is_company"):
            known = self.search(
                [
                    ("name", "=", name.strip()),
                    ("is_company", "=", True),
                    ("om_role", "!=", False),
                ],
                limit=1,
            )
            if known:
                return known.id, known.display_name
        return super().name_create(name)

    @api.model_create_multi
    def create(self, vals_list):
        if not self._om_gives_logins() and any(
            vals.get("user_ids") for vals in vals_list
        ):
            self._om_refuse_login(self.browse(), {"user_ids"})
        return super().create(vals_list)

    def write(self, vals):
        if (BODY | PERSON) & vals.keys() and not self._om_gives_logins():
            self._om_check_logins(vals)
        return super().write(vals)

    @api.model
    def _om_gives_logins(self):
        """Whether it is the user, or the server, who says whose a login is.

        Asked of the user also where Odoo writes as superuser for one: an employee's
        address is copied to the person so.
        """
        return self.env.uid == api.SUPERUSER_ID or self.env.user.has_group(
            "base.group_erp_manager"
        )

    def _om_check_logins(self, vals):
        """Raise if somebody who gives no logins makes one another's: a person moved to
        the purchaser, or given one's own e-mail address, would sign in its name."""
        changed = {
            name
            for name in (BODY | PERSON) & vals.keys()
            if name == "user_ids"
            or any(
                (
                    partner[name].id
                    if self._fields[name].type == "many2one"
                    else partner[name] or False
                )
                != (vals[name] or False)
                for partner in self
            )
        }
        if self.env.su:
            changed -= {"name"}
        if not changed:
            return
        # sudo: whether there is a login, whoever asks.
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [("partner_id", "child_of" if changed & BODY else "in", self.ids)],
            )
        )
        if not changed & BODY:
            # The own name and address are one's own.
            users -= self.env.user
        if users or "user_ids" in changed:
            self._om_refuse_login(users.partner_id, changed)

    @api.model
    def _om_refuse_login(self, people, names):
        labels = self.sudo().fields_get(sorted(names), ["string"])
        raise AccessError(
            self.env._(
                "%(fields)s: this decides whose a login is (%(people)s). Only who gives"
                " logins changes it: ask your administrator.",
                fields=format_list(
                    self.env, [labels[name]["string"] for name in sorted(labels)]
                ),
                # sudo: names of people are no secret here.
                people=format_list(self.env, people.sudo().mapped("name")[:5]) or "–",
            )
        )

    def _group_by_lang(self):
        """Return {language: partners}: whoever is written to reads it in the own
        language, else in the company's, whatever the sender's is."""
        home = self.env.company.partner_id.lang or self.env.lang
        return self.grouped(lambda partner: partner.lang or home)
