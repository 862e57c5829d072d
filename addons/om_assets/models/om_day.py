from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.om_base.tools import beijing

# More than a day's work; the figures above count all.
CARDS = 60
NEXT_DAYS = 7
FORM = "om_assets.om_inspection_view_form"


class OmDay(models.AbstractModel):
    """The engineer's day: what waits for the user, the nearest deadline first.

    A card is a dict of plain values: ``key``, ``model``, ``id``, ``view_id`` (the form
    it opens, False for the model's own), ``kind`` and ``kind_label``, ``title``,
    ``number``, ``system``, ``unit``, ``place``, ``contact``, ``phone``, ``deadline``
    (naive UTC, False if no clock runs), ``what`` (what the deadline is for) and
    ``state``; ``worth``, in words what the work buys, where somebody reckons it.
    Add-ons add the cards of their work and the figures that count it.
    """

    _name = "om.day"
    _description = "Day of an Engineer"

    @api.model
    @api.readonly
    def get_day(self):
        """Return the user's day.

        ``now`` (naive UTC), ``day`` (ISO), ``figures`` (as those of ``om.dashboard``)
        and ``cards``. The number of queries does not depend on the number of cards.

        :raise AccessError: the user has no role in operations and maintenance
        """
        if not self.env.user.has_group("om_base.group_user"):
            raise AccessError(
                self.env._("This page is for the staff of the contractor.")
            )
        now = fields.Datetime.now()
        today = self.env["maintenance.request"]._get_inspection_today()
        cards = sorted(
            self._get_cards(now, today),
            key=lambda card: (
                not card["deadline"],
                card["deadline"] or "",
                card["key"],
            ),
        )
        return {
            "now": fields.Datetime.to_string(now),
            "day": today.isoformat(),
            "figures": self._get_figures(now, today),
            "cards": cards[:CARDS],
            "more": max(len(cards) - CARDS, 0),
        }

    @api.model
    def _get_figures(self, now, today):
        """Return how much there is, as figures of the dashboard."""
        dashboard = self.env["om.dashboard"]
        mine = self._get_inspection_domain()
        soon = today + timedelta(days=NEXT_DAYS)
        return [
            dashboard._count(
                "inspections",
                self.env._("Inspections for Today"),
                "om_assets.om_inspection_request_action",
                "maintenance.request",
                mine & Domain("inspection_date", "<=", today),
            ),
            dashboard._count(
                "coming",
                self.env._("Inspections of the next %s days", NEXT_DAYS),
                "om_assets.om_inspection_request_action",
                "maintenance.request",
                mine
                & Domain("inspection_date", ">", today)
                & Domain("inspection_date", "<=", soon),
            ),
        ]

    @api.model
    def _get_inspection_domain(self):
        """Return the user's inspections that are still to be done."""
        return (
            Domain("is_inspection", "=", True)
            & Domain("user_id", "=", self.env.uid)
            & Domain("archive", "=", False)
            & Domain("inspection_done_on", "=", False)
        )

    @api.model
    def _get_cards(self, now, today):
        """Return the cards of the day, in any order."""
        inspections = self.env["maintenance.request"].search(
            self._get_inspection_domain() & Domain("inspection_date", "<=", today),
            order="inspection_deadline, id",
            limit=CARDS + 1,
        )
        steps, scopes, modes = (
            inspections._om_labels(name)
            for name in ("inspection_step", "inspection_scope", "inspection_mode")
        )
        view = self.env.ref(FORM).id
        return [
            {
                **self._get_place(request.system_id),
                "key": f"inspection-{request.id}",
                "model": request._name,
                "id": request.id,
                "view_id": view,
                "kind": "inspection",
                # One system has several on one day: which one tells its scope.
                "kind_label": " · ".join(
                    part
                    for part in (
                        self.env._("Inspection"),
                        scopes.get(request.inspection_scope),
                        modes.get(request.inspection_mode),
                    )
                    if part
                ),
                "title": request.name,
                "number": "",
                "deadline": self._to_end_of_day(
                    request.inspection_deadline or request.inspection_date
                ),
                "what": self.env._("In time until"),
                "state": steps.get(request.inspection_step, ""),
            }
            for request in inspections
        ]

    @api.model
    def _get_place(self, system):
        """Return where a system is and whom to call there."""
        unit = system.unit_id
        address = "".join(
            part for part in (unit.city, unit.street, unit.street2) if part
        )
        # Of a system that stands nowhere the register's site is no place to go to.
        site = system.deployment_kind != "na" and system.deployment_site
        return {
            "system": system.name or "",
            "unit": unit.name or "",
            "place": " · ".join(part for part in (site, address) if part),
            "contact": "",
            "phone": unit.phone or "",
        }

    @api.model
    def _to_end_of_day(self, day):
        """Return when a local day is over: naive UTC as text."""
        _begin, over = beijing.bounds(day)
        return fields.Datetime.to_string(over)
