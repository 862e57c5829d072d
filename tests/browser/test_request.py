"""A service request on a telephone: asked for by the unit in the portal, taken on and
done by the engineer, received by the unit."""

from .actions import assert_fits, open_path, prepare, press

TELEPHONE = {"width": 390, "height": 844}
SERVICE = """
import json
unit = env.ref("om_base.demo_user_unit").partner_id.commercial_partner_id
system = env["om.system"].search(
    [("unit_id", "=", unit.id), ("state", "=", "in_service")], limit=1
)
checklist = env["om.inspection.checklist"].create(
    {
        "name": "WEB-检查表",
        "line_ids": [(0, 0, {"name": name}) for name in ("会前测试", "会中点名")],
    }
)
item = env["om.service.item"].create(
    {
        "name": "WEB-会议保障",
        "agreement_id": system.agreement_id.id,
        "system_ids": [(6, 0, system.ids)],
        "checklist_id": checklist.id,
        "form_definition": [
            {
                "name": "places",
                "string": "参会会场",
                "type": "char",
                "om_required": True,
            }
        ],
    }
)
env.cr.commit()
print("SERVICE", json.dumps({"item": item.id, "name": item.name}))
"""


def test_request_on_telephones(server, new_page, login):
    service = prepare(server, SERVICE, "SERVICE")
    portal = new_page(**TELEPHONE)
    login(portal, "unit")
    number = ask(portal, server, service)

    page = new_page(**TELEPHONE)
    login(page, "engineer")
    open_path(page, server, f"om-requests/{number}")
    assert_fits(page)
    press(page, "action_take")
    page.locator(".o_form_view .o_statusbar_status", has_text="处理中").wait_for()
    page.locator(".o_form_view .alert", has_text="服务小结").wait_for()

    # Without a summary the dialog does not let it go, with one the checklist does not.
    dialog = start_ending(page)
    summary = dialog.locator("[name=solution]:visible")
    dialog.locator("button[name=action_confirm]").click()
    dialog.locator("[name=solution].o_field_invalid").wait_for()
    summary.locator("textarea").fill("两项齐全，会议正常")
    dialog.locator("button[name=action_confirm]").click()
    refusal = page.locator(".modal", has_text="会前测试")
    refusal.locator("button.btn-primary").last.click()
    page.locator(".modal [name=solution]").wait_for()
    page.locator(".modal button[special=cancel], .modal .btn-close").first.click()
    page.locator(".modal").wait_for(state="detached")

    page.locator(".nav-link", has_text="检查表").click()
    for name in ("会前测试", "会中点名"):
        page.locator("[name=check_ids] .o_kanban_record", has_text=name).click()
        check = page.locator(".modal")
        check.get_by_label("已完成").check()
        assert_fits(page)
        check.locator(".o_form_button_save, .btn-primary").first.click()
        check.wait_for(state="detached")
    dialog = start_ending(page)
    dialog.locator("[name=solution]:visible textarea").fill("两项齐全，会议正常")
    dialog.locator("button[name=action_confirm]").click()
    dialog.wait_for(state="detached")
    page.locator(".o_form_view .o_statusbar_status", has_text="待确认").wait_for()

    portal.reload()
    said = portal.locator("main").inner_text()
    assert "两项齐全，会议正常" in said
    assert "修复" not in said
    assert_fits(portal)
    portal.get_by_role("button", name="是，已办结").click()
    portal.locator("main .badge", has_text="已确认").first.wait_for()


def ask(portal, server, service):
    """Ask for it, with the answer that the form marks as required; return its id."""
    portal.goto(f"{server.url}/my/requests/new")
    portal.locator("main a", has_text=service["name"]).click()
    assert_fits(portal)
    portal.locator("#om_name").fill("周例会")
    label = portal.locator("label[for=q_places]")
    assert "*" in label.inner_text()
    portal.locator("#q_places").fill("一会场、二会场")
    portal.locator("main form button[type=submit]").click()
    portal.wait_for_url("**/my/ticket/*")
    assert "一会场、二会场" in portal.locator("main").inner_text()
    assert_fits(portal)
    return portal.url.rsplit("/", 1)[-1].split("?")[0]


def start_ending(page):
    press(page, "action_fix")
    dialog = page.locator(".modal", has=page.locator("[name=solution]"))
    dialog.locator("button[name=action_confirm]").wait_for()
    return dialog
