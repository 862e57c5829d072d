"""Sign a PDF with a certificate and stamp it with an authority's time (RFC 3161).

A signature is of the PAdES kind; with an authority it carries the authority's time
stamp, and without a certificate the stamp stands alone. pyHanko does the work; this
module says what of it a seal needs, in one call. It knows no database.
"""

import io
from dataclasses import dataclass

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import (
    PdfSignatureMetadata,
    PdfTimeStamper,
    SimpleSigner,
    sign_pdf,
)
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError

DIGEST = "sha256"
# Seconds in which an authority answers, or the paper goes without its stamp.
PATIENCE = 20


class SealingError(Exception):
    """The certificate or the authority did not do its part; the text says which."""


@dataclass(frozen=True)
class Sealing:
    """Who signs and who stamps.

    ``certificate``: the company's key and certificate as PKCS#12, b"" for none, opened
    by ``password``; ``authority``: address of a time-stamping authority, "" for none.
    """

    certificate: bytes = b""
    password: str = ""
    authority: str = ""


def load_signer(sealing: Sealing) -> SimpleSigner:
    """The signer of a certificate.

    :raise SealingError: the file is no PKCS#12, or the password is another
    """
    signer = SimpleSigner.load_pkcs12_data(
        sealing.certificate, [], sealing.password.encode() or None
    )
    if signer is None:
        raise SealingError("The certificate cannot be opened with this password.")
    return signer


def sign(content: bytes, sealing: Sealing) -> bytes:
    """``content`` with the signature and the stamp that ``sealing`` names.

    :raise SealingError: the certificate cannot be opened, or the authority did not
        answer in time, or not as the standard says
    """
    stamper = (
        HTTPTimeStamper(sealing.authority, timeout=PATIENCE)
        if sealing.authority
        else None
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    try:
        if not sealing.certificate:
            return PdfTimeStamper(stamper).timestamp_pdf(writer, DIGEST).getvalue()
        return sign_pdf(
            writer,
            PdfSignatureMetadata(
                field_name="Seal", md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES
            ),
            signer=load_signer(sealing),
            timestamper=stamper,
        ).getvalue()
    except (TimestampRequestError, OSError, TimeoutError) as error:
        raise SealingError(f"The authority gave no stamp: {error}") from error
    except (SigningError, PdfError, ValueError) as error:
        raise SealingError(f"The paper was not signed: {error}") from error
