"""Odoo's own crawler ("click everywhere") opens every menu, view and filter of a role.

What it finds a client's error for, or a menu that opens nothing, fails here. It clicks
for a long time: only the long tier (``./om test long browser``) runs it, in all
applications as every role. Each day the views of every menu are read as each role by
``om_engagements/tests/test_every_menu.py``.
"""

import re

import pytest

from ..sampling import WHOLE

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
MINUTES = 20
# The crawler gives each click 30 seconds; a busy machine needs longer, not better code.
PATIENCE = re.compile(r"initialTime\s*=\s*30000\b"), "initialTime=300000"


def be_patient(route):
    response = route.fetch()
    body, changed = re.subn(*PATIENCE, response.text())
    assert changed == 1, "the crawler's patience stands elsewhere now"
    route.fulfill(response=response, body=body)


def crawl(new_page, login, role):
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
            """(loader) => {
                odoo.loader.modules.get(loader).startClickEverywhere();
            }""",
            LOADER,
        )
    assert heard.value.text == PASSED, heard.value.text[:2000]


if WHOLE:

    @pytest.mark.parametrize("role", ROLES)
    def test_every_menu_view_and_filter_opens(new_page, login, role):
        crawl(new_page, login, role)
