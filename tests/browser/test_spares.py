"""A part from the confirmed request to the engineer's hand, with a scanner."""

import pytest

from .actions import assert_fits, prepare

TELEPHONE = {"width": 390, "height": 844}
# A request for a part with a serial number that only waits for its two answers.
PREPARE = """
import json
PHOTO = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    b"AABJRU5ErkJggg=="
)
warehouse = env.ref("om_engagements.warehouse_shunyi")
quota = env.ref("om_engagements.spare_quota_2_03")
product = env["product.product"].create(
    {
        "name": "抓拍单元（浏览器测试）",
        "type": "consu",
        "is_storable": True,
        "tracking": "serial",
    }
)
env["om.spare.compatibility"].create(
    {
        "quota_id": quota.id,
        "product_id": product.id,
        "line_ids": [(0, 0, {"name": "像素", "deviation": "positive"})],
    }
)
lot = env["stock.lot"].create({"name": "WEB-SN-1", "product_id": product.id})
env["stock.quant"]._update_available_quantity(
    product, warehouse.lot_stock_id, 1, lot_id=lot
)
system = quota.system_id
for role in ("purchaser", "supervisor"):
    party = env.ref(f"om_base.demo_user_{role}").partner_id.commercial_partner_id
    system[f"{role}_id"] = party
request = env["om.spare.request"].create(
    {
        "system_id": system.id,
        "quota_id": quota.id,
        "product_id": product.id,
        "beyond_repair": "主板击穿",
        "repair_tried": "更换电源后仍不启动",
        "photo_ids": [(0, 0, {"name": "x.png", "datas": PHOTO})],
        "applicant_id": env.ref("om_base.demo_user_engineer").id,
    }
)
request.action_ask()
env.cr.commit()
print("REQUEST", json.dumps({"id": request.id, "name": request.name}))
"""


@pytest.fixture
def spare(server):
    return prepare(server, PREPARE, "REQUEST")


def scan(page, code):
    """What a keyboard-wedge scanner does: keys, then Enter, wherever the focus is."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_issue_with_a_scanner(server, new_page, login, spare):
    clerk = new_page(**TELEPHONE)
    login(clerk, "warehouse")
    clerk.goto(f"{server.url}/odoo/spare-issue")
    clerk.locator(".o_om_clerk_code").wait_for()
    scan(clerk, spare["name"])
    clerk.locator(".o_om_clerk_request").wait_for()
    assert clerk.locator(".o_om_clerk_issue").is_disabled(), "nobody has confirmed"
    assert_fits(clerk)

    for role in ("supervisor", "purchaser"):
        page = new_page()
        login(page, role)
        page.goto(f"{server.url}/my/spares/{spare['id']}")
        page.locator("form[action$='/confirm'] button").click()
        page.locator("form[action$='/confirm']").wait_for(state="detached")

    clerk.reload()
    clerk.locator(".o_om_clerk_code").wait_for()
    scan(clerk, spare["name"])
    clerk.locator(".o_om_clerk_request").wait_for()
    assert clerk.locator(".o_om_clerk_tile.o_om_confirmed").count() == 3
    assert clerk.locator(".o_om_clerk_issue").is_disabled(), "its serial is missing"
    scan(clerk, f"{spare['web']}SN-1")
    clerk.locator(".o_om_clerk_issue:enabled").wait_for()
    height = clerk.locator(".o_om_clerk_issue").bounding_box()["height"]
    assert height >= 44, "too small for a thumb"
    assert_fits(clerk)
    # A last Enter issues: the hands stay at the scanner.
    clerk.keyboard.press("Enter")
    clerk.locator(".o_om_clerk_text.alert-success").wait_for()
    assert spare["name"] in clerk.locator(".o_om_clerk_text").inner_text()

    scan(clerk, f"{spare['web']}SN-1")
    clerk.locator(".o_om_clerk_text:not(.alert-success)").wait_for()
    assert clerk.locator(".o_om_clerk_request").count() == 0, "it is gone"
