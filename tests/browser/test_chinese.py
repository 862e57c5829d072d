"""Numbers and dates of the client as Chinese readers write them."""

import re

import pytest

NUMBERS = {
    0: "0",
    9_999: "9,999",
    10_000: "1万",
    12_345.67: "1.23万",
    -25_000: "-2.5万",
    30_000_000: "3,000万",
    99_999_999.6: "1亿",
    123_456_789: "1.23亿",
}
SAY = """(number) =>
    odoo.loader.modules.get("@om_base/chinese/numbers").chineseNumber(number)"""


@pytest.fixture
def page(new_page, login):
    page = new_page()
    login(page, "manager")
    return page


def open_client(page, server):
    page.goto(f"{server.url}/odoo")
    page.wait_for_selector(".o_main_navbar")


def test_large_numbers_are_counted_in_ten_thousands(page, server):
    open_client(page, server)
    said = {number: page.evaluate(SAY, number) for number in NUMBERS}
    assert said == NUMBERS


def test_dates_in_lists_carry_their_year(page, server):
    page.goto(f"{server.url}/odoo/om-payments")
    # Open ones may have no day yet; paid ones have.
    page.locator(".o_searchview .o_facet_remove").first.click()
    cells = page.locator(".o_data_row td[name=date_due]")
    cells.filter(has_text=re.compile(r"\d")).first.wait_for()
    dates = [text.strip() for text in cells.all_inner_texts() if text.strip()]
    assert dates
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", date) for date in dates), dates


def test_the_axis_of_a_chart_says_ten_thousand(page, server):
    page.goto(f"{server.url}/odoo/om-payments")
    page.click("button.o_switch_view.o_graph")
    page.locator(".o_graph_canvas_container canvas").wait_for()
    assert page.evaluate(
        """() => odoo.loader.modules.get("@web/views/graph/graph_renderer")
            .GraphRenderer.prototype.formatValue(30000000)"""
    ) == ("3,000万")


def test_a_week_is_numbered_in_chinese(page, server):
    page.goto(f"{server.url}/odoo/om-duty")
    week = page.locator(".o_current_week")
    week.wait_for()
    assert re.fullmatch(r"第\d+周", week.inner_text().strip())


def test_nobody_has_an_english_name(page, server):
    """Neither whoever set the system up nor the system itself."""
    # Any page of the server will do to ask from.
    page.goto(f"{server.url}/web/login")
    names = page.evaluate(
        """async () => {
            const answer = await fetch("/web/dataset/call_kw/res.users/search_read", {
                method: "POST",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify({ params: {
                    model: "res.users", method: "search_read",
                    args: [[["share", "=", false]], ["name"]],
                    kwargs: { context: { active_test: false } },
                } }),
            });
            return (await answer.json()).result.map((user) => user.name);
        }"""
    )
    assert len(names) > 5
    assert [name for name in names if re.fullmatch(r"[A-Za-z. ]+", name)] == []
