import json
import math

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.photo import describe

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
NAMES = ("original", "bytes", "sha256", "taken", "place")


class TestPhoto(BaseCase):
    @given(st.text())
    def test_no_text_is_an_error(self, text):
        describe(text)

    @given(st.dictionaries(st.sampled_from(NAMES), ANYTHING))
    def test_nothing_that_cannot_be_is_told(self, told):
        found = describe(json.dumps(told))
        self.assertIsInstance(found.name, str)
        self.assertTrue(found.size is None or found.size >= 0)
        self.assertTrue(found.sha256 is None or len(found.sha256) == 64)
        self.assertTrue(found.place is None or abs(found.place.latitude) <= 90)

    @given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 1e6))
    def test_a_place(self, latitude, longitude, accuracy):
        place = {"latitude": latitude, "longitude": longitude, "accuracy": accuracy}
        found = describe(json.dumps({"place": place})).place
        self.assertEqual(found, (latitude, longitude, math.ceil(accuracy)))
