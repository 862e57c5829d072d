import io
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import xlsxwriter
from PIL import Image

from odoo import api, fields, models
from odoo.tools import format_date, format_list

from odoo.addons.om_base.tools.rmb import amount_to_words
from odoo.addons.om_base.tools.tables import PLACE, Column, SheetWriter, Table
from odoo.addons.om_base.tools.volume import Choice, Part, Scan, Volume, Words

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
                        Column(self.env._("No."), PLACE, 8),
                        Column(self.env._("Name of the Unit"), "name", 50),
                        Column(self.env._("Relation"), "answer", 42),
                    ],
                    facts.tender.bid_related_ids,
                    empty=self.env._("None."),
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
        entries = [
            [self.env._("Amount (yuan)"), self._fill(facts, "%(deposit_amount)s")],
            [self.env._("Form"), security._om_label("kind") if security else ""],
            [self.env._("Number"), security.letter_number],
            [self.env._("Issuer"), security.issuer],
            [self.env._("There By"), tender.bid_date],
            [self.env._("Valid Until"), tender.validity_end],
        ]
        return {
            "tables": [self._get_entries(entries, 30)],
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
                self._get_entries(
                    [
                        [label, self._fill(facts, f"%({key})s")]
                        for key, label in labels.items()
                    ],
                    25,
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
        ours = facts.evaluation.offer_ids.filtered("is_ours")[:1]
        entry = [
            1,
            self._fill(facts, "%(bidder)s"),
            self._fill(facts, "%(period)s"),
            self._fill(facts, "%(price_words)s"),
            ours.price or self._fill(facts, "%(price)s"),
        ]
        if facts.evaluation:
            facts.missing += facts.evaluation._prepare_price()["alarms"]
        return {
            "facts": self._get_heads(facts),
            "tables": [
                Table(
                    "",
                    [
                        Column(self.env._("No."), width=6),
                        Column(self.env._("Bidder"), width=24),
                        Column(self.env._("Period of Service"), width=26),
                        Column(self.env._("Price (yuan), in Words"), width=27),
                        Column(
                            self.env._("Price (yuan), in Figures"),
                            width=17,
                            kind="money",
                        ),
                    ],
                    [entry],
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
        rows = prices["rows"]
        unpriced = sum(1 for row in rows if not row["price"])
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
        total = ["", self.env._("Total"), "", prices["total"], prices["words"]]
        return {
            "facts": self._get_heads(facts),
            "tables": [
                Table(
                    "",
                    [
                        Column(self.env._("No."), "no", 7),
                        Column(
                            self.env._("Service Priced"),
                            lambda row: f"{row['system']}\n{row['unit'] or ''}",
                            41,
                        ),
                        Column(
                            self.env._("Quantity and Unit"),
                            lambda row: self.env._("1 system"),
                            13,
                        ),
                        Column(
                            self.env._("Price (yuan)"),
                            "price",
                            16,
                            "money",
                            is_bad=lambda row: not row["price"],
                        ),
                        Column(
                            self.env._("Note on the Price"),
                            lambda row: self._get_schedule_remark(
                                systems.get((row["unit"], row["system"]))
                            ),
                            23,
                        ),
                    ],
                    rows,
                    last=total if rows else None,
                    empty=self.env._("No system has a price yet."),
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
                        Column(self.env._("No."), PLACE, 7),
                        Column(self.env._("Clause (Page)"), "name", 15),
                        Column(self.env._("The Tender Asks"), "asked", 28),
                        Column(self.env._("We Answer"), "answer", 28),
                        Column(
                            self.env._("Deviation"),
                            lambda line: labels[line.deviation],
                            10,
                        ),
                        Column(self.env._("Explanation"), "remark", 17),
                    ],
                    lines,
                    empty=self.env._("No line."),
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
        if not lines:
            return {
                "text": [
                    self.env._(
                        "We claim no advantage of small and medium enterprises; this"
                        " does not apply."
                    )
                ]
            }
        industry = self._fill(facts, "%(industry)s")
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
                        Column(self.env._("No."), PLACE, 6),
                        Column(self.env._("Subject"), lambda _: facts.tender.name, 20),
                        Column(self.env._("Industry"), lambda _line: industry, 16),
                        Column(self.env._("Enterprise"), "name", 20),
                        Column(
                            self.env._("Employees"),
                            lambda line: line.staff or None,
                            9,
                            "integer",
                        ),
                        Column(
                            self.env._("Revenue (10,000 yuan)"),
                            lambda line: line.revenue or None,
                            12,
                            "money",
                        ),
                        Column(
                            self.env._("Assets (10,000 yuan)"),
                            lambda line: line.assets or None,
                            12,
                            "money",
                        ),
                        Column(
                            self.env._("Size"), lambda line: sizes.get(line.size), 8
                        ),
                    ],
                    lines,
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
        posts = {post.name: post for post in facts.tender.post_ids}
        team = facts.pack.get("team", ())
        # sudo: the bid shows what the tender asks to show of those it names.
        employees = self.env["hr.employee"].sudo().browse([row["id"] for row in team])
        rows = [
            {
                **row,
                "profession": employee.study_field,
                "experience": self._get_experience(employee),
                "duties": row["post"] in posts and posts[row["post"]].duties,
            }
            for row, employee in zip(team, employees, strict=True)
        ]
        if not rows:
            facts.missing.append(self.env._("nobody is named for a post"))
        columns = [
            Column(self.env._("No."), "no", 5),
            Column(self.env._("Person's Name"), "name", 10),
            Column(self.env._("Profession"), "profession", 12),
            Column(self.env._("Post"), "post", 13),
            Column(
                self.env._("Title or Certificates"),
                lambda row: row["certificates"] or row["title"],
                19,
            ),
            Column(self.env._("Experience"), "experience", 22),
            Column(self.env._("Duties"), "duties", 22),
        ]
        gaps = {
            "profession": self.env._("%s people without a profession"),
            "experience": self.env._("%s people without experience"),
            "duties": self.env._("%s people without duties (enter them at the post)"),
        }
        return self._get_list(
            facts, columns, rows, "1", self.env._("Nobody is named yet."), gaps
        ) | {"closing": self._close(facts)}

    def _get_experience(self, employee):
        lines = employee.resume_line_ids.filtered("om_experience").sorted("date_start")
        return "\n".join(
            f"{line.date_start:%Y-%m} – "
            f"{line.date_end.strftime('%Y-%m') if line.date_end else ''} {line.name}"
            for line in lines
        )

    def _form_references(self, facts):
        pack = facts.pack.get("references", ())
        references = self.env["om.reference"].browse([row["id"] for row in pack])
        rows = [
            {**row, "completed_on": reference.completed_on}
            for row, reference in zip(pack, references, strict=True)
        ]
        columns = [
            Column(self.env._("No."), "no", 6),
            Column(self.env._("Project"), "name", 30),
            Column(
                self.env._("Amount (yuan)"),
                lambda row: row["amount"] or None,
                15,
                "money",
            ),
            Column(self.env._("Completed On"), "completed_on", 13),
            Column(self.env._("Owner of the Project"), "customer", 20),
            Column(self.env._("Contact and Telephone"), "contact", 16),
        ]
        gaps = {
            "amount": self.env._("%s contracts without an amount"),
            "completed_on": self.env._("%s contracts without a day of completion"),
            "contact": self.env._("%s contracts without a contact"),
        }
        return self._get_list(
            facts, columns, rows, "5", self.env._("No contract counts."), gaps
        ) | {
            "notes": [
                self.env._(
                    "Of each contract the first page, the pages that matter and the"
                    " page of signatures follow, sealed."
                )
            ],
            "closing": self._close(facts),
        }

    def _form_supplier(self, facts):
        return {
            "tables": [
                Table(
                    "",
                    [
                        Column(self.env._("Supplier"), width=40),
                        Column(self.env._("Sex of the Owner"), width=30),
                        Column(self.env._("Kind of Foreign Investment"), width=30),
                    ],
                    [
                        [
                            self._fill(facts, "%(bidder)s"),
                            self._fill(facts, "%(owner_sex)s"),
                            self._fill(facts, "%(foreign)s"),
                        ]
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
        rows = facts.pack.get("certificates", ())
        columns = [
            Column(self.env._("No."), "no", 6),
            Column(self.env._("Person's Name"), "name", 12),
            Column(self.env._("Post"), "post", 18),
            Column(self.env._("Certificate"), "certificate", 24),
            Column(self.env._("Number"), "number", 17),
            Column(self.env._("Issuer"), "issuer", 14),
            Column(self.env._("Valid To"), "valid_to", 11),
        ]
        gaps = {"number": self.env._("%s certificates without a number")}
        empty = self.env._("No certificate is shown.")
        return self._get_list(facts, columns, rows, "2", empty, gaps, len(rows))

    def _form_insurance(self, facts):
        rows = facts.pack.get("insurance", ())
        columns = [
            Column(self.env._("No."), "no", 7),
            Column(self.env._("Person's Name"), "name", 17),
            Column(self.env._("Employer"), "employer", 40),
            Column(
                self.env._("Months in a Row"),
                "months",
                14,
                "integer",
                is_bad=lambda row: not row["months"],
            ),
            Column(
                self.env._("Period"),
                lambda row: row["first"] and f"{row['first']} – {row['last']}",
                22,
            ),
        ]
        empty = self.env._("Nobody is named yet.")
        return self._get_list(facts, columns, rows, "3", empty, wanted=len(rows))

    def _form_enterprise(self, facts):
        rows = facts.pack.get("enterprise", ())
        columns = [
            Column(self.env._("No."), "no", 6),
            Column(self.env._("Certificate"), "certificate", 28),
            Column(self.env._("Grade"), "grade", 7),
            Column(self.env._("Number"), "number", 17),
            Column(self.env._("Issuer"), "issuer", 16),
            Column(self.env._("Scope"), "scope", 16),
            Column(self.env._("Valid To"), "valid_to", 11),
        ]
        empty = self.env._("No certificate is shown.")
        return self._get_list(facts, columns, rows, "4", empty, wanted=len(rows))

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

    def _get_entries(self, entries, width):
        """A table of what is asked and what is entered, the first so wide."""
        columns = [
            Column(self.env._("What"), width=width),
            Column(self.env._("Entry"), width=100 - width),
        ]
        return Table("", columns, entries)

    def _get_list(self, facts, columns, rows, proof, empty, gaps=(), wanted=0):
        """A form that is a table and the scans behind it, those of the table ``proof``
        of the pack; ``gaps``: {what should not be empty: in how many rows it is}."""
        for key, sentence in dict(gaps).items():
            number = sum(1 for row in rows if not row[key])
            if number:
                facts.missing.append(sentence % number)
        return {
            "tables": [Table("", columns, rows, empty=empty)],
            "scans": self._take_proofs(facts, proof, wanted),
        }

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
    def _get_check_table(self, title, forms, pages, checks, labels):
        """A checklist: what is looked at, and where it is proven."""
        places = self._get_places(forms, pages)
        names = self._get_volume_names()
        titles = {form.key: form.title for form in forms}

        def prove(check):
            return "\n".join(
                self.env._(
                    "volume %(volume)s (%(name)s), page %(page)s: %(form)s",
                    volume=places[key][0] + 1,
                    name=names[places[key][0]],
                    page=places[key][1],
                    form=titles[key],
                )
                for key in check["forms"]
                if key in places
            ) or self.env._("Nothing to hand in: found out by the agency.")

        return Table(
            title,
            [
                Column(self.env._("No."), PLACE, 6),
                Column(
                    self.env._("What Is Looked At"),
                    lambda row: labels[row["check"]],
                    44,
                ),
                Column(self.env._("Proven At"), prove, 50),
            ],
            [{"check": check, "forms": keys} for check, keys in checks],
        )

    @api.model
    def _get_index_tables(self, tender, forms, pages):
        """The tables of the list for ourselves."""
        places, names = self._get_places(forms, pages), self._get_volume_names()
        chapters = tender.bid_chapter_ids
        total = [
            None,
            self.env._("Total"),
            tender.chapter_points,
            tender.chapter_estimate,
            None,
            None,
        ]
        nothing = self.env._("Nothing.")
        return [
            self._get_check_table(
                self.env._("Qualification: 5 Points"),
                forms,
                pages,
                QUALIFYING,
                self._get_qualifying_labels(),
            ),
            self._get_check_table(
                self.env._("Conformity: 17 Points"),
                forms,
                pages,
                CONFORMING,
                self._get_conforming_labels(),
            ),
            Table(
                self.env._("Technical Scheme and Own Estimate"),
                [
                    Column(self.env._("No."), PLACE, 6),
                    Column(self.env._("Chapter"), "name", 44),
                    Column(self.env._("Points Offered"), "points", 11, "money"),
                    Column(self.env._("Own Estimate"), "estimate", 11, "money"),
                    Column(self.env._("Author"), "author_id.name", 18),
                    Column(
                        self.env._("Page"),
                        lambda chapter: places.get(f"chapter_{chapter.id}", ("", ""))[
                            1
                        ],
                        10,
                        "integer",
                    ),
                ],
                chapters,
                last=total if chapters else None,
                empty=nothing,
            ),
            Table(
                self.env._("To Be Filled In or Added by Hand"),
                [
                    Column(self.env._("Form of the Bid"), width=38),
                    Column(self.env._("Volume"), width=14),
                    Column(self.env._("What"), width=48),
                ],
                [
                    [form.title, names[form.volume], words]
                    for form in forms
                    for words in (
                        *(
                            [self.env._("blank: %s", form.blanks)]
                            if form.blanks
                            else []
                        ),
                        *form.missing,
                    )
                ],
                empty=nothing,
            ),
        ]

    @api.model
    def _get_index(self, tender, forms, pages):
        """The list for ourselves: what is proven on which page, what is still to do."""
        parts = [
            Part(table.name, tables=[replace(table, name="")])
            for table in self._get_index_tables(tender, forms, pages)
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
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
            writer = SheetWriter(workbook)
            forms = self._get_forms(tender)
            for form in forms:
                for table in form.part.tables:
                    writer.add_table(replace(table, name=form.title))
            for table in self._get_index_tables(tender, forms, pages):
                writer.add_table(table)
