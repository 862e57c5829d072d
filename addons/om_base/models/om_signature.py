from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, format_list

from ..tools import beijing, seal

# In the context of invented history: an object, no client can send it. Nobody is told
# of what never happened.
INVENTED = object()
# Of what was signed at once, so many documents are named.
NAMED = 20

CAPACITIES = [
    ("purchaser", "Purchaser"),
    ("user_unit", "User Unit"),
    ("supervisor", "Supervisor"),
    ("contractor", "Contractor"),
]


class OmSignature(models.Model):
    """The word of a party for an act: its own login, its drawn name, or its paper.

    Nobody signs for another party. Its own people act with their login, in the portal;
    what was signed on paper is entered by ours with the scan, the person's name and the
    day, and reads "on paper, entered by" for ever.
    """

    _name = "om.signature"
    _inherit = "om.on.record.mixin"
    _description = "Signature"
    _order = "id desc"
    _rec_name = "person"
    _log_access = False

    act = fields.Char(required=True, readonly=True)
    party_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="restrict"
    )
    capacity = fields.Selection(CAPACITIES, required=True, readonly=True)
    person = fields.Char(required=True, readonly=True)
    way = fields.Selection(
        [
            ("login", "Own Login"),
            ("drawn", "Drawn by Hand"),
            ("paper", "On Paper"),
        ],
        required=True,
        readonly=True,
    )
    signed_on = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Entered By", required=True, readonly=True, ondelete="restrict"
    )
    entered_at = fields.Datetime(required=True, readonly=True)
    address = fields.Char("Network Address", readonly=True)
    attachment_id = fields.Many2one(
        "ir.attachment",
        "Scan or Drawing",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    file_digest = fields.Char(readonly=True)
    signed = fields.Char("Fingerprint of What Was Signed", required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True)

    _document = models.Index("(res_model, res_id)")
    _paper_has_scan = models.Constraint(
        "CHECK (way = 'login' OR attachment_id IS NOT NULL)",
        "A signature on paper needs its scan, a drawn one its drawing.",
    )

    @api.depends("person", "party_id", "way", "signed_on", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        ways = self._om_labels("way")
        for signature in self:
            text = self.env._(
                "%(person)s for %(party)s, %(way)s",
                person=signature.person,
                party=signature.party_id.display_name,
                way=ways.get(signature.way, ""),
            )
            if signature.way != "login":
                text = self.env._(
                    "%(text)s on %(day)s, entered by %(user)s",
                    text=text,
                    day=signature.signed_on,
                    user=signature.user_id.display_name,
                )
            signature.display_name = text

    @api.model_create_multi
    @api.private
    def create(self, vals_list):
        """Signatures of acts; not for clients."""
        self.check_access("create")
        for vals in vals_list:
            vals["file_digest"] = (
                self.env["om.act"]._get_sha256(
                    self.env["ir.attachment"].browse(vals["attachment_id"])
                )
                if vals.get("attachment_id")
                else False
            )
            vals["digest"] = self._digest(vals)
        return super().create(vals_list)

    # ------------------------------------------------------------
    # Telling the party
    # ------------------------------------------------------------

    def _tell_parties(self, act):
        """Tell each party what ours have entered as its word, and by whom signed.

        The server cannot see who drew a name, or signed the paper in a scan: whoever
        did not, notices. One message for each party and person; its own login needs
        none.
        """
        if self.env.context.get("om_invented") is INVENTED:
            return
        entered = self.filtered(lambda signature: signature.way != "login")
        for (party, _person, _way), signed in entered.grouped(
            lambda each: (each.party_id, each.person, each.way)
        ).items():
            people = signed._get_told(party)
            for lang, some in people._group_by_lang().items():
                signed.with_context(lang=lang)._tell(some, act)

    @api.model
    def _get_told(self, party):
        """Who hears of it for ``party``: its people with a login, else its address."""
        # sudo: ours need not read the logins of others.
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("share", "=", True),
                    "|",
                    ("partner_id", "child_of", party.commercial_partner_id.id),
                    ("om_unit_ids", "in", party.commercial_partner_id.ids),
                ]
            )
        )
        return users.partner_id or party.sudo().filtered("email")

    def _tell(self, people, act):
        first = self[0]
        documents = [
            self.env[each.res_model].browse(each.res_id).display_name
            for each in self[:NAMED]
        ]
        if len(self) > NAMED:
            documents.append(self.env._("%s in all", len(self)))
        ways = self._om_labels("way")
        said = {
            "person": first.person,
            "party_id": first.party_id.name,
            "way": ways[first.way],
            "signed_on": format_date(self.env, first.signed_on),
            "user_id": first.user_id.name,
            "entered_at": format_datetime(self.env, first.entered_at, beijing.ZONE.key),
        }
        facts = [
            (self.env._("What"), self.env._(act.label)),
            (self.env._("Documents"), format_list(self.env, documents)),
            *(
                (self._fields[name]._description_string(self.env), text)
                for name, text in said.items()
            ),
        ]
        rows = Markup().join(Markup("<li>%s: %s</li>") % fact for fact in facts)
        body = Markup("<p>%s</p><ul>%s</ul><p>%s</p>") % (
            self.env._("This was entered as signed by you:"),
            rows,
            self.env._(
                "If you did not sign it, answer this message or call us: what was"
                " entered stays on record and is put right."
            ),
        )
        document = self.env[first.res_model].browse(first.res_id)
        thread = (
            document if hasattr(document, "message_notify") else self.env["mail.thread"]
        )
        # sudo: whoever enters a signature need not be one who writes to the party.
        thread.sudo().message_notify(
            partner_ids=people.ids,
            subject=self.env._("Signed for %s", first.party_id.name),
            body=body,
            force_email_lang=self.env.lang,
        )

    @api.model
    def _digest(self, vals):
        names = ("res_model", "res_id", "act", "party_id", "capacity", "person", "way")
        names += ("signed_on", "user_id", "entered_at", "file_digest", "signed")
        return seal.digest({name: vals.get(name) or None for name in names})

    def _get_digest(self):
        """The digest of this signature as it is now, its file included."""
        self.ensure_one()
        vals = self.read(load="")[0]
        if self.attachment_id:
            vals["file_digest"] = self.env["om.act"]._get_sha256(self.attachment_id)
        return self._digest(vals)
