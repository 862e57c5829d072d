from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    om_public_address = fields.Char(
        "Public Address",
        help="Where people reach this system, such as https://om.example.org. Links in "
        "mails and the QR codes of labels lead there. Empty: to the address under "
        "which an administrator last logged in.",
    )

    @api.model
    def get_values(self):
        values = super().get_values()
        # Parameters are for system administrators, as these settings are.
        get_param = self.env["ir.config_parameter"].sudo().get_param
        if get_param("web.base.url.freeze"):
            values["om_public_address"] = get_param("web.base.url")
        return values

    def set_values(self):
        res = super().set_values()
        # Odoo checks that the user is a system administrator before it comes here.
        parameters = self.env["ir.config_parameter"].sudo()
        address = self._om_clean_address(self.om_public_address)
        if address:
            parameters.set_param("web.base.url", address)
        # Frozen, or the next login of an administrator from elsewhere replaces it.
        parameters.set_param("web.base.url.freeze", "True" if address else False)
        return res

    @api.model
    def _om_clean_address(self, address):
        """The address as links begin with it, ``False`` for none.

        :raise ValidationError: for what is no address of a site
        """
        address = (address or "").strip().rstrip("/")
        if not address:
            return False
        try:
            parts = urlsplit(address)
            valid = parts.scheme in ("http", "https") and parts.hostname
            # Reading the port checks it.
            valid = valid and (parts.port or True) and not parts.path
            valid = valid and not (parts.query or parts.fragment or parts.username)
        except ValueError:
            valid = False
        if not valid or any(character.isspace() for character in address):
            raise ValidationError(
                self.env._(
                    "'%s' is no address of a site: write it as https://om.example.org, "
                    "with a port if it needs one and without a path.",
                    address,
                )
            )
        return address
