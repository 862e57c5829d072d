"""A fault from the code on a device to the user's stars, as four people see it."""

import re

import pytest
from playwright.sync_api import expect

from .actions import assert_fits, prepare, press, sign

TELEPHONE = {"width": 390, "height": 844}
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00"
    b"\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00"
    b"\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)
# A device of the demo unit's system, with the code of its label.
DEVICE = """
import json
unit = env.ref("om_base.demo_user_unit").partner_id.commercial_partner_id
system = env["om.system"].search(
    [("unit_id", "=", unit.id), ("state", "=", "in_service")], limit=1
)
device = env["maintenance.equipment"].create(
    {"name": "会议终端（浏览器测试）", "system_id": system.id}
)
device._draw_label_tokens()
env.cr.commit()
print("DEVICE", json.dumps({"token": device.label_token, "system": system.name}))
"""


@pytest.fixture
def device(server):
    return prepare(server, DEVICE, "DEVICE")


def confirm_dialog(page):
    page.locator(".modal button[name=action_confirm]").click()
    page.locator(".modal").wait_for(state="detached")


def test_from_the_label_to_the_stars(server, new_page, login, device):
    board = new_page()
    login(board, "dispatcher")
    board.goto(f"{server.url}/odoo/om-board")
    board.locator(".o_om_board_column").first.wait_for()
    assert board.locator(".o_om_card", has_text="黑屏（浏览器测试）").count() == 0

    user = new_page(**TELEPHONE)
    login(user, "unit")
    user.goto(f"{server.url}/om/d/{device['token']}")
    user.locator(".o_om_report_here").click()
    user.locator(".o_om_new_ticket").wait_for()
    assert user.locator("#om_system option:checked").inner_text() == device["system"]
    assert "会议终端（浏览器测试）" in user.locator(".o_om_new_ticket").inner_text()
    user.fill("#om_name", "黑屏（浏览器测试）")
    user.check("#om_severity_urgent")
    user.fill("#om_description", "今早 9 点起无图像，全体与会人员受影响")
    user.set_input_files(
        "#om_files", {"name": "现场.png", "mimeType": "image/png", "buffer": PNG}
    )
    assert_fits(user)
    user.locator(".o_om_new_ticket button[type=submit]").click()
    user.wait_for_url(re.compile(r"/my/ticket/\d+"))
    ticket = int(re.search(r"/my/ticket/(\d+)", user.url)[1])
    assert "现场.png" in user.locator("main").inner_text()
    assert_fits(user)

    # The board shows it by itself, in the column of what has to be sent out.
    card = board.locator(f"[data-column=new] [data-ticket='{ticket}']")
    card.wait_for()
    clock = card.locator(".o_om_clock")
    expect(clock, "the clock runs").not_to_have_text(clock.inner_text())
    # With what is chosen the board offers what can be done, and nothing that refuses.
    card.locator("input[type=checkbox]").check()
    offered = board.locator(".o_om_bulk button[name]")
    offered.first.wait_for()
    assert [each.get_attribute("name") for each in offered.all()] == [
        "action_dispatch",
        "action_take",
        "action_pause",
        "action_merge",
        "action_export",
    ]
    card.locator("input[type=checkbox]").uncheck()
    card.click()
    board.locator(".o_form_view").wait_for()
    press(board, "action_dispatch")
    engineer = board.locator(".modal div[name=user_id] input")
    engineer.fill("甲03")
    board.locator(".o-autocomplete--dropdown-item", has_text="甲03").first.click()
    confirm_dialog(board)

    repair_on_a_telephone(server, new_page, login, ticket)

    user.reload()
    user.locator(".o_om_answer form[action$='/confirm'] button").click()
    user.locator(".o_om_rate").wait_for()
    user.locator("label[for=om_rating_4]").click()
    user.locator(".o_om_rate button[type=submit]").click()
    user.locator(".o_om_rate").wait_for(state="detached")
    assert_fits(user)

    board.goto(f"{server.url}/odoo/om-board")
    board.locator(".o_om_board_column").first.wait_for()
    assert board.locator(f"[data-ticket='{ticket}']").count() == 0, "it is done"


def repair_on_a_telephone(server, new_page, login, ticket):
    """The engineer takes, arrives, repairs, photographs and has the user sign."""
    page = new_page(**TELEPHONE)
    login(page, "engineer")
    page.goto(f"{server.url}/odoo/action-om_helpdesk.helpdesk_ticket_action/{ticket}")
    page.locator(".o_form_view").wait_for()
    assert_fits(page)
    press(page, "action_take")
    page.locator(".o_form_view button[name=action_arrive]:visible").first.wait_for()
    height = page.locator(".o_om_ticket_acts button:visible").first.bounding_box()
    assert height["height"] >= 44, "too small for a thumb"
    press(page, "action_arrive")
    page.locator(".o_form_view button[name=action_fix]:visible").first.wait_for()
    press(page, "action_fix")
    dialog = page.locator(".modal")
    dialog.wait_for()
    dialog.locator("div[name=solution] textarea").fill("更换电源模块，图像恢复")
    with page.expect_file_chooser() as chooser:
        dialog.locator("div[name=attachment_ids] .o_attach").click()
    chooser.value.set_files(
        {"name": "修复后.png", "mimeType": "image/png", "buffer": PNG}
    )
    dialog.locator("div[name=attachment_ids]", has_text="修复后").wait_for()
    sign(page, "user_signature")
    dialog.locator("button[name=action_confirm]").click()
    dialog.wait_for(state="detached")
    page.locator(".o_statusbar_status, .o_form_statusbar").first.wait_for()
