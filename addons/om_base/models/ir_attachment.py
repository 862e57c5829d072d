import errno
import hashlib
import logging
import os
import shutil
import tempfile
from io import BytesIO

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list

_logger = logging.getLogger(__name__)

# What may be written on a file that is evidence: how it is found again.
FREE = frozenset(("description", "index_content", "original_id"))


class IrAttachment(models.Model):
    """Evidence: the file of a document of facts, closed when its document says so."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        if not self.env.su:
            # A copy of evidence is as little everybody's as the evidence.
            files.filtered("public")._check_not_published()
        return files

    def write(self, vals):
        if not self.env.su:
            if vals.get("public") or vals.get("url"):
                self._check_not_published()
            if vals.keys() - FREE:
                self._check_evidence()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if not self.env.su:
            self._check_evidence()

    def _delete_and_notify(self, message=None):
        """The discussion's own button deletes as superuser what somebody may write."""
        if self.env.uid != api.SUPERUSER_ID:
            self.sudo(False)._check_evidence()
        return super()._delete_and_notify(message)

    def _file_write(self, bin_value, checksum):
        """A full disk or a power failure leaves nothing under the name of the file,
        where it would be taken for the file for good: Odoo writes under that name."""
        if self._storage() != "file":
            # An add-on's place, as an object store.
            return super()._file_write(bin_value, checksum)
        fname, full_path = self._get_path(bin_value, checksum)
        if os.path.exists(full_path):
            return fname
        folder = os.path.dirname(full_path)
        try:
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
                try:
                    part.write(bin_value)
                    part.close()
                    os.replace(part.name, full_path)
                except OSError:
                    os.unlink(part.name)
                    raise
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
                raise
            _logger.error("no file can be written in %s: %s", folder, error)
            raise UserError(
                self.env._(
                    "The server's disk takes no files: nothing was saved. Tell the"
                    " administrator, and send it again when there is space."
                )
            ) from error
        # The transaction may still fail.
        self._mark_for_gc(fname)
        return fname

    @api.model
    def _om_take_file(self, path, **values):
        """Keep the file ``path`` as an attachment, without reading it into memory.

        It is linked where that can be, not copied, and not to be written to any more;
        ``path`` itself stays, as long as the transaction may have to be repeated.

        :param values: name, type and place of the attachment
        """
        attachment = self.create({**values, "raw": b""})
        if self._storage() != "file":
            with open(path, "rb") as stream:
                content = stream.read()
            attachment.write({"raw": content, "mimetype": attachment.mimetype})
            return attachment
        with open(path, "rb") as stream:
            checksum = hashlib.file_digest(stream, "sha1").hexdigest()
        size = os.path.getsize(path)
        name = f"{checksum[:2]}/{checksum}"
        # Known to Odoo's collector first: the transaction may still fail.
        self._mark_for_gc(name)
        target = self._full_path(name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if not os.path.exists(target):
            try:
                os.link(path, target)
            except OSError:
                # Another disk, or one that knows no links.
                shutil.copyfile(path, target)
        # Odoo reckons these from content that it holds in memory, and takes them from
        # nobody: written below it.
        models.Model.write(
            attachment,
            {"store_fname": name, "checksum": checksum, "file_size": size},
        )
        return attachment

    def _om_open(self):
        """Open the content for reading. A file of the server is read where it lies;
        what is kept elsewhere, in the database or an object store, comes into memory.

        :raise FileNotFoundError: the content is not where it should be
        """
        self.ensure_one()
        # Other storages put their own name before that of the file.
        if self.store_fname and "://" not in self.store_fname:
            return open(self._full_path(self.store_fname), "rb")
        content = self.raw or b""
        # They answer with nothing where they find nothing.
        if len(content) != self.file_size:
            raise FileNotFoundError(self.store_fname)
        return BytesIO(content)

    def _check_not_published(self):
        """Raise if a file of one of our documents would be open to everybody."""
        ours = self.filtered(lambda file: file._is_of_facts())
        if ours:
            raise UserError(
                self.env._(
                    "“%s” belongs to a document on record; it is not made public.",
                    ours[0].name,
                )
            )

    def _is_of_facts(self):
        self.ensure_one()
        model = self.env.get(self.res_model or "")
        return model is not None and (
            self.res_model.startswith("om.")
            or (hasattr(model, "_keeps_messages") and model._keeps_messages())
        )

    def _check_evidence(self):
        """Raise if one of these is cited by an act or its document has closed it."""
        closed = self._filter_cited()
        for name, files in self.grouped("res_model").items():
            model = self.env.get(name or "")
            if model is None or not hasattr(model, "_filter_closed_files"):
                continue
            # sudo: whether a document is closed is asked, not shown.
            closed |= model.sudo()._filter_closed_files(files)
        if closed:
            raise UserError(
                self.env._(
                    "Evidence stays as it was handed in: %s.",
                    format_list(self.env, closed.mapped("name")[:5]),
                )
            )

    def _filter_cited(self):
        # sudo: whether the ledger cites them is asked, not shown.
        lines = self.env["om.act"].sudo().search([("attachment_ids", "in", self.ids)])
        return self & lines.attachment_ids.sudo(self.env.su)
