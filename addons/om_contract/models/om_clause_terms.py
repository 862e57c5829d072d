from odoo import fields, models

CLAUSE_TERMS = ("hold_clause", "subcontract_clause", "photo_clause")


class OmClauseTerms(models.AbstractModel):
    """Rules that a contract has or has not, each with the place where it is printed."""

    _name = "om.clause.terms"
    _description = "Rules by Clause"

    hold_clause = fields.Char(
        "Clause on Holding Payments",
        help="Where the contract lets the payer hold a payment for an open breach"
        " (Shunyi, article 4 (2) 5). Empty: it does not.",
    )
    subcontract_clause = fields.Char(
        "Clause against Subcontracting",
        help="Where the contract forbids to hand its service on to a supplier. Empty:"
        " it does not.",
    )
    photo_clause = fields.Char(
        "Clause on Marked Photos",
        help="Where the contract asks for photos that show system, time and place in"
        " the picture: the telephone draws them. Empty: it does not.",
    )
