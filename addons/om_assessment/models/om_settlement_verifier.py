import json
from pathlib import Path

from odoo import api, models

FOLDER = Path(__file__).parents[1] / "verifier"


class OmSettlementVerifier(models.AbstractModel):
    """The page in a package that checks it without us: opened in any browser, without a
    network, it reckons every figure anew from the facts and verifies fingerprints.

    The rules in it are written in JavaScript (``verifier/engine.js``) and held against
    ours on random cases.
    """

    _name = "om.settlement.verifier"
    _description = "Verifier of a Settlement"

    @api.model
    def _make_page(self, facts):
        """Return the page of a package's facts."""
        page = (FOLDER / "page.html").read_text("utf-8")
        words = self._get_words()
        for name, content in (
            ("language", (self.env.lang or "en_US").replace("_", "-")),
            ("title", words["title"]),
            ("engine", (FOLDER / "engine.js").read_text("utf-8")),
            ("page", (FOLDER / "page.js").read_text("utf-8")),
            ("words", _script(words)),
            # Last: what people wrote is not looked through for names.
            ("facts", _script(facts)),
        ):
            page = page.replace(f"{{{{{name}}}}}", content)
        return page

    @api.model
    def _get_words(self):
        """What stands on the page, in the language of the contract's papers."""
        return {
            "title": self.env._("Verification of the Settlement Package"),
            "titles": {
                "result": self.env._("Result"),
                "how": self.env._(
                    "This page reckons every deadline, score sheet, deduction and"
                    " payment anew from the facts in the package, by rules of its"
                    " own. It needs no network and sends nothing. Fingerprints are"
                    " SHA-256, reckoned by the page itself."
                ),
                "files": self.env._("Fingerprints of the Files"),
                "choose": self.env._(
                    "Choose the zip in which this page came: each of its files is"
                    " checked, and its facts are compared with those on this page."
                ),
            },
            "purchaser": self.env._("Purchaser"),
            "contractor": self.env._("Contractor"),
            "service": self.env._("Service"),
            "read_at": self.env._("Facts As Of"),
            "figures": self.env._("figures reckoned anew"),
            "differing": self.env._("of them differ"),
            "last": self.env._("Last Payment"),
            "name": self.env._("Of What"),
            "what": self.env._("Figure"),
            "told": self.env._("In the Package"),
            "found": self.env._("Reckoned Here"),
            "error": self.env._("cannot be reckoned: {why}"),
            "all_agree": self.env._("{name}: {all}, all agree"),
            "some_differ": self.env._("{name}: {bad} of {all} differ"),
            "files_agree": self.env._("{all} files, all as listed."),
            "files_differ": self.env._("{bad} of {all} files are not as listed."),
            "changed": self.env._("Changed: {name}"),
            "missing": self.env._("Missing: {name}"),
            "extra": self.env._("Not listed: {name}"),
            "differs": self.env._(
                "Facts differ at {place}: {one} on this page, {two} in the zip"
            ),
            "whole": self.env._("Fingerprint of the whole zip:"),
            "whole_hint": self.env._(
                "Compare it with the fingerprint that the portal shows: only then"
                " nobody has exchanged the package as a whole."
            ),
            "no_zip": self.env._("This is no zip of a settlement package."),
            "no_list": self.env._("This zip has no list of fingerprints."),
            "unreadable": self.env._("cannot be read"),
            "nothing": self.env._("nothing"),
            "parts": {
                "last": self.env._("Last Payment"),
                "payment": self.env._("Payments"),
                "review": self.env._("Review by System"),
                "deduction": self.env._("Deductions"),
                "money": self.env._("Deducted by Score Sheets"),
                "score": self.env._("Scores"),
                "fee": self.env._("Fees of the Months"),
                "deadline": self.env._("Deadlines"),
                "verdict": self.env._("Kept or Not"),
            },
            "whats": self._get_whats(),
            "values": self._get_values(),
            "files": {
                "package": self.env._("Package"),
                "requirements": self.env._("Index"),
                "calendar": self.env._("Working-day Calendar"),
                "promises": self.env._("Deadlines"),
                "assessments": self.env._("Score Sheets"),
                "money": self.env._("Price and Review"),
            },
            "keys": {
                "days": self.env._("holidays and make-up days"),
                "faults": self.env._("faults"),
                "pauses": self.env._("pauses"),
                "targets": self.env._("promises"),
                "deadline": self.env._("deadline"),
                "payments": self.env._("Payments"),
                "deductions": self.env._("Deductions"),
                "sheets": self.env._("Score Sheets"),
                "records": self.env._("Records"),
                "amount": self.env._("Amount"),
            },
        }

    @api.model
    def _get_whats(self):
        return {
            "respond": self.env._("response"),
            "onsite": self.env._("arrival"),
            "fix": self.env._("repair"),
            "plan": self.env._("plan"),
            "parts": self.env._("parts"),
            "assess": self.env._("assessment"),
            "fee": self.env._("fee by days"),
            "score": self.env._("score"),
            "amount": self.env._("Amount"),
            "due": self.env._("to be paid, deductions taken off"),
            "due_on": self.env._("last day to pay"),
            "once": self.env._("share of the base"),
            "daily": self.env._("by days of default"),
            "stop": self.env._("days without service"),
            "sheet": self.env._("as the score sheet says"),
            "sum": self.env._("sum over the systems"),
        }

    @api.model
    def _get_values(self):
        statuses = self.env["helpdesk.ticket"]._fields["respond_status"]
        return {
            **dict(statuses._description_selection(self.env)),
            "holiday": self.env._("holiday"),
            "makeup": self.env._("make-up day"),
        }


def _script(value):
    """A value as it stands in a script of a page: nothing in it can end the script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return (
        text.replace("<", "\\u003c")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )
