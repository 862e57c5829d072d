"""The word of a party comes from the page that shows what is signed, or its paper."""

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import TransactionCase, tagged

# Ours apply what the parties signed: the paper is on the document, and on its page.
ON_ITS_PAGE = {("om.contract.amendment", "apply")}


@tagged("post_install", "-at_install")
class TestPartyWords(TransactionCase):
    def test_no_client_calls_the_word_of_a_party(self):
        """A page and a paper's dialog call these methods; over RPC nobody is shown
        what is signed. A party's act that is added later is in this test."""
        words = {
            (name, act)
            for name, model in self.env.registry.models.items()
            if hasattr(model, "_get_acts") and not model._abstract
            for act, declared in self.env[name]._get_acts().items()
            if declared.party and hasattr(model, f"action_{act}")
        }
        self.assertGreater(len(words), 10)
        callable_ones = set()
        for name, act in words:
            try:
                get_public_method(self.env[name], f"action_{act}")
            except AccessError:
                continue
            callable_ones.add((name, act))
        self.assertEqual(callable_ones, ON_ITS_PAGE)
