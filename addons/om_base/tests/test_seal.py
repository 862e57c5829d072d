import hashlib
import json
from datetime import date, datetime
from decimal import Decimal

from hypothesis import given, strategies

from odoo.tests import BaseCase, tagged

from ..tools.seal import (
    Break,
    canonical,
    conceal,
    digest,
    digest_around,
    find_break,
)
from .common import PROPERTY

texts = strategies.text(max_size=20)
values = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | texts,
    lambda inner: (
        strategies.lists(inner, max_size=3)
        | strategies.dictionaries(texts, inner, max_size=3)
    ),
    max_leaves=8,
)
facts = strategies.dictionaries(texts, values, max_size=4)


def chain_of(contents):
    """The lines of a chain, made without the code under test's chain."""
    lines, previous = [], ""
    for position, content in enumerate(contents, 1):
        line = {"position": position, "previous": previous, "facts": content}
        text = json.dumps(
            line, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        previous = hashlib.sha256(text.encode()).hexdigest()
        lines.append((line, previous))
    return lines


@tagged("post_install", "-at_install")
class TestSeal(BaseCase):
    """Lines, digests and chains, against SHA-256 and JSON by hand."""

    def test_canonical_text(self):
        value = {
            "乙": Decimal("77133300.00"),
            "a": datetime(2026, 1, 4, 1, 30),
            "b": date(2026, 12, 31),
            "c": [None, True, "人民币"],
        }
        self.assertEqual(
            canonical(value),
            '{"a":"2026-01-04T01:30:00Z","b":"2026-12-31","c":[null,true,"人民币"],'
            '"乙":"77133300.00"}',
        )

    def test_no_binary_floats(self):
        with self.assertRaises(TypeError):
            canonical({"amount": 0.1})

    @PROPERTY
    @given(facts)
    def test_order_of_names_does_not_matter(self, content):
        turned = dict(reversed(content.items()))
        self.assertEqual(digest(content), digest(turned))

    @PROPERTY
    @given(facts)
    def test_a_part_may_come_as_text(self, content):
        for name in content:
            others = {each: content[each] for each in content if each != name}
            known = {name: canonical(content[name])}
            self.assertEqual(digest_around(others, known), digest(content))

    @PROPERTY
    @given(strategies.lists(facts, max_size=5))
    def test_a_whole_chain_fits(self, contents):
        self.assertIsNone(find_break(chain_of(contents)))

    @PROPERTY
    @given(strategies.lists(facts, min_size=1, max_size=5), strategies.data())
    def test_a_changed_line_is_named(self, contents, data):
        lines = chain_of(contents)
        index = data.draw(strategies.integers(0, len(lines) - 1))
        line, stored = lines[index]
        lines[index] = ({**line, "facts": {"forged": index}}, stored)
        if contents[index] != {"forged": index}:
            self.assertEqual(find_break(lines), Break(index, "changed"))

    @PROPERTY
    @given(strategies.lists(facts, min_size=2, max_size=5), strategies.data())
    def test_a_missing_line_is_named(self, contents, data):
        lines = chain_of(contents)
        index = data.draw(strategies.integers(0, len(lines) - 2))
        del lines[index]
        self.assertEqual(find_break(lines), Break(index, "missing"))

    def test_a_line_redone_with_its_digest_does_not_chain(self):
        lines = chain_of([{"a": 1}, {"b": 2}, {"c": 3}])
        forged = {**lines[0][0], "facts": {"a": 9}}
        lines[0] = (forged, digest(forged))
        self.assertEqual(find_break(lines), Break(1, "unchained"))

    def test_swapped_lines_are_named(self):
        lines = chain_of([{"a": 1}, {"b": 2}, {"c": 3}])
        lines[1], lines[2] = lines[2], lines[1]
        self.assertEqual(find_break(lines), Break(1, "missing"))

    def test_a_personal_value_cannot_be_tried_out(self):
        self.assertNotEqual(conceal("甲", "salt"), conceal("甲", "other"))
        self.assertNotEqual(conceal("甲", "salt"), digest("甲"))
