"""What the jobs of a day cost: taps, keys and seconds, counted by the page itself."""

import time

import pytest
from playwright.sync_api import expect

from .actions import prepare_spare
from .test_field import draw_name
from .test_spares import scan

TELEPHONE = {"width": 390, "height": 844}
# Taps that are asked of us: an inspection of 18 items, a part; seconds: a fault that
# somebody tells on the telephone.
MOST = {"inspection": 25, "part": 4, "fault": 15}
OF_ITEMS = 18
# Milliseconds between two keys of somebody who types well.
KEY = 100
COUNT = """(() => {
    const add = (what) => {
        sessionStorage.setItem(what, 1 + Number(sessionStorage.getItem(what)));
    };
    const listen = (event, what) =>
        addEventListener(event, (each) => each.isTrusted && add(what), true);
    listen("pointerup", "taps");
    listen("keydown", "keys");
})();"""


@pytest.fixture
def counted(new_page, login, record_property):
    """Open a page whose taps and keys are counted: ``counted(login, path)``; the job
    begins when ``begin`` is called, ``end`` returns taps, keys and seconds."""

    class Counter:
        def __init__(self, user, **size):
            self.page = new_page(**size)
            self.page.add_init_script(COUNT)
            login(self.page, user)

        def begin(self):
            self.page.evaluate("sessionStorage.setItem('taps', 0)")
            self.page.evaluate("sessionStorage.setItem('keys', 0)")
            self.started = time.monotonic()

        def end(self, job):
            seconds = time.monotonic() - self.started
            taps, keys = self.page.evaluate(
                "['taps', 'keys'].map((what) => Number(sessionStorage.getItem(what)))"
            )
            line = f"{job}: {taps} taps, {keys} keys, {seconds:.1f} s"
            print(line)
            record_property(job, line)
            return taps, keys, seconds

    return Counter


def test_an_inspection(server, counted, inspection):
    counter = counted("engineer", **TELEPHONE)
    page = counter.page
    page.goto(f"{server.url}/om/field")
    card = page.locator(f".om_field_card[href$='inspection-{inspection.identifier}']")
    card.wait_for()
    counter.begin()
    card.click()
    page.locator(".om_field_start").click()
    # The items stand on the page before the start, without their fields.
    page.locator(".om_field_finish").wait_for()
    items = page.locator(".om_inspection_item")
    number = items.count()
    measured = page.locator(".om_inspection_item:has(.om_inspection_value)")
    for index in range(measured.count()):
        item = measured.nth(index)
        item.locator(".om_inspection_value").click()
        value = "24" if "℃" in item.inner_text() else "45"
        page.keyboard.type(value, delay=KEY)
        page.keyboard.press("Tab")
        expect(item).not_to_have_attribute("data-result", "open")
    page.locator(".om_field_others").click()
    page.locator(".om_field_finish").click()
    draw_name(page)
    page.locator(".om_inspection_buttons").first.wait_for(state="detached")
    taps, _keys, _seconds = counter.end(f"inspection of {number} items")
    # A longer checklist costs no more but for what is measured.
    assert taps * OF_ITEMS <= MOST["inspection"] * number


def test_a_part(server, counted):
    part = prepare_spare(server, confirmed=True)
    counter = counted("warehouse", **TELEPHONE)
    page = counter.page
    page.goto(f"{server.url}/odoo/spare-issue")
    row = page.locator(".o_om_clerk_row", has_text=part["name"])
    row.wait_for()
    counter.begin()
    row.click()
    page.locator(".o_om_clerk_issue:enabled").click()
    page.locator(".o_om_clerk_text.alert-success").wait_for()
    taps, _keys, _seconds = counter.end("part issued")
    assert taps <= MOST["part"]
    # With a scanner there is no tap at all.
    part = prepare_spare(server, confirmed=True)
    counter.begin()
    scan(page, part["name"])
    page.locator(".o_om_clerk_issue:enabled").wait_for()
    page.keyboard.press("Enter")
    page.locator(".o_om_clerk_text.alert-success", has_text=part["name"]).wait_for()
    assert counter.end("part issued with a scanner")[0] == 0


def focused(page):
    """The field that the keyboard is in."""
    return page.evaluate(
        "document.activeElement.closest('.o_field_widget')?.getAttribute('name')"
    )


def tab_to(page, field):
    for _each in range(12):
        page.keyboard.press("Tab")
        if focused(page) == field:
            return
    raise AssertionError(f"{field} is not reached by Tab")


def test_a_fault_by_telephone(server, counted):
    """Entered by the keyboard alone while the caller speaks."""
    counter = counted("dispatcher")
    page = counter.page
    page.goto(f"{server.url}/odoo/om-tickets")
    page.locator(".o_list_renderer, .o_kanban_renderer").first.wait_for()
    counter.begin()
    page.keyboard.press("Alt+c")
    page.locator(".o_form_view .o_field_widget[name=system_id]").first.wait_for()
    if focused(page) != "name":
        tab_to(page, "name")
    page.keyboard.type("大厅监控没有图像", delay=KEY)
    tab_to(page, "system_id")
    page.keyboard.type("caizheng", delay=KEY)
    page.locator(".o-autocomplete--dropdown-item", has_text="财政").first.wait_for()
    page.keyboard.press("Enter")
    tab_to(page, "severity")
    page.keyboard.press("Alt+s")
    page.wait_for_url(lambda url: not url.endswith("/new"))
    taps, _keys, seconds = counter.end("fault by telephone")
    assert taps == 0
    assert seconds <= MOST["fault"]
