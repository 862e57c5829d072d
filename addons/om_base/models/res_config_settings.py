from base64 import b64decode, b64encode
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import pdf_seal

# Where the settings of sealing are kept.
CERTIFICATE = "om_base.seal_certificate"
PASSWORD = "om_base.seal_password"
AUTHORITY = "om_base.seal_authority"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    om_public_address = fields.Char(
        "Public Address",
        help="Where people reach this system, such as https://om.example.org. Links in "
        "mails and the QR codes of labels lead there. Empty: to the address under "
        "which an administrator last logged in.",
    )

    om_seal_certificate = fields.Binary(
        "Certificate",
        attachment=False,
        help="The company's key and certificate as a PKCS#12 file (.p12, .pfx). The"
        " papers of the nightly seals are signed with it.",
    )
    om_seal_certificate_name = fields.Char()
    om_seal_password = fields.Char("Its Password")
    om_seal_authority = fields.Char(
        "Time-Stamping Authority",
        config_parameter=AUTHORITY,
        help="Address of an authority that stamps by RFC 3161, as the provider of the"
        " trusted time stamp gives it.",
    )

    @api.model
    def get_values(self):
        values = super().get_values()
        # What is set is shown as set; the certificate itself is not sent to a browser.
        if self._get_om_sealing().certificate:
            values["om_seal_certificate_name"] = self.env._("A certificate is set")
        # Parameters are for system administrators, as these settings are.
        get_param = self.env["ir.config_parameter"].sudo().get_param
        if get_param("web.base.url.freeze"):
            values["om_public_address"] = get_param("web.base.url")
        return values

    @api.model
    def _get_om_sealing(self):
        """Who signs and stamps the papers of seals (:class:`pdf_seal.Sealing`)."""
        # sudo: the job that seals reads them, and a system administrator.
        get_param = self.env["ir.config_parameter"].sudo().get_param
        return pdf_seal.Sealing(
            b64decode(get_param(CERTIFICATE) or ""),
            get_param(PASSWORD) or "",
            get_param(AUTHORITY) or "",
        )

    def _set_om_certificate(self):
        # Odoo checks that the user is a system administrator before it comes here.
        parameters = self.env["ir.config_parameter"].sudo()
        if self.om_seal_certificate:
            certificate = b64decode(self.om_seal_certificate)
            try:
                pdf_seal.load_signer(
                    pdf_seal.Sealing(certificate, self.om_seal_password or "")
                )
            except pdf_seal.SealingError as error:
                raise ValidationError(
                    self.env._(
                        "The certificate cannot be opened: choose a .p12 or .pfx file"
                        " and enter its password."
                    )
                ) from error
            parameters.set_param(CERTIFICATE, b64encode(certificate).decode())
            parameters.set_param(PASSWORD, self.om_seal_password or False)
        elif not self.om_seal_certificate_name:
            parameters.set_param(CERTIFICATE, False)
            parameters.set_param(PASSWORD, False)

    def set_values(self):
        res = super().set_values()
        self._set_om_certificate()
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
