from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list


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

    def _group_by_lang(self):
        """Return {language: partners}: whoever is written to reads it in the own
        language, else in the company's, whatever the sender's is."""
        home = self.env.company.partner_id.lang or self.env.lang
        return self.grouped(lambda partner: partner.lang or home)
