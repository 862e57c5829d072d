from odoo import api, fields, models
from odoo.tools import SQL


class OmExpiry(models.Model):
    _inherit = "om.expiry"
    _depends = {
        "hr.employee.skill": ["employee_id", "skill_id", "valid_to", "skill_type_id"],
        "hr.employee": ["name", "active", "company_id"],
        "hr.skill": ["name"],
        "om.qualification": ["type_id", "number", "valid_to", "company_id"],
        "om.qualification.type": ["name"],
        "res.company": ["om_staffing_user_id"],
    }

    kind = fields.Selection(
        selection_add=[
            ("certificate", "Personal Certificate"),
            ("qualification", "Enterprise Certificate"),
        ]
    )

    @api.model
    def _get_sources(self):
        officer = ("company_id.om_staffing_user_id",)
        return [
            *super()._get_sources(),
            {
                "kind": "certificate",
                "model": "hr.employee.skill",
                "domain": [
                    ("skill_type_id.is_certification", "=", True),
                    ("employee_id.active", "=", True),
                ],
                "date": "valid_to",
                "names": ("employee_id.name", "skill_id.name"),
                "users": officer,
                "where": lambda sql: SQL(
                    "NOT EXISTS (SELECT FROM hr_employee_skill AS later"
                    " WHERE later.skill_id = %s AND later.employee_id = %s"
                    " AND (later.valid_to IS NULL OR later.valid_to > %s))",
                    sql("skill_id"),
                    sql("employee_id"),
                    sql("valid_to"),
                ),
            },
            {
                "kind": "qualification",
                "model": "om.qualification",
                "domain": [],
                "date": "valid_to",
                "names": ("type_id.name", "number"),
                "users": officer,
                "where": lambda sql: SQL(
                    "NOT EXISTS (SELECT FROM om_qualification AS later"
                    " WHERE later.type_id = %s AND later.company_id = %s"
                    " AND (later.valid_to IS NULL OR later.valid_to > %s))",
                    sql("type_id"),
                    sql("company_id"),
                    sql("valid_to"),
                ),
            },
        ]

    @api.model
    def _get_form_views(self):
        return {
            **super()._get_form_views(),
            "hr.employee.skill": "om_staffing.hr_employee_skill_view_form",
        }

    @api.model
    def _get_fallback_groups(self):
        staffing = "om_base.group_staffing"
        return {
            **super()._get_fallback_groups(),
            "certificate": staffing,
            "qualification": staffing,
        }

    @api.model
    def _get_activity_types(self):
        kind = "om_staffing.mail_activity_type_expiry"
        return {
            **super()._get_activity_types(),
            "certificate": kind,
            "qualification": kind,
        }

    def _get_activity_records(self):
        """A certificate has no page of its own: the person's page it is."""
        found = super()._get_activity_records()
        rows = self.filtered(lambda row: row.kind == "certificate")
        certificates = self.env["hr.employee.skill"].browse(rows.mapped("res_id"))
        people = {one.id: one.employee_id.id for one in certificates}
        return found | {row: ("hr.employee", people[row.res_id]) for row in rows}
