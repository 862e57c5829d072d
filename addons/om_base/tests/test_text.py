"""Codes from outside. Expected values are what is printed on the label."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..tools import text
from ..tools.text import clean_code, spellings
from .common import PROPERTY

LABEL = "SN-AB1"
FULL_WIDTH = "".join(chr(ord(each) + 0xFEE0) for each in LABEL)
# How scanners, input methods, word processors and pages hand over the same label.
SENT = (
    "SN-AB1\r\n",
    "SN-AB1\t",
    "  SN-AB1 ",
    FULL_WIDTH,
    "\ufeffSN-AB1",
    "SN-AB1\u200b",
    "SN-\u200dAB1",
    "SN-AB1\x1d",
    "SN-AB1\x00",
    "SN\u2013AB1",
    "SN\u2011AB1",
    "\u202dSN-AB1\u202c",
)


class TestText(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(text)
        self.assertEqual(result.failed, 0)
        self.assertTrue(result.attempted)

    def test_one_label_however_it_is_sent(self):
        for sent in SENT:
            with self.subTest(sent=ascii(sent)):
                self.assertEqual(clean_code(sent), LABEL)

    def test_chinese_stays(self):
        self.assertEqual(clean_code("顺义 监控-０１"), "顺义 监控-01")

    @PROPERTY
    @given(st.text())
    def test_clean_is_clean(self, sent):
        code = clean_code(sent)
        self.assertEqual(clean_code(code), code)
        self.assertEqual(code, code.strip())
        self.assertTrue(all(each.isprintable() for each in code))

    @PROPERTY
    @given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./", min_size=1))
    def test_caps_lock_is_no_other_code(self, label):
        self.assertIn(label, spellings(label.lower()))
        self.assertIn(label, spellings(label))
