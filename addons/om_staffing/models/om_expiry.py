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
        "om.bond": ["tender_id", "date_back", "state", "letter_number"],
        "om.tender": ["name"],
    }

    kind = fields.Selection(
        selection_add=[
            ("certificate", "Personal Certificate"),
            ("qualification", "Enterprise Certificate"),
            ("security", "Bid Security"),
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
            {
                # It has to be back by then; as a letter it ends besides, as others do.
                "kind": "security",
                "model": "om.bond",
                "domain": [
                    ("tender_id", "!=", False),
                    ("state", "in", ("partial", "held")),
                ],
                "date": "date_back",
                "names": ("tender_id.name", "letter_number"),
                "users": ("create_uid",),
            },
        ]

    @api.model
    def _get_owed_kinds(self):
        return super()._get_owed_kinds() | {"security"}

    @api.model
    def _get_stages(self):
        # It is a matter of five working days, not of a quarter.
        return super()._get_stages() | {"security": (5, 1)}

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
            "security": "om_base.group_procurement",
        }

    @api.model
    def _get_activity_types(self):
        kind = "om_staffing.mail_activity_type_expiry"
        return {
            **super()._get_activity_types(),
            "certificate": kind,
            "qualification": kind,
            "security": "om_staffing.mail_activity_type_security",
        }

    def _get_activity_records(self):
        """A certificate has no page of its own: the person's page it is."""
        found = super()._get_activity_records()
        rows = self.filtered(lambda row: row.kind == "certificate")
        certificates = self.env["hr.employee.skill"].browse(rows.mapped("res_id"))
        people = {one.id: one.employee_id.id for one in certificates}
        return found | {row: ("hr.employee", people[row.res_id]) for row in rows}
