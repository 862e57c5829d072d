"""No two pages of ours have one address: the one that came first would be gone."""

import itertools
import re

from odoo.tests import TransactionCase, tagged

PART = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?\w+>")


def addresses(rule):
    """The addresses that a rule takes, one of each kind: a number, each of a list."""
    choices = [
        re.findall(r"['\"](\w+)['\"]", given)
        if kind == "any"
        else ["1" if kind == "int" else "x"]
        for kind, given in PART.findall(rule)
    ]
    frame = PART.sub("{}", rule)
    return [frame.format(*chosen) for chosen in itertools.product(*choices)]


@tagged("post_install", "-at_install")
class TestAddresses(TransactionCase):
    def test_no_page_takes_the_place_of_another(self):
        found = {}
        for rule in self.env["ir.http"].routing_map().iter_rules():
            if not rule.rule.startswith(("/my/", "/om/")):
                continue
            for address in addresses(rule.rule):
                for method in {"GET", "POST"} & (rule.methods or {"GET", "POST"}):
                    found.setdefault((method, address), set()).add(
                        rule.endpoint.func.__qualname__
                    )
        self.assertIn(("GET", "/my/tickets"), found)
        twice = {key: sorted(names) for key, names in found.items() if len(names) > 1}
        self.assertEqual(twice, {})

    def test_what_a_rule_takes(self):
        self.assertEqual(
            addresses('/my/<any("a","b"):kind>/<int:doc_id>/<string:word>/<plain>'),
            ["/my/a/1/x/x", "/my/b/1/x/x"],
        )
