"""Each role lands on its work, at the desk and on a telephone; the menu fits there."""

import pytest

from ..support import standing_shell
from .actions import assert_fits

SCREENS = {
    "engineer": (".om_day_page", "今日工作"),
    "dispatcher": (".o_om_board_columns", "调度看板"),
    "warehouse": (".o_om_clerk_page", "备件发放"),
    "procurement": (".om_dashboard_page", "总览"),
    "manager": (".om_dashboard_page", "总览"),
    "staffing": (".om_areas", "人员工作"),
    "auditor": (".om_areas", "查阅室"),
}
TELEPHONE = {"width": 390, "height": 844}
ENTRIES = 8
MENU = ".o_app_menu_sidebar .o_om_phone_section"


@pytest.mark.parametrize("role", SCREENS)
def test_each_role_lands_on_its_work(new_page, type_password, role):
    page = new_page()
    type_password(page, role)
    assert_landed(page, role)


def assert_landed(page, role):
    place, title = SCREENS[role]
    page.locator(place).first.wait_for()
    page.locator(".o_breadcrumb, .o_navbar", has_text=title).first.wait_for()
    if role != "dispatcher":
        # the board is a row of columns: it scrolls within itself
        assert_fits(page)


@pytest.mark.parametrize("role", [*SCREENS, "admin"])
def test_a_telephone_lands_there_too_and_has_its_menu(new_page, login, role):
    page = new_page(**TELEPHONE)
    login(page, role, "/odoo")
    if role in SCREENS:
        assert_landed(page, role)
    page.locator(".o_menu_toggle").first.click()
    sections = page.locator(MENU)
    sections.first.wait_for()
    assert sections.count() <= ENTRIES
    shown = page.locator(f"{MENU} button:visible, {MENU} li:visible")
    assert shown.count() == sections.count(), "a section is open unasked"
    assert sections.first.inner_text().strip() == "首页"
    # a section opens its entries, and an entry its page
    section = page.locator(f"{MENU} button[aria-expanded]").first
    section.click()
    entry = page.locator(f"{MENU} li:visible").first
    entry.click()
    page.locator(".o_app_menu_sidebar").wait_for(state="detached")
    page.locator(".o_action_manager .o_action").first.wait_for()


def test_the_own_menu_leads_nowhere_else(server, new_page, login):
    """No account with, and no help from, the company that makes Odoo."""
    page = new_page()
    login(page, "dispatcher", "/odoo")
    page.locator(".o_user_menu button").click()
    entries = page.locator(".o-dropdown--menu .o-dropdown-item, .o-dropdown--menu a")
    entries.last.wait_for()
    texts = [text.strip() for text in entries.all_inner_texts()]
    assert "登出" in texts
    assert not [text for text in texts if ".com" in text or text == "帮助"]


def test_a_list_counts_up_to_two_thousand(server, new_page, login):
    """And not to Odoo's 10,000, anew at each opening."""
    page = new_page()
    login(page, "dispatcher")
    with page.expect_request(
        lambda request: request.url.endswith("/web_search_read")
    ) as asked:
        page.goto(f"{server.url}/odoo/action-om_assets.om_system_action")
    assert asked.value.post_data_json["params"]["kwargs"]["count_limit"] == 2001


def test_day_can_be_dialled_and_opened(server, new_page, login):
    page = new_page(**TELEPHONE)
    login(page, "engineer", "/odoo")
    cards = page.locator(".om_day_card")
    cards.first.wait_for()
    kinds = {card.get_attribute("data-card").split("-")[0] for card in cards.all()}
    assert kinds <= {"ticket", "inspection"}
    assert "ticket" in kinds
    call = page.locator(".om_day_call").first
    assert call.get_attribute("href").startswith("tel:0")
    box = call.bounding_box()
    assert min(box["width"], box["height"]) >= 44, "a thumb must hit it"
    page.locator(".om_day_card[data-card^=ticket] > button").first.click()
    page.locator(".o_form_view").wait_for()


def test_day_outlives_a_dead_network(server, lost_page, login):
    page = lost_page()
    login(page, "engineer", "/odoo")
    page.locator(".om_day_card").first.wait_for()
    count = page.locator(".om_day_card").count()
    page.route("**/web/dataset/call_kw/om.day/**", lambda route: route.abort())
    refresh = page.get_by_role("button", name="刷新")
    with page.expect_event("requestfailed"):
        refresh.click()
    page.locator(".om_day_page .alert").wait_for()
    assert page.locator(".om_day_card").count() == count
    assert refresh.is_enabled()
    page.unroute("**/web/dataset/call_kw/om.day/**")
    page.locator(".om_day_page .alert button").click()
    page.locator(".om_day_page .alert").wait_for(state="detached")


# Nothing is late in the demonstration: a payment of 804,000.00 becomes so, and back.
LATE = """
env.cr.execute(
    "UPDATE om_payment_milestone SET date_due = CURRENT_DATE - 10, state = 'ready',"
    " is_payable = TRUE"
    " WHERE amount_residual = 804000 AND state = 'waiting'"
)
env.cr.commit()
"""
IN_TIME = """
env.cr.execute(
    "UPDATE om_payment_milestone SET date_due = NULL, state = 'waiting',"
    " is_payable = FALSE"
    " WHERE amount_residual = 804000 AND state = 'ready'"
)
env.cr.commit()
"""


@pytest.fixture
def late_payment(server):
    standing_shell(server.database, LATE)
    yield
    standing_shell(server.database, IN_TIME)


def test_money_is_in_ten_thousands(server, new_page, login, late_payment):
    page = new_page()
    login(page, "procurement", "/odoo")
    money = page.locator("[data-area=money]")
    money.wait_for()
    text = money.inner_text()
    assert "逾期未收" in text
    assert "ten thousand" not in text
    late = money.locator("[data-figure=receivable-late]")
    assert "80.40 万元" in late.inner_text().replace("\u00a0", " ")
    late.click()
    page.locator(".o_data_row").first.wait_for()
