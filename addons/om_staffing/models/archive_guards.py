"""What of bids and staff may not be archived: see ``om.archive.guard.mixin``.

Employees and their logins may be: people leave, and what they did keeps their names.
"""

from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_archive_bars(self):
        why = self.env._("it is a party to tenders, references or months of insurance.")
        return [
            *super()._get_archive_bars(),
            (self._get_referred("om.tender", "partner_id"), why),
            (self._get_referred("om.reference", "partner_id"), why),
            (self._get_referred("om.social.insurance", "employer_id"), why),
        ]


class OmQualificationType(models.Model):
    _name = "om.qualification.type"
    _inherit = ["om.qualification.type", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        return [
            *super()._get_archive_bars(),
            (
                self._get_referred("om.qualification", "type_id"),
                self.env._("certificates of this kind are on record."),
            ),
            (
                self._get_referred("om.tender.rule.item", "type_id"),
                self.env._("the rules of tenders ask for it."),
            ),
        ]


class HrSkillType(models.Model):
    _name = "hr.skill.type"
    _inherit = ["hr.skill.type", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        certain = [("skill_type_id.is_certification", "=", True)]
        return [
            *super()._get_archive_bars(),
            (
                self._get_referred("hr.employee.skill", "skill_type_id", certain),
                self.env._("certificates of this kind are on record."),
            ),
        ]
