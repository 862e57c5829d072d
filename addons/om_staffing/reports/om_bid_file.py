import io
from dataclasses import dataclass, field
from typing import NamedTuple

import xlsxwriter
from PIL import Image

from odoo import api, fields, models
from odoo.tools import format_date, format_list

from odoo.addons.om_base.tools.rmb import amount_to_words
from odoo.addons.om_base.tools.tables import Column as Head
from odoo.addons.om_base.tools.tables import SheetWriter
from odoo.addons.om_base.tools.tables import Table as Sheet
from odoo.addons.om_base.tools.volume import (
    Choice,
    Column,
    Part,
    Row,
    Scan,
    Table,
    Volume,
    Words,
)

from ..engine.bid_form import Values, count_pages, fill

QUALIFICATION, BUSINESS, TECHNICAL, INDEX = range(4)
SHOWN = ("application/pdf", "image/png", "image/jpeg")


class Form(NamedTuple):
    """A form of the bid: the volume it stands in, its number there as the tender prints
    it, and whether the tender calls it substantive (no space may stay empty)."""

    key: str
    volume: int
    number: str
    substantive: bool = False


# Shunyi's tender, chapter 7, in its order.
FORMS = (
    Form("licence", QUALIFICATION, "1-1"),
    Form("statement", QUALIFICATION, "1-2"),
    Form("policy", QUALIFICATION, "2-1"),
    Form("subcontract_none", QUALIFICATION, "2-1-2"),
    Form("other_policy", QUALIFICATION, "2-2"),
    Form("consortium", QUALIFICATION, "3-1"),
    Form("special", QUALIFICATION, "3-2"),
    Form("deposit", QUALIFICATION, "4"),
    Form("letter", BUSINESS, "1", True),
    Form("authority", BUSINESS, "2", True),
    Form("opening", BUSINESS, "3", True),
    Form("schedule", BUSINESS, "4"),
    Form("deviation_contract", BUSINESS, "5", True),
    Form("deviation_need", BUSINESS, "6", True),
    Form("deviation_spare", BUSINESS, "6-2", True),
    Form("enterprises", BUSINESS, "7-1"),
    Form("welfare", BUSINESS, "7-2"),
    Form("subcontract", BUSINESS, "8"),
    Form("team", BUSINESS, "9-1"),
    Form("references", BUSINESS, "9-2"),
    Form("supplier", BUSINESS, "9-3"),
    Form("fee", BUSINESS, "9-4"),
    Form("certificates", BUSINESS, "9-5"),
    Form("insurance", BUSINESS, "9-6"),
    Form("enterprise", BUSINESS, "9-7"),
)
# Which forms prove what is looked at: Shunyi's tender, chapter 3 (5 points of
# qualification) and chapter 4, 1.2 (17 of conformity). No form: nothing to hand in.
QUALIFYING = (
    ("law", ("licence", "statement")),
    ("policy", ("policy", "subcontract_none", "other_policy")),
    ("special", ("consortium", "special", "statement")),
    ("deposit", ("deposit",)),
    ("documents", ()),
)
CONFORMING = (
    ("authority", ("authority",)),
    ("whole", ("schedule",)),
    ("price", ("opening",)),
    ("one_price", ("opening", "schedule")),
    ("validity", ("letter",)),
    (
        "substantive",
        tuple(form.key for form in FORMS if form.substantive),
    ),
    ("starred", ("deviation_need", "deviation_spare")),
    ("subcontract", ("subcontract",)),
    ("subcontract_more", ("subcontract",)),
    ("corrected", ("opening", "schedule")),
    ("reasonable", ("schedule",)),
    ("imports", ("deviation_spare",)),
    ("mandatory", ("deviation_spare",)),
    ("fair", ("statement",)),
    ("collusion", ("statement", "letter")),
    ("conditions", ("letter", "deviation_contract")),
    ("other", ("statement",)),
)


@dataclass
class Made:
    """A form as it is printed. ``blanks``: what stays empty in it, as words;
    ``missing``: sentences about papers that are not there."""

    key: str
    volume: int
    title: str
    part: Part
    blanks: str = ""
    missing: list = field(default_factory=list)


class Facts:
    """What the forms are filled with.

    :param with_scans: read the scans, too: for the volumes only
    """

    def __init__(self, tender, with_scans):
        self.tender = tender
        self.with_scans = with_scans
        self.evaluation = tender._get_bid_evaluation()
        self.pack = self.evaluation.get_pack() if self.evaluation else {}
        self.values = Values({})
        self.missing = []
        self.papers = {line.key: line for line in tender.bid_paper_ids}
        self.proofs = {}


class ReportBidFile(models.AbstractModel):
    """The volumes of a bid: qualification, business, technical, and the list of what is
    proven where. Which form stands where is declared in FORMS; a form is a method."""

    _name = "report.om_staffing.om_bid_file"
    _inherit = "om.volume.report"
    _description = "Bid File"

    # ------------------------------------------------------------
    # Forms
    # ------------------------------------------------------------

    @api.model
    def _get_forms(self, tender, with_scans=False):
        """Return every form, filled in as far as is known."""
        facts = Facts(tender, with_scans)
        facts.values = Values(self._get_values(facts))
        facts.proofs = self._get_proofs(facts)
        titles, labels = self._get_titles(), self._get_value_labels()
        made = []
        for form in FORMS:
            facts.values.blanks.clear()
            facts.missing = []
            content = getattr(self, f"_form_{form.key}")(facts)
            title = f"{form.number} {titles[form.key]}"
            blanks = [labels[name] for name in facts.values.blanks]
            made.append(
                Made(
                    form.key,
                    form.volume,
                    title,
                    Part(title, **content),
                    format_list(self.env, blanks) if blanks else "",
                    facts.missing,
                )
            )
        for number, chapter in enumerate(tender.bid_chapter_ids, 1):
            facts.missing = []
            title = f"{number} {chapter.name}"
            content = self._prepare_chapter(facts, chapter)
            made.append(
                Made(
                    f"chapter_{chapter.id}",
                    TECHNICAL,
                    title,
                    Part(title, **content),
                    missing=facts.missing,
                )
            )
        return made

    @api.model
    def _get_values(self, facts):
        """Texts by the name that the forms use; empty where nothing is on record."""
        tender = facts.tender
        typed = {line.key: line.answer or "" for line in tender.bid_value_ids}
        ours = facts.evaluation.offer_ids.filtered("is_ours")[:1]
        price = ours.price
        period = ""
        if tender.service_start and tender.service_end:
            period = self.env._(
                "%(first)s to %(last)s",
                first=self._word_day(tender.service_start),
                last=self._word_day(tender.service_end),
            )
        return {
            **typed,
            "bidder": tender.company_id.name,
            "purchaser": tender.partner_id.name or "",
            "project": tender.name,
            "code": tender.code or "",
            "validity": str(tender.validity_days or ""),
            "period": period,
            "price": f"{price:,.2f}" if price else "",
            "price_words": amount_to_words(f"{price:.2f}") if price else "",
            "deposit_amount": f"{tender.security_amount:,.2f}"
            if tender.security_amount
            else "",
            "fee": f"{tender.fee_amount:,.2f}" if tender.fee_amount else "",
        }

    @api.model
    def _get_value_labels(self):
        """{name of a value: how a person calls it}."""
        typed = self.env["om.bid.line"]._om_labels("key")
        return {
            **typed,
            "bidder": self.env._("Bidder"),
            "purchaser": self.env._("Purchaser"),
            "project": self.env._("Project"),
            "code": self.env._("Number of the Procurement"),
            "validity": self.env._("Days of Validity"),
            "period": self.env._("Period of Service"),
            "price": self.env._("Price"),
            "price_words": self.env._("Price in Words"),
            "deposit_amount": self.env._("Amount of the Bid Security"),
            "fee": self.env._("Agency Fee"),
        }

    @api.model
    def _get_titles(self):
        return {
            "licence": self.env._("Business Licence and Similar Papers"),
            "statement": self.env._("Statement of Qualification"),
            "policy": self.env._(
                "Papers of Small and Medium Enterprises (qualification)"
            ),
            "subcontract_none": self.env._("Subcontracts and Agreements on Them"),
            "other_policy": self.env._("Other Demands of Procurement Policy"),
            "consortium": self.env._("Agreement of a Consortium"),
            "special": self.env._("Other Special Demands"),
            "deposit": self.env._("Proof of the Bid Security"),
            "letter": self.env._("Bid Letter"),
            "authority": self.env._(
                "Authorisation, or Proof of the Legal Representative"
            ),
            "opening": self.env._("Opening List"),
            "schedule": self.env._("Price Schedule by System"),
            "deviation_contract": self.env._(
                "Deviations from the Terms of the Contract"
            ),
            "deviation_need": self.env._("Deviations from the Demands"),
            "deviation_spare": self.env._(
                "Deviations of Spare and Wear Parts from Their Technical Figures"
            ),
            "enterprises": self.env._("Statement of Small and Medium Enterprises"),
            "welfare": self.env._("Statement of a Disabled-Welfare Unit"),
            "subcontract": self.env._("Intended Subcontracts"),
            "team": self.env._("Proposed Team"),
            "references": self.env._("Similar Contracts"),
            "supplier": self.env._("Supplier's Data"),
            "fee": self.env._("Undertaking to Pay the Agency Fee"),
            "certificates": self.env._("Certificates of the Team"),
            "insurance": self.env._("Social Insurance of the Team"),
            "enterprise": self.env._("Certificates of the Enterprise"),
        }

    # Qualification

    def _form_licence(self, facts):
        return {
            "text": [
                self._fill(
                    facts,
                    self.env._(
                        "%(bidder)s is an enterprise; its valid business licence"
                        " follows, sealed."
                    ),
                )
            ],
            "scans": self._take_paper(facts, "licence"),
        }

    def _form_statement(self, facts):
        related = [
            Row([str(number), line.name or "", line.answer or ""])
            for number, line in enumerate(facts.tender.bid_related_ids, 1)
        ]
        promises = [
            self.env._(
                "1. Our commercial reputation is good and our accounting is sound."
            ),
            self.env._(
                "2. We have the equipment and the professional skill that the contract"
                " needs."
            ),
            self.env._(
                "3. We have a good record of paying taxes and social insurance as the"
                " law demands."
            ),
            self.env._(
                "4. In the three years before this procurement our business has no"
                " grave breach of law on record: no criminal punishment, no order to"
                " stop, no licence revoked, no large fine. A ban from procurement for"
                " a term counts no more once the term is over."
            ),
            self.env._(
                "5. We are neither a public institution of the first class of public"
                " welfare nor a people's organisation with established posts that the"
                " budget pays (this concerns purchases of services by the government)."
            ),
            self.env._(
                "6. We have not designed this project as a whole, drawn up its"
                " specification, managed, supervised or tested it and then taken part"
                " in its other procurements (single-source procurement excepted)."
            ),
            self.env._(
                "7. Other legal persons with which we share the person in charge, or"
                " have a direct holding or management relation, whether they bid or"
                " not, are:"
            ),
        ]
        return {
            "text": [
                self._fill(facts, self.env._("To: %(purchaser)s, %(agency)s")),
                self.env._("For our part in this procurement we promise:"),
                *promises,
            ],
            "tables": [
                Table(
                    "",
                    [
                        Column(self.env._("No."), 8),
                        Column(self.env._("Name of the Unit"), 50),
                        Column(self.env._("Relation"), 42),
                    ],
                    related,
                    self.env._("None."),
                )
            ],
            "notes": [
                self.env._(
                    "All of this is true; if it is not, the responsibility is ours"
                    " alone."
                )
            ],
            "closing": self._close(facts),
        }

    def _form_policy(self, facts):
        return {
            "text": [
                self.env._(
                    "No share of this procurement is reserved for small and medium"
                    " enterprises: the qualification asks for no paper. The statements"
                    " stand in the business volume, 7-1 and 7-2."
                )
            ]
        }

    def _form_subcontract_none(self, facts):
        return {
            "text": [
                self.env._(
                    "No subcontract is asked for by policy; this does not apply."
                )
            ]
        }

    def _form_other_policy(self, facts):
        return {"text": [self.env._("The tender makes no other demand of policy.")]}

    def _form_consortium(self, facts):
        return {
            "text": [
                self._fill(
                    facts,
                    self.env._(
                        "No consortium is admitted. %(bidder)s bids alone; this does"
                        " not apply."
                    ),
                )
            ]
        }

    def _form_special(self, facts):
        return {
            "text": [
                self.env._(
                    "We have no interest in common with the purchaser that could touch"
                    " fairness; no unit with the same person in charge, or tied to us"
                    " by holding or management, bids for this project."
                ),
                self.env._(
                    "Our right to bid is neither suspended nor withdrawn; our business"
                    " is not stopped, no licence or grade is held back or revoked, our"
                    " property is neither taken over nor frozen, and we are not"
                    " bankrupt. In the last three years we won no bid by deceit and had"
                    " no grave breach of contract and no grave fault of quality."
                ),
                self.env._(
                    "We are on none of the lists of defaulters, of grave tax cases and"
                    " of grave breaches in procurement that the public credit and"
                    " procurement sites keep."
                ),
            ],
            "closing": self._close(facts),
            "scans": self._take_paper(facts, "special", optional=True),
        }

    def _form_deposit(self, facts):
        tender = facts.tender
        # sudo: the amount is printed in the tender; who keeps bonds is no matter here.
        security = tender.sudo().security_ids[:1]
        table = [
            [self.env._("Amount (yuan)"), self._fill(facts, "%(deposit_amount)s")],
            [self.env._("Form"), security._om_label("kind") if security else ""],
            [self.env._("Number"), security.letter_number or ""],
            [self.env._("Issuer"), security.issuer or ""],
            [
                self.env._("There By"),
                fields.Date.to_string(tender.bid_date) or "",
            ],
            [
                self.env._("Valid Until"),
                fields.Date.to_string(tender.validity_end) or "",
            ],
        ]
        return {
            "tables": [
                Table(
                    "",
                    [Column(self.env._("What"), 30), Column(self.env._("Entry"), 70)],
                    [Row(cells) for cells in table],
                )
            ],
            "scans": self._take_paper(facts, "deposit"),
        }

    # Business

    def _form_letter(self, facts):
        labels = {
            "address": self.env._("Address"),
            "phone": self.env._("Telephone"),
            "fax": self.env._("Fax"),
            "email": self.env._("E-Mail"),
        }
        terms = facts.tender.bid_value_ids.filtered(lambda one: one.key == "terms")
        return {
            "text": [
                self._fill(facts, self.env._("To: %(purchaser)s, %(agency)s")),
                self._fill(
                    facts,
                    self.env._(
                        "We take part in the tender %(project)s, number %(code)s, and"
                        " hand in this bid."
                    ),
                ),
                self.env._(
                    "1. We have studied all documents of the tender, bid of our own"
                    " will, and promise:"
                ),
                self._fill(
                    facts,
                    self.env._(
                        "(1) This bid is valid for %(validity)s calendar days from the"
                        " day on which bids close."
                    ),
                ),
                self.env._(
                    "(2) Except for what our tables of deviations from the contract and"
                    " from the demands list, we answer to every demand of the tender."
                ),
                self.env._(
                    "(3) All papers and data handed in are true and exact; the legal"
                    " consequences of them are ours."
                ),
                self.env._(
                    "(4) If we win, we sign the contract with you within the term of"
                    " law, hand in the performance security as the tender asks, and"
                    " fulfil all duties of the contract in its time."
                ),
                self.env._("2. Other terms: %s", terms.answer or self.env._("none.")),
                self.env._("Letters about this bid reach us at:"),
            ],
            "facts": [],
            "tables": [
                Table(
                    "",
                    [Column(self.env._("What"), 25), Column(self.env._("Entry"), 75)],
                    [
                        Row([label, self._fill(facts, f"%({key})s")])
                        for key, label in labels.items()
                    ],
                )
            ],
            "closing": self._close(facts),
        }

    def _form_authority(self, facts):
        if facts.tender.signer == "head":
            return {
                "text": [
                    self._fill(facts, self.env._("To: %(purchaser)s, %(agency)s")),
                    self._fill(
                        facts,
                        self.env._(
                            "We certify that %(head_name)s (sex %(head_sex)s, age"
                            " %(head_age)s, post %(head_post)s) is the legal"
                            " representative (person in charge) of %(bidder)s, and"
                            " signs this bid in person."
                        ),
                    ),
                ],
                "closing": self._close(facts, self.env._("Legal representative:")),
                "scans": self._take_paper(facts, "head_id"),
            }
        return {
            "text": [
                self._fill(
                    facts,
                    self.env._(
                        "I, %(head_name)s, legal representative (person in charge) of"
                        " %(bidder)s, name %(agent_name)s our agent. On this authority"
                        " the agent signs, clarifies and confirms, hands in, withdraws"
                        " and changes our bid for %(project)s in our name, and deals"
                        " with what belongs to it; the legal consequences are ours."
                    ),
                ),
                self.env._(
                    "The authority holds from the day of this signature until the"
                    " validity of the bid ends."
                ),
                self.env._("The agent may not pass it on."),
            ],
            "closing": self._close(
                facts,
                self.env._("Legal representative (signature or seal):"),
                self.env._("Authorised agent (signature or seal):"),
            ),
            "scans": [
                *self._take_paper(facts, "head_id"),
                *self._take_paper(facts, "agent_id"),
            ],
        }

    def _form_opening(self, facts):
        entry = [
            "1",
            self._fill(facts, "%(bidder)s"),
            self._fill(facts, "%(period)s"),
            self._fill(facts, "%(price_words)s"),
            self._fill(facts, "%(price)s"),
        ]
        if facts.evaluation:
            facts.missing += facts.evaluation._prepare_price()["alarms"]
        return {
            "facts": self._get_heads(facts),
            "tables": [
                Table(
                    "",
                    [
                        Column(self.env._("No."), 6),
                        Column(self.env._("Bidder"), 24),
                        Column(self.env._("Period of Service"), 26),
                        Column(self.env._("Price (yuan), in Words"), 27),
                        Column(self.env._("Price (yuan), in Figures"), 17, True),
                    ],
                    [Row(entry)],
                )
            ],
            "notes": [
                self.env._(
                    "The price is the total of the price schedule; the project is one"
                    " lot."
                )
            ],
            "closing": self._close(facts),
        }

    def _form_schedule(self, facts):
        prices = facts.pack.get("prices") or {"rows": [], "total": 0.0, "words": ""}
        systems = {
            (one.unit_id.name, one.name): one
            for one in facts.tender.system_ids.sorted("sequence_no")
        }
        rows = [
            Row(
                [
                    str(row["no"]),
                    f"{row['system']}\n{row['unit'] or ''}",
                    self.env._("1 system"),
                    f"{row['price']:,.2f}",
                    self._get_schedule_remark(
                        systems.get((row["unit"], row["system"]))
                    ),
                ],
                [3] if not row["price"] else [],
            )
            for row in prices["rows"]
        ]
        unpriced = sum(1 for row in prices["rows"] if not row["price"])
        if unpriced:
            facts.missing.append(
                self.env._(
                    "%s systems have no price: each counts as included in the others,"
                    " and the committee asks to confirm it.",
                    unpriced,
                )
            )
        if not rows:
            facts.missing.append(
                self.env._("the tender has no systems: no price by system is printed")
            )
        total = [
            "",
            self.env._("Total"),
            "",
            f"{prices['total']:,.2f}",
            prices["words"],
        ]
        return {
            "facts": self._get_heads(facts),
            "tables": [
                Table(
                    "",
                    [
                        Column(self.env._("No."), 7),
                        Column(self.env._("Service Priced"), 41),
                        Column(self.env._("Quantity and Unit"), 13),
                        Column(self.env._("Price (yuan)"), 16, True),
                        Column(self.env._("Note on the Price"), 23),
                    ],
                    [*rows, Row(total, strong=True)] if rows else [],
                    self.env._("No system has a price yet."),
                )
            ],
            "closing": self._close(facts),
        }

    def _get_schedule_remark(self, system):
        if not system or not system.service_start:
            return ""
        last = fields.Date.to_string(system.service_end) or ""
        return f"{fields.Date.to_string(system.service_start)} – {last}"

    def _form_deviation_contract(self, facts):
        return self._prepare_deviations(facts, "contract")

    def _form_deviation_need(self, facts):
        return self._prepare_deviations(facts, "need")

    def _form_deviation_spare(self, facts):
        return self._prepare_deviations(facts, "spare")

    def _prepare_deviations(self, facts, table):
        tender = facts.tender
        lines = tender.bid_deviation_ids.filtered(lambda one: one.about == table)
        labels = self.env["om.bid.line"]._om_labels("deviation")
        choice = tender[f"deviation_{table}"]
        return {
            "facts": self._get_heads(facts),
            "tables": [
                Table(
                    "",
                    [
                        Column(self.env._("No."), 7),
                        Column(self.env._("Clause (Page)"), 15),
                        Column(self.env._("The Tender Asks"), 28),
                        Column(self.env._("We Answer"), 28),
                        Column(self.env._("Deviation"), 10),
                        Column(self.env._("Explanation"), 17),
                    ],
                    [
                        Row(
                            [
                                str(number),
                                line.name or "",
                                line.asked or "",
                                line.answer or "",
                                labels[line.deviation],
                                line.remark or "",
                            ]
                        )
                        for number, line in enumerate(lines, 1)
                    ],
                    self.env._("No line."),
                )
            ],
            "choices": [
                Choice(
                    choice == "none",
                    self.env._(
                        "No deviations: we have understood every demand and answer to"
                        " it."
                    ),
                ),
                Choice(
                    choice == "listed",
                    self.env._(
                        "Deviations: each is listed above; to every other demand we"
                        " answer."
                    ),
                ),
            ],
            "closing": self._close(facts),
        }

    def _form_enterprises(self, facts):
        sizes = self.env["om.bid.line"]._om_labels("size")
        lines = facts.tender.bid_enterprise_ids
        ours = facts.evaluation.offer_ids.filtered("is_ours")[:1]
        if ours.advantage == "small" and not lines:
            facts.missing.append(
                self.env._(
                    "our bid claims the reduction for small and micro enterprises, but"
                    " no enterprise is listed: without the statement it is not granted"
                )
            )
        rows = [
            Row(
                [
                    str(number),
                    facts.tender.name,
                    self._fill(facts, "%(industry)s"),
                    line.name or "",
                    str(line.staff or ""),
                    f"{line.revenue:,.2f}" if line.revenue else "",
                    f"{line.assets:,.2f}" if line.assets else "",
                    sizes.get(line.size, ""),
                ]
            )
            for number, line in enumerate(lines, 1)
        ]
        if not rows:
            return {
                "text": [
                    self.env._(
                        "We claim no advantage of small and medium enterprises; this"
                        " does not apply."
                    )
                ]
            }
        return {
            "text": [
                self._fill(
                    facts,
                    self.env._(
                        "By the rules on the support of small and medium enterprises in"
                        " procurement (document 46 of 2020 of the Ministry of Finance)"
                        " we declare for our part in %(project)s of %(purchaser)s: all"
                        " of the service is done by enterprises that meet the policy:"
                    ),
                )
            ],
            "tables": [
                Table(
                    "",
                    [
                        Column(self.env._("No."), 6),
                        Column(self.env._("Subject"), 20),
                        Column(self.env._("Industry"), 16),
                        Column(self.env._("Enterprise"), 20),
                        Column(self.env._("Employees"), 9, True),
                        Column(self.env._("Revenue (10,000 yuan)"), 12, True),
                        Column(self.env._("Assets (10,000 yuan)"), 12, True),
                        Column(self.env._("Size"), 8),
                    ],
                    rows,
                )
            ],
            "notes": [
                self.env._(
                    "None of them is a branch of a large enterprise, is held by one, or"
                    " has the same person in charge as one. Employees, revenue and"
                    " assets are those of the year before; one founded since leaves"
                    " them empty. We answer for the truth of this."
                )
            ],
            "closing": self._close(facts),
        }

    def _form_welfare(self, facts):
        is_one = facts.tender.welfare

        def fill_choice(text):
            # A gap in what is not ticked is none to be filled in.
            own = facts.values if is_one == "yes" else facts.values.apart()
            return fill(text, own)

        return {
            "text": [
                self.env._(
                    "By the notice on procurement that promotes the work of disabled"
                    " people (document 141 of 2017 of the Ministry of Finance and"
                    " others) we declare:"
                )
            ],
            "choices": [
                Choice(
                    is_one == "no",
                    self.env._("We are no disabled-welfare unit in its sense."),
                ),
                Choice(
                    is_one == "yes",
                    fill_choice(
                        self.env._(
                            "We are a disabled-welfare unit in its sense, and do the"
                            " service of %(project)s of %(purchaser)s ourselves."
                        ),
                    ),
                ),
            ],
            "notes": [self.env._("We answer for the truth of this.")],
            "closing": self._close(facts),
            "scans": self._take_paper(facts, "prison", optional=True),
        }

    def _form_subcontract(self, facts):
        return {
            "text": [
                self._fill(
                    facts,
                    self.env._(
                        "The tender admits no subcontract. %(bidder)s does all of the"
                        " service itself; this does not apply."
                    ),
                )
            ]
        }

    def _form_team(self, facts):
        rows = []
        posts = {post.name: post for post in facts.tender.post_ids}
        team = facts.pack.get("team", ())
        # sudo: the bid shows what the tender asks to show of those it names.
        employees = self.env["hr.employee"].sudo().browse([row["id"] for row in team])
        for row, employee in zip(team, employees, strict=True):
            rows.append(
                Row(
                    [
                        str(row["no"]),
                        row["name"],
                        employee.study_field or "",
                        row["post"],
                        row["certificates"] or row["title"],
                        self._get_experience(employee),
                        (row["post"] in posts and posts[row["post"]].duties) or "",
                    ]
                )
            )
        self._miss_cells(
            facts,
            rows,
            {
                2: self.env._("%s people without a profession"),
                5: self.env._("%s people without experience"),
                6: self.env._("%s people without duties (enter them at the post)"),
            },
        )
        if not rows:
            facts.missing.append(self.env._("nobody is named for a post"))
        return {
            "tables": [
                Table(
                    "",
                    [
                        Column(self.env._("No."), 5),
                        Column(self.env._("Person's Name"), 10),
                        Column(self.env._("Profession"), 12),
                        Column(self.env._("Post"), 13),
                        Column(self.env._("Title or Certificates"), 19),
                        Column(self.env._("Experience"), 22),
                        Column(self.env._("Duties"), 22),
                    ],
                    rows,
                    self.env._("Nobody is named yet."),
                )
            ],
            "closing": self._close(facts),
            "scans": self._take_proofs(facts, "1"),
        }

    def _get_experience(self, employee):
        lines = employee.resume_line_ids.filtered("om_experience").sorted("date_start")
        return "\n".join(
            f"{line.date_start:%Y-%m} – "
            f"{line.date_end.strftime('%Y-%m') if line.date_end else ''} {line.name}"
            for line in lines
        )

    def _form_references(self, facts):
        references = {
            one.id: one
            for one in self.env["om.reference"].browse(
                [row["id"] for row in facts.pack.get("references", ())]
            )
        }
        rows = [
            Row(
                [
                    str(row["no"]),
                    row["name"],
                    f"{row['amount']:,.2f}" if row["amount"] else "",
                    fields.Date.to_string(references[row["id"]].completed_on) or "",
                    row["customer"],
                    row["contact"],
                ]
            )
            for row in facts.pack.get("references", ())
        ]
        self._miss_cells(
            facts,
            rows,
            {
                2: self.env._("%s contracts without an amount"),
                3: self.env._("%s contracts without a day of completion"),
                5: self.env._("%s contracts without a contact"),
            },
        )
        return {
            "tables": [
                Table(
                    "",
                    [
                        Column(self.env._("No."), 6),
                        Column(self.env._("Project"), 30),
                        Column(self.env._("Amount (yuan)"), 15, True),
                        Column(self.env._("Completed On"), 13),
                        Column(self.env._("Owner of the Project"), 20),
                        Column(self.env._("Contact and Telephone"), 16),
                    ],
                    rows,
                    self.env._("No contract counts."),
                )
            ],
            "notes": [
                self.env._(
                    "Of each contract the first page, the pages that matter and the"
                    " page of signatures follow, sealed."
                )
            ],
            "closing": self._close(facts),
            "scans": self._take_proofs(facts, "5"),
        }

    def _form_supplier(self, facts):
        return {
            "tables": [
                Table(
                    "",
                    [
                        Column(self.env._("Supplier"), 40),
                        Column(self.env._("Sex of the Owner"), 30),
                        Column(self.env._("Kind of Foreign Investment"), 30),
                    ],
                    [
                        Row(
                            [
                                self._fill(facts, "%(bidder)s"),
                                self._fill(facts, "%(owner_sex)s"),
                                self._fill(facts, "%(foreign)s"),
                            ]
                        )
                    ],
                )
            ],
            "notes": [
                self.env._(
                    "Sex: of who owns 51 % or more, alone or together (male or female)."
                    " Foreign investment: wholly foreign, partly foreign, or none."
                )
            ],
        }

    def _form_fee(self, facts):
        return {
            "text": [
                self._fill(facts, self.env._("To: %(agency)s")),
                self._fill(
                    facts,
                    self.env._(
                        "If we win the tender number %(code)s that you conduct, we pay"
                        " you the agency fee, as the tender fixes it, within 5 working"
                        " days of the notice of award, by cheque or by transfer to the"
                        " account that the tender names."
                    ),
                ),
                self.env._("This we promise."),
            ],
            "closing": self._close(facts),
        }

    def _form_certificates(self, facts):
        rows = [
            Row(
                [
                    str(row["no"]),
                    row["name"],
                    row["post"],
                    row["certificate"],
                    row["number"],
                    row["issuer"],
                    row["valid_to"],
                ]
            )
            for row in facts.pack.get("certificates", ())
        ]
        self._miss_cells(
            facts, rows, {4: self.env._("%s certificates without a number")}
        )
        return {
            "tables": [
                Table(
                    "",
                    [
                        Column(self.env._("No."), 6),
                        Column(self.env._("Person's Name"), 12),
                        Column(self.env._("Post"), 18),
                        Column(self.env._("Certificate"), 24),
                        Column(self.env._("Number"), 17),
                        Column(self.env._("Issuer"), 14),
                        Column(self.env._("Valid To"), 11),
                    ],
                    rows,
                    self.env._("No certificate is shown."),
                )
            ],
            "scans": self._take_proofs(facts, "2", len(rows)),
        }

    def _form_insurance(self, facts):
        rows = [
            Row(
                [
                    str(row["no"]),
                    row["name"],
                    row["employer"],
                    str(row["months"]),
                    f"{row['first']} – {row['last']}" if row["first"] else "",
                ],
                [] if row["months"] else [3],
            )
            for row in facts.pack.get("insurance", ())
        ]
        return {
            "tables": [
                Table(
                    "",
                    [
                        Column(self.env._("No."), 7),
                        Column(self.env._("Person's Name"), 17),
                        Column(self.env._("Employer"), 40),
                        Column(self.env._("Months in a Row"), 14, True),
                        Column(self.env._("Period"), 22),
                    ],
                    rows,
                    self.env._("Nobody is named yet."),
                )
            ],
            "scans": self._take_proofs(facts, "3", len(rows)),
        }

    def _form_enterprise(self, facts):
        rows = [
            Row(
                [
                    str(row["no"]),
                    row["certificate"],
                    str(row["grade"]),
                    row["number"],
                    row["issuer"],
                    row["scope"],
                    row["valid_to"],
                ]
            )
            for row in facts.pack.get("enterprise", ())
        ]
        return {
            "tables": [
                Table(
                    "",
                    [
                        Column(self.env._("No."), 6),
                        Column(self.env._("Certificate"), 28),
                        Column(self.env._("Grade"), 7),
                        Column(self.env._("Number"), 17),
                        Column(self.env._("Issuer"), 16),
                        Column(self.env._("Scope"), 16),
                        Column(self.env._("Valid To"), 11),
                    ],
                    rows,
                    self.env._("No certificate is shown."),
                )
            ],
            "scans": self._take_proofs(facts, "4", len(rows)),
        }

    # Technical

    def _prepare_chapter(self, facts, chapter):
        """A chapter: its own text, then its files page by page. Author and estimate are
        ours alone, and printed nowhere."""
        if not chapter.file_ids and not chapter.answer:
            facts.missing.append(self.env._("neither text nor file"))
        return {
            "text": (chapter.answer or "").split("\n") if chapter.answer else [],
            "scans": self._take_files(facts, chapter, chapter.name),
        }

    # ------------------------------------------------------------
    # Parts of forms
    # ------------------------------------------------------------

    def _fill(self, facts, text):
        return fill(text, facts.values)

    def _word_day(self, day):
        return format_date(self.env, day, date_format="long")

    def _get_heads(self, facts):
        return [
            (self.env._("Number of the Procurement"), self._fill(facts, "%(code)s")),
            (self.env._("Project"), self._fill(facts, "%(project)s")),
        ]

    def _close(self, facts, *signers):
        """The last lines of a form: name and seal, signatures, the day by hand."""
        return [
            self._fill(facts, self.env._("Bidder (seal): %(bidder)s")),
            *(f"{signer} ＿＿＿＿＿＿＿＿" for signer in signers),
            self.env._("Date: ＿＿＿＿ / ＿＿ / ＿＿"),
        ]

    def _miss_cells(self, facts, rows, words):
        """Note in how many rows a cell is empty, and mark it for the hand."""
        for place, sentence in words.items():
            number = sum(1 for row in rows if not row.cells[place])
            if number:
                facts.missing.append(sentence % number)

    # ------------------------------------------------------------
    # Papers
    # ------------------------------------------------------------

    def _take_paper(self, facts, key, optional=False):
        line = facts.papers.get(key)
        label = self.env["om.bid.line"]._om_labels("key")[key]
        if not line or not line.file_ids:
            if not optional:
                facts.missing.append(self.env._("paper not there: %s", label))
            return []
        return self._take_files(facts, line, label)

    def _take_files(self, facts, line, caption):
        # sudo: whoever may read a line may read its files.
        return self._take_scans(
            facts, [(caption, file) for file in line.sudo().file_ids]
        )

    def _get_proofs(self, facts):
        """{first digit of the table: [(name, attachment)]} of the scans."""
        if not facts.evaluation:
            return {}
        evaluation, proofs = facts.evaluation, {}
        if evaluation.state == "frozen":
            found = [(scan.name, scan) for scan in evaluation._get_kept_scans()]
        else:
            found = evaluation._get_scans(facts.pack)
        for name, scan in found:
            proofs.setdefault(name[0], []).append((name.rsplit(".", 1)[0], scan))
        return proofs

    def _take_proofs(self, facts, table, wanted=0):
        """The scans behind a table; ``wanted``: how many rows should have one."""
        found = facts.proofs.get(table, [])
        lacking = wanted - len(found)
        if lacking > 0:
            facts.missing.append(self.env._("%s scans are not there", lacking))
        return self._take_scans(facts, found)

    def _take_scans(self, facts, files):
        """Scans of files that can be shown; the others are told."""
        scans = []
        for caption, file in files:
            if file.mimetype not in SHOWN:
                facts.missing.append(
                    self.env._(
                        "“%s” is neither PDF, PNG nor JPEG: it is not shown", file.name
                    )
                )
                continue
            if not facts.with_scans:
                continue
            content = file.raw or b""
            pages = self._count_shown(file.mimetype, content)
            if pages:
                scans.append(Scan(caption, content, file.mimetype, pages))
            else:
                facts.missing.append(
                    self.env._("“%s” is damaged or locked: it is not shown", file.name)
                )
        return scans

    def _count_shown(self, mimetype, content):
        """Pages that can be shown of a file; 0: it is damaged or locked."""
        if mimetype == "application/pdf":
            return count_pages(content)
        try:
            with Image.open(io.BytesIO(content)) as image:
                image.load()
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            return 0
        return 1

    # ------------------------------------------------------------
    # Volumes
    # ------------------------------------------------------------

    @api.model
    def _get_volume_names(self):
        return [
            self.env._("Qualification Papers"),
            self.env._("Business"),
            self.env._("Technical"),
            self.env._("What Is Proven Where"),
        ]

    @api.model
    def _get_bid_volume(self, tender, forms, number):
        """Return the volume of that number of the bid."""
        name = self._get_volume_names()[number]
        return self._prepare_volume(
            tender,
            self.env._("Bid File (%s)", name),
            [form.part for form in forms if form.volume == number],
        )

    def _prepare_volume(self, tender, title, parts, summary=""):
        bid_day = self._word_day(tender.bid_date) if tender.bid_date else ""
        return Volume(
            title=title,
            subtitle=tender.code or tender.name,
            author=tender.company_id.name,
            language=self._get_language(),
            words=Words(
                contents=self.env._("Contents"),
                signatures=self.env._("Signatures"),
                colon="：" if self._get_language().startswith("zh") else ": ",
            ),
            facts=[
                (self.env._("Project"), tender.name),
                (self.env._("Number of the Procurement"), tender.code or ""),
                (self.env._("Bidder"), tender.company_id.name),
                (self.env._("Date"), bid_day),
            ],
            summary=summary,
            parts=parts,
            has_cover=True,
        )

    # ------------------------------------------------------------
    # What is proven where
    # ------------------------------------------------------------

    @api.model
    def _get_places(self, forms, pages):
        """{key of a form: (volume, page)} of the volumes that are made."""
        places = {}
        for volume, starts in enumerate(pages[:INDEX]):
            keys = [form.key for form in forms if form.volume == volume]
            places |= {
                key: (volume, start) for key, start in zip(keys, starts, strict=True)
            }
        return places

    @api.model
    def _get_check_rows(self, forms, pages, checks, labels):
        """[no, what is looked at, where it is proven] of a checklist."""
        places = self._get_places(forms, pages)
        names = self._get_volume_names()
        titles = {form.key: form.title for form in forms}
        return [
            [
                str(number),
                labels[check],
                "\n".join(
                    self.env._(
                        "volume %(volume)s (%(name)s), page %(page)s: %(form)s",
                        volume=places[key][0] + 1,
                        name=names[places[key][0]],
                        page=places[key][1],
                        form=titles[key],
                    )
                    for key in keys
                    if key in places
                )
                or self.env._("Nothing to hand in: found out by the agency."),
            ]
            for number, (check, keys) in enumerate(checks, 1)
        ]

    @api.model
    def _get_index_tables(self, tender, forms, pages):
        """[(title, columns, rows)] of the list for ourselves."""
        check = [
            Column(self.env._("No."), 6),
            Column(self.env._("What Is Looked At"), 44),
            Column(self.env._("Proven At"), 50),
        ]
        places, names = self._get_places(forms, pages), self._get_volume_names()
        chapters = [
            [
                str(number),
                chapter.name or "",
                f"{chapter.points:.2f}",
                f"{chapter.estimate:.2f}",
                chapter.author_id.name or "",
                str(places.get(f"chapter_{chapter.id}", ("", ""))[1]),
            ]
            for number, chapter in enumerate(tender.bid_chapter_ids, 1)
        ]
        if chapters:
            chapters.append(
                [
                    "",
                    self.env._("Total"),
                    f"{tender.chapter_points:.2f}",
                    f"{tender.chapter_estimate:.2f}",
                    "",
                    "",
                ]
            )
        todo = [
            [form.title, names[form.volume], words]
            for form in forms
            for words in (
                *([self.env._("blank: %s", form.blanks)] if form.blanks else []),
                *form.missing,
            )
        ]
        return [
            (
                self.env._("Qualification: 5 Points"),
                check,
                self._get_check_rows(
                    forms, pages, QUALIFYING, self._get_qualifying_labels()
                ),
            ),
            (
                self.env._("Conformity: 17 Points"),
                check,
                self._get_check_rows(
                    forms, pages, CONFORMING, self._get_conforming_labels()
                ),
            ),
            (
                self.env._("Technical Scheme and Own Estimate"),
                [
                    Column(self.env._("No."), 6),
                    Column(self.env._("Chapter"), 44),
                    Column(self.env._("Points Offered"), 11, True),
                    Column(self.env._("Own Estimate"), 11, True),
                    Column(self.env._("Author"), 18),
                    Column(self.env._("Page"), 10, True),
                ],
                chapters,
            ),
            (
                self.env._("To Be Filled In or Added by Hand"),
                [
                    Column(self.env._("Form of the Bid"), 38),
                    Column(self.env._("Volume"), 14),
                    Column(self.env._("What"), 48),
                ],
                todo,
            ),
        ]

    @api.model
    def _get_index(self, tender, forms, pages):
        """The list for ourselves: what is proven on which page, what is still to do."""
        parts = [
            Part(
                title,
                tables=[
                    Table(
                        "", columns, [Row(row) for row in rows], self.env._("Nothing.")
                    )
                ],
            )
            for title, columns, rows in self._get_index_tables(tender, forms, pages)
        ]
        return self._prepare_volume(
            tender,
            self._get_volume_names()[INDEX],
            parts,
            self.env._(
                "For ourselves, not to be handed in: estimates and authors stand here."
            ),
        )

    @api.model
    def _get_qualifying_labels(self):
        return {
            "law": self.env._("Article 22 of the procurement law"),
            "policy": self.env._("Demands of procurement policy"),
            "special": self.env._("Special demands of the project"),
            "deposit": self.env._("Bid security"),
            "documents": self.env._("Documents of the tender obtained in time"),
        }

    @api.model
    def _get_conforming_labels(self):
        return {
            "authority": self.env._("Authorisation as the tender asks"),
            "whole": self.env._("The whole lot, not a part of it"),
            "price": self.env._("Price not above budget or ceiling"),
            "one_price": self.env._("One price, neither optional nor adjustable"),
            "validity": self.env._("Validity as the tender asks"),
            "substantive": self.env._(
                "Every substantive form there, signed and sealed"
            ),
            "starred": self.env._("Every starred demand answered"),
            "subcontract": self.env._("Intended subcontracts (if there are any)"),
            "subcontract_more": self.env._("Other demands on subcontracts"),
            "corrected": self.env._("Corrections of the price confirmed (if any)"),
            "reasonable": self.env._("A reasonable price, or reasons for it"),
            "imports": self.env._("No imported products where none are admitted"),
            "mandatory": self.env._("Mandatory rules of the state on products"),
            "fair": self.env._("Fair competition"),
            "collusion": self.env._("No collusion"),
            "conditions": self.env._("No conditions that cannot be accepted"),
            "other": self.env._("No other cause of invalidity"),
        }

    # ------------------------------------------------------------
    # The spreadsheet
    # ------------------------------------------------------------

    @api.model
    def _write_tables(self, tender, stream, pages):
        """Write every table of the bid into a workbook, a sheet each."""
        forms = self._get_forms(tender)
        tables = [
            (form.title, table.columns, [row.cells for row in table.rows])
            for form in forms
            for table in form.part.tables
        ]
        tables += self._get_index_tables(tender, forms, pages)
        names = set()
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
            writer = SheetWriter(workbook)
            for title, columns, rows in tables:
                writer.add_table(
                    Sheet(
                        self._get_sheet_name(title, names),
                        [Head(column.head) for column in columns],
                        [
                            [
                                _as_figure(value) if column.number else value
                                for column, value in zip(columns, cells, strict=True)
                            ]
                            for cells in rows
                        ],
                    )
                )

    @api.model
    def _get_sheet_name(self, title, names):
        """A name that spreadsheets take: 31 characters, none forbidden, each once."""
        clean = "".join("_" if each in "[]:*?/\\" else each for each in title)[:28]
        name, number = clean, 1
        while name.lower() in names:
            number += 1
            name = f"{clean}~{number}"
        names.add(name.lower())
        return name


def _as_figure(text):
    """A figure as it is printed as a number, anything else as it is."""
    plain = text.replace(",", "")
    if plain.isdigit():
        return int(plain)
    return float(plain) if plain.replace(".", "", 1).isdigit() else text
