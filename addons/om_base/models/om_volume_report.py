from odoo import api, models

from ..tools.volume import begin_volume


class OmVolumeReport(models.AbstractModel):
    """A paper of hundreds of pages: its model, ``report.`` and the report's name,
    inherits from this and returns the data of a volume.

    The report itself is an ordinary one of the type ``qweb-pdf`` without a template.
    """

    _name = "om.volume.report"
    _description = "Paper in One Volume"

    @api.model
    def _get_volume(self, record):
        """Return the :class:`~odoo.addons.om_base.tools.volume.Volume` of a record."""
        raise NotImplementedError

    @api.model
    def _begin_beside(self, record, folder):
        """Begin to set the volume of a record in a folder, for a job."""
        return begin_volume(self._get_volume(record), folder)

    @api.model
    def _get_language(self):
        """Return the language of the reader, whose rules break the lines."""
        return self.env.lang or self.env.user.lang or "en_US"
