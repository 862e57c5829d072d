import hashlib
import json
import secrets
from base64 import b64decode
from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import (
    SQL,
    format_datetime,
    format_list,
    html2plaintext,
    split_every,
)

from ..tools import beijing, seal

# Who checks a line against its text; others read what of it they may read anyway.
CHECKERS = "om_base.group_auditor,om_base.group_manager,om_base.group_administrator"
# Of a list of records, so many are named.
NAMED = 10
# Documents that are read and checked at once.
CHECKED_AT_ONCE = 1000
# What a line has in the database.
COLUMNS = (
    "res_model",
    "res_id",
    "position",
    "act",
    "user_id",
    "happened_at",
    "entered_at",
    "state_from",
    "state_to",
    "reason",
    "signature_id",
    "facts",
    "files",
    "format",
    "previous",
    "digest",
    "key",
)
# For how many years personal values of acts are kept.
PERSONAL_YEARS = "om_base.personal_years"
ERASED_AT_ONCE = 10_000


class OmOnRecordMixin(models.AbstractModel):
    """What stands on record about a document: who reads the document reads it.

    Nobody creates one by hand, nobody changes or deletes one, not even the superuser.
    """

    _name = "om.on.record.mixin"
    _description = "On Record About a Document"
    # Who and when are facts of their own.
    _log_access = False

    res_model = fields.Char("Document Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", required=True, readonly=True
    )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or not self or operation != "read":
            return result
        shut = self - self._filter_readable()
        if not shut:
            return None
        return shut, lambda: self.env["ir.rule"]._make_access_error(operation, shut)

    @api.model
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        if self.env.su or bypass_access or self._reads_everything():
            return super()._search(
                domain, offset, limit, order, bypass_access=bypass_access, **kwargs
            )
        query = super()._search(domain, order=order, **kwargs)
        readable = self.browse(query)._filter_readable()
        last = offset + limit if limit else None
        return self.browse(readable.ids[offset:last])._as_query(order)

    @api.model
    def _reads_everything(self):
        return self.env.user.has_groups(
            "om_base.group_auditor,om_base.group_administrator"
        )

    def _filter_readable(self):
        """These without those of documents that the user may not read."""
        if self.env.su or self._reads_everything():
            return self
        # sudo: only which documents they are about, to ask those next.
        about = {each.id: (each.res_model, each.res_id) for each in self.sudo()}
        documents = defaultdict(set)
        for name, res_id in about.values():
            documents[name].add(res_id)
        readable = {
            (name, record.id)
            for name, ids in documents.items()
            for record in self.env[name].browse(ids).exists()._filtered_access("read")
        }
        return self.filtered(lambda each: about[each.id] in readable)

    @api.model_create_multi
    @api.private
    def create(self, vals_list):
        """Made by acts; not for clients."""
        return super().create(vals_list)

    # pylint: disable-next=method-required-super; nothing is ever written
    def write(self, vals):
        """What is on record stays as it is, for the superuser too."""
        raise UserError(self.env._("What is on record is not changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("What is on record is not deleted."))


class OmAct(models.Model):
    """The sealed ledger: one line for each act on a document of facts.

    Who did what, when it happened and when it was entered, why, and what the facts
    were afterwards. A line carries the digest of the document's line before, so that
    the lines of one document are a chain (:mod:`odoo.addons.om_base.tools.seal`); acts
    on different documents never wait for each other. Nobody writes a line but the mixin
    ``om.act.mixin``, nobody changes or deletes one; what somebody changes past Odoo, by
    SQL, :meth:`_find_faults` finds.
    """

    _name = "om.act"
    _inherit = "om.on.record.mixin"
    _description = "Act on Record"
    _order = "entered_at desc, id desc"
    _rec_name = "act"
    _log_access = False

    position = fields.Integer(
        required=True,
        readonly=True,
        aggregator=None,
        help="The place in the document's chain of lines, counted from 1.",
    )
    act = fields.Char(required=True, readonly=True)
    act_label = fields.Char("Act Name", compute="_compute_act_label")
    model_label = fields.Char("Kind of Document", compute="_compute_model_label")
    user_id = fields.Many2one(
        "res.users", "Entered By", required=True, readonly=True, ondelete="restrict"
    )
    happened_at = fields.Datetime(required=True, readonly=True)
    entered_at = fields.Datetime(required=True, readonly=True, index=True)
    state_from = fields.Char("From", readonly=True)
    state_to = fields.Char("To", readonly=True)
    state_from_label = fields.Char("State Before", compute="_compute_state_labels")
    state_to_label = fields.Char("State After", compute="_compute_state_labels")
    reason = fields.Text(readonly=True)
    signature_id = fields.Many2one(
        "om.signature", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    facts = fields.Text(
        required=True,
        readonly=True,
        groups=CHECKERS,
        help="The document's facts after the act, as canonical JSON under names that"
        " outlive those of the fields.",
    )
    told = fields.Html("The Facts Afterwards", compute="_compute_told", sanitize=False)
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "om_act_attachment_rel",
        "act_id",
        "attachment_id",
        string="Evidence",
        readonly=True,
        bypass_search_access=True,
    )
    files = fields.Text(
        required=True,
        readonly=True,
        help="Names and digests of the evidence, as canonical JSON.",
    )
    personal_ids = fields.One2many("om.act.personal", "act_id", readonly=True)
    format = fields.Integer(required=True, readonly=True, aggregator=None)
    previous = fields.Char("Digest Before", readonly=True)
    digest = fields.Char(required=True, readonly=True)
    key = fields.Char(
        readonly=True,
        help="What the sender of a request calls it: sent twice, it acts once.",
    )

    _one_chain = models.UniqueIndex(
        "(res_model, res_id, position)",
        "Somebody else acted on this at the same moment. Load the page again and see"
        " what they did before you go on.",
    )
    _once = models.UniqueIndex(
        "(key, res_model, res_id) WHERE key IS NOT NULL",
        "This was done already.",
    )

    @api.depends("act_label")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.act_label

    @api.depends("act", "res_model")
    @api.depends_context("lang")
    def _compute_act_label(self):
        for line in self:
            model = self.env.get(line.res_model)
            declared = model._get_acts().get(line.act) if model is not None else None
            line.act_label = self.env._(declared.label) if declared else line.act

    @api.depends("res_model")
    @api.depends_context("lang")
    def _compute_model_label(self):
        for line in self:
            # sudo: names of models are no secret.
            model = self.env["ir.model"].sudo()._get(line.res_model)
            line.model_label = model.name or line.res_model

    @api.depends("state_from", "state_to", "res_model")
    @api.depends_context("lang")
    def _compute_state_labels(self):
        for line in self:
            model = self.env.get(line.res_model)
            state = getattr(model, "_state_field", None)
            field = model._fields.get(state) if state else None
            labels = (
                dict(field._description_selection(self.env))
                if field is not None and field.type == "selection"
                else {}
            )
            for side in ("state_from", "state_to"):
                line[f"{side}_label"] = labels.get(line[side], line[side])

    @api.depends("facts", "res_model")
    @api.depends_context("lang", "tz", "uid")
    def _compute_told(self):
        for line in self:
            rows = Markup().join(
                Markup(
                    "<tr><th class='fw-normal text-muted pe-3'>%s</th><td>%s</td></tr>"
                )
                % row
                for row in line._get_told()
            )
            line.told = Markup("<table class='table table-sm'>%s</table>") % rows

    def _get_told(self):
        """[(name, value)] of the facts in words, as the document's page calls them.

        What the reader may not read on the document is left out.
        """
        self.ensure_one()
        model = self.env.get(self.res_model)
        declared = model._get_facts() if hasattr(model, "_get_facts") else {}
        # sudo: the line's text is for those who check it; here it is told in words.
        facts = json.loads(self.sudo().facts)
        order = [*declared, *facts]
        told = []
        for name in sorted(facts, key=order.index):
            fact = declared.get(name)
            field = model._fields.get(fact.field) if fact else None
            if field is None:
                # A fact of an earlier release: its name is all that is known.
                told.append((name, self._word_plain(facts[name])))
            elif model._has_field_access(field, "read"):
                label = field._description_string(self.env) or name
                told.append((label, self._word_value(model, field, facts[name])))
        return told

    @api.model
    def _word_plain(self, value):
        if isinstance(value, bool):
            return self.env._("Yes") if value else self.env._("No")
        if value in (None, "", []):
            return "—"
        return (
            format_list(self.env, map(str, value)) if isinstance(value, list) else value
        )

    @api.model
    def _word_value(self, model, field, value):
        """One fact in words: states by their labels, records by their names."""
        if isinstance(value, dict):
            return self.env._("(personal, kept apart from the line)")
        if value in (None, "", []) or isinstance(value, bool):
            return self._word_plain(value)
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "datetime":
            moment = datetime.fromisoformat(value).replace(tzinfo=None)
            return format_datetime(self.env, moment, beijing.ZONE.key)
        if field.type in ("monetary", "float"):
            return format(Decimal(value), ",f")
        if field.type == "html":
            return html2plaintext(value)
        if field.type == "binary":
            return self.env._("file with the digest %s …", value[:12])
        if not field.relational or field.comodel_name not in self.env:
            return value
        ids = value if isinstance(value, list) else [value]
        # sudo: as on the document's page, where a name is shown with the record.
        records = self.env[field.comodel_name].sudo().browse(ids[:NAMED])
        words = [
            record.display_name
            if record.exists()
            else self.env._("No. %s (gone)", each)
            for each, record in zip(ids, records, strict=False)
        ]
        if len(ids) > NAMED:
            words.append(self.env._("%s in all", len(ids)))
        return format_list(self.env, words)

    # ------------------------------------------------------------
    # Writing lines: the mixin only
    # ------------------------------------------------------------

    @api.model
    def _append(self, documents, act, values):
        """Add one line for each of ``documents`` and return them.

        :param documents: records of one model with the mixin, locked by the act
        :param act: its name
        :param values: {id: what :meth:`_prepare_line` takes}
        """
        last = self._get_last(documents)
        vals_list, hidden = [], {}
        for document in documents:
            before = last.get(document.id)
            vals, personal = self._prepare_line(
                document, act, before, **values[document.id]
            )
            vals_list.append(vals)
            if personal:
                hidden[document.id] = personal
        # sudo: nobody has the right to write a line; the act that calls was checked.
        lines = self.sudo()._insert(vals_list)
        documents.invalidate_recordset(["act_ids"], flush=False)
        if hidden:
            self.env["om.act.personal"].sudo().create(
                [
                    {"act_id": lines[res_id], **each}
                    for res_id, personal in hidden.items()
                    for each in personal
                ]
            )
        return self.browse(lines.values())

    @api.model
    def _insert(self, vals_list):
        """Insert rows and return {document's id: id}.

        Past the ORM: a thousand lines are written with an act on a thousand documents,
        nothing of theirs is computed, and nobody else creates any.
        """
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO om_act (%s) VALUES %s RETURNING res_id, id",
                SQL(", ").join(map(SQL.identifier, COLUMNS)),
                SQL(", ").join(
                    SQL("%s", tuple(vals[name] or None for name in COLUMNS))
                    for vals in vals_list
                ),
            )
        )
        lines = dict(rows)
        cited = [
            SQL("%s", (lines[vals["res_id"]], attachment_id))
            for vals in vals_list
            for attachment_id in vals["attachment_ids"]
        ]
        if cited:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO om_act_attachment_rel (act_id, attachment_id)"
                    " VALUES %s",
                    SQL(", ").join(cited),
                )
            )
        return lines

    @api.model
    def _get_last(self, documents):
        """{document's id: (position, digest) of its last line}"""
        self.flush_model()
        self.env.cr.execute(
            """
            SELECT DISTINCT ON (res_id) res_id, position, digest
              FROM om_act
             WHERE res_model = %s AND res_id = ANY(%s)
          ORDER BY res_id, position DESC
            """,
            [documents._name, documents.ids],
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    @api.model
    def _prepare_line(
        self,
        document,
        act,
        before,
        *,
        facts,
        personal,
        happened_at,
        entered_at,
        state_from,
        state_to,
        reason,
        files,
        signature,
        key,
    ):
        """The values of a line, and those of its personal facts."""
        hidden = []
        for name, value in personal.items():
            if value is None:
                facts = {**facts, name: None}
                continue
            salt = secrets.token_hex(16)
            facts = {**facts, name: {"hash": seal.conceal(value, salt)}}
            hidden.append({"fact": name, "value": seal.canonical(value), "salt": salt})
        position, previous = (before[0] + 1, before[1]) if before else (1, "")
        vals = {
            "res_model": document._name,
            "res_id": document.id,
            "position": position,
            "act": act,
            "user_id": self.env.uid,
            "happened_at": happened_at,
            "entered_at": entered_at,
            "state_from": state_from,
            "state_to": state_to,
            "reason": reason,
            "signature_id": signature.id,
            "facts": seal.canonical(facts),
            "files": seal.canonical(
                [
                    {"name": file.name, "sha256": self._get_sha256(file)}
                    for file in files
                ]
            ),
            "attachment_ids": files.ids,
            "format": seal.FORMAT,
            "previous": previous or False,
            "key": key,
        }
        texts = {name: vals[name] for name in ("facts", "files")}
        line = self._get_line({**vals, "signature": signature.digest}, texts)
        return {**vals, "digest": seal.digest_around(line, texts)}, hidden

    @api.model
    def _get_sha256(self, attachment):
        """The digest of an attachment's bytes, as they are now; "" if they are gone."""
        # sudo: the digest of a file tells nothing of it.
        raw = attachment.sudo().raw
        return hashlib.sha256(raw).hexdigest() if raw else ""

    @api.model
    def _get_line(self, vals, known=()):
        """What a line's digest is taken of; ``vals`` as in :meth:`_prepare_line`.

        :param known: parts that are left out, their canonical text being known
        """
        return {
            "format": vals["format"],
            "document": [vals["res_model"], vals["res_id"]],
            "position": vals["position"],
            "act": vals["act"],
            "user": vals["user_id"],
            "happened_at": vals["happened_at"],
            "entered_at": vals["entered_at"],
            "from": vals["state_from"] or "",
            "to": vals["state_to"] or "",
            "reason": vals["reason"] or "",
            "signature": vals["signature"] or "",
            "previous": vals["previous"] or "",
            **{
                name: json.loads(vals[name])
                for name in ("facts", "files")
                if name not in known
            },
        }

    def _get_own_line(self):
        self.ensure_one()
        return self._get_line(
            {
                "user_id": self.user_id.id,
                "signature": self.signature_id.digest,
                **{
                    name: self[name]
                    for name in (
                        "format",
                        "res_model",
                        "res_id",
                        "position",
                        "act",
                        "happened_at",
                        "entered_at",
                        "state_from",
                        "state_to",
                        "reason",
                        "facts",
                        "files",
                        "previous",
                    )
                },
            }
        )

    # ------------------------------------------------------------
    # Checking
    # ------------------------------------------------------------

    @api.model
    def _verify(self):
        """Yield what does not fit in the ledger and its seals, as sentences."""
        yield from self._find_faults()
        yield from self.env["om.seal"]._find_faults()

    @api.model
    def _find_faults(self, domain=Domain.TRUE):
        """Yield what does not fit, document by document, as sentences.

        Checked are each line's digest and chain, its signature, its evidence as it is
        now, and the document's sealed facts against its last line: a change made past
        the acts, by SQL too, is one of these. Memory is bounded by
        ``CHECKED_AT_ONCE`` documents.

        :param domain: which lines' documents; all by default
        """
        ledger = self.sudo()
        documents = [
            (name, res_id)
            for name, ids in ledger._read_group(
                domain, ["res_model"], ["res_id:array_agg_distinct"]
            )
            for res_id in sorted(ids)
        ]
        for some in split_every(CHECKED_AT_ONCE, documents):
            by_model = defaultdict(list)
            for name, res_id in some:
                by_model[name].append(res_id)
            for name, ids in by_model.items():
                yield from ledger._find_faults_of(name, ids)
            self.env.invalidate_all()

    def _find_faults_of(self, name, ids):
        lines = self.search(
            [("res_model", "=", name), ("res_id", "in", ids)], order="res_id, position"
        )
        chains = dict(lines.grouped("res_id"))
        for res_id in ids:
            chain = chains[res_id]
            broken = seal.find_break(
                (line._get_own_line(), line.digest) for line in chain
            )
            if broken:
                yield chain[broken.index]._word_break(broken.kind)
                # What the document was is not known from here on.
                del chains[res_id]
                continue
            yield from chain._find_false_evidence()
        yield from self._find_false_facts(name, chains)

    def _word_break(self, kind):
        self.ensure_one()
        words = {
            "changed": self.env._("the line was changed after it was written"),
            "unchained": self.env._("the line does not follow the line before it"),
            "missing": self.env._("a line before this one is missing"),
        }
        return self._word(words[kind])

    def _word(self, what):
        self.ensure_one()
        return self.env._(
            "%(document)s, line %(position)s (%(act)s, %(time)s UTC): %(what)s.",
            document=f"{self.res_model} {self.res_id}",
            position=self.position,
            act=self.act,
            time=self.entered_at,
            what=what,
        )

    def _find_false_evidence(self):
        for line in self:
            wanted = sorted(
                (file["name"], file["sha256"]) for file in json.loads(line.files)
            )
            found = sorted(
                (file.name, self._get_sha256(file))
                for file in line.attachment_ids.exists()
            )
            for name, sha256 in wanted:
                if (name, sha256) not in found:
                    yield line._word(
                        self.env._("the evidence “%s” is gone or was replaced", name)
                    )
                    break
            signature = line.signature_id
            if signature and signature._get_digest() != signature.digest:
                yield line._word(self.env._("its signature was changed"))
            for hidden in line.personal_ids:
                told = json.loads(line.facts).get(hidden.fact)
                if told and told["hash"] != seal.conceal(
                    json.loads(hidden.value), hidden.salt
                ):
                    yield line._word(
                        self.env._("the personal fact “%s” was changed", hidden.fact)
                    )

    def _find_false_facts(self, name, chains):
        model = self.env.get(name)
        if model is None or not hasattr(model, "_get_sealed_facts"):
            return
        records = model.with_context(active_test=False).browse(chains).exists()
        present = records._get_sealed_facts()
        for res_id, chain in chains.items():
            last = chain[-1]
            if last.act == "delete":
                continue
            if res_id not in present:
                yield last._word(self.env._("the document is gone"))
                continue
            told = json.loads(last.facts)
            for fact, value in present[res_id].items():
                if fact in told and told[fact] != seal.plain(value):
                    yield last._word(
                        self.env._(
                            "“%(fact)s” was %(told)s and is %(value)s now,"
                            " without an act",
                            fact=fact,
                            told=seal.canonical(told[fact]),
                            value=seal.canonical(value),
                        )
                    )
                    break


class OmActPersonal(models.Model):
    """A personal value of a ledger's line, apart from it.

    The line has the value's salted hash. When the purpose ends, this record goes, value
    and salt together: the chain holds, and nobody can find the value out by trying.
    """

    _name = "om.act.personal"
    _description = "Personal Fact of an Act"
    _log_access = False

    act_id = fields.Many2one("om.act", required=True, index=True, ondelete="restrict")
    fact = fields.Char(required=True)
    value = fields.Text(required=True)
    salt = fields.Char(required=True)

    @api.autovacuum
    def _gc_ended(self):
        """Erase personal values whose time is over, with their salts."""
        years = int(self.env["ir.config_parameter"].get_param(PERSONAL_YEARS, 5))
        ended = fields.Datetime.now() - relativedelta(years=years)
        self.search([("act_id.entered_at", "<", ended)], limit=ERASED_AT_ONCE).unlink()


def to_fact(record, name):
    """A field's value as a ledger tells it: amounts as decimal text, records by id.

    Evidence and lists of records are told as sorted ids; a binary by its digest.
    """
    field = record._fields[name]
    # As ``record[name]`` reads it, without asking again for the field.
    value = field.__get__(record)
    if field.type in ("monetary", "float"):
        digits = field.get_digits(record.env) if field.type == "float" else None
        places = digits[1] if digits else 2
        return format(
            Decimal(str(value or 0.0)).quantize(Decimal(1).scaleb(-places)), "f"
        )
    if field.type in ("many2one", "many2one_reference"):
        return (value if isinstance(value, int) else value.id) or None
    if field.type == "reference":
        return [value._name, value.id] if value else None
    if field.type in ("many2many", "one2many"):
        return sorted(value.ids)
    if field.type == "binary":
        return hashlib.sha256(b64decode(value)).hexdigest() if value else None
    if field.type == "boolean":
        return bool(value)
    if field.type == "integer":
        return value or 0
    if field.type == "html":
        return str(value) if value else None
    return value or None
