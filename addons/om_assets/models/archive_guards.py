"""What of the register may not be archived: see ``om.archive.guard.mixin``."""

from odoo import models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        why = self.env._("it is a party to systems on the register.")
        served = [("state", "!=", "draft")]
        return [
            *super()._get_archive_bars(),
            *(
                (self._get_referred("om.system", field, served), why)
                for field in ("unit_id", "purchaser_id", "supervisor_id")
            ),
        ]


class MaintenanceEquipment(models.Model):
    _name = "maintenance.equipment"
    _inherit = ["maintenance.equipment", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        return [
            *super()._get_archive_bars(),
            (
                # An entry still to be completed stands for a number, not for a device.
                self.filtered(
                    lambda device: device.system_id and not device.to_complete
                ),
                self.env._(
                    "the device is in the ledger. If it was taken away, set its state"
                    " to dismantled or scrapped."
                ),
            ),
        ]


class MaintenanceRequest(models.Model):
    """Archiving is how Odoo cancels a request."""

    _name = "maintenance.request"
    _inherit = ["maintenance.request", "om.archive.guard.mixin"]
    _archive_field = "archive"
    _archive_value = True

    def _get_archive_bars(self):
        bars = super()._get_archive_bars()
        today = self._get_guard_today()
        inspections = self.filtered("is_inspection")
        return [
            *bars,
            (
                inspections.filtered("inspection_started_on"),
                self.env._("the inspection has begun; finish it."),
            ),
            (
                inspections.filtered(
                    lambda one: (
                        one.inspection_date
                        and (one.inspection_deadline or one.inspection_date) < today
                    )
                ),
                self.env._("the inspection was missed. It counts until it is done."),
            ),
            (
                self.filtered("finding_ids"),
                self.env._("the fault was found by an inspection; deal with it."),
            ),
        ]


class OmKeyPeriod(models.Model):
    _name = "om.key.period"
    _inherit = ["om.key.period", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        today = self._get_guard_today()
        return [
            *super()._get_archive_bars(),
            (
                self.filtered(lambda period: period.date_start <= today),
                self.env._(
                    "the period has begun, and deadlines were reckoned by it. End it"
                    " earlier if it is over."
                ),
            ),
        ]


class OmSystemCategory(models.Model):
    _name = "om.system.category"
    _inherit = ["om.system.category", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        return [
            *super()._get_archive_bars(),
            (
                self._get_referred("om.system", "category_id"),
                self.env._("systems belong to this class. Move them to another first."),
            ),
        ]
