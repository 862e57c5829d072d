"""The growing zip: what is in it after each way in which its making can end."""

import hashlib
import io
import subprocess
import tempfile
import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.archive import Archive, list_fingerprints, safe_name
from .common import PROPERTY

CONTENTS = st.lists(st.binary(max_size=50), min_size=1, max_size=6)


@tagged("post_install", "-at_install")
class TestArchive(BaseCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def unpack(self, archive):
        with zipfile.ZipFile(archive.path) as found:
            self.assertIsNone(found.testzip())
            return {each: found.read(each) for each in found.namelist()}

    @PROPERTY
    @given(CONTENTS, st.integers(0, 5), st.binary(max_size=200))
    def test_what_was_written_after_the_mark_does_not_count(
        self, contents, killed, rest
    ):
        """At any place the process may end in the middle of a step; what comes of it
        is what an undisturbed making gives, byte by byte."""
        folders = [self.folder / name for name in ("one", "two")]
        for folder in folders:
            folder.mkdir(exist_ok=True)
        made = []
        for folder, is_killed in zip(folders, (False, True), strict=True):
            mark = None
            for number, content in enumerate(contents):
                if is_killed and number == killed:
                    broken = Archive(folder, mark)
                    broken.add_bytes("断.bin", rest)
                    # Neither closed nor marked; or closed, and nobody was told.
                    if len(rest) % 2:
                        broken.close()
                    else:
                        broken._zip.fp.flush()
                archive = Archive(folder, mark)
                told = archive.add(f"附件/{number}.bin", io.BytesIO(content))
                self.assertEqual(
                    told, (len(content), hashlib.sha256(content).hexdigest())
                )
                mark = archive.close()
            made.append(archive)
        self.assertEqual(
            self.unpack(made[1]),
            {f"附件/{n}.bin": content for n, content in enumerate(contents)},
        )
        self.assertEqual(*(each.path.read_bytes() for each in made))

    def test_others_programs_read_it(self):
        archive = Archive(self.folder)
        _size, digest = archive.add_bytes("附件/甲.txt", "内容".encode())
        archive.add_bytes(
            "list.sha256", list_fingerprints([("附件/甲.txt", digest)]).encode()
        )
        archive.close()
        with zipfile.ZipFile(archive.path) as found:
            found.extractall(self.folder)
        subprocess.run(
            ["sha256sum", "--check", "--quiet", "list.sha256"],
            cwd=self.folder,
            check=True,
        )

    def test_what_was_kept_under_another_name_stays(self):
        archive = Archive(self.folder)
        mark = archive.close()
        archive = Archive(self.folder, mark)
        archive.add_bytes("甲", b"first")
        archive.close()
        kept = self.folder / "kept.zip"
        kept.hardlink_to(archive.path)
        content = kept.read_bytes()
        again = Archive(self.folder, mark)
        again.add_bytes("甲", b"second")
        again.close()
        self.assertEqual(kept.read_bytes(), content)
        self.assertEqual(self.unpack(again), {"甲": b"second"})

    def test_names_that_every_system_takes(self):
        for name, safe in (
            ("甲/乙: 丙?.pdf", "甲_乙_ 丙_.pdf"),
            ("..", "_"),
            ("甲\n乙.pdf", "甲_乙.pdf"),
            ("甲" * 300 + ".pdf", "甲" * 97 + ".pdf"),
            ("没有后缀", "没有后缀"),
        ):
            self.assertEqual(safe_name(name), safe)
