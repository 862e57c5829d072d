import hashlib
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.package import Tally, count_missing, fingerprint, judge

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=100)
COUNTS = st.integers(0, 50)


@tagged("post_install", "-at_install")
class TestPackageRules(BaseCase):
    def test_where_a_requirement_stands(self):
        for tally, least, standing, missing in (
            # Twelve monthly reviews, eleven passed.
            (Tally(11, 0, 11), 12, "missing", 1),
            (Tally(12, 0, 12), 12, "accepted", 0),
            # 54 units, one has not signed.
            (Tally(54, 1, 53), 1, "missing", 1),
            (Tally(54, 0, 54), 1, "accepted", 0),
            # What need not be is no fault and no merit.
            (Tally(), 0, "none", 0),
            (Tally(), 1, "missing", 1),
            # Handed in, not accepted yet.
            (Tally(3, 0, 2), 0, "present", 0),
            (Tally(3, 0, 0), 1, "present", 0),
        ):
            self.assertEqual(judge(tally, least), standing, (tally, least))
            self.assertEqual(count_missing(tally, least), missing, (tally, least))

    def test_more_than_there_are_is_no_tally(self):
        for wrong in ((1, 2, 0), (1, 0, 2), (2, 1, 2), (1, -1, 0), (1, 0, -1)):
            with self.assertRaises(ValueError):
                Tally(*wrong)

    @PROPERTY
    @given(COUNTS, COUNTS, COUNTS, st.integers(0, 60))
    def test_missing_means_that_something_is_missing(
        self, there, missing, signed, asked
    ):
        tally = Tally(there + missing + signed, missing, signed)
        is_missing = judge(tally, asked) == "missing"
        self.assertEqual(is_missing, count_missing(tally, asked) > 0)
        if judge(tally, asked) == "accepted":
            self.assertEqual((missing, there), (0, 0))

    def test_the_fingerprint_of_a_file(self):
        """The standard's own example (FIPS 180-2, B.1)."""
        self.assertEqual(
            fingerprint(BytesIO(b"abc")),
            (3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        )

    @PROPERTY
    @given(st.binary(max_size=64), st.integers(1, 9))
    def test_pieces_do_not_matter_and_a_changed_byte_does(self, content, chunk):
        whole = (len(content), hashlib.sha256(content).hexdigest())
        self.assertEqual(fingerprint(BytesIO(content), chunk), whole)
        if content:
            changed = bytes([content[0] ^ 1]) + content[1:]
            self.assertNotEqual(fingerprint(BytesIO(changed), chunk), whole)
