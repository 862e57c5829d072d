from collections import defaultdict
from contextlib import contextmanager
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.http import request
from odoo.tools import LazyTranslate, format_list

from ..tools import beijing, seal
from ..tools.acts import Act, Opening, Recorded
from .om_act import to_fact
from .om_request_receipt import MAX_TOKEN

_lt = LazyTranslate(__name__)

# What Odoo itself writes for a user on any document: activities, followers, the picture
# of the chatter. Messages have their own guard.
FRAMEWORK = frozenset(
    ("activity_ids", "message_follower_ids", "message_main_attachment_id")
)
FRAMEWORK_PREFIXES = ("activity_", "my_activity_")
# Lines that are no deed of somebody's on the document.
PLAIN = ("create", "change", "delete", "take_over")


class Paper(NamedTuple):
    """What a person of another party signed before ours, as ours enter it.

    ``person``: who signed; ``signed_on``: the day on the paper; ``scan``: the file, an
    attachment; ``way``: "paper", or "drawn" for a name drawn by hand on our screen,
    with the drawing as its file and today as its day.
    """

    person: str
    signed_on: object
    scan: object
    way: str = "paper"


def can_act():
    """A field ``can_NAME``: whether the user can do the act NAME on the record now."""
    return fields.Boolean(compute="_compute_can_act")


class OmActMixin(models.AbstractModel):
    """Facts that change by declared acts only, each of them on record.

    What it is: the floor under every model on which money, deadlines or proof hang. A
    client may write what the model declares as free and nothing else, by whatever door
    (form, import, nested commands, RPC, archive, copy, defaults of the context or of
    the user). Everything else changes in the block of an act.

    How to use it::

        class Deduction(models.Model):
            _name = "om.deduction"
            _inherit = ["mail.thread", "om.act.mixin"]

            _free_fields = {"note": None, "amount": ("proposed",)}
            _acts = {
                "waive": Act(_lt("Waive"), source=("proposed",), target="waived",
                             groups=("om_base.group_manager",), reason=True),
            }
            _facts = {"amount": Fact("amount", sealed=("agreed", "waived"))}

            can_waive = can_act()

            def action_waive(self, reason):
                with self._act("waive", reason=reason):
                    pass    # the act's own writes, on what `as` gives

    How it works: ``_act`` asks whether the user may, locks the rows in one order, reads
    them anew, asks whether the state allows it, opens the guard for its own block, and
    writes a line of the ledger (``om.act``) for each record. The guard is open only for
    records that carry the block's :class:`Opening` in their context; an object, which
    no client can send, shut when the block ends.

    A client's write is told from the server's by one question: does it happen in an
    act, or as superuser? No client is the superuser; what the server writes for itself
    (jobs, counters, what follows from another document) it writes with ``sudo()``, and
    what of it changes told facts is on record as "changed", by the user whose request
    it was.
    """

    _name = "om.act.mixin"
    _description = "Facts That Change by Acts"

    # {field: states in which a client may write it; None: always}. Add-ons that extend
    # the model declare their own; the declarations are united.
    _free_fields = {}
    # {act: Act}
    _acts = {
        "create": Act(_lt("Entered")),
        "change": Act(_lt("Changed")),
        "delete": Act(_lt("Deleted")),
        "take_over": Act(_lt("Taken Over")),
    }
    # {fact, as the ledger names it: Fact}. A model without any has no line for what
    # is entered, changed or deleted: settings, and lines that their document tells.
    _facts = {}
    _state_field = "state"
    # {field: states in which a client changes it with a reason only; None: always}.
    # What was promised may be free to write, but never without a word.
    _reasoned_fields = {}
    # What a person does instead where a field is not free any more, as a sentence.
    _shut_hint = None

    act_ids = fields.One2many(
        "om.act",
        "res_id",
        string="Acts",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
    )

    change_reason = fields.Text(
        "Reason of the Change",
        store=False,
        help="Stays on record with what is changed on the page at the same time.",
    )

    # ------------------------------------------------------------
    # Declarations
    # ------------------------------------------------------------

    @api.model
    def _united(self, name):
        """A declaration with what each add-on adds to it."""
        united = {}
        for part in reversed(type(self).__mro__):
            united.update(part.__dict__.get(name, {}))
        return united

    @api.model
    def _get_acts(self):
        return self._united("_acts")

    @api.model
    def _get_facts(self):
        return self._united("_facts")

    @api.model
    def _get_free_fields(self):
        return self._united("_free_fields")

    def _get_state(self):
        """The state of one record, as it is stored; "" without a state."""
        return (
            self[self._state_field] or "" if self._state_field in self._fields else ""
        )

    # ------------------------------------------------------------
    # The guard
    # ------------------------------------------------------------

    @api.model
    def _is_acting(self):
        opening = self.env.context.get("om_act")
        return isinstance(opening, Opening) and opening.is_open

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su or self._is_acting():
            records = super().create(self._complete_new(vals_list))
            records._note("create", dict.fromkeys(records.ids, ""))
            return records
        self.check_access("create")
        self._check_enterable()
        self._claim_request()
        clean, given = self._take_free(vals_list)
        records = super(OmActMixin, clean).create(self._complete_new(given))
        records = records.with_env(self.env)
        records._note("create", dict.fromkeys(records.ids, ""))
        return records

    @api.model
    def _take_free(self, vals_list):
        """What a client gives for new records: (the model, their values).

        Neither the context's defaults nor the user's own get past the guard.

        :raise UserError: a client gives what is not its own to give
        """
        free = self._get_free_fields()
        shut = {
            name: field
            for name, field in self._fields.items()
            if name not in free and self._is_guarded(field)
        }
        filled = [
            name
            for name, field in shut.items()
            if not field.compute and self._has_field_access(field, "write")
        ]
        blank = dict.fromkeys(filled, False)
        # Each record its own: a token is a default, too.
        defaulted = [name for name in filled if shut[name].default]
        for vals in vals_list:
            self._refuse(
                name
                for name in shut.keys() & vals.keys()
                if vals[name] and vals[name] != self._get_default(name)
            )
        given = [
            {
                **blank,
                **{name: self._get_default(name) for name in defaulted},
                **{name: value for name, value in vals.items() if name not in shut},
            }
            for vals in vals_list
        ]
        clean = {
            key: value
            for key, value in self.env.context.items()
            if key.removeprefix("default_") not in shut
            or not key.startswith("default_")
        }
        return self.with_env(self.env(context=clean)), given

    @api.model
    def _claim_request(self):
        """Let a request act once: its sender names it ``om_once`` in the context.

        It is a name and no permission: whoever sends a known one is told that it was
        done. The web client and the forms of the portal name theirs, too, and get the
        first answer again (``ir.http``).
        """
        token = self.env.context.get("om_once")
        if token and isinstance(token, str) and len(token) <= MAX_TOKEN:
            self.env["om.request.receipt"]._claim(token)

    @api.model
    def _check_enterable(self):
        if not self._get_free_fields():
            raise UserError(
                self.env._(
                    "%s: this comes about by acts only; it is not written by hand.",
                    self._get_model_label(),
                )
            )

    @api.model
    def _complete_new(self, vals_list):
        """Add what the server itself enters on new records, such as their number.

        It comes after the guard: what a client sends of it was refused there.
        """
        return vals_list

    def write(self, vals):
        if "change_reason" in vals:
            vals = dict(vals)
            # For the lines on the page, too.
            self = self.with_context(om_reason=vals.pop("change_reason"))
        if self._is_acting():
            if self._get_told_fields() & vals.keys():
                states = {record.id: record._get_state() for record in self}
                self.env.context["om_act"].touch(self._name, states)
            return super().write(vals)
        told = self._get_told_fields() & vals.keys()
        if self.env.su and not told:
            return super().write(vals)
        if not self.env.su:
            self.check_access("write")
        changed = self._get_changed(vals)
        if not self.env.su:
            self._check_free(changed)
            self._check_reasoned(changed)
        before = {record.id: record._get_state() for record in self}
        result = super().write(vals)
        if told & changed:
            self._note("change", before, reason=self._get_change_reason())
        return result

    def update_field_translations(self, field_name, translations, source_lang=""):
        """The words of another language are as free as those of one's own."""
        if self.env.su or self._is_acting():
            return super().update_field_translations(
                field_name, translations, source_lang
            )
        self.check_access("write")
        self._check_free({field_name})
        self._check_reasoned({field_name})
        before = {record.id: record._get_state() for record in self}
        result = super().update_field_translations(
            field_name, translations, source_lang
        )
        if field_name in self._get_told_fields():
            self._note("change", before, reason=self._get_change_reason())
        return result

    @api.model
    def _get_change_reason(self):
        """Why a client changes what it may: its own words, no permission."""
        reason = self.env.context.get("om_reason")
        return reason.strip() if isinstance(reason, str) else ""

    def _check_reasoned(self, names):
        """Raise if one of these fields changes without a word where it needs one."""
        names = {name for record in self for name in record._get_reasoned(names)}
        if names and not self._get_change_reason():
            raise UserError(
                self.env._(
                    "%s: this was promised. Give the reason of the change; it stays on"
                    " record.",
                    self._word_fields(sorted(names)),
                )
            )

    def _get_reasoned(self, names):
        """Those of these fields that this record changes with a reason only."""
        reasoned = self._united("_reasoned_fields")
        return [
            name
            for name in names
            if name in reasoned
            and (reasoned[name] is None or self._get_state() in reasoned[name])
        ]

    @api.model
    def _get_told_fields(self):
        return {fact.field for fact in self._get_facts().values()}

    @api.model
    def _is_guarded(self, field):
        """False for what is Odoo's own, has no value of its own, or is not stored."""
        return not (
            field.name in models.MAGIC_COLUMNS
            or field.name in FRAMEWORK
            or field.name.startswith(FRAMEWORK_PREFIXES)
            or (not field.store and not field.inverse)
        )

    def _get_changed(self, vals):
        """Names in ``vals`` of what would not stay as it is."""
        changed = set()
        for name, value in vals.items():
            field = self._fields[name]
            if not self._is_guarded(field):
                continue
            if field.type in ("one2many", "many2many"):
                changed.add(name)
            elif any(
                field.convert_to_write(record[name], record)
                != field.convert_to_write(
                    field.convert_to_record(
                        field.convert_to_cache(value, record), record
                    ),
                    record,
                )
                for record in self
            ):
                changed.add(name)
        return changed

    def _check_free(self, names):
        """Raise unless a client may write these fields in the records' states."""
        free = self._get_free_fields()
        shut = {name for name in names if name not in free}
        self._refuse(shut)
        for record in self:
            late = [
                name
                for name in names
                if free[name] is not None and record._get_state() not in free[name]
            ]
            if late:
                text = self.env._(
                    "“%(name)s” is “%(state)s”: %(fields)s is not changed by hand"
                    " any more.",
                    name=record.display_name,
                    state=record._get_state_label(),
                    fields=self._word_fields(late),
                )
                hint = self._shut_hint and self.env._(self._shut_hint)
                raise UserError(f"{text} {hint}" if hint else text)

    @api.model
    def _refuse(self, names):
        names = sorted(names)
        if names:
            raise UserError(
                self.env._(
                    "%(fields)s (%(model)s): this follows from other facts or is set by"
                    " an act that checks it; it is not written by hand.",
                    fields=self._word_fields(names),
                    model=self._get_model_label(),
                )
            )

    @api.model
    def _get_model_label(self):
        """What the documents are called, in the user's language."""
        # sudo: names of models are no secret.
        return self.env["ir.model"].sudo()._get(self._name).name

    @api.model
    def _word_fields(self, names):
        labels = self.sudo().fields_get(names, ["string"])
        return format_list(
            self.env, [labels.get(name, {}).get("string", name) for name in names]
        )

    def _get_state_label(self):
        field = self._fields.get(self._state_field)
        if not field:
            return ""
        return dict(field._description_selection(self.env)).get(self._get_state(), "")

    @api.model
    def _get_default(self, name):
        """What a new record has in a field that clients do not write."""
        field = self._fields[name]
        return (
            field.convert_to_write(field.default(self), self)
            if field.default
            else False
        )

    def copy_data(self, default=None):
        """A copy starts anew: only what a client may enter goes along."""
        free = self._get_free_fields()
        return [
            {
                name: value
                for name, value in vals.items()
                if name in free or name in (default or {})
            }
            for vals in super().copy_data(default)
        ]

    @api.model
    def _takes_along(self, name):
        """Whether the database deletes the records of this field, facts, with these."""
        field = self._fields[name]
        if field.type != "one2many" or not field.store:
            return False
        model = self.env.get(field.comodel_name)
        inverse = model is not None and model._fields.get(field.inverse_name)
        return (
            hasattr(model, "_get_acts")
            and bool(inverse)
            and getattr(inverse, "ondelete", None) == "cascade"
        )

    def unlink(self):
        """Leave a last line about what may go, so that it is told from what is gone.

        What the database would take away with it goes first, by its own rules.
        """
        self.check_access("unlink")
        parts = [name for name in self._fields if self._takes_along(name)]
        if parts:
            for check in self._ondelete_methods:
                check(self)
            # sudo: as the database, which asks nobody for rights; the rules about facts
            # hold.
            for name in parts:
                self.sudo().with_context(active_test=False)[name].unlink()
        self._note("delete", {record.id: record._get_state() for record in self})
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_record(self):
        """Facts go only while nothing has followed from them."""
        # sudo: whether somebody acted is asked of the ledger, whoever asks.
        acted = (
            self.env["om.act"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("act", "not in", PLAIN),
                ],
                limit=1,
            )
        )
        if acted:
            raise UserError(
                self.env._(
                    "“%(name)s” stays on record: it was acted on (%(act)s).",
                    name=self.browse(acted.res_id).display_name,
                    act=acted.act_label,
                )
            )

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    @contextmanager
    def _act(
        self,
        name,
        *,
        reason=None,
        happened_at=None,
        key=None,
        evidence=None,
        paper=None,
    ):
        """Do a declared act: a block in which the guard is open for what it yields.

        :param reason: why, in the user's words
        :param happened_at: time of the fact (UTC), for acts that may be entered late
        :param key: what the sender calls its request; records on which it acted before
            are left out, so that a request sent twice acts once
        :param evidence: attachments that prove it; or, for acts on many records, the
            name of the field that has each record's own
        :param paper: :class:`Paper`, where ours enter another party's signature
        :raise AccessError: the user may not
        :raise UserError: the state, the reason, the time or the paper is wrong, or
            somebody else is at it
        """
        act = self._get_acts()[name]
        self._claim_request()
        # Read ahead for all of them: after the lock, nothing else remembers that they
        # belong together.
        records = self.browse(self._without_done(key).ids)
        records._check_may(act)
        records._lock_for(act)
        records._check_source(act)
        reason = (reason or "").strip()
        recorded = self._get_recorded()
        if recorded and act.late and not happened_at:
            happened_at = recorded.at
            reason = reason or self._mark_recorded()
        if act.reason and not reason:
            raise UserError(self.env._("Give the reason; it stays on record."))
        now = fields.Datetime.now()
        happened_at = records._check_time(act, happened_at, now)
        if not reason and act.late_reason and happened_at < now - act.late_reason:
            raise UserError(
                self.env._(
                    "“%(act)s” is entered more than %(days)s days after it happened:"
                    " say why so late.",
                    act=self.env._(act.label),
                    days=act.late_reason.days,
                )
            )
        signers = records._check_party(act, paper, now)
        before = {record.id: record._get_state() for record in records}
        opening = Opening()
        # sudo for a party's own people: they were asked above whether they are the
        # party whose word this act is, and they write only what the act's code writes.
        inside = records.sudo() if act.party and self.env.user.share else records
        inside = inside.with_context(om_act=opening)
        try:
            yield inside
            if act.target:
                inside.filtered(lambda each: each._get_state() != act.target).write(
                    {self._state_field: act.target}
                )
            inside._note(
                name,
                before,
                reason=reason,
                happened_at=happened_at,
                key=key,
                evidence=evidence,
                signers=signers,
            )
            records._note_touched(opening, inside, reason)
        finally:
            opening.shut()

    @api.model
    def _note_touched(self, opening, acted, reason):
        """Write the lines of other documents whose facts the act wrote."""
        for name, states in opening.touched.items():
            touched = self.env[name].browse(states)
            if name == self._name:
                touched -= acted
            touched.exists()._note("change", states, reason=reason)

    @contextmanager
    def _together(self):
        """A block in which the server writes facts one by one: one line for each.

        For what follows from something else (a plan, a job), as superuser only; the
        lines are "changed", by the user whose request it was.
        """
        if not self.env.su:
            raise ValueError("what users do is an act")
        opening = Opening()
        try:
            yield self.with_context(om_act=opening)
            self._note_touched(opening, self.browse(), "")
        finally:
            opening.shut()

    def _take_over(self):
        """Begin the ledger of documents that are older than it.

        For migrations of models that come to stand on acts.
        """
        begun = self.env["om.act"]._get_last(self)
        older = self.filtered(lambda record: record.id not in begun)
        older._note("take_over", {each.id: each._get_state() for each in older})

    def _without_done(self, key):
        """These without those on which a request of this key acted before."""
        if not key:
            return self
        # sudo: whether it was done is asked of the ledger, whoever asks.
        done = (
            self.env["om.act"]
            .sudo()
            .search(
                [
                    ("key", "=", key),
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                ]
            )
        )
        return self - self.browse(done.mapped("res_id"))

    def _check_may(self, act):
        """Raise unless the user may do ``act`` on these: asked before any lock."""
        if act.party and self.env.user.share:
            self.check_access("read")
            return
        self.check_access("write")
        if (
            act.groups
            and not self.env.su
            and not self.env.user.has_groups(",".join(act.groups))
        ):
            raise AccessError(
                self.env._(
                    "“%(act)s” is for: %(groups)s.",
                    act=self.env._(act.label),
                    groups=format_list(
                        self.env,
                        [
                            # sudo: names of roles are no secret.
                            self.env.ref(group).sudo().name
                            for group in act.groups
                        ],
                        "or",
                    ),
                )
            )

    def _lock_for(self, act):
        """Lock these and what the act changes beside them in one order; read anew."""
        # sudo: what is locked beside them may be what the user does not read.
        wanted = {self._name: self.sudo()}
        for path in act.locks:
            found = self.sudo().mapped(path)
            wanted[found._name] = wanted.get(found._name, found.browse()) | found
        for _name, records in sorted(wanted.items()):
            try:
                records.lock_for_update(allow_referencing=True)
            except LockError as error:
                raise UserError(
                    self.env._(
                        "Somebody else is changing this at the moment: %s. Load the"
                        " page again and see what they did before you go on.",
                        format_list(self.env, records.mapped("display_name")[:5]),
                    )
                ) from error
            records.invalidate_recordset()

    def _check_source(self, act):
        wrong = self.filtered(
            lambda record: act.source and record._get_state() not in act.source
        )[:1]
        if wrong:
            labels = self._om_labels(self._state_field)
            raise UserError(
                self.env._(
                    "“%(name)s” is “%(state)s”; “%(act)s” needs: %(states)s.",
                    name=wrong.display_name,
                    state=wrong._get_state_label(),
                    act=self.env._(act.label),
                    states=format_list(
                        self.env, [labels[state] for state in act.source], "or"
                    ),
                )
            )

    @api.model
    def _get_moment(self, day):
        """The time of a fact of which the day is known only: that day's beginning in
        Asia/Shanghai, as UTC; None for today (or no day), when it happens now."""
        day = fields.Date.to_date(day)
        if not day or day == self._get_signing_day():
            return None
        return beijing.bounds(day)[0]

    @api.model
    def _get_recorded(self):
        """What a telephone had kept until there was a network; None for all else."""
        recorded = self.env.context.get("om_recorded")
        ours = isinstance(recorded, Recorded) and self._name in recorded.models
        return recorded if ours else None

    @api.model
    def _get_time_done(self):
        """When what happens in this call was done: now, or when it was recorded."""
        recorded = self._get_recorded()
        return recorded.at if recorded else fields.Datetime.now()

    @api.model
    def _mark_recorded(self, words=""):
        """The reason of what is entered late because there was no network."""
        if not words:
            return self.env._("Recorded offline")
        return self.env._("Recorded offline: %s", words)

    def _check_time(self, act, happened_at, now):
        if not happened_at:
            return now
        happened_at = fields.Datetime.to_datetime(happened_at)
        if happened_at > now:
            raise UserError(
                self.env._("This lies ahead; only what has happened is entered.")
            )
        if act.late is None or happened_at < now - act.late:
            raise UserError(
                self.env._(
                    "“%s” is not entered that long after it happened.",
                    self.env._(act.label),
                )
            )
        return happened_at

    def _check_party(self, act, paper, now):
        """{record's id: who signs it} for an act that is a party's word.

        :raise UserError: ours act for another party without its paper
        """
        if not act.party:
            return {}
        today = self._get_signing_day(now)
        signers = {}
        for record in self:
            party, capacity = getattr(record, act.party)()
            # sudo: whose person the user is is no secret to the user.
            own = self.env.user.sudo()._speaks_for(party)
            if own:
                signers[record.id] = {
                    "party_id": party.id,
                    "capacity": capacity,
                    "person": self.env.user.name,
                    "way": "login",
                    "signed_on": today,
                }
                continue
            if self.env.user.share:
                raise AccessError(
                    self.env._("“%s” is for its own party only.", self.env._(act.label))
                )
            # sudo: only whether there is something in the file.
            is_whole = paper and paper.scan and paper.scan.sudo().file_size
            if not is_whole or not (paper.person or "").strip():
                raise UserError(
                    self.env._(
                        "This is the word of %(party)s: it comes from its own login, or"
                        " from its signed paper. Add the scan, who signed and the day.",
                        party=party.display_name,
                    )
                )
            if paper.person.strip() in record._get_doers().mapped("name"):
                raise UserError(
                    self.env._(
                        "%(person)s is one of ours. Whose word it is signs: %(party)s.",
                        person=paper.person.strip(),
                        party=party.display_name,
                    )
                )
            signed_on = fields.Date.to_date(paper.signed_on)
            if not signed_on or signed_on > today:
                raise UserError(
                    self.env._("Enter the day on the paper, today at the latest.")
                )
            signers[record.id] = {
                "party_id": party.id,
                "capacity": capacity,
                "person": paper.person.strip(),
                "way": paper.way,
                "signed_on": signed_on,
                "attachment_id": paper.scan.id,
            }
        return signers

    @api.model
    def _get_signing_day(self, moment=None):
        """The day of a signature: where the parties are."""
        return beijing.day_of(moment or fields.Datetime.now())

    def _get_doers(self):
        """Those of ours who did what a party is asked to confirm: never its signers.

        A model adds whoever did the work to whoever enters the signature.
        """
        return self.env.user

    def _note(
        self,
        name,
        before,
        *,
        reason="",
        happened_at=None,
        key=None,
        evidence=None,
        signers=None,
    ):
        """Write the ledger's lines of an act that is done.

        :param before: {id: the state before}
        :param signers: {id: values of the signature}
        """
        if not self or (name in PLAIN and not self._get_facts()):
            # What tells no facts has lines of its acts only.
            return
        ledger = self.env["om.act"].sudo(False)
        now = fields.Datetime.now()
        none = self.env["ir.attachment"]
        told = self._get_told_facts()
        values = {}
        signatures = self._sign(name, told, signers or {}, now, reason)
        for record in self:
            plain, personal = told[record.id]
            signature = signatures.get(record.id, self.env["om.signature"])
            # sudo: the line has the digest of its evidence, whoever acts.
            files = record.sudo()[evidence] if isinstance(evidence, str) else evidence
            values[record.id] = {
                "facts": plain,
                "personal": personal,
                "happened_at": happened_at or now,
                "entered_at": now,
                "state_from": before[record.id],
                "state_to": record._get_state(),
                "reason": reason,
                "files": (files or none) | signature.attachment_id,
                "signature": signature,
                "key": key,
            }
        # Each line reads its evidence: all of it at once.
        together = none.union(*(each["files"] for each in values.values())).ids
        for each in values.values():
            each["files"] = each["files"].with_prefetch(together)
        ledger._append(self, name, values)

    def _sign(self, name, told, signers, now, reason):
        """{id: signature} of what the facts are after the act."""
        if not signers:
            return {}
        vals_list = [
            {
                **vals,
                "res_model": self._name,
                "res_id": res_id,
                "act": name,
                "user_id": self.env.uid,
                "entered_at": now,
                "address": self._get_address(),
                "signed": seal.digest([name, told[res_id][0]]),
            }
            for res_id, vals in signers.items()
        ]
        # sudo: nobody has the right to write a signature; the act was checked.
        signatures = self.env["om.signature"].sudo().create(vals_list)
        act = self._get_acts()[name]
        signatures._tell_parties(act)
        signed = dict(zip(signers, signatures, strict=True))
        self.filtered(lambda record: record.id in signed)._log_signatures(
            act, signed, reason
        )
        return signed

    @api.model
    def _get_address(self):
        return request.httprequest.remote_addr if request else False

    def _get_told_facts(self):
        """{id: (plain facts, personal facts)} as the ledger tells them."""
        facts = self._get_facts()
        # sudo: the line has all facts, whatever of them the actor may read.
        return {
            record.id: (
                {
                    name: to_fact(record, fact.field)
                    for name, fact in facts.items()
                    if not fact.personal
                },
                {
                    name: to_fact(record, fact.field)
                    for name, fact in facts.items()
                    if fact.personal
                },
            )
            # A client may ask for sizes of files instead of their content.
            for record in self.sudo().with_context(bin_size=False)
        }

    def _get_sealed_facts(self):
        """{id: facts that still must be what the document's last line says}"""
        facts = self._get_facts()
        return {
            record.id: {
                name: to_fact(record, fact.field)
                for name, fact in facts.items()
                if not fact.personal
                and (fact.sealed is None or record._get_state() in fact.sealed)
            }
            for record in self
        }

    def _get_discussion(self):
        """The document in whose discussion people read about this one; none without."""
        self.ensure_one()
        thread = self.env["mail.thread"]
        return self if hasattr(self, "_message_log_batch") else thread

    def _log_signatures(self, act, signatures, reason):
        """Say in the discussions who consented, how, and who entered it.

        :param signatures: {id: signature}
        """
        said = defaultdict(list)
        for record in self:
            thread = record._get_discussion()
            if thread:
                text = signatures[record.id].display_name
                about = self.env._(
                    "%(act)s: %(who)s", act=self.env._(act.label), who=text
                )
                if reason:
                    about = self.env._(
                        "%(said)s. Reason: %(reason)s", said=about, reason=reason
                    )
                if thread != record:
                    about = f"{record.display_name} – {about}"
                said[thread].append(about)
        if said:
            threads = next(iter(said)).union(*said)
            # sudo: whose word it is need not be one who writes notes here.
            threads.sudo()._message_log_batch(
                bodies={
                    thread.id: Markup("<br/>").join(lines)
                    for thread, lines in said.items()
                }
            )

    # The field, or path of fields, that leads to the contract whose seal covers these.
    _sealing_path = ""

    def _get_sealing_bodies(self):
        """{id: the contract, or the company, whose seal covers the document}

        Documents that are gone are left out.
        """
        path = self._sealing_path or (
            "company_id" if "company_id" in self._fields else ""
        )
        # sudo: the job asks for all documents.
        return {
            record.id: body
            for record in self.sudo().with_context(active_test=False).exists()
            if path and (body := record.mapped(path)[:1])
        }

    # ------------------------------------------------------------
    # Reading what is on record
    # ------------------------------------------------------------

    def action_view_acts(self):
        """Return the list of what was done to this document, by whom and why."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("om_base.om_act_action")
        return {
            **action,
            "name": self.env._("Acts: %s", self.display_name),
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
            "context": {"om_one_document": True},
        }

    # ------------------------------------------------------------
    # Papers of other parties
    # ------------------------------------------------------------

    def _open_paper(self, name, way="paper"):
        """The dialog in which ours enter a party's paper for the act ``name``.

        :param way: "drawn" for the pad on which its person draws the name here and now
        """
        act = self._get_party_act(name)
        self._check_may(act)
        self._check_source(act)
        parties = {getattr(record, act.party)()[0] for record in self}
        return {
            "type": "ir.actions.act_window",
            "name": (
                self.env._("%(act)s: signed by hand", act=self.env._(act.label))
                if way == "drawn"
                else self.env._("%(act)s: signed paper", act=self.env._(act.label))
            ),
            "res_model": "om.act.paper",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_res_model": self._name,
                "default_res_ids": self.ids,
                "default_act": name,
                "default_way": way,
                "default_party_id": parties.pop().id if len(parties) == 1 else False,
            },
        }

    @api.model
    def _get_party_act(self, name):
        """The act of this name that is a party's word.

        :raise UserError: a client sent the name of another one, or none
        """
        act = self._get_acts().get(name)
        if not act or not act.party:
            raise UserError(self.env._("“%s” takes no signed papers.", name))
        return act

    def _act_on_paper(self, name, paper, reason=None):
        """Do an act that is a party's word, by the method of its button.

        :param reason: what the paper gives as its reason, for acts that need one
        :raise UserError: the act is nobody's word
        """
        act = self._get_party_act(name)
        why = {"reason": reason} if act.reason or act.late_reason else {}
        return getattr(self, f"action_{name}")(paper=paper, **why)

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    @api.depends_context("uid")
    def _compute_can_act(self):
        names = [
            name
            for name, field in self._fields.items()
            if field.compute == "_compute_can_act"
        ]
        acts = self._get_acts()
        for name in names:
            act = acts[name.removeprefix("can_")]
            for record in self:
                record[name] = record._can(act)

    def _can(self, act):
        """Whether the user may do ``act`` on this record in its state."""
        self.ensure_one()
        if act.source and self._get_state() not in act.source:
            return False
        if self.env.user.share:
            return bool(act.party) and self.env.user.sudo()._speaks_for(
                getattr(self, act.party)()[0]
            )
        return self._is_in(act.groups) and self.has_access("write")

    @api.model
    def _is_in(self, groups):
        """Whether the user is in one of ``groups``, or none is asked for."""
        if not groups or self.env.su:
            return True
        return self.env.user.has_groups(",".join(groups))
