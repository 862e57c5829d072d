from odoo import api, models


class OmDay(models.AbstractModel):
    """On each fault of the day what its repair is worth."""

    _inherit = "om.day"

    @api.model
    def _get_cards(self, now, today):
        cards = super()._get_cards(now, today)
        tickets = self.env["helpdesk.ticket"].browse(
            [card["id"] for card in cards if card["model"] == "helpdesk.ticket"]
        )
        if not tickets:
            return cards
        worths = self.env["om.repair.worth"]
        words = {}
        for record, worth in worths._get_worths(tickets).items():
            ticket = record.ticket_id if record._name == "om.downtime" else record
            # A downtime says more than a deadline.
            if ticket.id not in words or record._name == "om.downtime":
                words[ticket.id] = worths._word(record, worth)
        for card in cards:
            if card["model"] == "helpdesk.ticket":
                card["worth"] = words.get(card["id"], "")
        return cards
