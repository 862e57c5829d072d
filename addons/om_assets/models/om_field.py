import binascii
from base64 import b64decode
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import html2plaintext

from odoo.addons.om_base.models.om_act_mixin import Paper
from odoo.addons.om_base.tools import seal
from odoo.addons.om_base.tools.acts import Recorded
from odoo.addons.om_base.tools.beijing import day_of, today, word

from ..engine.field import read, reckon
from ..engine.photo import describe
from .om_field_piece import LARGEST_PHOTO

PICTURES = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png"}
LONGEST_TEXT = 2000
# A photo that is so much older than the tap was not taken for it.
EARLIER = timedelta(minutes=10)
# What the inspector is reminded of.
LAST_DAYS = 400
LAST_FINDINGS = 5
NAMES = ("name", "ledger_number", "model", "serial_no", "location")


class OmField(models.AbstractModel):
    """What an engineer's telephone keeps for places without a network.

    It is given the day with all that its forms show, and sends what was done as
    entries, one by one in their order: dicts with

    * ``uid``: whose entry it is; ``doc`` and ``id``: of which document; ``kind``: what
      was done; ``values``: with what;
    * ``at``, ``sent``, ``difference``: when, as ``engine.field`` reckons it;
    * ``overwrite``: the person has read what others did meanwhile.

    Each is done by the act behind the button of the web client, with its rules; what is
    refused stays on the telephone. A request that comes again is answered as the first
    time (``om.request.receipt``). Add-ons add the details of their cards, and takers.
    """

    _name = "om.field"
    _description = "Telephone without Network"

    @api.model
    def _check_may(self):
        if not self.env.user.has_groups(
            "om_base.group_engineer,om_base.group_dispatcher"
        ):
            raise AccessError(
                self.env._("This page is for the contractor's engineers.")
            )

    # ------------------------------------------------------------
    # The day
    # ------------------------------------------------------------

    @api.model
    def _get_day(self):
        """Return the user's day with all that its forms show.

        ``now`` (naive UTC), ``user`` (``id``, ``name``) and ``cards``: those of
        ``om.day``, each with its ``form``; and what several forms share. The number of
        queries does not depend on the number of cards.
        """
        self._check_may()
        day = self.env["om.day"].get_day()
        cards = defaultdict(dict)
        for card in day["cards"]:
            card["form"] = None
            cards[card["kind"]][card["id"]] = card
        self._add_forms(cards)
        return {
            "now": day["now"],
            "day": day["day"],
            "user": {"id": self.env.uid, "name": self.env.user.name},
            "cards": [card for card in day["cards"] if card["form"]],
            **self._get_shared(cards),
        }

    @api.model
    def _get_shared(self, _cards):
        """Return what several forms show, by names of its own; cards as below."""
        return {}

    @api.model
    def _get_marked(self, systems):
        """Return those of these systems whose photos show where and when they are.

        Add-ons know what the contract asks for.
        """
        return systems.browse()

    @api.model
    def _add_forms(self, cards):
        """Add what the forms show; ``cards`` are {kind: {id: card}}."""
        mine = cards["inspection"]
        requests = self.env["maintenance.request"].browse(mine)
        checklists = self.env["om.inspection.checklist"]._get_by_scope()
        scopes = self.env["om.inspection.result"]._om_labels("scope")
        last = self._get_last_findings(requests.system_id)
        marked = self._get_marked(requests.system_id)
        for request in requests:
            planned = request.inspection_step == "planned"
            lines = (
                request._get_checklist_lines(checklists)
                if planned
                else request.result_ids
            )
            mine[request.id]["form"] = {
                "step": request.inspection_step,
                "onsite": request.inspection_mode != "remote",
                "signed": bool(request.inspector_signed_on),
                "unitSigned": request.unit_signer if request.unit_signed_on else "",
                "mark": request.system_id in marked,
                "device": self._describe_devices(request.equipment_id),
                "items": [
                    {
                        **self._describe_item(line),
                        "section": scopes.get(
                            line.checklist_id.scope if planned else line.scope, ""
                        ),
                        **(
                            self._describe_blank(line)
                            if planned
                            else self._describe_result(line)
                        ),
                    }
                    for line in lines
                ],
                "last": last.get(request.system_id, []),
            }

    @api.model
    def _describe_item(self, line):
        lowest, highest = line._get_limits()
        return {
            "name": line.name,
            "instruction": line.instruction or "",
            "measured": line.measured,
            "unit": line.uom_name or "",
            "bounds": line.bound_text or "",
            "lowest": lowest,
            "highest": highest,
        }

    @api.model
    def _describe_blank(self, line):
        """An item that comes to be when the inspection starts."""
        return {
            "id": None,
            "line": line.id,
            "result": None,
            "value": None,
            "note": "",
            "photos": 0,
            "fault": "",
            "checked": "",
        }

    @api.model
    def _describe_result(self, item):
        return {
            "id": item.id,
            "line": item.checklist_line_id.id or None,
            "result": item.result or None,
            "value": item.value if item.value_entered else None,
            "note": item.note or "",
            "photos": len(item.photo_ids),
            "fault": item.fault_text or "",
            "checked": (
                f"{item.checked_by_id.name or ''} {word(item.checked_on, '%H:%M')}"
                if item.result and item.checked_on
                else ""
            ),
        }

    @api.model
    def _describe_devices(self, devices):
        """Return each device in a line: its name, number, model and place."""
        return [
            " · ".join(device[name] for name in NAMES if device[name])
            for device in devices
        ]

    @api.model
    def _get_last_findings(self, systems):
        """Return {system: what failed there lately, the latest first}."""
        since = today() - timedelta(days=LAST_DAYS)
        found = self.env["om.inspection.result"].search(
            [
                ("system_id", "in", systems.ids),
                ("inspection_date", ">=", since),
                ("result", "=", "fail"),
                ("request_id.stage_id.done", "=", True),
            ],
            order="inspection_date desc, id desc",
            limit=LAST_FINDINGS * 100,
        )
        return {
            system: [
                {
                    "day": fields.Date.to_string(item.inspection_date),
                    "name": item.name,
                    "note": item.note or "",
                }
                for item in items[:LAST_FINDINGS]
            ]
            for system, items in found.grouped("system_id").items()
        }

    # ------------------------------------------------------------
    # Entries
    # ------------------------------------------------------------

    @api.model
    def _get_takers(self):
        """Return {kind of document: (models, {kind of entry: method that takes it})}.

        The first of the models is the document's; the time of the tap is that of facts
        of these models only.
        """
        return {
            "inspection": (
                ("maintenance.request", "om.inspection.result"),
                {
                    "start": "_take_start",
                    "item": "_take_item",
                    "others": "_take_others",
                    "photo": "_take_item_photo",
                    "fault": "_take_fault",
                    "finish": "_take_finish",
                    "unit_sign": "_take_unit_signature",
                    "note": "_take_note",
                },
            )
        }

    @api.model
    def _take(self, entry):
        """Do what a telephone has kept.

        :raise UserError: in words, why it is not done; nothing of it is then
        """
        self._check_may()
        if not isinstance(entry, dict):
            entry = {}
        if entry.get("uid") != self.env.uid:
            raise AccessError(
                self.env._("Somebody else recorded this: sign in as who did.")
            )
        timed, kinds = self._get_takers().get(entry.get("doc"), ((), {}))
        taker = kinds.get(entry.get("kind"))
        values = entry.get("values")
        if not taker or not isinstance(values, dict):
            raise UserError(
                self.env._(
                    "This page is older than the server: load it again with a network."
                )
            )
        moment = self._reckon(entry)
        document = self.env[timed[0]].browse(self._to_id(entry.get("id"))).exists()
        if not document:
            raise UserError(self.env._("What this is about is not there any more."))
        if moment.offline:
            recorded = Recorded(moment.at, frozenset(timed))
            document = document.with_context(om_recorded=recorded)
        if entry.get("overwrite"):
            document = document.with_context(om_overwrite=True)
        getattr(self, taker)(document, values, moment)
        return {"now": fields.Datetime.to_string(fields.Datetime.now())}

    @api.model
    def _reckon(self, entry):
        difference = entry.get("difference")
        try:
            return reckon(
                read(entry["at"]),
                read(entry["sent"]),
                None if difference is None else float(difference),
                fields.Datetime.now(),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise UserError(
                self.env._("The time of this entry cannot be read.")
            ) from error

    @api.model
    def _to_id(self, value):
        return value if isinstance(value, int) and value > 0 else 0

    @api.model
    def _get_text(self, values, name):
        return str(values.get(name) or "").strip()[:LONGEST_TEXT]

    # Inspections

    @api.model
    def _take_start(self, request, _values, _moment):
        request.action_start_inspection()

    @api.model
    def _take_item(self, request, values, _moment):
        item = self._find_item(request, values)
        given = {
            name: values[name] for name in ("result", "value", "note") if name in values
        }
        if given.get("value", 0) is None:
            given["value"] = False
        self._check_seen(item, given, values.get("seen"))
        item.write(given)

    @api.model
    def _take_others(self, request, values, _moment):
        keys = values.get("items")
        items = request.result_ids.browse()
        for key in keys if isinstance(keys, list) else ():
            items |= self._find_item(request, key)
        items._pass_others()

    @api.model
    def _take_fault(self, request, values, _moment):
        self._find_item(request, values).action_open_fault()

    @api.model
    def _take_item_photo(self, request, values, moment):
        item = self._find_item(request, values)
        photo = self._keep_photo(item, values, moment)
        item.write({"photo_ids": [(4, photo.id)]})

    @api.model
    def _take_finish(self, request, values, _moment):
        request._check_inspection_running()
        drawing = values.get("drawing")
        if drawing and not request.inspector_signature:
            self._decode(drawing)
            request.write({"inspector_signature": drawing})
        request.action_close_inspection()

    @api.model
    def _take_unit_signature(self, request, values, moment):
        judged = self._get_judged(request)
        paper = self._make_paper(request, values, moment, judged)
        reason = self._word_signed(judged)
        if moment.offline:
            reason = request._mark_recorded(reason)
        request.action_unit_sign(paper=paper, reason=reason)

    @api.model
    def _get_judged(self, request):
        """Return what the unit signs for: [item, result, value, note] of each."""
        return [
            [item.name, item.result or None, shown["value"], shown["note"].strip()]
            for item in request.result_ids
            for shown in (self._describe_result(item),)
        ]

    @api.model
    def _find_item(self, request, values):
        """Return the item by its id, or by its line if it was not there at the tap.

        :raise UserError: it is not this user's to judge, or not there
        """
        request._check_inspection_running()
        item_id = self._to_id(values.get("item"))
        line_id = self._to_id(values.get("line"))
        item = request.result_ids.filtered(
            lambda item: (
                item.id == item_id if item_id else item.checklist_line_id.id == line_id
            )
        )
        if len(item) != 1:
            raise UserError(
                self.env._(
                    "The checklist was changed meanwhile: it has no such item any more."
                )
            )
        return item

    @api.model
    def _check_seen(self, item, given, seen):
        """Raise if somebody else changed the item after the telephone had seen it."""
        if not isinstance(seen, dict) or item.env.context.get("om_overwrite"):
            return
        present = self._describe_result(item)
        for name, value in given.items():
            value = None if value is False else value
            if present[name] not in (seen.get(name), value):
                raise UserError(
                    self.env._(
                        "Changed meanwhile by %(person)s (%(time)s): “%(item)s” is"
                        " “%(present)s”. Retry to put yours in its place.",
                        person=item.checked_by_id.name or "–",
                        time=self._format(item.checked_on),
                        item=item.name,
                        present=item._om_labels("result").get(
                            present[name], present[name]
                        )
                        or "–",
                    )
                )

    # Photos and words

    @api.model
    def _decode(self, data):
        """Return the bytes of a picture.

        :raise UserError: it is none, or too large
        """
        try:
            raw = b64decode(data, validate=True)
        except (TypeError, ValueError, binascii.Error):
            raw = b""
        self._check_picture(raw)
        return raw

    @api.model
    def _check_picture(self, raw):
        if not any(raw.startswith(mark) for mark in PICTURES):
            raise UserError(self.env._("This is no picture (JPEG or PNG)."))
        if len(raw) > LARGEST_PHOTO:
            raise UserError(self.env._("This picture is too large."))

    @api.model
    def _keep_photo(self, record, values, moment):
        """Return the attachment of a picture, as the telephone made it.

        Its bytes, which the ledger cites, carry what they were made of; here it is in
        words.
        """
        raw = self._get_picture(values)
        words = self._word_photo(values, moment)
        # Odoo would make it anew, and smaller: other bytes than the telephone's.
        Attachment = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        return Attachment.create(
            {
                "name": self._get_text(values, "name") or "photo.jpg",
                "raw": raw,
                "res_model": record._name,
                "res_id": record.id,
                "description": words,
            }
        )

    @api.model
    def _get_picture(self, values):
        """Return the bytes of a photo that was uploaded in pieces before."""
        size = self._to_id(values.get("size"))
        raw = self.env["om.field.piece"]._take_out(values.get("upload"), size)
        self._check_picture(raw)
        return raw

    @api.model
    def _word_photo(self, values, moment):
        """Return, a line each, when and where a photo was taken, and its original."""
        original = describe(self._get_text(values, "about"))
        words = [self.env._("Taken %s", self._format(moment.at))]
        # The camera's file is as old as the tap, unless somebody chose an earlier one.
        if original.taken and abs(original.taken - moment.at) > EARLIER:
            words = [
                self.env._("Added %s", self._format(moment.at)),
                self.env._(
                    "The file is of %s by the telephone's clock",
                    self._format(original.taken),
                ),
            ]
        if original.place:
            words.append(
                self.env._(
                    "Place by the telephone: %(latitude).5f, %(longitude).5f"
                    " (± %(accuracy)s m)",
                    **original.place._asdict(),
                )
            )
        if original.name or original.size:
            words.append(
                self.env._(
                    "Original: %(name)s, %(size).1f MB",
                    name=original.name or "–",
                    size=(original.size or 0) / 1e6,
                )
            )
        if original.sha256:
            words.append(self.env._("SHA-256 of the original: %s", original.sha256))
        if moment.offline:
            words.append(self.env._("Recorded offline"))
        return "\n".join(words)

    # What another party signs

    @api.model
    def _make_paper(self, document, values, moment, present):
        """Return the name that somebody of another party drew on this telephone.

        It is their word for what they saw: if that is not what is on record now, it
        stands for nothing.

        :param present: what they would see now, as JSON has it
        """
        person = self._get_text(values, "person")
        raw = self._decode(values.get("drawing"))
        if not person:
            raise UserError(self.env._("Enter the name of the person who signs."))
        shown = values.get("shown")
        if not isinstance(shown, list) or self._arrange(shown) != self._arrange(
            present
        ):
            raise UserError(
                self.env._(
                    "%s signed for something else than what is on record now: it was"
                    " changed meanwhile. Show what is there now, and have it signed"
                    " again.",
                    person,
                )
            )
        words = [
            self.env._("Drawn by hand %s", self._format(moment.at)),
            self._word_signed(present),
        ]
        if moment.offline:
            words.append(self.env._("Recorded offline"))
        Attachment = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        drawing = Attachment.create(
            {
                "name": self.env._("Signature of %s", person),
                "raw": raw,
                "res_model": document._name,
                "res_id": document.id,
                "description": "\n".join(words),
            }
        )
        return Paper(person, day_of(moment.at), drawing, "drawn")

    @api.model
    def _arrange(self, rows):
        """Return rows in one order, whatever order a page has them in."""
        return sorted(
            rows, key=lambda row: str(row[0] if row and isinstance(row, list) else row)
        )

    @api.model
    def _word_signed(self, rows):
        """Return the fingerprint of what the signer saw; it goes into the ledger."""
        plain = [
            [repr(each) if isinstance(each, float) else each for each in row]
            for row in self._arrange(rows)
        ]
        return self.env._(
            "Fingerprint of what was shown for signing: %s", seal.digest(plain)
        )

    @api.model
    def _take_note(self, document, values, moment):
        """What was not done stays as a note, with its picture if it has one."""
        text = self._get_text(values, "text")
        photos = self.env["ir.attachment"]
        if values.get("upload"):
            photos = self._keep_photo(document, values, moment)
        if values.get("drawing"):
            photos |= self._keep_drawing(document, values)
        if not text and not photos:
            raise UserError(self.env._("Write the note first."))
        body = f"{self._format(moment.at)} {document._mark_recorded(text)}"
        document.message_post(
            body=body,
            attachment_ids=photos.ids,
            subtype_xmlid="mail.mt_note",
        )

    @api.model
    def _keep_drawing(self, document, values):
        """Return the attachment of a drawn name that signs for nothing."""
        Attachment = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        return Attachment.create(
            {
                "name": "drawing.png",
                "raw": self._decode(values["drawing"]),
                "res_model": document._name,
                "res_id": document.id,
            }
        )

    @api.model
    def _format(self, moment):
        return word(moment, "%Y-%m-%d %H:%M:%S") or "–"

    @api.model
    def _to_text(self, html):
        return html2plaintext(html or "").strip()[:LONGEST_TEXT]
