"""Spare part requests through the whole chain, beside plain transfers; rolled back.

Runs in an Odoo shell on a database with om_stock_spares. Half of the parts have serial
numbers. Plain transfers: what a user of Odoo's stock has instead, one delivery for each
part, made and validated one after the other; no cap, no confirmation, no ledger.
"""

import json
import os
import time

from odoo.tests import new_test_user

ENV = env(context={**env.context, "lang": "en_US"})  # noqa: F821  (the shell has it)
CURSOR = ENV.cr
BATCH = 500
COUNT = int(os.environ.get("OM_BENCH_RUNS", 10)) * BATCH
# Plain deliveries after each batch, one by one: a busy minute meets both.
PLAIN = 20
SYSTEMS = 50
LINES = (10, 100, 1000)
PHOTO = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    b"AABJRU5ErkJggg=="
)


def company(name, role):
    return ENV["res.partner"].create(
        {"name": name, "is_company": True, "om_role": role}
    )


def portal(role, partner):
    contact = ENV["res.partner"].create({"name": role, "parent_id": partner.id})
    return new_test_user(
        ENV, f"bench_{role}", f"om_base.group_portal_{role}", partner_id=contact.id
    )


def product(name, **values):
    return ENV["product.product"].create(
        {"name": name, "type": "consu", "is_storable": True, **values}
    )


purchaser = company("Bench purchaser", "purchaser")
supervisor = company("Bench supervisor", "supervisor")
unit = company("Bench unit", "user_unit")
buyer, overseer = portal("purchaser", purchaser), portal("supervisor", supervisor)
engineer = new_test_user(ENV, "bench_engineer", "om_base.group_engineer")
clerk = new_test_user(ENV, "bench_warehouse", "om_base.group_warehouse")
systems = ENV["om.system"].create(
    [
        {
            "name": f"Bench {number}",
            "unit_id": unit.id,
            "purchaser_id": purchaser.id,
            "supervisor_id": supervisor.id,
            "service_start": "2026-01-01",
        }
        for number in range(SYSTEMS)
    ]
)
warehouse = ENV["stock.warehouse"].create({"name": "Bench", "code": "BENCH"})
warehouse.action_make_spare_locations()
store = warehouse.lot_stock_id
camera, lamp = product("Bench camera", tracking="serial"), product("Bench lamp")
plain = product("Bench plain")
ENV["stock.quant"]._update_available_quantity(lamp, store, COUNT)
ENV["stock.quant"]._update_available_quantity(plain, store, COUNT)
lots = ENV["stock.lot"].create(
    [
        {"name": f"BENCH-{number}", "product_id": camera.id}
        for number in range(COUNT // 2)
    ]
)
ENV["stock.quant"].create(
    [
        {
            "product_id": camera.id,
            "location_id": store.id,
            "lot_id": lot.id,
            "quantity": 1,
        }
        for lot in lots
    ]
)
spare_list = ENV["om.spare.list"].create(
    {
        "name": "Bench",
        "date_from": "2026-01-01",
        "date_to": "2026-12-31",
        "warehouse_id": warehouse.id,
        "quota_ids": [
            (0, 0, {"name": each.name, "product_id": each.id, "cap": COUNT})
            for each in (camera, lamp)
        ],
    }
)
spare_list.action_activate()
quotas = spare_list.quota_ids


def finish():
    ENV.flush_all()
    CURSOR.precommit.run()


def measure(what, count, job):
    finish()
    ENV.invalidate_all()
    queries, started = CURSOR.sql_log_count, time.perf_counter()
    result = job()
    finish()
    row = {
        "what": what,
        "count": count,
        "seconds": time.perf_counter() - started,
        "queries": CURSOR.sql_log_count - queries,
    }
    return result, row


def ask(first, count):
    return (
        ENV["om.spare.request"]
        .with_user(engineer)
        .create(
            [
                {
                    "system_id": systems[number % SYSTEMS].id,
                    "quota_id": quotas[number % 2].id,
                    "beyond_repair": "broken",
                    "repair_tried": "power",
                    "photo_ids": [(0, 0, {"name": f"{number}.png", "datas": PHOTO})],
                }
                for number in range(first, first + count)
            ]
        )
    )


def chain(first, count):
    """The whole chain for ``count`` requests at once; returns a row for each step."""
    requests, created = measure("request", count, lambda: ask(first, count))
    mine = lots[first // 2 : (first + count) // 2]
    steps = (
        ("ask", requests.action_ask),
        ("purchaser", requests.with_user(buyer).action_confirm),
        ("supervisor", requests.with_user(overseer).action_confirm),
        ("issue", lambda: requests.with_user(clerk).action_issue(mine)),
        ("install", requests._install),
    )
    rows = [created]
    for what, job in steps:
        _done, row = measure(what, count, job)
        rows.append(row)
    assert set(requests.mapped("state")) == {"installed"}, requests.mapped("state")
    return rows


def plain_delivery():
    """One delivery as a user makes it: create, to do, reserve, validate."""
    picking = (
        ENV["stock.picking"]
        .with_user(clerk)
        .create(
            {
                "picking_type_id": warehouse.out_type_id.id,
                "location_id": store.id,
                "location_dest_id": ENV.ref("stock.stock_location_customers").id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": plain.id,
                            "product_uom_qty": 1,
                            "product_uom": plain.uom_id.id,
                            "location_id": store.id,
                            "location_dest_id": ENV.ref(
                                "stock.stock_location_customers"
                            ).id,
                        },
                    )
                ],
            }
        )
    )
    picking.action_confirm()
    picking.action_assign()
    picking.move_ids.picked = True
    picking.button_validate()
    finish()
    assert picking.state == "done", picking.state


def remaining(count):
    """Queries that read what is left of ``count`` lines."""
    made = ENV["om.spare.list"].create(
        {
            "name": f"Bench {count}",
            "date_from": "2026-01-01",
            "date_to": "2026-12-31",
            "quota_ids": [
                (0, 0, {"name": f"Part {n}", "product_id": lamp.id, "cap": n})
                for n in range(count)
            ],
        }
    )
    finish()
    ENV.invalidate_all()

    def read():
        return made.quota_ids.read(["name", "cap", "used", "reserved", "remaining"])

    found, row = measure("remaining", count, read)
    assert [line["remaining"] for line in found] == list(range(count))
    return row


def add_up(rows):
    return {
        "what": "together",
        "count": rows[0]["count"],
        "seconds": sum(row["seconds"] for row in rows),
        "queries": sum(row["queries"] for row in rows),
    }


def main():
    chain(0, 10)
    one_by_one = chain(10, 2)
    small = chain(12, 50)
    totals, runs = {}, []
    plain_delivery()
    first = 62
    while first < COUNT:
        count = min(BATCH, COUNT - first)
        rows = chain(first, count)
        _none, stock = measure(
            "transfers", PLAIN, lambda: [plain_delivery() for _number in range(PLAIN)]
        )
        runs.append({"chain": add_up(rows), "stock": stock})
        for row in rows:
            total = totals.setdefault(row["what"], {**row, "count": 0})
            if total["count"]:
                total["seconds"] += row["seconds"]
                total["queries"] += row["queries"]
            total["count"] += row["count"]
        first += count
    assert quotas.mapped("used") == [COUNT // 2] * 2
    assert not any(quotas.mapped("reserved"))
    return {
        "steps": list(totals.values()),
        "batches": [
            add_up(one_by_one),
            add_up(small),
        ],
        "runs": runs,
        "remaining": [remaining(count) for count in LINES],
    }


result = main()
CURSOR.rollback()
print("BENCH " + json.dumps(result))
