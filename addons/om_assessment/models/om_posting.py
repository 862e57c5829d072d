from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.margin import Rate, month_costs


class OmPosting(models.Model):
    """What posted people cost stands on the ledger: a line a month, up to today."""

    _inherit = "om.posting"

    # The ledger's own readers see them.
    analytic_line_ids = fields.One2many(
        "account.analytic.line",
        "om_posting_id",
        string="Cost",
        groups="om_base.group_manager,om_base.group_procurement,"
        "om_base.group_auditor,om_base.group_administrator",
    )

    @api.model_create_multi
    def create(self, vals_list):
        postings = super().create(vals_list)
        # sudo: the ledger follows, whoever keeps the postings.
        postings.sudo()._book_costs()
        return postings

    def write(self, vals):
        result = super().write(vals)
        if {
            "employee_id",
            "system_id",
            "post_id",
            "date_from",
            "date_to",
        } & vals.keys():
            # sudo: as above.
            self.sudo()._book_costs()
        return result

    def unlink(self):
        # sudo: as above; what never was costs nothing.
        self.sudo().analytic_line_ids.unlink()
        return super().unlink()

    def _book_costs(self):
        """Write down what these cost up to today, month by month; superuser.

        What stands there and is right stays untouched, with the contract under which
        it was booked: a system of next year's contract takes nothing along. What is
        otherwise now is put right, and nothing is booked twice.
        """
        today = self._get_today()
        column = self.env["account.analytic.account"]._get_om_plan()._column_name()
        lines = self.env["account.analytic.line"].search(
            [("om_posting_id", "in", self.ids)], order="date, id"
        )
        # What was entered for another system was a mistake.
        wrong = lines.filtered(
            lambda line: line[column].om_system_id != line.om_posting_id.system_id
        )
        booked = defaultdict(dict)
        for line in lines - wrong:
            booked[line.om_posting_id][line.date.replace(day=1)] = line
        due = [
            (posting, cost)
            for posting in self
            for cost in month_costs(
                [
                    Rate(rate.date_from, Decimal(str(rate.amount)))
                    for rate in posting.post_id.cost_ids
                ],
                posting.date_from,
                min(posting.date_to or today, today),
            )
        ]
        new = []
        for posting, cost in due:
            line = booked[posting].pop(cost.month, None)
            values = {
                "date": cost.last,
                "unit_amount": cost.days,
                "amount": -float(cost.amount),
            }
            if not line:
                new.append((posting, values))
            elif any(line[name] != value for name, value in values.items()):
                line.write(values)
        wrong.union(
            *(line for left in booked.values() for line in left.values())
        ).unlink()
        self._create_cost_lines(new)

    def _create_cost_lines(self, new):
        """Book what is new; :param new: [(posting, values of its line)]."""
        bearers = {
            posting: (posting.system_id.agreement_id, posting.system_id)
            for posting, _values in new
        }
        Account = self.env["account.analytic.account"]
        accounts = Account._get_om_accounts(bearers.values())
        column = Account._get_om_plan()._column_name()
        day = self.env.ref("uom.product_uom_day")
        self.env["account.analytic.line"].create(
            [
                {
                    **values,
                    "name": posting.display_name,
                    column: accounts[bearers[posting]].id,
                    "category": "om_posting",
                    "om_posting_id": posting.id,
                    "company_id": posting.company_id.id,
                    "product_uom_id": day.id,
                }
                for posting, values in new
                # Without a contract nothing bears it yet.
                if bearers[posting] in accounts
            ]
        )

    @api.model
    def _book_all_costs(self):
        """Book what all postings cost that are not over for longer than a month."""
        month = fields.Date.subtract(self._get_today(), months=1)
        running = Domain("date_to", "=", False) | Domain("date_to", ">=", month)
        self.search(running & Domain("post_id.cost_ids", "!=", False))._book_costs()
