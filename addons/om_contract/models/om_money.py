from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .om_dashboard import DEDUCTIONS, PAYABLES, PAYMENTS
from .om_payment_milestone import SETTLED

LINES = "om_contract.om_money_line_action"
BONDS = "om_contract.om_bond_action"
MILESTONE = "om.payment.milestone"
FORECAST = "om.cash.forecast"
# Months shown before and after the present one.
BACK, AHEAD = 11, 12
# Days overdue: up to each of these, and more.
AGES = (30, 90, 180, 365)
# Days in which a bond comes back, counted from the end of the service.
RETURN_DAYS = 90
DIRECTIONS = ("sale", "purchase")


class OmMoney(models.AbstractModel):
    """Money at a glance: what signed contracts bring and cost, when, and what is late.

    What purchasers owe us and what we owe suppliers are never added up: each direction
    has its own figures; only the running balance sets one against the other. Drafts
    and other currencies than the company's are left out. What should have come before
    today and is unpaid is arrears and no forecast. Figures are those of
    ``om.dashboard``: each opens the records that it adds up.
    """

    _name = "om.money"
    _description = "Money at a Glance"

    @api.model
    @api.readonly
    def get_money(self, direction="sale", contract=False):
        """Return what the page shows of one direction.

        :param direction: ``sale`` (with purchasers) or ``purchase`` (with suppliers)
        :param contract: id of the contract that is looked at, False: all
        ``tiles``, ``ages``, ``causes`` and ``bonds`` are figures; ``months`` are
        ``{month, figures, balance}``, the balance running over all contracts in both
        directions or the one looked at; ``rows`` are ``{id, name, figures}`` by
        contract. The number of queries does not depend on the number of records.

        :raise AccessError: the user's role does not read money
        """
        dashboard = self.env["om.dashboard"]
        if not dashboard._may_read("procurement", "manager"):
            raise AccessError(
                self.env._("Money is for procurement, project managers and auditors.")
            )
        direction = direction if direction in DIRECTIONS else "sale"
        return self.with_context(
            om_contract=contract or False, om_money_direction=direction
        )._get_money()

    @api.model
    def _get_money(self):
        today = self.env["agreement"]._get_today()
        return {
            "day": today.isoformat(),
            "month": today.replace(day=1).isoformat(),
            "direction": self._get_direction(),
            "directions": self._get_direction_labels(),
            "contract": self.env.context.get("om_contract"),
            "contracts": [
                {"id": contract.id, "name": contract.display_name}
                for contract in self.env["agreement"].search(
                    self._get_own_domain("domain") & Domain("state", "!=", "draft")
                )
            ],
            "tiles": self._get_tiles(today),
            "months": self._get_months(today),
            "ages": self._get_ages(today),
            "rows": self._get_rows(today),
            "causes": self._get_causes(),
            "bonds": self._get_bonds(today),
        }

    # ------------------------------------------------------------
    # What is looked at
    # ------------------------------------------------------------

    @api.model
    def _get_direction(self):
        return self.env.context["om_money_direction"]

    @api.model
    def _get_direction_labels(self):
        labels = dict(self.env["agreement"]._domain_selection())
        return [{"key": key, "label": labels[key]} for key in DIRECTIONS]

    @api.model
    def _get_own_domain(self, direction="direction", currency="currency_id"):
        """Return the domain of the company's money in the direction looked at."""
        return Domain(direction, "=", self._get_direction()) & Domain(
            currency, "=", self.env.company.currency_id.id
        )

    @api.model
    def _get_signed_domain(self):
        return self._get_own_domain() & Domain("contract_state", "!=", "draft")

    @api.model
    def _get_open_domain(self):
        return self._get_signed_domain() & Domain("state", "not in", SETTLED)

    @api.model
    def _get_action(self):
        return PAYMENTS if self._get_direction() == "sale" else PAYABLES

    @api.model
    def _sum(self, key, label, domain, field, **more):
        return self.env["om.dashboard"]._sum(
            key, label, self._get_action(), MILESTONE, domain, field, **more
        )

    # ------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------

    @api.model
    def _get_labels(self):
        is_sale = self._get_direction() == "sale"
        return {
            "arrears": self.env._("Arrears"),
            "expected": self.env._("Still to Come")
            if is_sale
            else self.env._("Still to Pay"),
            "invoiced": self.env._("Invoiced"),
            "received": self.env._("Received") if is_sale else self.env._("Paid Out"),
        }

    @api.model
    def _get_parts(self, today):
        """Return {key: (domain, field)} of what a contract's money falls into."""
        late = Domain("date_expected", "<", today)
        return {
            "arrears": (self._get_open_domain() & late, "amount_residual"),
            "expected": (
                self._get_open_domain() & (Domain("date_expected", "=", False) | ~late),
                "amount_residual",
            ),
            "invoiced": (self._get_signed_domain(), "amount_invoiced"),
            "received": (self._get_signed_domain(), "amount_paid"),
        }

    @api.model
    def _get_tiles(self, today):
        labels = self._get_labels()
        levels = {"arrears": "danger"}
        tiles = [
            self._sum(key, labels[key], domain, field, level=levels.get(key, "body"))
            for key, (domain, field) in self._get_parts(today).items()
        ]
        late = self._get_open_domain() & Domain("is_overdue", "=", True)
        tiles.insert(
            1,
            self._sum(
                "overdue",
                self.env._("Of Which Overdue, All Conditions Met"),
                late,
                "amount_residual",
                level="danger",
            ),
        )
        ready = self._get_open_domain() & Domain("state", "=", "ready")
        if self._get_direction() == "sale":
            tiles.append(
                self._sum(
                    "ready",
                    self.env._("To invoice now"),
                    ready,
                    "amount_residual",
                    level="warning",
                )
            )
        return tiles

    @api.model
    def _get_ages(self, today):
        """Return the arrears by the days since they were expected; whether a condition
        is still open, or a fiscal delay excuses it, each payment says."""
        late = self._get_parts(today)["arrears"][0]
        figures = []
        for first, last in zip((0, *AGES), (*AGES, None), strict=True):
            # n days late: expected n days before today
            domain = Domain("date_expected", "<", today - relativedelta(days=first))
            if last is None:
                label = self.env._("More than %s days", first)
            else:
                domain &= Domain(
                    "date_expected", ">=", today - relativedelta(days=last)
                )
                label = self.env._(
                    "%(first)s to %(last)s days", first=first + 1, last=last
                )
            figures.append(
                self._sum(
                    f"age-{first}",
                    label,
                    late & domain,
                    "amount_residual",
                    level="danger",
                )
            )
        return figures

    @api.model
    def _get_months(self, today):
        """Return the months with what was invoiced, came in and is late or to come."""
        month = today.replace(day=1)
        start = month - relativedelta(months=BACK)
        end = month + relativedelta(months=AHEAD + 1)
        scoped = self.env["om.dashboard"]._get_scoped
        labels = self._get_labels()
        moved = scoped(FORECAST, self._get_own_domain())[0]
        parts = self._get_parts(today)
        amounts = defaultdict(lambda: defaultdict(float))
        counts = defaultdict(lambda: defaultdict(int))
        span = Domain("date", ">=", start) & Domain("date", "<", end)
        kinds = Domain("kind", "in", ["invoiced", "received"])
        for kind, day, amount, count in self.env[FORECAST]._read_group(
            moved & span & kinds, ["kind", "date:month"], ["amount:sum", "__count"]
        ):
            amounts[kind][day], counts[kind][day] = amount, count
        for key in ("arrears", "expected"):
            domain = scoped(MILESTONE, parts[key][0])[0]
            for day, amount, count in self.env[MILESTONE]._read_group(
                domain & Domain("date_expected", "!=", False),
                ["date_expected:month"],
                ["amount_residual:sum", "__count"],
            ):
                amounts[key][day], counts[key][day] = amount, count
        balances = self._get_balances(start, end, today)
        months = []
        day = start
        while day < end:
            until = day + relativedelta(months=1)
            figures = []
            for key, label in labels.items():
                if key in parts and key in ("arrears", "expected"):
                    domain = (
                        scoped(MILESTONE, parts[key][0])[0]
                        & Domain("date_expected", ">=", day)
                        & Domain("date_expected", "<", until)
                    )
                    where = (self._get_action(), MILESTONE)
                    measure = "amount_residual:sum"
                else:
                    domain = (
                        moved
                        & Domain("kind", "=", key)
                        & Domain("date", ">=", day)
                        & Domain("date", "<", until)
                    )
                    where, measure = (LINES, FORECAST), "amount:sum"
                figures.append(
                    self._make_figure(
                        f"{key}-{day:%Y-%m}",
                        label,
                        amounts[key][day],
                        *where,
                        domain,
                        measure,
                        counts[key][day],
                        part=key,
                    )
                )
            months.append(
                {
                    "month": day.isoformat(),
                    "figures": figures,
                    "balance": balances[day],
                }
            )
            day = until
        return months

    @api.model
    def _make_figure(
        self, key, label, amount, action, model, domain, measure, records, **more
    ):
        currency = self.env.company.currency_id
        return self.env["om.dashboard"]._get_figure(
            key,
            label,
            currency.round(amount or 0),
            action,
            model,
            domain,
            measure=measure,
            records=records,
            currency_id=currency.id,
            **more,
        )

    @api.model
    def _get_balances(self, start, end, today):
        """Return {month: what came in less what went out up to its end}; from this
        month on with what is still to come and to pay, without arrears: nobody knows
        when those come."""
        scoped = self.env["om.dashboard"]._get_scoped
        currency = Domain("currency_id", "=", self.env.company.currency_id.id)
        change = defaultdict(float)
        for direction, day, amount in self.env[FORECAST]._read_group(
            scoped(FORECAST, currency & Domain("kind", "=", "received"))[0],
            ["direction", "date:month"],
            ["amount:sum"],
        ):
            change[day] += amount if direction == "sale" else -amount
        coming = (
            currency
            & Domain("contract_state", "!=", "draft")
            & Domain("state", "not in", SETTLED)
            & Domain("date_expected", ">=", today)
        )
        for direction, day, amount in self.env[MILESTONE]._read_group(
            scoped(MILESTONE, coming)[0],
            ["direction", "date_expected:month"],
            ["amount_residual:sum"],
        ):
            change[day] += amount if direction == "sale" else -amount
        balances = {}
        total = sum(amount for day, amount in change.items() if day and day < start)
        day = start
        while day < end:
            total += change[day]
            balances[day] = self.env.company.currency_id.round(total)
            day += relativedelta(months=1)
        return balances

    @api.model
    def _get_rows(self, today):
        """Return the contracts with their parts, who owes most first.

        What add-ons know of a contract beside them they add as figures under ``more``,
        to each row the same.
        """
        labels = self._get_labels()
        scoped = self.env["om.dashboard"]._get_scoped
        found = defaultdict(dict)
        parts = self._get_parts(today)
        for key, (domain, field) in parts.items():
            for contract, amount, count in self.env[MILESTONE]._read_group(
                scoped(MILESTONE, domain)[0],
                ["agreement_id"],
                [f"{field}:sum", "__count"],
            ):
                found[contract][key] = (amount, count)
        rows = [
            {
                "id": contract.id,
                "name": contract.display_name,
                "figures": [
                    self._make_figure(
                        f"{key}-{contract.id}",
                        labels[key],
                        amounts.get(key, (0, 0))[0],
                        self._get_action(),
                        MILESTONE,
                        Domain("agreement_id", "=", contract.id) & domain,
                        f"{field}:sum",
                        amounts.get(key, (0, 0))[1],
                        part=key,
                    )
                    for key, (domain, field) in parts.items()
                ],
            }
            for contract, amounts in found.items()
        ]
        return sorted(
            rows, key=lambda row: [-figure["count"] for figure in row["figures"]]
        )

    @api.model
    def _get_causes(self):
        """Return the deductions that stand, by what they are for."""
        scoped = self.env["om.dashboard"]._get_scoped
        deductions = self.env["om.deduction"]
        labels = deductions._om_labels("kind")
        domain = scoped(
            "om.deduction",
            self._get_own_domain("agreement_id.domain", "agreement_id.currency_id")
            & Domain("state", "!=", "waived"),
        )[0]
        rows = deductions._read_group(domain, ["kind"], ["amount:sum", "__count"])
        return [
            self._make_figure(
                f"cause-{kind}",
                labels[kind],
                amount,
                DEDUCTIONS,
                "om.deduction",
                domain & Domain("kind", "=", kind),
                "amount:sum",
                count,
            )
            for kind, amount, count in sorted(rows, key=lambda row: -(row[1] or 0))
        ]

    @api.model
    def _get_bonds(self, today):
        """Return what bonds hold by when they come back: by their own day where it is
        known, else from the end of the service on, as the contract's conditions then
        decide."""
        currency = self.env.company.currency_id.id
        held = (
            Domain("direction", "=", self._get_direction())
            & (
                Domain("agreement_id", "=", False)
                | Domain("agreement_id.currency_id", "=", currency)
            )
            & Domain("balance", ">", 0)
        )
        soon = today + relativedelta(days=RETURN_DAYS)

        def back(*conditions):
            """Of the day on which it comes back, else of the end of the service."""
            days = ("date_back", "agreement_id.end_date")
            first, second = (
                Domain.AND(Domain(day, *condition) for condition in conditions)
                for day in days
            )
            return first | (Domain("date_back", "=", False) & second)

        rows = [
            (
                "bond-due",
                self.env._("Due: to be asked back"),
                back(("<", today)),
                "warning",
            ),
            (
                "bond-soon",
                self.env._("Within %s days", RETURN_DAYS),
                back((">=", today), ("<=", soon)),
                "body",
            ),
            ("bond-later", self.env._("Later"), back((">", soon)), "body"),
            (
                "bond-open",
                self.env._("No day on record"),
                Domain("date_back", "=", False)
                & Domain("agreement_id.end_date", "=", False),
                "body",
            ),
        ]
        return [
            self.env["om.dashboard"]._sum(
                key, label, BONDS, "om.bond", held & domain, "balance", level=level
            )
            for key, label, domain, level in rows
        ]
