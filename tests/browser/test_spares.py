"""A part from the confirmed request to the engineer's hand, with a scanner."""

import pytest

from .actions import assert_fits, prepare_spare

TELEPHONE = {"width": 390, "height": 844}


@pytest.fixture
def spare(server):
    return prepare_spare(server, "WEB-SN-1")


def scan(page, code):
    """What a keyboard-wedge scanner does: keys, then Enter, wherever the focus is."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_issue_with_a_scanner(server, new_page, login, spare):
    clerk = new_page(**TELEPHONE)
    login(clerk, "warehouse")
    clerk.goto(f"{server.url}/odoo/spare-issue")
    clerk.locator(".o_om_clerk_code").wait_for()
    scan(clerk, spare["name"])
    clerk.locator(".o_om_clerk_request").wait_for()
    assert clerk.locator(".o_om_clerk_issue").is_disabled(), "nobody has confirmed"
    assert_fits(clerk)

    for role in ("supervisor", "purchaser"):
        page = new_page()
        login(page, role)
        page.goto(f"{server.url}/my/spares/{spare['id']}")
        page.locator("form[action$='/confirm'] button").click()
        page.locator("form[action$='/confirm']").wait_for(state="detached")

    clerk.reload()
    clerk.locator(".o_om_clerk_code").wait_for()
    scan(clerk, spare["name"])
    clerk.locator(".o_om_clerk_request").wait_for()
    assert clerk.locator(".o_om_clerk_tile.o_om_confirmed").count() == 3
    assert clerk.locator(".o_om_clerk_issue").is_disabled(), "its serial is missing"
    scan(clerk, f"{spare['web']}SN-1")
    clerk.locator(".o_om_clerk_issue:enabled").wait_for()
    height = clerk.locator(".o_om_clerk_issue").bounding_box()["height"]
    assert height >= 44, "too small for a thumb"
    assert_fits(clerk)
    # A last Enter issues: the hands stay at the scanner.
    clerk.keyboard.press("Enter")
    clerk.locator(".o_om_clerk_text.alert-success").wait_for()
    assert spare["name"] in clerk.locator(".o_om_clerk_text").inner_text()

    scan(clerk, f"{spare['web']}SN-1")
    clerk.locator(".o_om_clerk_text:not(.alert-success)").wait_for()
    assert clerk.locator(".o_om_clerk_request").count() == 0, "it is gone"
