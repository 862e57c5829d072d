"""Signatures and time stamps, with a local authority made by ``openssl ts``."""

import io
import shutil
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import (
    KeyUsageConstraints,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext
from reportlab.pdfgen.canvas import Canvas

from odoo.tests import BaseCase

from ..tools import pdf_seal

SETTINGS = """
[ tsa ]
default_tsa = tsa1
[ tsa1 ]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
[ stamping ]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
[ signing ]
keyUsage = critical,digitalSignature,nonRepudiation
"""
PASSWORD = "certificate-of-an-example"


def make_paper():
    stream = io.BytesIO()
    canvas = Canvas(stream)
    canvas.drawString(100, 700, "Example")
    canvas.save()
    return stream.getvalue()


class TestPdfSeal(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        (cls.folder / "settings").write_text(SETTINGS)
        (cls.folder / "serial").write_text("01")
        cls.openssl(
            "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 9"
            " -subj /CN=Example-Root"
        )
        for name, extensions in (("tsa", "stamping"), ("own", "signing")):
            cls.openssl(
                f"req -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.csr"
                f" -subj /CN=Example-{name}"
            )
            cls.openssl(
                f"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial"
                f" -days 9 -extfile settings -extensions {extensions} -out {name}.pem"
            )
        cls.openssl(
            "pkcs12 -export -inkey own.key -in own.pem -certfile ca.pem -out own.p12"
            f" -passout pass:{PASSWORD}"
        )
        cls.certificate = (cls.folder / "own.p12").read_bytes()
        cls.trust = ValidationContext(
            trust_roots=[load_cert_from_pemder(cls.folder / "ca.pem")]
        )
        cls.authority = cls.start_authority()

    @classmethod
    def openssl(cls, arguments):
        subprocess.run(
            ["openssl", *arguments.split()],
            cwd=cls.folder,
            check=True,
            capture_output=True,
        )

    @classmethod
    def start_authority(cls):
        class Authority(BaseHTTPRequestHandler):
            def do_POST(self):
                size = int(self.headers["Content-Length"])
                (cls.folder / "query").write_bytes(self.rfile.read(size))
                cls.openssl(
                    "ts -reply -config settings -section tsa1 -queryfile query"
                    " -signer tsa.pem -inkey tsa.key -out reply"
                )
                reply = (cls.folder / "reply").read_bytes()
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *args):
                """Tests print nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Authority)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}"

    def test_signed_and_stamped(self):
        paper = pdf_seal.sign(
            make_paper(),
            pdf_seal.Sealing(self.certificate, PASSWORD, self.authority),
        )
        (signature,) = PdfFileReader(io.BytesIO(paper)).embedded_signatures
        status = validate_pdf_signature(
            signature,
            self.trust,
            self.trust,
            key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
        )
        self.assertTrue(status.bottom_line, status.pretty_print_details())
        self.assertTrue(status.timestamp_validity.valid)

    def test_a_changed_paper_is_known(self):
        paper = pdf_seal.sign(
            make_paper(), pdf_seal.Sealing(self.certificate, PASSWORD)
        )
        changed = paper.replace(b"/Title", b"/Titel", 1)
        self.assertNotEqual(changed, paper)
        (signature,) = PdfFileReader(io.BytesIO(changed)).embedded_signatures
        self.assertFalse(validate_pdf_signature(signature, self.trust).intact)

    def test_stamped_only(self):
        paper = pdf_seal.sign(make_paper(), pdf_seal.Sealing(authority=self.authority))
        (stamp,) = PdfFileReader(io.BytesIO(paper)).embedded_timestamp_signatures
        self.assertTrue(validate_pdf_timestamp(stamp, self.trust).valid)

    def test_what_fails_is_said(self):
        for sealing in (
            pdf_seal.Sealing(self.certificate, "another"),
            pdf_seal.Sealing(b"no certificate", PASSWORD),
            pdf_seal.Sealing(authority="http://127.0.0.1:9"),
        ):
            with self.assertRaises(pdf_seal.SealingError):
                pdf_seal.sign(make_paper(), sealing)
