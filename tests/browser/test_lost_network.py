"""The network goes before or during a call: nothing is lost, nothing stays dead."""

import re
from contextlib import closing, suppress
from pathlib import Path

import psycopg2
import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import expect

from ..sampling import sample
from .actions import assert_fits, prepare, prepare_spare, wait_for_kept_form
from .test_field import make_photo
from .test_helpdesk import DEVICE, FAULTS, PNG, draw, look_for
from .test_inspection import open_from_todays_list, settle, tap
from .test_spares_count import PREPARE as COUNT

PHOTO = {"name": "现场.png", "mimeType": "image/png", "buffer": PNG}
ROOT = Path(__file__).parents[2]
AGAIN = ".o_om_retry"


def lose_answers(page, pattern):
    """The request arrives and is done; its answer never comes back."""
    lost = []

    def handle(route):
        route.fetch(max_redirects=0)
        route.abort("connectionreset")
        lost.append(route.request.url)

    page.route(pattern, handle)
    return lost


def wait_for(page, reached):
    for _attempt in range(100):
        if reached():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not happen")


def count(call, page, model, domain):
    return call(page, model, "search_count", domain)


# ----------------------------------------------------------------
# Any button of a form
# ----------------------------------------------------------------


def open_new_ticket(server, lost_page, login, call, name):
    """The form of a new fault, as its dispatcher has it on a wide screen."""
    page = lost_page(viewport={"width": 1440, "height": 900})
    login(page, "dispatcher")
    (system,) = call(
        page, "om.system", "search", [["state", "=", "in_service"]], limit=1
    )
    values = {"name": name, "description": "示例", "system_id": system}
    ticket = call(page, "helpdesk.ticket", "create", values)
    page.goto(f"{server.url}/odoo/action-om_helpdesk.helpdesk_ticket_action/{ticket}")
    return page, ticket


def test_a_button_whose_answer_is_lost_acts_once(server, lost_page, login, call):
    page, ticket = open_new_ticket(server, lost_page, login, call, "示例：应答丢失")
    button = page.locator("button[name=action_respond]").first
    button.wait_for()
    lost = lose_answers(page, "**/call_button/helpdesk.ticket/action_respond")
    button.click()
    wait_for(page, lambda: lost)
    page.unroute_all()
    expect(button).to_be_enabled()
    button.click()
    button.wait_for(state="detached")
    assert page.locator(".o_error_dialog, .modal-dialog").count() == 0
    domain = [
        ["res_model", "=", "helpdesk.ticket"],
        ["res_id", "=", ticket],
        ["act", "=", "responded"],
    ]
    assert count(call, page, "om.act", domain) == 1


def test_a_save_that_waits_for_somebody_else_says_so(server, lost_page, login, call):
    """A plain edit waits for the record's lock: after three seconds it is said."""
    page, ticket = open_new_ticket(server, lost_page, login, call, "示例：等待他人")
    name = page.locator(".o_field_widget[name=name] :is(input, textarea)").first
    name.wait_for()
    said = page.locator(".o_notification", has_text="可能有其他人正在修改同一内容")
    with closing(psycopg2.connect(dbname=server.database)) as other:
        other.cursor().execute(
            "SELECT 1 FROM helpdesk_ticket WHERE id = %s FOR UPDATE", [ticket]
        )
        name.fill("示例：已改")
        page.locator(".o_form_button_save").click()
        page.wait_for_timeout(1500)
        assert said.count() == 0
        said.wait_for(timeout=15000)
        other.rollback()
        said.wait_for(state="detached")
    page.locator(
        ".o_form_saved, .o_form_status_indicator_buttons.invisible"
    ).first.wait_for(state="attached")
    (saved,) = call(page, "helpdesk.ticket", "read", [ticket], ["name"])
    assert saved["name"] == "示例：已改"


# ----------------------------------------------------------------
# The inspection on a telephone
# ----------------------------------------------------------------


def test_inspection_loses_nothing(server, lost_page, login, call, inspection):
    page = lost_page()
    login(page, "engineer")
    open_from_todays_list(page, server, inspection)
    tap(page, "action_start_inspection")
    item = page.locator(".om_inspection_item:not(:has(.om_inspection_value))").first
    item.wait_for()
    name = item.get_attribute("data-name")

    page.context.set_offline(True)
    item.locator("button[data-choice=fail]").click()
    item.locator(AGAIN).wait_for()
    assert "未保存" in item.locator(".o_om_try_again").inner_text()
    item.locator("textarea").fill("机柜门损坏，断网时记录")
    item.locator("textarea").blur()
    settle(page)
    assert item.get_attribute("data-result") == "fail"
    assert item.locator("textarea").input_value() == "机柜门损坏，断网时记录"
    assert page.locator(".om_inspection_items :disabled").count() == 0
    assert_fits(page)

    page.context.set_offline(False)
    page.reload()
    item = page.locator(f".om_inspection_item[data-name='{name}']")
    item.locator(AGAIN).wait_for()
    assert item.locator("textarea").input_value() == "机柜门损坏，断网时记录"
    page.context.set_offline(True)
    item.locator("input[type=file]").set_input_files(PHOTO)
    item.locator(".om_inspection_unsent").wait_for()
    settle(page)
    page.context.set_offline(False)
    item.locator(AGAIN).click()
    item.locator(AGAIN).wait_for(state="detached")
    settle(page)
    expect(item.locator(".om_inspection_photo")).to_have_count(1)

    def read():
        domain = [["request_id", "=", inspection.identifier], ["name", "=", name]]
        fields = ["result", "note", "photo_ids", "fault_id"]
        (found,) = call(
            inspection.page, "om.inspection.result", "search_read", domain, fields
        )
        return found

    saved = read()
    assert saved["result"] == "fail" and saved["note"] == "机柜门损坏，断网时记录"
    assert len(saved["photo_ids"]) == 1

    # During the call: the fault is opened, only its answer is lost.
    lose_answers(page, "**/om.inspection.result/action_open_fault")
    item.locator(".om_inspection_open_fault").click()
    item.locator(AGAIN).wait_for()
    page.unroute_all()
    item.locator(AGAIN).click()
    item.locator(".om_inspection_fault").wait_for()
    fault = read()["fault_id"]
    assert (
        count(
            call,
            inspection.page,
            "maintenance.request",
            [["finding_ids", "in", [saved["id"]]]],
        )
        == 1
    )
    assert fault


def test_finish_waits_for_what_is_not_saved(server, lost_page, login, call, inspection):
    """No other button of the form overtakes a note that was not saved."""
    page = lost_page()
    login(page, "engineer")
    open_from_todays_list(page, server, inspection)
    tap(page, "action_start_inspection")
    item = page.locator(".om_inspection_item:not(:has(.om_inspection_value))").first
    item.wait_for()
    page.route("**/om.inspection.result/write", lambda route: route.abort())
    item.locator("button[data-choice=fail]").click()
    item.locator(AGAIN).wait_for()
    others = page.locator(".om_inspection_bar button[name=action_pass_others]")
    others.click()
    page.wait_for_timeout(500)
    progress = inspection("item_progress")["item_progress"]
    assert progress.startswith("0/"), "nothing else was done before it"
    expect(others).to_be_enabled()
    page.unroute_all()
    others.click()
    item.locator(AGAIN).wait_for(state="detached")
    expect(item).to_have_attribute("data-result", "fail")
    assert inspection("failed_item_count")["failed_item_count"] == 1


def test_board_says_how_old_it_is(server, lost_page, login):
    """What could not be asked anew stays, says as of when, and is asked again."""
    page = lost_page(**DESK)
    login(page, "dispatcher")
    page.goto(f"{server.url}/odoo/om-board")
    page.locator(".o_om_card").first.wait_for()
    cards = page.locator(".o_om_card").count()
    page.context.set_offline(True)
    box = page.locator(".o_searchview_input")
    box.fill("没有这样的故障")
    box.press("Enter")
    page.locator(".o_om_board .o_om_try_again", has_text="没有网络").wait_for()
    assert page.locator(".o_om_card").count() == cards, "what it showed stays"
    page.context.set_offline(False)
    # It asks again by itself as well, and may have been faster than the click.
    with suppress(PlaywrightTimeoutError):
        page.locator(AGAIN).click(timeout=2000)
    page.locator(AGAIN).wait_for(state="detached")
    expect(page.locator(".o_om_card")).to_have_count(0)


def test_a_card_drawn_without_network_stays(server, lost_page, login):
    """It goes back to where it was, says why, and goes when there is a network."""
    made = prepare(server, FAULTS, "FAULTS")
    page = lost_page(**DESK)
    login(page, "dispatcher")
    look_for(page, server, made["web"], 3)
    ticket = made["ids"][0]
    card = page.locator(f"[data-ticket='{ticket}']")
    engineer = page.locator(".o_om_engineer", has_text="甲03")
    page.context.set_offline(True)
    draw(page, card, engineer)
    page.locator(".o_notification", has_text="没有网络").wait_for()
    assert page.locator(f"[data-column=new] [data-ticket='{ticket}']").count() == 1
    page.context.set_offline(False)
    # It asks anew by itself.
    page.locator(AGAIN).wait_for(state="detached")
    draw(page, card, engineer)
    page.locator(f"[data-column=running] [data-ticket='{ticket}']").wait_for()


# ----------------------------------------------------------------
# The pages of the store
# ----------------------------------------------------------------


def test_a_part_is_issued_once(server, lost_page, login):
    spare = prepare_spare(server, "WEB-SN-1", confirmed=True)
    page = lost_page()
    login(page, "warehouse")
    page.goto(f"{server.url}/odoo/action-om_stock_spares.om_spare_clerk_action")
    code = page.locator(".o_om_clerk_code")
    code.wait_for()
    page.context.set_offline(True)
    code.fill(spare["name"])
    code.press("Enter")
    page.locator(AGAIN).wait_for()
    page.context.set_offline(False)
    page.locator(AGAIN).click()
    page.locator(".o_om_clerk_request").wait_for()
    code.fill(f"{spare['web']}SN-1")
    code.press("Enter")
    page.locator(".o_om_clerk_request .badge", has_text="SN-1").wait_for()
    lose_answers(page, "**/om.spare.request/clerk_issue")
    page.locator(".o_om_clerk_issue").click()
    page.locator(AGAIN).wait_for()
    expect(page.locator(".o_om_clerk_issue")).to_be_enabled()
    page.unroute_all()
    page.locator(AGAIN).click()
    page.locator(".o_om_clerk_text.alert-success").wait_for()
    found = prepare(
        server,
        f"""
import json
request = env["om.spare.request"].browse({spare["id"]})
moves = env["stock.move"].search([("product_id", "=", request.product_id.id)])
done = moves.filtered(lambda move: move.state == "done")
print("FOUND", json.dumps({{"state": request.state, "moves": len(done)}}))
""",
        "FOUND",
    )
    assert (found["state"], found["moves"]) == ("issued", 1)


def test_what_is_scanned_is_counted_once(server, lost_page, login, call):
    stock = prepare(server, COUNT, "COUNT")
    page = lost_page()
    login(page, "warehouse")
    page.goto(f"{server.url}/odoo/spare-counts/{stock['id']}")
    page.locator("button[name=action_scan]").click()
    code = page.locator(".o_om_count_code")
    code.wait_for()

    def scan(text):
        code.fill(text)
        code.press("Enter")

    scan(f"{stock['web']}SHELF")
    page.locator(".o_om_count_line").first.wait_for()
    lost = lose_answers(page, "**/om.spare.count/scan")
    scan(f"{stock['web']}LAMP")
    page.locator(AGAIN).wait_for()
    scan(f"{stock['web']}LAMP")
    wait_for(page, lambda: len(lost) == 2)
    expect(page.locator(".o_om_try_again")).to_contain_text("2")
    page.unroute_all()
    page.locator(AGAIN).click()
    page.locator(AGAIN).wait_for(state="detached")
    expect(page.locator(".o_om_count_found")).to_have_value("2")


# ----------------------------------------------------------------
# Every page of our own: walked without a network, no control stays dead
# ----------------------------------------------------------------


def open_inspection(page, server, inspection):
    open_from_todays_list(page, server, inspection)
    tap(page, "action_start_inspection")


def open_count(page, server, _inspection):
    stock = prepare(server, COUNT, "COUNT")
    page.goto(f"{server.url}/odoo/spare-counts/{stock['id']}")
    page.locator("button[name=action_scan]").click()
    page.locator(".o_om_count_code").fill(f"{stock['web']}SHELF")
    page.locator(".o_om_count_code").press("Enter")
    page.locator(".o_om_count_line").first.wait_for()


def open_points(page, server, _inspection):
    page.goto(f"{server.url}/odoo/om-tenders")
    page.locator(".o_data_row, .o_kanban_record", has_text="顺义区").first.click()
    page.locator("button[name=action_evaluate]").click()


def open_roster(page, server, _inspection):
    page.goto(f"{server.url}/odoo/om-rosters")
    page.locator(".o_data_row button[name=action_open_grid]").first.click()
    page.locator(".om_roster_page").wait_for()


def open_bulk(page, server, _inspection):
    page.goto(f"{server.url}/odoo/om-obligation-items")
    page.get_by_role("button", name="批量提交文件").click()


def opener(path):
    return lambda page, server, _inspection: page.goto(f"{server.url}/odoo/{path}")


DESK = {"viewport": {"width": 1280, "height": 900}}
# Component -> who uses it, how it is opened, and what of the page is its.
PAGES = {
    "om_inspection_items": ("engineer", open_inspection, ".om_inspection_items"),
    "om_base.setup": ("manager", opener("om-setup"), ".om_setup_page"),
    "om_contract.money": ("procurement", opener("om-money"), ".om_money_page"),
    "om_assets.dashboard": ("manager", opener("om-overview"), ".om_dashboard_page"),
    "om_assets.day": ("engineer", opener("om-day"), ".om_day_page"),
    "om_assets.areas": ("staffing", opener("om-staffing-work"), ".om_areas"),
    "om_mlps_list": (
        "manager",
        opener("action-om_assets.om_system_mlps_action"),
        ".o_list_renderer > .bg-view",
    ),
    "om_assessment.heat_map": ("manager", opener("om-heat-map"), ".om_heat_page"),
    "om_helpdesk.board": ("dispatcher", opener("om-board"), ".o_om_board"),
    "om_staffing.compliance": ("staffing", open_points, ".o_om_compliance"),
    "om_staffing.roster_grid": ("staffing", open_roster, ".om_roster_grid"),
    "om_stock_spares.clerk": (
        "warehouse",
        opener("action-om_stock_spares.om_spare_clerk_action"),
        ".o_om_clerk",
    ),
    "om_stock_spares.count": ("warehouse", open_count, ".o_om_clerk"),
    "om_dropped_files": ("manager", open_bulk, ".modal .o_om_drop"),
}
# Without controls of our own: a number that is blank at zero, Odoo's calendar, the bar
# of a job (walked in test_job.py).
CALL_NOTHING = {"om_blank_zero", "om_expiry_calendar", "om_job_progress"}
# Waits for the serial numbers of the request that was chosen; issuing without a network
# is tested above.
WAITS = ".o_om_clerk_issue"
DISABLED = f"""(page) => [...page.querySelectorAll("button, input, select, textarea")]
    .filter((control) => control.disabled && !control.matches("{WAITS}"))
    .map((control) => control.outerHTML.slice(0, 200))"""


def test_every_component_is_walked():
    """A new component of ours is walked below, too."""
    names = set()
    for script in ROOT.glob("addons/*/static/src/**/*.js"):
        names |= set(
            re.findall(
                r'category\("(?:actions|views|fields|view_widgets|main_components|'
                r'systray)"\)\s*\.add\(\s*"([^"]+)"',
                script.read_text("utf-8"),
            )
        )
    assert names - CALL_NOTHING - {"om_assets.sign"} == PAGES.keys()


@pytest.mark.parametrize("name", sample("controls without network", PAGES, 5))
def test_no_control_stays_dead(server, lost_page, login, inspection, name):
    role, open_page, root = PAGES[name]
    page = lost_page(**(DESK if role not in ("engineer", "warehouse") else {}))
    login(page, role)
    open_page(page, server, inspection)
    page.locator(f"{root} button").first.wait_for()
    page.wait_for_timeout(1000)
    before = page.locator(root).first.evaluate(DISABLED)

    page.context.set_offline(True)
    tried = walk(page, root)
    assert tried, "there is something to press"
    page.wait_for_timeout(1000)
    assert page.locator(root).count(), "the page is still there"
    after = page.locator(root).first.evaluate(DISABLED)
    # A control may have gone, or come alive, with what was pressed.
    assert [control for control in after if control not in before] == []


def walk(page, root):
    """Press and fill in every control once, as far as a person can reach it."""
    tried = 0
    controls = page.locator(root).first.locator("button, input, select, textarea")
    for index in range(min(controls.count(), 60)):
        control = controls.nth(index)
        if not control.is_visible():
            continue
        try:
            if not control.is_enabled(timeout=3000):
                continue
            kind = control.evaluate(
                "(el) => [el.tagName, el.type].join(' ')", timeout=3000
            )
        except PlaywrightTimeoutError:
            # Went with the card that was left by what was pressed before.
            continue
        if kind.startswith("BUTTON"):
            try:
                control.click(timeout=3000, no_wait_after=True)
            except PlaywrightTimeoutError:
                # As above, a moment later.
                assert index >= controls.count(), "a button that takes no press"
                continue
        elif kind.startswith("SELECT"):
            control.select_option(index=0)
        elif kind in ("INPUT text", "INPUT search", "INPUT number") or (
            kind.startswith("TEXTAREA")
        ):
            control.fill("7")
            control.press("Enter")
            control.blur()
        else:
            continue
        tried += 1
        # A notice about the lost network may cover what comes next.
        page.evaluate(
            "document.querySelectorAll('.o_notification_close, .o_popover .btn-close')"
            ".forEach((button) => button.click())"
        )
    return tried


# ----------------------------------------------------------------
# The forms of the portal and of the label on a device
# ----------------------------------------------------------------


def test_report_in_the_portal_is_sent_once(server, lost_page, login, call, new_page):
    page = lost_page()
    login(page, "unit")
    page.goto(f"{server.url}/my/tickets/new")
    form = page.locator(".o_om_new_ticket")
    wait_for_kept_form(page, "#om_name")
    options = page.locator("#om_system option[value]:not([value=''])")
    page.select_option("#om_system", options.first.get_attribute("value"))
    page.fill("#om_name", "断网报修（浏览器测试）")
    page.check("#om_severity_serious")
    page.fill("#om_description", "打字打到一半断网")
    page.set_input_files("#om_files", PHOTO)

    page.context.set_offline(True)
    send = form.locator("button[type=submit]")
    send.click()
    form.locator(".o_om_kept_message.alert-warning").wait_for()
    expect(send).to_be_enabled()
    assert page.input_value("#om_description") == "打字打到一半断网"
    files = "document.querySelector('#om_files').files.length"
    assert page.evaluate(files) == 1, "the photo is still there"
    assert_fits(page)

    # The browser threw the page away: the text is back.
    page.context.set_offline(False)
    page.goto(f"{server.url}/my")
    page.goto(f"{server.url}/my/tickets/new")
    form.locator(".o_om_kept_message").wait_for()
    assert page.input_value("#om_name") == "断网报修（浏览器测试）"
    assert page.is_checked("#om_severity_serious")
    page.set_input_files("#om_files", PHOTO)

    # A mistake keeps the photo, too.
    page.fill("#om_name", "")
    send.click()
    page.locator("#om_name.is-invalid").wait_for()
    assert page.evaluate(files) == 1
    assert page.input_value("#om_description") == "打字打到一半断网"
    page.fill("#om_name", "断网报修（浏览器测试）")

    lose_answers(page, "**/my/tickets/new")
    send.click()
    form.locator(".o_om_kept_message.alert-warning").wait_for()
    page.unroute_all()
    send.click()
    page.wait_for_url(re.compile(r"/my/ticket/\d+"))
    assert "现场.png" in page.locator("main").inner_text()

    office = new_page()
    login(office, "dispatcher")
    domain = [["name", "=", "断网报修（浏览器测试）"]]
    assert count(call, office, "helpdesk.ticket", domain) == 1
    page.goto(f"{server.url}/my/tickets/new")
    page.wait_for_load_state("networkidle")
    assert page.input_value("#om_name") == "", "what was sent is not kept"


def test_report_from_the_label_is_sent_once(server, lost_page):
    token = prepare(server, DEVICE, "DEVICE")["token"]
    page = lost_page()
    context = page.context
    page.goto(f"{server.url}/om/d/{token}")
    wait_for_kept_form(page, "#om_text")
    page.fill("#om_text", "屏幕不亮，断网时上报")
    page.fill("#om_reporter", "乙一")
    page.fill("#om_contact", "010-00000000")
    send = page.locator("form button[type=submit]")
    page.context.set_offline(True)
    send.click()
    page.locator(".o_om_kept_message.alert-warning").wait_for()
    assert page.input_value("#om_text") == "屏幕不亮，断网时上报"
    expect(send).to_be_enabled()
    # The page was closed: the telephone still has the text.
    page.close()
    page = context.new_page()
    context.set_offline(False)
    page.goto(f"{server.url}/om/d/{token}")
    page.wait_for_load_state("networkidle")
    assert page.input_value("#om_text") == "屏幕不亮，断网时上报"
    photo = make_photo(5)
    page.set_input_files("#om_photos", photo)
    page.wait_for_function(
        "most => document.querySelector('#om_photos').files[0].size < most",
        arg=len(photo["buffer"]) // 2,
    )
    send = page.locator("form button[type=submit]")
    lose_answers(page, "**/om/d/*/report")
    send.click()
    page.locator(".o_om_kept_message.alert-warning").wait_for()
    page.unroute_all()
    # It goes out by itself as soon as there is a network again.
    context.set_offline(True)
    context.set_offline(False)
    page.wait_for_url(re.compile(r"/om/f/[2-9A-Z]{8}"))
    page.locator(".o_om_thanks").wait_for()
    assert_fits(page)
    found = prepare(
        server,
        """
import json
faults = env["maintenance.request"].search(
    [("description", "ilike", "断网时上报")]
)
photos = env["ir.attachment"].search(
    [("res_model", "=", "helpdesk.ticket"), ("res_id", "in", faults.ticket_id.ids)]
)
print("FOUND", json.dumps({"faults": len(faults), "photos": len(photos)}))
""",
        "FOUND",
    )
    assert found["faults"] == 1
    assert found["photos"] == 1


def test_forms_work_without_scripts(server, lost_page):
    token = prepare(server, DEVICE.replace("（浏览器测试）", "（无脚本）"), "DEVICE")[
        "token"
    ]
    page = lost_page(java_script_enabled=False)
    page.goto(f"{server.url}/om/d/{token}")
    page.fill("#om_text", "屏幕不亮，没有脚本")
    page.fill("#om_reporter", "乙一")
    page.fill("#om_contact", "010-00000000")
    page.locator("form button[type=submit]").click()
    page.locator(".alert-success").wait_for()


def test_every_form_is_kept():
    """A form that posts from one of our pages keeps what was typed."""
    forms = [
        (view.name, form)
        for view in ROOT.glob("addons/*/views/*.xml")
        for form in re.findall(r"<form\b[^>]*method=\"post\"[^>]*>", view.read_text())
    ]
    assert len(forms) >= 15
    assert [form for form in forms if "o_om_kept" not in form[1]] == []
