from odoo import models

from ..fields import DocumentReference


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    res_id = DocumentReference()
