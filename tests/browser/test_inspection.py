"""An engineer inspects a machine room on a telephone: from the list to signed."""

from playwright.sync_api import expect

from .actions import assert_fits, sign

TELEPHONE = {"width": 390, "height": 844}
# What the shipped checklist of a machine room asks to be measured; 31 is too warm.
VALUES = {"℃": "31", "%": "45"}


def test_inspection_on_a_telephone(server, new_page, login, call, inspection):
    page = new_page(**TELEPHONE)
    login(page, "engineer")
    open_from_todays_list(page, server, inspection)
    tap(page, "action_start_inspection")
    page.locator(".om_inspection_item").first.wait_for()
    assert_fits(page)

    # Every tap is saved at once; the page says when nothing is on its way any more.
    measure(page)
    warm = page.locator(".om_inspection_item[data-result=fail]")
    expect(warm).to_have_count(1)
    warm.locator(".om_inspection_note").fill("空调停机，室温偏高")
    warm.locator(".om_inspection_note").blur()
    settle(page)
    warm.locator(".om_inspection_open_fault").click()
    warm.locator(".om_inspection_fault").wait_for()
    assert inspection("failed_item_count")["failed_item_count"] == 1
    smallest = page.locator(".om_inspection_buttons button").evaluate_all(
        "all => Math.min(...all.map(one => one.getBoundingClientRect().height))"
    )
    assert smallest >= 44, "too small for a thumb"
    tap(page, "action_pass_others")

    sign(page, "inspector_signature")
    page.locator("button[name=action_unit_draw]:visible").click()
    page.locator(".modal [name=person] input").fill("乙11")
    page.locator(".modal [name=person] input").blur()
    sign(page, "file")
    page.locator(".modal button[name=action_enter]").click()
    page.locator(".modal").wait_for(state="hidden")
    assert_fits(page)
    tap(page, "action_sign_and_close")
    page.locator(".ribbon", has_text="").first.wait_for()

    done = inspection(
        "inspection_step",
        "inspection_result",
        "inspection_status",
        "open_item_count",
        "unit_signer",
        "unit_signed_on",
        "inspector_signed_on",
        "result_ids",
    )
    assert done["inspection_step"] == "done"
    assert done["inspection_result"] == "fail"
    assert done["inspection_status"] == "done"
    assert done["open_item_count"] == 0
    assert done["unit_signer"] == "乙11"
    assert done["unit_signed_on"] and done["inspector_signed_on"]
    assert page.locator(".om_inspection_buttons").count() == 0, "locked"
    assert_one_fault(call, inspection, done["result_ids"])


def assert_one_fault(call, inspection, items):
    failed = call(
        inspection.page,
        "om.inspection.result",
        "search_read",
        [["id", "in", items], ["result", "=", "fail"]],
        ["value", "note", "fault_id"],
    )
    assert len(failed) == 1
    assert failed[0]["value"] == 31
    fault = call(
        inspection.page,
        "maintenance.request",
        "read",
        [failed[0]["fault_id"][0]],
        ["maintenance_type", "description", "finding_ids"],
    )[0]
    assert fault["maintenance_type"] == "corrective"
    assert fault["finding_ids"] == [failed[0]["id"]]
    assert "空调停机" in fault["description"]


def open_from_todays_list(page, server, inspection):
    page.goto(f"{server.url}/odoo/om-inspections-today")
    card = page.locator(f".o_kanban_record[data-id='{inspection.identifier}']").or_(
        page.locator(".o_kanban_record", has_text=system_name(inspection))
    )
    page.locator(".o_kanban_record").first.wait_for()
    assert_fits(page)
    card.first.click()
    page.locator(".om_inspection_form").first.wait_for()


def system_name(inspection):
    return inspection("system_id")["system_id"][1]


def measure(page):
    """Enter all values: one is outside its bounds."""
    items = page.locator(".om_inspection_item:has(.om_inspection_value)")
    # The items stand on the page before the start, without their fields.
    items.first.wait_for()
    for index in range(items.count()):
        item = items.nth(index)
        value = next(
            value for unit, value in VALUES.items() if unit in item.inner_text()
        )
        item.locator(".om_inspection_value").fill(value)
        item.locator(".om_inspection_value").blur()
        settle(page)


def settle(page):
    """Wait until the last tap is saved."""
    page.locator(".om_inspection_items[data-saving='0']").wait_for()


def tap(page, method):
    """Press a button of the bar under the thumb, and wait for what it does."""
    page.locator(f".om_inspection_bar button[name={method}]:visible").click()
    page.locator(f".om_inspection_bar button[name={method}]").wait_for(state="hidden")
