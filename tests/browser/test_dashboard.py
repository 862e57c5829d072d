"""The overview: the first page of those who direct; figures open what they count."""

import pytest
from playwright.sync_api import expect

from ..conftest import PATIENCE
from ..sampling import sample

PAGE = ".om_dashboard_page"
GROUPS = ("category_id", "deployment_kind", "unit_id", "mlps", "in_time")
SHUNYI = "顺义区信息化统一运维项目"


def open_overview(page, server):
    page.goto(f"{server.url}/odoo/om-overview")
    page.locator(PAGE).wait_for()
    # The page is there before its figures are.
    systems = page.locator(f"{PAGE} [data-figure=systems] .om_dashboard_number")
    systems.wait_for()
    # Whoever answers for one contract sees that first; other tests may have made one.
    page.locator("select.om_dashboard_contract").select_option(label=SHUNYI)
    expect(systems).to_have_text("154")


def number(locator):
    return int(locator.inner_text().strip().replace(",", ""))


def total(page):
    """How many records the open view has: its pager says, or all are on the page."""
    rows = page.locator(".o_data_row, .o_kanban_record:not(.o_kanban_ghost)")
    # On the first day of a month nothing of it was done yet.
    nothing = page.locator(".o_view_nocontent")
    rows.or_(page.locator(".o_group_header")).or_(nothing).first.wait_for()
    limit = page.locator(".o_pager_limit")
    if not limit.count():
        return rows.count()
    return int(limit.first.inner_text().replace(",", "").rstrip("+"))


@pytest.mark.parametrize("role", ["manager", "procurement"])
def test_overview_is_the_first_page(server, new_page, login, role):
    page = new_page()
    login(page, role)
    page.goto(f"{server.url}/odoo")
    page.get_by_role("button", name="主菜单").or_(
        page.locator(".o_navbar_apps_menu button")
    ).first.click()
    page.locator(".o-dropdown--menu .o_app", has_text="运维").click()
    page.locator(PAGE).wait_for()
    choice = page.locator("select.om_dashboard_contract")
    choice.select_option(label=SHUNYI)
    # the register of the tender: 154 systems of 54 units, 43,294 devices
    for key, count in {"systems": 154, "units": 54, "declared": 43294}.items():
        tile = page.locator(f"{PAGE} [data-figure={key}] .om_dashboard_number")
        expect(tile).to_have_text(f"{count:,}", timeout=30_000)


def test_figures_open_their_records(server, new_page, login):
    page = new_page()
    login(page, "manager")
    open_overview(page, server)
    attention = ".om_dashboard_attention [data-figure]"
    places = [f"{PAGE} [data-figure=systems]"]
    places += [
        f"{attention}[data-figure={figure.get_attribute('data-figure')}]"
        for figure in page.locator(attention).all()
    ]
    assert len(places) > 1, "the register has MLPS assessments that are due"
    for place in places:
        figure = page.locator(place)
        expected = number(figure.locator(".om_dashboard_number"))
        figure.click()
        assert total(page) == expected, place
        page.go_back()
        page.locator(PAGE).wait_for()


@pytest.mark.parametrize("group", sample("groups of the overview", GROUPS, 2))
def test_one_figure_of_each_group_opens_its_records(server, new_page, login, group):
    page = new_page()
    login(page, "dispatcher")
    open_overview(page, server)
    figure = page.locator(f"{PAGE} [data-figure^={group}]").first
    shown = figure.locator(".om_dashboard_number").or_(
        figure.and_(page.locator(".om_dashboard_number"))
    )
    expected = number(shown)
    figure.click()
    assert total(page) == expected


def test_charts_are_drawn(server, new_page, login):
    page = new_page()
    login(page, "manager")
    open_overview(page, server)
    charts = page.locator(f"{PAGE} canvas")
    expect(charts).to_have_count(2, timeout=PATIENCE)
    for chart in charts.all():
        # An empty chart never ends this wait.
        page.wait_for_function(
            "one => new Uint32Array(one.getContext('2d').getImageData("
            "0, 0, one.width, one.height).data.buffer).some(Boolean)",
            arg=chart.element_handle(),
        )


def test_overview_is_chinese(server, new_page, login):
    page = new_page()
    login(page, "manager")
    open_overview(page, server)
    text = page.locator(PAGE).inner_text()
    for term in ("优先处理", "用户单位", "等保测评"):
        assert term in text
    for term in ("What comes", "Systems", "Overdue", "MLPS", "Missed"):
        assert term not in text


def test_overview_on_a_telephone(server, new_page, login):
    page = new_page(width=390, height=844)
    login(page, "dispatcher")
    open_overview(page, server)
    overflow = page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll(
            '.om_dashboard, .om_dashboard .o_content, .om_dashboard_card')]
            .map((element) => element.scrollWidth - element.clientWidth)"""
    )
    assert max(overflow) <= 0, "the page scrolls sideways on a telephone"
    first = page.locator(".om_dashboard_card").first
    assert "om_dashboard_attention" in first.get_attribute("class")
    height = page.locator(".om_dashboard_attention button").first.bounding_box()
    assert height["height"] >= 30, "a thumb must hit it"
