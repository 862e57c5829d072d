"""Odoo's own crawler ("click everywhere") opens every menu, view and filter of a role.

What it finds a client's error for, or a menu that opens nothing, fails here. Everyday
runs crawl two roles, the long tier (``./om test long browser``) all of them.
"""

import pytest

from ..sampling import sample

ROLES = (
    "procurement",
    "warehouse",
    "engineer",
    "dispatcher",
    "manager",
    "staffing",
    "auditor",
    "admin",
)
LOADER = "@web/webclient/clickbot/clickbot_loader"
PASSED = "clickbot test succeeded"
# The slowest role took 4 minutes on two busy cores.
MINUTES = 20


@pytest.mark.parametrize("role", sample("crawler", ROLES, 2))
def test_every_menu_view_and_filter_opens(new_page, login, role):
    page = new_page()
    login(page, role)
    page.wait_for_selector(".o_main_navbar")
    with page.expect_console_message(
        lambda message: message.text == PASSED or message.type == "error",
        timeout=MINUTES * 60_000,
    ) as heard:
        page.evaluate(
            "(name) => odoo.loader.modules.get(name).startClickEverywhere()", LOADER
        )
    assert heard.value.text == PASSED, heard.value.text[:2000]
