from typing import NamedTuple

from odoo import models


class Answer(NamedTuple):
    """What a word of a party on a record's page does."""

    method: str
    # What the method calls the party's reason; empty: the word needs none.
    reason: str = ""


class OmPortalMixin(models.AbstractModel):
    """A record that has a page for the parties outside.

    It says where its page is, and which words its parties have there. Who reads it is
    the record rules' to say, who may say which word the acts'. Its pages are drawn by
    the add-on's heir of ``controllers.portal.OmPortal``. One that is also shared by
    links inherits ``portal.mixin`` after this.
    """

    _name = "om.portal.mixin"
    _description = "Page for Parties Outside"

    # Where the list of all of them is.
    _portal_path = ""
    # {word that the page's form sends: Answer}
    _portal_answers = {}

    def _compute_access_url(self):
        # Of ``portal.mixin``, which knows no address.
        for record in self:
            record.access_url = f"{record._portal_path}/{record.id}"

    def _get_portal_words(self):
        """Return the words that the user may say now; others are not there.

        By default all of them: the acts refuse what is too late, in their sentences.
        """
        self.ensure_one()
        return set(self._portal_answers)

    def _answer_in_portal(self, word, reason="", **more):
        """Do what the user's party says; the act asks whose word it is.

        :param more: further arguments of an answer that takes them
        """
        answer = self._portal_answers[word]
        given = {answer.reason: reason} if answer.reason else {}
        return getattr(self, answer.method)(**given, **more)
