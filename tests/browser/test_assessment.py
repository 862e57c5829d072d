"""A month from the manager to the money: submitted, contested by telephone, corrected,
signed by unit and purchaser, deducted from the payment."""

from playwright.sync_api import expect

from .actions import assert_fits, open_path, prepare, press

TELEPHONE = {"width": 390, "height": 844}
# A contract of its own whose unit and purchaser are the demonstration's logins; one
# fault of a month ago was late and another, wrongly entered, too.
MONTH = """
import json
from dateutil.relativedelta import relativedelta
from odoo.addons.om_base.models.om_act_mixin import Paper

today = env["agreement"]._get_today()
first = today.replace(day=1) - relativedelta(months=1)
manager = env["res.users"].search([("login", "=", "manager")])
unit = env.ref("om_base.demo_user_unit").partner_id.commercial_partner_id
purchaser = env.ref("om_base.demo_user_purchaser").partner_id.commercial_partner_id
contract = env["agreement"].create(
    {
        "code": "WEB-KH",
        "name": "WEB-考核合同",
        "partner_id": purchaser.id,
        "user_id": manager.id,
        "signature_date": first - relativedelta(months=3),
        "start_date": first - relativedelta(months=2),
        "end_date": first + relativedelta(months=9),
        "amount_total": 100000.0,
        "payment_template_id": env.ref("om_contract.om_payment_template_review").id,
    }
)
system = env["om.system"].create(
    {
        "name": "WEB-考核系统",
        "unit_id": unit.id,
        "state": "in_service",
        "service_start": contract.start_date,
        "service_end": contract.end_date,
        "agreement_id": contract.id,
        "annual_fee": 100000.0,
    }
)
contract.action_make_milestones()
contract.action_activate()
scheme = env["om.assessment.scheme"].create(
    {
        "name": "WEB-办法",
        "agreement_id": contract.id,
        "money_rule": "point",
        "money_value": 600,
        "line_ids": [
            (0, 0, {"name": "重大事件", "source": "manual_amount", "operator": "<=",
                    "target": 0, "points": 1}),
        ],
    }
)
scheme.action_put_to_use()
memo = env["om.memorandum"].create(
    {
        "agreement_id": contract.id,
        "unit_id": unit.id,
        "system_ids": [(6, 0, system.ids)],
        "date_from": contract.start_date,
        "scheme_id": scheme.id,
    }
)
scan = env["ir.attachment"].create({"name": "签字页.pdf", "raw": b"%PDF-1.4"})
paper = Paper("示例经办人", contract.start_date, scan)
ours = memo.with_user(manager).sudo()
ours.action_sign_unit(paper=paper)
ours.action_sign_purchaser(paper=paper)
ours.action_sign_ours()
ours.action_enforce()
sheet = env["om.assessment"]._draw_up(first, contract)
sheet.with_user(manager).line_ids.write(
    {"hand_state": "value", "hand_value": 3, "hand_note": "三次事件的记录"}
)
env.cr.commit()
print("MONTH", json.dumps({
    "sheet": sheet.id,
    "name": sheet.name,
    "line": sheet.line_ids.id,
    "contract": contract.id,
}))
"""


def test_from_the_sheet_to_the_payment(server, new_page, login, call):
    """Three points of 600.00 each are put to the unit, which contests one on its
    telephone; the manager corrects it to two: 1,200.00 stand in the payment."""
    month = prepare(server, MONTH, "MONTH")
    path = f"om-assessments/{month['sheet']}"
    page = new_page()
    login(page, "manager")
    open_path(page, server, path)
    press(page, "action_submit")
    page.locator(".o_form_view button[name=action_submit]").wait_for(state="detached")

    unit = new_page(**TELEPHONE)
    login(unit, "unit")
    unit.goto(f"{server.url}/my/assessments")
    assert_fits(unit)
    unit.goto(f"{server.url}/my/assessments/{month['sheet']}")
    assert_fits(unit)
    assert "1,800.00" in unit.locator("main").inner_text()
    unit.locator(f"input[name=remark_{month['line']}]").fill("一次由市政断电引起")
    unit.locator("textarea[name=reason]").fill("重大事件多计一次")
    unit.locator("button[value=dispute]").click()
    unit.locator("main", has_text="一次由市政断电引起").first.wait_for()

    open_path(page, server, path)
    page.locator(".o_form_view", has_text="重大事件多计一次").first.wait_for()
    press(page, "action_open_correct")
    dialog = page.locator(".modal")
    dialog.locator("[name=reason] textarea").fill("核实后更正为两次")
    dialog.locator("button[name=action_confirm]").click()
    dialog.wait_for(state="detached")
    call(
        page,
        "om.assessment.line",
        "write",
        [month["line"]],
        {"hand_value": 2, "hand_note": "两次事件的记录"},
    )
    open_path(page, server, path)
    press(page, "action_submit")
    page.locator(".o_form_view button[name=action_submit]").wait_for(state="detached")

    unit.goto(f"{server.url}/my/assessments/{month['sheet']}")
    assert "1,200.00" in unit.locator("main").inner_text()
    unit.locator("button[value=sign]").click()
    unit.locator("button[value=sign]").wait_for(state="detached")
    purchaser = new_page(**TELEPHONE)
    login(purchaser, "purchaser")
    purchaser.goto(f"{server.url}/my/assessments/{month['sheet']}")
    assert_fits(purchaser)
    purchaser.locator("button[value=confirm]").click()
    purchaser.locator("button[value=confirm]").wait_for(state="detached")

    open_path(page, server, path)
    press(page, "action_finalize")
    page.locator(".o_form_view button[name=action_finalize]").wait_for(state="detached")
    (sheet,) = call(page, "om.assessment", "read", [month["sheet"]], ["deduction_id"])
    deduction = sheet["deduction_id"][0]
    call(page, "om.deduction", "action_apply", [deduction])
    milestones = call(
        page,
        "om.payment.milestone",
        "search_read",
        [["agreement_id", "=", month["contract"]]],
        ["amount_deducted"],
    )
    assert sum(each["amount_deducted"] for each in milestones) == 1200


def test_heat_map(server, new_page, login, call):
    """Units by months on both screens: switched, another year, a cell opens its sheet,
    and whoever comes back finds what was looked at."""
    month = prepare(server, MONTH.replace("WEB-", "WEB-热-"), "MONTH")
    page = new_page()
    login(page, "manager")
    page.goto(f"{server.url}/odoo/om-heat-map")
    choice = page.locator("select.om_dashboard_contract")
    choice.select_option(str(month["contract"]))
    rows = page.locator(".om_heat_table tbody tr")
    page.locator(".om_heat_table", has_text="97").wait_for()
    # The contract that was shown before may have such a figure, too.
    rows.nth(2).wait_for(state="detached")
    expect(rows, "all, and the unit").to_have_count(2)
    page.locator("button[data-show=money]").click()
    cell = rows.nth(1).locator(".om_heat_cell").first
    expect(cell).to_have_text("1,800")
    page.locator("button[aria-label='更早']").click()
    page.locator(".o_view_nocontent").wait_for()
    page.locator("button[aria-label='更晚']").click()
    cell.click()
    page.locator(".o_form_view", has_text=month["name"]).wait_for()
    page.locator(".o_control_panel .breadcrumb-item a").first.click()
    page.locator(".om_heat_table").wait_for()
    expect(page.locator("button[data-show=money].active")).to_have_count(1)
    assert choice.input_value() == str(month["contract"])

    phone = new_page(**TELEPHONE)
    login(phone, "manager")
    phone.goto(f"{server.url}/odoo/om-heat-map")
    phone.locator(".om_heat_table").wait_for()
    assert_fits(phone)
    last = phone.locator(".om_heat_table tbody tr").nth(1).locator(".om_heat_cell").last
    last.scroll_into_view_if_needed()
    unit = phone.locator(".om_heat_table tbody tr").nth(1).locator("th")
    assert unit.bounding_box()["x"] >= 0, "units stay in sight"
    last.click()
    phone.locator(".o_form_view, .o_list_view, .o_kanban_view").first.wait_for()
