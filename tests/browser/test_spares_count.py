"""Taking stock with a scanner on a telephone, and the settlement that is confirmed."""

import pytest

from .actions import assert_fits, prepare

TELEPHONE = {"width": 390, "height": 844}
# A shelf and a van of their own: two single pieces and a box of lamps.
PREPARE = """
import json
warehouse = env.ref("om_engagements.warehouse_shunyi")
shelf, van = env["stock.location"].create(
    [
        {
            "name": name,
            "barcode": barcode,
            "usage": "internal",
            "location_id": warehouse.view_location_id.id,
        }
        for name, barcode in (("盘点架", "WEB-SHELF"), ("盘点车", "WEB-VAN"))
    ]
)
camera, lamp = env["product.product"].create(
    [
        {"name": "盘点抓拍机", "is_storable": True, "tracking": "serial"},
        {"name": "盘点补光灯", "is_storable": True, "barcode": "WEB-LAMP"},
    ]
)
Quant = env["stock.quant"]
for name in ("WEB-C1", "WEB-C2"):
    lot = env["stock.lot"].create({"name": name, "product_id": camera.id})
    Quant._update_available_quantity(camera, shelf, 1, lot_id=lot)
Quant._update_available_quantity(lamp, shelf, 5)
count = env["om.spare.count"].create(
    {"location_ids": (shelf | van).ids, "reason": "浏览器盘点"}
)
count.action_start()
env.cr.commit()
print("COUNT", json.dumps({"id": count.id, "camera": camera.id, "lamp": lamp.id}))
"""

READ = """
import json
domain = [
    ("product_id", "in", [%(camera)s, %(lamp)s]),
    ("location_id.usage", "=", "internal"),
]
rows = env["stock.quant"]._read_group(
    domain,
    ["location_id", "lot_id", "product_id"],
    ["quantity:sum"],
)
stock = sorted(
    [place.name, lot.name or product.name, quantity]
    for place, lot, product, quantity in rows
    if quantity
)
moves = env["om.spare.count"].browse(%(id)s).move_ids
print("STOCK", json.dumps({"stock": stock, "moves": len(moves)}))
"""


@pytest.fixture
def count(server):
    return prepare(server, PREPARE, "COUNT")


def scan(page, *codes):
    """What a scanner does: it does not wait for an answer."""
    for code in codes:
        page.keyboard.type(code)
        page.keyboard.press("Enter")


def test_take_stock_with_a_scanner(server, new_page, login, count):
    clerk = new_page(**TELEPHONE)
    login(clerk, "warehouse")
    clerk.goto(f"{server.url}/odoo/spare-counts/{count['id']}")
    clerk.locator("button[name=action_scan]").click()
    clerk.locator(".o_om_count_code").wait_for()
    assert_fits(clerk)
    web = count["web"]
    scan(clerk, f"{web}SHELF", f"{web}C1", *[f"{web}LAMP"] * 3)
    lamp = clerk.locator(".o_om_count_line", has_text="盘点补光灯")
    clerk.wait_for_function(
        "document.querySelector('.o_om_count_found')?.value === '3'"
    )
    assert_fits(clerk)
    lamp.locator("input").fill("4")
    lamp.locator("input").press("Tab")
    clerk.locator(".o_om_count_line .text-danger").first.wait_for()
    # A piece that the books have on the shelf lies in the van.
    scan(clerk, f"{web}VAN", f"{web}C2")
    clerk.locator(".o_om_count_text.alert-warning").wait_for()
    assert "盘点架" in clerk.locator(".o_om_count_line").first.inner_text()
    scan(clerk, "no-such-code")
    clerk.locator(".o_om_count_text.alert-danger").wait_for()
    assert clerk.locator(".o_om_count_line").count() == 1
    toggle = clerk.locator(".o_om_count_toggle").bounding_box()
    assert min(toggle["width"], toggle["height"]) >= 44, "too small for a thumb"
    assert_fits(clerk)

    office = new_page()
    login(office, "warehouse")
    office.goto(f"{server.url}/odoo/spare-counts/{count['id']}")
    entries = office.locator(".o_field_widget[name=line_ids] .o_list_renderer")
    entries.locator(".o_data_row").first.wait_for()
    cut = entries.evaluate("(list) => list.scrollWidth - list.clientWidth")
    assert cut <= 1, "the last button of a row lies outside"
    office.locator("button[name=action_apply]").click()
    office.locator(".modal-footer .btn-primary").click()
    office.locator("[data-value=applied][aria-checked=true]").wait_for()
    found = prepare(server, READ % count, "STOCK")
    assert {name: found[name] for name in ("stock", "moves")} == {
        "stock": [
            ["盘点架", f"{web}C1", 1.0],
            ["盘点架", "盘点补光灯", 4.0],
            ["盘点车", f"{web}C2", 1.0],
        ],
        "moves": 2,
    }
