"""What is owed, on a telephone: handed in by who owes it, received in the portal."""

from .actions import assert_fits, open_path, prepare, press

TELEPHONE = {"width": 390, "height": 844}
# What the engineer owes the unit of the demonstration's login, due in some days.
OWED = """
import json
from datetime import timedelta
unit = env.ref("om_base.demo_user_unit").partner_id.commercial_partner_id
system = env["om.system"].search(
    [("unit_id", "=", unit.id), ("state", "=", "in_service")], limit=1
)
engineer = env.ref("om_base.demo_user_engineer")
today = env["om.obligation"]._get_local_today()
obligation = env["om.obligation"].create(
    {
        "name": "WEB-演练报告",
        "agreement_id": system.agreement_id.id,
        "system_ids": [(6, 0, system.ids)],
        "kind": "drill",
        "per": "event",
        "due_rule": "days_after",
        "due_number": 5,
        "evidence": "演练记录",
        "user_id": engineer.id,
    }
)
obligation.action_agree()
item = obligation._enter_event(today, "消防演练")
env.cr.commit()
print("OWED", json.dumps({"item": item.id, "name": item.name}))
"""


def test_report_from_a_telephone(server, new_page, login):
    """The engineer hands in a photo from the telephone; the unit reads it, returns it
    with the reason, and takes receipt of the next one."""
    owed = prepare(server, OWED, "OWED")
    page = new_page(**TELEPHONE)
    login(page, "engineer")
    hand_in(page, server, owed["item"], "演练记录.jpg")

    portal = new_page(**TELEPHONE)
    login(portal, "unit")
    portal.goto(f"{server.url}/my/obligations")
    assert_fits(portal)
    portal.locator("main a", has_text=owed["name"]).first.click()
    assert "演练记录.jpg" in portal.locator("main").inner_text()
    assert_fits(portal)
    portal.locator("textarea[name=reason]").fill("缺少签到表")
    portal.locator("button[value=return]").click()
    portal.locator("main", has_text="缺少签到表").wait_for()
    assert portal.locator("button[value=receive]").count() == 0

    open_path(page, server, f"om-obligation-items/{owed['item']}")
    # The discussion comes after the form.
    page.locator(".o_form_view", has_text="缺少签到表").first.wait_for()
    hand_in(page, server, owed["item"], "签到表.jpg")

    portal.reload()
    portal.locator("button[value=receive]").click()
    portal.locator("button[value=receive]").wait_for(state="detached")
    portal.locator("button[value=accept]").click()
    portal.locator("button[value=accept]").wait_for(state="detached")
    open_path(page, server, f"om-obligation-items/{owed['item']}")
    page.locator(".o_form_view", has_text="已验收").first.wait_for()


def hand_in(page, server, item, name):
    """Hand an item in with a photo, as a telephone sends it."""
    open_path(page, server, f"om-obligation-items/{item}")
    assert_fits(page)
    press(page, "action_open_hand_in")
    dialog = page.locator(".modal")
    dialog.locator(".o_field_widget[name=file_ids] input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0photo"}
    )
    dialog.locator(".o_attachment", has_text=name).first.wait_for()
    dialog.locator("button[name=action_hand_in]").first.click()
    dialog.wait_for(state="detached")


# Two owed things of one system in a month that the year's planning has.
MANY = """
import json
from datetime import timedelta
system = env["om.system"].search(
    [("state", "=", "in_service"), ("agreement_id", "!=", False)], limit=1
)
system.code = "WEB-001"
today = env["om.obligation"]._get_local_today()
obligations = env["om.obligation"].create(
    [
        {
            "name": name,
            "agreement_id": system.agreement_id.id,
            "system_ids": [(6, 0, system.ids)],
            "per": "month",
            "record_from": str(today.replace(day=1)),
        }
        for name in ("WEB-甲报告", "WEB-乙报告")
    ]
)
obligations.action_agree()
env.cr.commit()
print("MANY", json.dumps({"code": system.code, "month": f"{today:%Y-%m}"}))
"""
DROP = """(names) => {
    const data = new DataTransfer();
    for (const name of names) {
        data.items.add(new File(["x"], name, { type: "application/pdf" }));
    }
    document.querySelector(".o_om_drop").dispatchEvent(
        new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
    );
}"""


def test_many_files_are_dropped(server, new_page, login):
    """Dropped at once, matched by their names; what is not stays, with the reason."""
    many = prepare(server, MANY, "MANY")
    page = new_page()
    login(page, "manager")
    open_path(page, server, "om-obligation-items")
    page.get_by_role("button", name="批量提交文件").click()
    dialog = page.locator(".modal")
    dialog.locator(".o_om_drop").wait_for()
    first, second = (f"{many['web']}{name}报告" for name in "甲乙")
    page.evaluate(
        DROP,
        [
            f"{first} {many['month']}.pdf",
            f"{second} {many['month']}.pdf",
            f"{many['code']} {many['month']} 不明.pdf",
            "照片.pdf",
        ],
    )
    rows = dialog.locator("[name=line_ids] .o_data_row")
    rows.nth(3).wait_for()
    dialog.locator("button[name=action_hand_in]").click()
    rows.nth(2).wait_for(state="detached")
    left = dialog.locator("[name=line_ids]").inner_text()
    assert "照片.pdf" in left
    assert "文件名中没有所属期" in left
    assert "不明.pdf" in left
    assert first not in left
    assert second not in left
