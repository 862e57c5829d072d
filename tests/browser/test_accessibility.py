"""Our pages for people who see badly, use a keyboard, a reader or a thumb: WCAG 2.2 A
and AA by axe-core, nothing that jumps while it loads, targets for a thumb."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from ..sampling import sample
from .actions import prepare

DESK, TELEPHONE = (1440, 900), (390, 844)
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}
# CSS pixels of a thumb, and the sum of layout shifts that is felt as calm (web.dev).
THUMB, CALM = 44, 0.1


@dataclass(frozen=True)
class Page:
    """``ready``: what is there once the page is drawn."""

    login: str
    path: str
    ready: str
    size: tuple[int, int] = DESK


PAGES = (
    Page("engineer", "/om/field", ".om_field_card", TELEPHONE),
    Page("engineer", "/odoo/om-day", ".om_day_card"),
    Page("engineer", "/odoo/om-inspections-today", ".o_kanban_record"),
    Page("engineer", "/odoo/om-inspections/{inspection}", ".om_inspection_item"),
    Page("manager", "/odoo/om-tickets", ".o_data_row"),
    Page("manager", "/odoo/om-board", ".o_om_card"),
    Page("manager", "/odoo/om-overview", ".om_dashboard_attention"),
    Page("manager", "/odoo/om-setup", ".om_setup_step"),
    Page("manager", "/odoo/om-money", ".om_money_tiles"),
    Page("unit", "/my", ".o_portal_docs", TELEPHONE),
    Page("unit", "/my/tickets", "main .list-group", TELEPHONE),
    Page("unit", "/my/tickets/new", ".o_om_new_ticket", TELEPHONE),
    Page("unit", "/my/inspections", "main table", TELEPHONE),
    Page("purchaser", "/my/contracts", "main table", TELEPHONE),
    Page("", "/om/d/{token}", "form", TELEPHONE),
)
# What stands in Odoo's own client, by rule and place: it is not ours to draw, and is
# listed in docs/architecture.md.
ODOO = {
    "aria-allowed-attr": (".o_searchview", ".o_searchview *"),
    "aria-command-name": (".o_searchview *", ".o-mail-Chatter *"),
    "aria-prohibited-attr": (".o-mail-Chatter *",),
    "aria-required-children": (".o_menu_sections", ".o_menu_systray"),
    "aria-required-parent": (".o_menu_brand", ".o_searchview *"),
    "aria-roles": (".o_searchview *",),
    "color-contrast": (".o-mail-Chatter *",),
    "image-alt": (".o-mail-Chatter *",),
    "role-img-alt": (
        ".o_searchview *",
        ".o-mail-Chatter *",
        ".o-mail-Chatter-topbar *",
    ),
}
PREPARE = """
import json
from odoo.addons.om_base.tools import beijing
unit = env.ref("om_base.demo_user_unit").partner_id.commercial_partner_id
system = env["om.system"].search(
    [("unit_id", "=", unit.id), ("state", "=", "in_service")], limit=1
)
device = env["maintenance.equipment"].create(
    {"name": "会议终端（无障碍测试）", "system_id": system.id}
)
device._draw_label_tokens()
engineer = env.ref("om_base.demo_user_engineer")
inspection = env["maintenance.request"].with_user(engineer).create(
    {
        "name": "机房巡检（无障碍测试）",
        "system_id": system.id,
        "is_inspection": True,
        "maintenance_type": "preventive",
        "inspection_scope": "environment",
        "inspection_mode": "onsite",
        "inspection_date": beijing.today(),
        "user_id": engineer.id,
    }
)
inspection.action_start_inspection()
env.cr.commit()
print("PLACES", json.dumps({"token": device.label_token, "inspection": inspection.id}))
"""
SHIFTS = """
window.omShifts = 0;
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
        window.omShifts += entry.hadRecentInput ? 0 : entry.value;
    }
}).observe({ type: "layout-shift", buffered: true });
"""
# Whether a finding's element is one of Odoo's places.
IS_ODOO = """([target, places]) => {
    const found = document.querySelector(target);
    return Boolean(found) && places.some((place) => found.matches(place));
}"""
# What a thumb cannot hit. A link within a sentence is as high as its line.
SMALL = """(thumb) => {
    const shown = (each) => {
        const box = each.getBoundingClientRect();
        const style = getComputedStyle(each);
        return box.width > 1 && box.height > 1 && style.visibility !== "hidden";
    };
    const within = (each) =>
        getComputedStyle(each).display === "inline" &&
        [...each.parentElement.childNodes].some(
            (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()
        );
    const reach = (each) => {
        const area =
            each.closest("label") ||
            (each.matches("[type=checkbox], [type=radio]") &&
                document.querySelector(`label[for="${each.id}"]`));
        const box = (area || each).getBoundingClientRect();
        return Math.min(box.width, box.height);
    };
    const all = document.querySelectorAll(
        "a[href], button, summary, select, textarea, [role=button]," +
            "input:not([type=hidden])"
    );
    return [...all]
        .filter((each) => shown(each) && !each.closest("footer, header, [aria-hidden]"))
        .filter((each) => !within(each) && Math.round(reach(each)) < thumb)
        .map((each) => each.outerHTML.slice(0, 160));
}"""


@pytest.fixture(scope="module")
def places(server):
    return prepare(server, PREPARE, "PLACES")


@pytest.fixture(scope="module")
def sessions(browser, cookies):
    """{login: context}, which keep what they have loaded."""
    contexts = {}

    def get(login):
        if login not in contexts:
            context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
            context.add_init_script(SHIFTS)
            contexts[login] = context
            if login:
                context.add_cookies([cookies(login)])
        return contexts[login]

    yield get
    for context in contexts.values():
        context.close()


@pytest.mark.parametrize(
    "wanted", sample("pages for all", PAGES, 9), ids=lambda page: page.path
)
def test_everybody_can_use_it(server, sessions, places, wanted):
    page = sessions(wanted.login).new_page()
    width, height = wanted.size
    page.set_viewport_size({"width": width, "height": height})
    page.goto(server.url + wanted.path.format(**places))
    page.locator(wanted.ready).first.wait_for()
    page.locator(".o_portal_doc_spinner").wait_for(state="detached")
    # What comes after it is drawn, such as pictures, moves nothing either.
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert find_violations(page) == []
    assert page.evaluate("window.omShifts") < CALM
    if wanted.size == TELEPHONE:
        assert page.evaluate(SMALL, THUMB) == []
    page.close()


def find_violations(page):
    """[(rule, selector, why)] of what is serious or critical, and ours."""
    found = []
    for rule in Axe().run(page, options=RULES).response["violations"]:
        if rule["impact"] not in ("serious", "critical"):
            continue
        places = ODOO.get(rule["id"], ())
        for node in rule["nodes"]:
            target = node["target"][0]
            if not page.evaluate(IS_ODOO, [target, list(places)]):
                found.append((rule["id"], target, node["failureSummary"][:300]))
    return found


def test_what_is_odoos_is_told():
    """The list of the documents is that of this test."""
    text = Path(__file__).parents[2].joinpath("docs/architecture.md").read_text("utf-8")
    for rule in ODOO:
        assert f"`{rule}`" in text, rule


def test_a_finding_is_found(sessions):
    """The test can fail: pale text, a picture without words, a small button."""
    page = sessions("").new_page()
    page.set_content(
        "<html lang=zh-CN><title>x</title><main><p style='color:#bbb'>浅色的一行字</p>"
        "<img src=data:,><button style='width:20px;height:20px'>x</button></main>"
    )
    rules = {rule for rule, _target, _why in find_violations(page)}
    assert rules >= {"color-contrast", "image-alt"}
    assert len(page.evaluate(SMALL, THUMB)) == 1
    page.close()
