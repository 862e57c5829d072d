"""Odoo's own crawler ("click everywhere") opens every menu, view and filter of a role.

What it finds a client's error or warning for, a menu that opens nothing, a message in
red: all of it fails here. It clicks for a long time, so the whole of it, in all
applications as every role, is for the long tier (``./om test long browser``). Every day
two roles open a few of our menus with a few filters in each view; the views of every
menu are read as each role by ``om_engagements/tests/test_every_menu.py``.
"""

import re
from collections import Counter

import pytest

from ..sampling import WHOLE, shuffled

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
# Who has the most to press and who may only read.
DAILY_ROLES = ("dispatcher", "auditor")
DAILY_MENUS = 3
DAILY_FILTERS = 3
LOADER = "@web/webclient/clickbot/clickbot_loader"
PASSED = "clickbot test succeeded"
CLICK = "Clicking on: "
MENU = "Testing menu "
MINUTES = 45
# The crawler gives each click 30 seconds; a busy machine needs longer, not better code.
PATIENCE = r"initialTime\s*=\s*30000\b", "initialTime=300000"
# What a sample leaves out: filters but every n-th.
FILTERS = (
    r"(filterMenuItems\s*=\s*)(document\.querySelectorAll\([^)]*\))",
    r"\1(window.omFewer||((all)=>all))([...\2])",
)
# A way in for some menus only, in any order.
SOME = (
    r"window\.clickEverywhere\s*=\s*clickEverywhere",
    r"""\g<0>;
    window.omClickSome = async (entries) => {
        setup(false);
        try {
            for (const entry of entries) {
                await testMenuItem(entry);
            }
            browser.console.log(SUCCESS_SIGNAL);
        } catch (error) {
            browser.console.error(error);
        } finally {
            cleanup();
        }
    }""",
)
CLICK_SOME = """async ([names, filters]) => {
    const { env } = odoo.__WOWL_DEBUG__.root;
    await odoo.loader.modules.get("@web/core/assets").loadBundle("web.assets_clickbot");
    window.omFewer = (all) =>
        all.filter((_each, index) => index % Math.ceil(all.length / filters) === 0);
    const menus = env.services.menu.getAll();
    const entries = names.map((name) => {
        const menu = menus.find((each) => each.xmlid === name);
        const entry = document.createElement("a");
        entry.dataset.menuXmlid = name;
        entry.textContent = menu.name;
        entry.addEventListener("click", () => env.services.menu.selectMenu(menu));
        return entry;
    });
    window.omClickSome(entries);
}"""
CLICK_ALL = """([loader]) => {
    odoo.loader.modules.get(loader).startClickEverywhere();
}"""
# Messages come and go between two looks of the crawler.
HEAR_MESSAGES = """
new MutationObserver((changes) => {
    for (const node of changes.flatMap((each) => [...each.addedNodes])) {
        const bar = node.querySelector?.(".o_notification_bar.bg-danger");
        if (bar) console.error(`message in red: ${node.textContent}`);
    }
}).observe(document, { childList: true, subtree: true });
"""


def adapt(route):
    """The crawler's code with more patience, and with places to leave things out."""
    response = route.fetch()
    body = response.text()
    for pattern, new in (PATIENCE, FILTERS, SOME):
        body, changed = re.subn(pattern, new, body)
        assert changed == 1, f"the crawler's {pattern} stands elsewhere now"
    route.fulfill(response=response, body=body)


def choose_menus(page, role):
    """External ids of a few menus of ours that the role has."""
    menus = page.evaluate(
        "async () => (await fetch('/web/webclient/load_menus')).json()"
    )
    ours = {
        menu["xmlid"]
        for menu in menus.values()
        if menu.get("actionID") and (menu.get("xmlid") or "").startswith("om_")
    }
    return shuffled(f"menus of {role}", sorted(ours))[:DAILY_MENUS]


def crawl(new_page, login, role, whole):
    """Start the crawler as a role and wait for its end.

    :return: Counter of what it did: clicks, menus
    """
    page = new_page()
    page.set_default_timeout(120_000)
    page.route("**/web.assets_clickbot*.js", adapt)
    page.add_init_script(HEAR_MESSAGES)
    counts, wrong = Counter(), []

    def listen(message):
        counts["clicks"] += message.text.startswith(CLICK)
        counts["menus"] += message.text.startswith(MENU)
        if message.type in ("error", "warning"):
            wrong.append(message.text)

    page.on("console", listen)
    login(page, role, "/odoo")
    page.wait_for_selector(".o_main_navbar")
    script, argument = CLICK_ALL, [LOADER]
    if not whole:
        script, argument = CLICK_SOME, [choose_menus(page, role), DAILY_FILTERS]
    with page.expect_console_message(
        lambda message: message.text == PASSED or message.type == "error",
        timeout=MINUTES * 60_000,
    ):
        # Not waited for: the crawler tells its end in the console.
        page.evaluate(script, argument)
    assert not wrong, "\n".join(wrong)[:3000]
    return counts


@pytest.mark.parametrize("role", ROLES if WHOLE else DAILY_ROLES)
def test_every_menu_view_and_filter_opens(new_page, login, role):
    counts = crawl(new_page, login, role, WHOLE)
    print(f"{role}: {dict(counts)}")
    # A crawler that clicks nothing finds nothing.
    assert counts["menus"] >= (20 if WHOLE else DAILY_MENUS)
    assert counts["clicks"] >= (200 if WHOLE else 5)
