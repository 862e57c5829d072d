from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

# Days ahead: a renewal takes about three months, a bid about one.
RENEWAL_DAYS = 90
BID_DAYS = 30
CERTIFICATES = "om_staffing.hr_employee_skill_action"
TENDERS = "om_staffing.om_tender_action"
CHANGES = "om_staffing.om_posting_change_action"


class OmDashboard(models.AbstractModel):
    _inherit = "om.dashboard"

    @api.model
    def _get_areas(self, today, month):
        areas = super()._get_areas(today, month)
        if self._may_read("staffing", "manager"):
            _expired, ending, _unverified = self._get_certificate_figures(today)
            areas.append(
                {
                    "key": "staffing",
                    "label": self.env._("Staffing"),
                    "order": 40,
                    "figures": [
                        ending,
                        *self._get_bid_figures(today)[:1],
                        *self._get_change_figures(),
                    ],
                }
            )
        return areas

    @api.model
    @api.readonly
    def get_staffing_work(self):
        """Return ``intro`` and the ``areas`` of the staffing officer's work."""
        today = self.env["maintenance.request"]._get_inspection_today()
        areas = [
            (
                "certificates",
                self.env._("Certificates and Qualifications"),
                [
                    *self._get_certificate_figures(today),
                    *self._get_qualification_figures(today),
                ],
            ),
            ("bids", self.env._("Bids"), self._get_bid_figures(today)),
            (
                "postings",
                self.env._("Postings and Rosters"),
                [*self._get_change_figures(), *self._get_roster_figures(today)],
            ),
        ]
        return {
            "intro": self.env._("What has to be renewed, bid for and staffed next."),
            "areas": [
                {"key": key, "label": label, "figures": figures}
                for key, label, figures in areas
            ],
        }

    @api.model
    def _get_certificate_figures(self, today):
        """Return those expired, those that end soon and those not yet verified."""
        model = "hr.employee.skill"
        owned = Domain("skill_type_id.is_certification", "=", True)
        soon = today + timedelta(days=RENEWAL_DAYS)
        return [
            self._count(
                "certificates-expired",
                self.env._("Certificates expired"),
                CERTIFICATES,
                model,
                owned & Domain("valid_to", "<", today),
                level="danger",
            ),
            self._count(
                "certificates-ending",
                self.env._("Certificates that end within %s days", RENEWAL_DAYS),
                CERTIFICATES,
                model,
                owned
                & Domain("valid_to", ">=", today)
                & Domain("valid_to", "<=", soon),
                level="warning",
            ),
            self._count(
                "certificates-unverified",
                self.env._("Not yet compared with the original"),
                CERTIFICATES,
                model,
                owned & Domain("verified_on", "=", False),
                level="body",
            ),
        ]

    @api.model
    def _get_qualification_figures(self, today):
        soon = today + timedelta(days=RENEWAL_DAYS)
        return [
            self._count(
                "qualifications-ending",
                self.env._("Qualifications that end within %s days", RENEWAL_DAYS),
                "om_staffing.om_qualification_action",
                "om.qualification",
                Domain("valid_to", ">=", today) & Domain("valid_to", "<=", soon),
                level="warning",
            )
        ]

    @api.model
    def _get_bid_figures(self, today):
        preparing = Domain("state", "in", ["preparing"])
        soon = today + timedelta(days=BID_DAYS)
        near = Domain("bid_date", ">=", today) & Domain("bid_date", "<=", soon)
        rows = [
            (
                "bids-soon",
                self.env._("Bids due within %s days", BID_DAYS),
                preparing & near,
                "danger",
            ),
            ("bids-preparing", self.env._("Bids in preparation"), preparing, "body"),
            (
                "bids-submitted",
                self.env._("Bids submitted"),
                Domain("state", "in", ["submitted"]),
                "body",
            ),
        ]
        return [
            self._count(key, label, TENDERS, "om.tender", domain, level=level)
            for key, label, domain, level in rows
        ]

    @api.model
    def _get_change_figures(self):
        model = "om.posting.change"
        return [
            self._count(
                "changes-sent",
                self.env._("Replacements that wait for consent"),
                CHANGES,
                model,
                Domain("state", "in", ["sent"]),
                level="warning",
            ),
            self._count(
                "changes-consented",
                self.env._("Replacements to carry out"),
                CHANGES,
                model,
                Domain("state", "in", ["consented"]),
                level="body",
            ),
        ]

    @api.model
    def _get_roster_figures(self, today):
        served = Domain("state", "=", "in_service")
        return [
            self._count(
                "postings-missing",
                self.env._("Systems that lack posted staff"),
                "om_assets.om_system_posting_action",
                "om.system",
                served & Domain("posting_missing", ">", 0),
                level="warning",
            ),
            self._count(
                "rosters-draft",
                self.env._("Rosters not published"),
                "om_staffing.om_roster_action",
                "om.roster",
                Domain("state", "in", ["draft"]) & Domain("date_to", ">=", today),
                level="warning",
            ),
            self._count(
                "trainings-month",
                self.env._("Safety trainings of this month"),
                "om_staffing.om_safety_training_action",
                "om.safety.training",
                Domain("date", ">=", today.replace(day=1))
                & Domain("date", "<=", today),
                level="body",
            ),
        ]
