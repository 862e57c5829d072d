"""A contract from draft to a paid milestone; what its purchaser does in the portal."""

import re
from datetime import date, timedelta

from .actions import assert_fits, open_path, prepare, press, search

TODAY = date.today()


def fill(page, name, value):
    field = page.locator(f".o_form_view div[name={name}] input").first
    field.click()
    field.fill(value)
    # The field may be drawn anew as it is left: the key goes to whatever has the focus.
    page.keyboard.press("Tab")


def choose(page, name, text):
    field = page.locator(f".o_form_view div[name={name}] input").first
    field.fill(text)
    page.locator(".o-autocomplete--dropdown-item", has_text=text).first.click()


def state_is(page, value):
    current = page.locator(
        f".o_statusbar_status button.o_arrow_button_current[data-value={value}]"
    )
    current.wait_for()


def test_from_draft_to_paid(server, new_page, login):
    """BDA's clause: 60 % of 1,000,000.01 is 600,000.01, payable after the invoice."""
    page = new_page()
    login(page, "procurement")
    open_path(page, server, "om-contracts")
    page.locator(".o_list_button_add").click()
    page.locator(".o_form_view").wait_for()
    page.locator(
        ".o_form_view div[name=name] input, div[name=name] textarea"
    ).first.fill("浏览器测试合同")
    fill(page, "code", "WEB-1")
    choose(page, "partner_id", "北京经济技术开发区政务服务中心")
    fill(page, "amount_total", "1000000.01")
    for name, days in (("signature_date", 20), ("start_date", 10)):
        fill(page, name, (TODAY - timedelta(days=days)).isoformat())
        # The calendar of one day would lie over the field of the next. It comes after
        # the click: closed before it is there, it would stay. On a busy machine the
        # click and the focus open one each.
        calendar = page.locator(".o_datetime_picker")
        calendar.first.wait_for()
        while calendar.count():
            page.keyboard.press("Escape")
            page.wait_for_timeout(200)
    end = page.locator(".o_form_view input[data-field=end_date]")
    end.fill((TODAY + timedelta(days=300)).isoformat())
    page.keyboard.press("Enter")
    page.locator(".o_notebook a[name=milestones]").click()
    choose(page, "payment_template_id", "60/40")
    press(page, "action_make_milestones")
    rows = page.locator("[name=milestone_ids] .o_data_row")
    rows.nth(1).wait_for()
    assert "600,000.01" in rows.first.inner_text()
    assert "400,000.00" in rows.nth(1).inner_text()
    press(page, "action_activate")
    state_is(page, "in_force")

    # The condition that a person confirms, in the payment's own form.
    open_path(page, server, "om-payments")
    search(page, "WEB-1")
    page.locator(".o_data_row", has_text="600,000.01").locator("td[name=name]").click()
    page.locator(".o_form_view").wait_for()
    press(page, "action_open_confirm")
    dialog = page.locator(".modal")
    dialog.locator("div[name=evidence] input").fill("预算批复（测试）")
    # The purchaser's word comes with its paper.
    dialog.locator("div[name=file] input[type=file]").set_input_files(
        {
            "name": "预算批复（测试）.pdf",
            "mimeType": "application/pdf",
            "buffer": b"%PDF-1.4 signed",
        }
    )
    dialog.locator("div[name=person] input").fill("测试经办人")
    dialog.locator("button[name=action_apply]").first.click()
    dialog.wait_for(state="detached")
    state_is(page, "ready")
    payment = page.url

    press(page, "action_make_invoice")
    page.locator("button[name=action_post]:visible").first.click()
    page.locator("button[name=action_register_payment]:visible").first.click()
    dialog = page.locator(".modal")
    dialog.locator("button[name=action_create_payments]").click()
    dialog.wait_for(state="detached")

    page.goto(payment)
    state_is(page, "paid")


# Where one word decides and not the papers of all units: a contract without systems.
ONE_WORD = """
import json
from datetime import date, timedelta
today = date.today()
contract = env["agreement"].create(
    {
        "code": "WEB-2",
        "name": "WEB-一方认可合同",
        "partner_id": env.ref("om_engagements.agreement_shunyi").partner_id.id,
        "amount_total": 300000.0,
        "signature_date": str(today - timedelta(days=20)),
        "start_date": str(today - timedelta(days=10)),
        "end_date": str(today + timedelta(days=300)),
        "payment_template_id": env.ref(
            "om_contract.om_payment_template_review"
        ).id,
    }
)
contract.action_make_milestones()
contract.action_activate()
env.cr.commit()
print("ASKED", json.dumps({"name": contract.name}))
"""


def test_purchaser_confirms_in_the_portal(server, new_page, login):
    """The second payment waits for each unit's documents, and names who owes them;
    where it is the purchaser's word alone, that is given on the same page."""
    page = new_page(width=390, height=844)
    login(page, "purchaser")
    page.goto(f"{server.url}/my/contracts")
    page.get_by_role("link", name="顺义区信息化统一运维项目").click()
    assert "76,850,000.00" in page.locator("main").inner_text()
    page.locator("a.list-group-item").nth(1).click()
    papers = page.locator("details", has=page.locator("li"))
    papers.locator("summary").click()
    assert papers.locator("li").count() == 54, "one for each user unit"
    assert_fits(page)
    form = page.locator("form[action*='/my/conditions/']")
    assert form.count() == 0, "no one word takes their place"

    name = prepare(server, ONE_WORD, "ASKED")["name"]
    page.goto(f"{server.url}/my/contracts")
    page.get_by_role("link", name=name).click()
    page.locator("a.list-group-item").nth(1).click()
    form.locator("input[name=evidence]").fill("同意付款的函（测试）")
    form.locator("button[type=submit]").click()
    page.wait_for_url(re.compile("confirmed=1"))
    assert "同意付款的函（测试）" in page.locator("main").inner_text()
    assert page.locator("form[action*='/my/conditions/']").count() == 0
    with page.expect_download() as download:
        page.locator("a[href$='/application']").click()
    assert download.value.suggested_filename.endswith(".pdf")


def test_supervisor_sees_no_price(server, new_page, login):
    page = new_page()
    login(page, "supervisor")
    page.goto(f"{server.url}/my/contracts")
    page.get_by_role("link", name="顺义区信息化统一运维项目").click()
    text = page.locator("main").inner_text()
    assert "示例监理单位" in text
    assert "76,850,000" not in text
