"""Contracts by the thousand: made, met, counted again; all is rolled back at last."""

import json
import time

from odoo import Command

COUNT, PARTS = 1000, 4
CURSOR = env.cr  # noqa: F821  (the shell provides it)
ENV = env(context={"tracking_disable": True})  # noqa: F821
PARTNER = ENV["res.partner"].create(
    {"name": "基准采购人", "is_company": True, "om_role": "purchaser"}
)
WORK = {}


def measure(what, count, action):
    """Seconds and queries of an action, its writes included."""
    ENV.flush_all()
    ENV.invalidate_all()
    queries, started = CURSOR.sql_log_count, time.monotonic()
    action()
    ENV.flush_all()
    return {
        "what": what,
        "count": count,
        "seconds": time.monotonic() - started,
        "queries": CURSOR.sql_log_count - queries,
    }


def make_template():
    lines = [
        Command.create(
            {
                "sequence": number,
                "name": f"第{number}次付款",
                "percent": 25,
                "term_value": 30,
                "term_unit": "workday",
                "condition_ids": [
                    Command.create({"kind": "effective"}),
                    Command.create({"kind": "funds"}),
                ],
            }
        )
        for number in range(1, PARTS + 1)
    ]
    template = ENV["om.payment.template"]
    return template.create({"name": "基准", "line_ids": lines})


def contract_values(number, template):
    return {
        "code": f"BENCH-{number:05d}",
        "name": f"基准合同 {number}",
        "partner_id": PARTNER.id,
        "amount_total": 1000000.01 + number,
        "signature_date": "2026-01-20",
        "effective_date": "2026-01-20",
        "start_date": "2026-01-01",
        "end_date": "2026-12-31",
        "payment_template_id": template.id,
    }


def create(template):
    WORK["contracts"] = ENV["agreement"].create(
        [contract_values(number, template) for number in range(COUNT)]
    )
    WORK["contracts"].action_make_milestones()


def activate():
    WORK["contracts"].action_activate()


def confirm():
    conditions = WORK["contracts"].milestone_ids.condition_ids
    confirm_on_paper(conditions.filtered(lambda c: c.kind == "funds"))


def confirm_on_paper(conditions):
    scan = ENV["ir.attachment"].create({"name": "基准文件.pdf", "raw": b"%PDF-1.4"})
    conditions.action_confirm("2026-02-02", "基准文件", scan, "基准经办")


def change_calendar():
    """A rest day more within every term: each due date moves by a day."""
    before = WORK["contracts"].milestone_ids.mapped("date_due")
    ENV["om.calendar.day"].create(
        {"date": "2026-02-09", "kind": "holiday", "source": "基准"}
    )
    ENV.flush_all()
    after = WORK["contracts"].milestone_ids.mapped("date_due")
    assert len(after) == COUNT * PARTS and all(
        new > old for old, new in zip(before, after, strict=True)
    )


def one_by_one(template):
    """What a user or a simple import does: one contract, its milestones, its acts."""
    for number in range(COUNT, COUNT + 100):
        contract = ENV["agreement"].create(contract_values(number, template))
        contract.action_make_milestones()
        contract.action_activate()
        for condition in contract.milestone_ids.condition_ids:
            if condition.kind == "funds":
                confirm_on_paper(condition)
        ENV.flush_all()


def stock_invoices():
    """Odoo's own instalments: a payment term of four lines on an invoice each. It
    knows no conditions and no working days; a calendar changes nothing in it."""
    term = ENV["account.payment.term"].create(
        {
            "name": "基准",
            "line_ids": [
                Command.create(
                    {"value": "percent", "value_amount": 25, "nb_days": 30 * number}
                )
                for number in range(1, PARTS + 1)
            ],
        }
    )
    WORK["moves"] = ENV["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": PARTNER.id,
                "invoice_date": "2026-01-20",
                "invoice_payment_term_id": term.id,
                "invoice_line_ids": [
                    Command.create({"name": "基准", "price_unit": 1000000.01 + number})
                ],
            }
            for number in range(COUNT)
        ]
    )


def stock_again():
    """A stock invoice counts its days again when its date is written, all at once."""
    WORK["moves"].write({"invoice_date": "2026-01-21"})


TEMPLATE = make_template()
results = [
    measure("create, 4 milestones each", COUNT, lambda: create(TEMPLATE)),
    measure("bring into force", COUNT, activate),
    measure("meet 4,000 conditions", COUNT, confirm),
    measure("calendar changes: 4,000 due dates", COUNT, change_calendar),
    measure("the first three, one by one", 100, lambda: one_by_one(TEMPLATE)),
    measure("stock: invoice with a 4-line term", COUNT, stock_invoices),
    measure("stock: count its 4,000 days again", COUNT, stock_again),
]
CURSOR.rollback()
print("BENCH " + json.dumps(results))
