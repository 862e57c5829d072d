"""Odoo's own crawler ("click everywhere") opens every menu, view and filter of a role.

What it finds a client's error for, or a menu that opens nothing, fails here. Everyday
runs crawl this suite's application as two roles, the long tier (``./om test long
browser``) all applications as every role.
"""

import re

import pytest

from ..sampling import WHOLE, sample

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
APPLICATION = None if WHOLE else "om_base.om_menu_root"
PASSED = "clickbot test succeeded"
MINUTES = 20
# The crawler gives each click 30 seconds; a busy machine needs longer, not better code.
PATIENCE = re.compile(r"initialTime\s*=\s*30000\b"), "initialTime=300000"


def be_patient(route):
    response = route.fetch()
    body, changed = re.subn(*PATIENCE, response.text())
    assert changed == 1, "the crawler's patience stands elsewhere now"
    route.fulfill(response=response, body=body)


@pytest.mark.parametrize("role", sample("crawler", ROLES, 2))
def test_every_menu_view_and_filter_opens(new_page, login, role):
    page = new_page()
    page.set_default_timeout(120_000)
    page.route("**/web.assets_clickbot*.js", be_patient)
    login(page, role)
    page.wait_for_selector(".o_main_navbar")
    with page.expect_console_message(
        lambda message: message.text == PASSED or message.type == "error",
        timeout=MINUTES * 60_000,
    ) as heard:
        # Not waited for: the crawler tells its end in the console.
        page.evaluate(
            """([loader, application]) => {
                odoo.loader.modules.get(loader).startClickEverywhere(application);
            }""",
            [LOADER, APPLICATION],
        )
    assert heard.value.text == PASSED, heard.value.text[:2000]
