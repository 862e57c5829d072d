from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# Where a request says what it is for.
SOURCES = {"ticket": "ticket_id", "inspection": "inspection_id"}
# More parts than any list has; what is beyond them is asked for on the request's page.
MOST_PARTS = 2000


class OmField(models.AbstractModel):
    """Requests for parts on the engineer's telephone."""

    _inherit = "om.field"

    @api.model
    def _get_sources(self, cards):
        """Return {kind of card: the documents for which parts are asked for}."""
        return {
            kind: self.env[self._get_takers()[kind][0][0]].browse(cards.get(kind, ()))
            for kind in SOURCES
        }

    @api.model
    def _add_forms(self, cards):
        result = super()._add_forms(cards)
        asked = self._get_asked(cards)
        for kind, documents in self._get_sources(cards).items():
            for document in documents:
                system = document.system_id
                cards[kind][document.id]["form"]["spare"] = {
                    "system": system.id,
                    # sudo: under which contract a system is, is no secret here.
                    "agreement": system.sudo().agreement_id.id,
                    "asked": asked.get((kind, document.id), []),
                }
        return result

    @api.model
    def _get_asked(self, cards):
        """Return {(kind, id): the requests for parts so far, a line each}."""
        asked = {}
        states = self.env["om.spare.request"]._om_labels("state")
        for kind, documents in self._get_sources(cards).items():
            name = SOURCES[kind]
            found = self.env["om.spare.request"].search(
                [(name, "in", documents.ids), ("state", "!=", "cancelled")], order="id"
            )
            for request in found:
                asked.setdefault((kind, request[name].id), []).append(
                    f"{request.name} {request.quota_id.name} × {request.quantity}"
                    f" · {states[request.state]}"
                )
        return asked

    @api.model
    def _get_shared(self, cards):
        """Add ``parts``: what may be asked for, and how much of it is left."""
        systems = self.env["om.system"]
        for documents in self._get_sources(cards).values():
            systems |= documents.system_id
        # sudo: as above.
        contracts = systems.sudo().agreement_id.ids
        quotas = self.env["om.spare.quota"].search(
            Domain("list_state", "=", "active")
            & (
                Domain("system_id", "in", systems.ids)
                | Domain("system_id", "=", False)
                & Domain("agreement_id", "in", contracts)
            ),
            limit=MOST_PARTS,
        )
        return {
            **super()._get_shared(cards),
            "parts": [
                {
                    "id": quota.id,
                    "name": quota.name,
                    "uom": quota.uom_name or "",
                    "left": quota.remaining,
                    "system": quota.system_id.id,
                    "agreement": quota.agreement_id.id,
                }
                for quota in quotas
            ],
        }

    @api.model
    def _get_takers(self):
        takers = super()._get_takers()
        for kind in SOURCES:
            timed, kinds = takers[kind]
            takers[kind] = (timed, {**kinds, "spare": "_take_spare"})
        return takers

    @api.model
    def _take_spare(self, document, values, moment):
        """Ask for a part as on its page: the parties are asked when it is uploaded."""
        quota = self.env["om.spare.quota"].browse(self._to_id(values.get("quota")))
        if not quota.exists():
            raise UserError(self.env._("This part is not on the list any more."))
        quantity = self._to_id(values.get("quantity"))
        if not quantity:
            raise UserError(self.env._("Say how many are needed."))
        document.check_access("read")
        tickets = document._name == "helpdesk.ticket"
        devices = document.equipment_ids if tickets else document.equipment_id
        request = self.env["om.spare.request"].create(
            {
                SOURCES["ticket" if tickets else "inspection"]: document.id,
                "system_id": document.system_id.id,
                "equipment_id": devices.id if len(devices) == 1 else False,
                "quota_id": quota.id,
                "quantity": quantity,
                "beyond_repair": self._get_text(values, "reason"),
                "repair_tried": self._get_text(values, "solution"),
            }
        )
        photo = self._keep_photo(request, values, moment)
        request.write({"photo_ids": [(4, photo.id)]})
        request.action_ask()
        if moment.offline:
            body = f"{self._format(moment.at)} {request._mark_recorded()}"
            request.message_post(
                body=body,
                subtype_xmlid="mail.mt_note",
            )
