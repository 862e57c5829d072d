"""A newcomer's first walk: log in, open the register, find a system, read it."""

import pytest
from playwright.sync_api import expect

from .actions import assert_fits, search

# Register row 5, chapter 5 of the tender: what the page must show.
SYSTEM = "顺义区公共信用信息平台"
PART_OF_NAME = "公共信用"


def open_app(page, server, name):
    page.goto(f"{server.url}/odoo")
    page.get_by_role("button", name="主菜单").or_(
        page.locator(".o_navbar_apps_menu button")
    ).first.click()
    page.locator(".o-dropdown--menu .o_app", has_text=name).click()


def open_menu(page, section, entry):
    """Open an entry of the open app from its section of the navigation bar."""
    page.locator(".o_menu_sections").get_by_text(section, exact=True).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()


def hardware_of(page):
    """Name -> quantity of the hardware list on the open form."""
    rows = page.locator("[name=hardware_line_ids] tr.o_data_row")
    rows.first.wait_for()
    return {
        row.locator("td[name=name]").inner_text().strip(): row.locator(
            "td[name=quantity]"
        )
        .inner_text()
        .strip()
        for row in rows.all()
    }


@pytest.mark.parametrize("role", ["engineer", "procurement", "auditor"])
def test_find_a_system_by_part_of_its_name(server, new_page, login, role):
    page = new_page()
    login(page, role)
    open_app(page, server, "运维")
    open_menu(page, "系统台账", "运维系统")
    page.locator(".o_breadcrumb", has_text="运维系统").wait_for()
    page.locator(".o_list_view, .o_kanban_view").first.wait_for()
    search(page, PART_OF_NAME)
    rows = page.locator(".o_data_row")
    # A row of the list as it was before would take the click with it.
    expect(rows.filter(has_not_text=PART_OF_NAME)).to_have_count(0)
    rows.filter(has_text=SYSTEM).first.locator("td[name=name]").click()
    page.locator(".o_form_view").wait_for()
    assert SYSTEM in page.locator(".o_form_view").inner_text()
    hardware = hardware_of(page)
    assert hardware == {
        "服务器（自建华为云环境）": "9",
        "防火墙（主备）": "2",
        "交换机": "6",
    }


def test_register_on_a_telephone(server, new_page, login):
    page = new_page(width=390, height=844)
    login(page, "engineer")
    page.goto(f"{server.url}/odoo/action-om_assets.om_system_action")
    page.locator(".o_kanban_view .o_kanban_record").first.wait_for()
    assert_fits(page)


def test_interface_is_chinese(server, new_page, login):
    """No English word of ours is left on the register's list."""
    page = new_page()
    login(page, "manager")
    page.goto(f"{server.url}/odoo/action-om_assets.om_system_action")
    page.locator(".o_data_row, .o_kanban_record").first.wait_for()
    text = page.locator("body").inner_text()
    for term in ("User Unit", "Register", "Systems", "In service", "Hardware"):
        assert term not in text
    assert "用户单位" in text


def test_database_manager_is_off(server, new_page):
    page = new_page()
    answer = page.request.get(f"{server.url}/web/database/list", max_redirects=0)
    assert answer.status != 200 or server.database not in answer.text()
    selector = page.request.get(f"{server.url}/web/database/manager")
    assert server.database not in selector.text()
