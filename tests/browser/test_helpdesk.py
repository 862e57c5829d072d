"""A fault from the code on a device to the user's stars, as four people see it."""

import re

import pytest
from playwright.sync_api import expect

from .actions import assert_fits, prepare, press, search, sign

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


# Three faults of one system, reported just now.
FAULTS = """
import json
system = env["om.system"].search([("state", "=", "in_service")], limit=1)
tickets = env["helpdesk.ticket"].create(
    [
        {"name": f"WEB-{name}", "system_id": system.id, "severity": "general"}
        for name in "ABC"
    ]
)
env.cr.commit()
print("FAULTS", json.dumps({"ids": tickets.ids}))
"""


def take_up(page, card):
    """Begin to draw a card, as a hand does."""
    card.hover()
    page.mouse.down()
    page.mouse.move(700, 400, steps=4)
    page.locator(".o_om_card.o_dragged").wait_for()


def let_go(page, target, *, allowed=True):
    """Let the drawn card go; ``allowed``: that does something there."""
    target.wait_for()
    box = target.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 80)
    page.mouse.move(x, y, steps=4)
    expect(page.locator(".o_om_drop_over")).to_have_count(int(allowed))
    page.mouse.up()
    page.locator(".o_om_card.o_dragged").wait_for(state="detached")


def draw(page, card, target):
    take_up(page, card)
    let_go(page, target)


def look_for(page, server, web, number):
    """Open the board with the tickets of one preparation, and no others."""
    page.goto(f"{server.url}/odoo/om-board")
    search(page, web)
    expect(page.locator(".o_om_card")).to_have_count(number)


def test_the_board_by_mouse_and_by_keyboard(server, new_page, login, call):
    """A card is drawn onto an engineer, or into a column: that is the declared act,
    with its dialog where words are needed. The keyboard does the same."""
    made = prepare(server, FAULTS, "FAULTS")
    first, second, third = made["ids"]
    page = new_page()
    login(page, "dispatcher")
    look_for(page, server, made["web"], 3)

    def card(ticket, column=""):
        inside = f"[data-column={column}] " if column else ""
        return page.locator(f"{inside}[data-ticket='{ticket}']")

    def read(ticket, *names):
        (values,) = call(page, "helpdesk.ticket", "read", [ticket], names)
        return values

    for ticket in made["ids"]:
        card(ticket, "new").wait_for()
    # The engineers show while something is drawn, and go with it.
    assert page.locator(".o_om_engineers").count() == 0
    draw(page, card(first), page.locator(".o_om_engineer", has_text="甲03"))
    card(first, "running").wait_for()
    expect(page.locator(".o_om_engineers")).to_have_count(0)
    assert "甲03" in read(first, "user_id")["user_id"][1]

    # Into "waiting": the dialog asks what for.
    draw(page, card(first), page.locator("[data-column=waiting]"))
    dialog = page.locator(".modal")
    dialog.wait_for()
    dialog.locator("div[name=pause_kind] input").first.check()
    dialog.locator("div[name=reason] input").fill("机房锁门")
    dialog.locator("button[name=action_confirm]").click()
    card(first, "waiting").wait_for()
    # Where nothing is meant by it, nothing happens. What others do meanwhile does not
    # move the cards under the hand, and shows when it lets go.
    take_up(page, card(second))
    (system,) = call(page, "om.system", "search", [["state", "=", "in_service"]])[:1]
    values = {"name": f"{made['web']}D", "system_id": system}
    fourth = call(page, "helpdesk.ticket", "create", values)
    page.wait_for_timeout(2000)
    assert card(fourth).count() == 0
    let_go(page, page.locator("[data-column=late]"), allowed=False)
    card(fourth, "new").wait_for()
    assert card(second, "new").count() == 1

    # The keyboard alone: to the next card, select, send, resume.
    page.locator(f"[data-ticket='{second}'] .o_om_open").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    focused = page.evaluate(
        "document.activeElement.closest('.o_om_card')?.dataset.ticket"
    )
    assert focused and focused != str(second)
    page.locator(f"[data-ticket='{third}'] .o_om_open").focus()
    page.keyboard.press("Space")
    page.keyboard.press("d")
    dialog.wait_for()
    choice = dialog.locator("div[name=user_id] input")
    choice.fill("甲03")
    page.locator(".o-autocomplete--dropdown-item", has_text="甲03").first.click()
    dialog.locator("button[name=action_confirm]").click()
    card(second, "running").wait_for()
    card(third, "running").wait_for()
    # When the dialog has closed, the keyboard is back on its card.
    page.wait_for_function(
        "id => document.activeElement.closest('.o_om_card')?.dataset.ticket === id",
        arg=str(second),
    )
    page.locator(f"[data-ticket='{first}'] .o_om_open").press("r")
    card(first, "running").wait_for()
    assert read(first, "state")["state"] == "dispatched"
    page.keyboard.press("c")
    page.locator(".o_notification", has_text="状态").wait_for()
    keys = page.locator(".o_om_keys").get_attribute("data-tooltip")
    for name in ("D", "T", "P", "R", "F", "C", "M"):
        assert f"{name}：" in keys or f"{name}:" in keys
