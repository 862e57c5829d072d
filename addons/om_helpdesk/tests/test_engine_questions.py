import doctest

from odoo.tests import BaseCase

from ..engine import questions
from ..engine.questions import REQUIRED, get_unanswered, is_answered

FORM = [
    {"name": "a", "string": "A", "type": "char", REQUIRED: True},
    {"name": "b", "type": "float", REQUIRED: True},
    {"name": "c", "string": "C", "type": "boolean", REQUIRED: True},
    {"name": "d", "string": "D", "type": "separator", REQUIRED: True},
    {"name": "e", "string": "E", "type": "char"},
    {"name": "f", "string": "F", "type": "char", REQUIRED: False},
    {"name": "g", "string": "G", "type": "tags", REQUIRED: True},
]


class TestQuestions(BaseCase):
    def test_examples(self):
        self.assertFalse(doctest.testmod(questions).failed)

    def test_none_answered(self):
        self.assertEqual(get_unanswered(FORM, {}), ["A", "b", "G"])

    def test_some_answered(self):
        answers = {"a": "x", "b": 0.0, "g": [], "e": ""}
        self.assertEqual(get_unanswered(FORM, answers), ["G"])
        self.assertEqual(get_unanswered(FORM, {**answers, "g": ["y"]}), [])

    def test_what_is_an_answer(self):
        for value in (0, 0.0, "0", ["x"], "2026-01-01"):
            self.assertTrue(is_answered(value), value)
        for value in (None, False, "", " \n", []):
            self.assertFalse(is_answered(value), value)
