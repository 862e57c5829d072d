"""Make the pictures of docs/guide from a running server with the invented history.

    python scripts/guide_pictures.py http://localhost:8069 var/credentials-om [NAME ...]

The second argument is the file in which ``./om run`` keeps the passwords. Without names
all pictures are made. It needs Playwright, and a Chromium that ``OM_CHROMIUM`` may
name. It works as the roles do (it starts an inspection and takes a ticket): use a
database that may be thrown away.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs/guide/images"
# Bytes: a guide is read on a telephone, too.
LARGEST = 200_000
DESK = {"width": 1440, "height": 860}
TELEPHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Picture:
    """``steps`` are selectors to click one after the other; ``top`` and ``height``
    crop the screen, ``area`` is the selector of the only part to show."""

    name: str
    login: str
    path: str
    steps: tuple[str, ...] = ()
    viewport: dict | None = None
    height: int = 0
    top: int = 0
    area: str = ""

    def take(self, page: Page, url: str) -> None:
        page.goto(url + self.path)
        wait(page)
        for step in self.steps:
            page.locator(step).locator("visible=true").first.click(timeout=8000)
            wait(page)
        page.mouse.move(0, 0)
        target = IMAGES / f"{self.name}.png"
        if self.area:
            page.locator(self.area).locator("visible=true").first.screenshot(
                path=target
            )
        else:
            size = page.viewport_size
            height = (self.height or size["height"]) - self.top
            clip = {"x": 0, "y": self.top, "width": size["width"], "height": height}
            page.screenshot(path=target, clip=clip)
        weight = target.stat().st_size
        if weight > LARGEST:
            raise ValueError(f"{weight} bytes are too many: crop it")


def wait(page: Page) -> None:
    """Until the client has drawn what it was asked for."""
    page.locator(
        ".o_action_manager .o_view_controller, .o_action_manager .o_action, main"
    ).first.wait_for()
    page.locator(".o_loading_indicator").wait_for(state="detached")
    page.wait_for_timeout(1500)


def row(text: str) -> str:
    return f".o_data_row:has-text('{text}'), .o_kanban_record:has-text('{text}')"


PICTURES = (
    # The officer of procurement
    Picture(
        "contract-form",
        "procurement",
        "/odoo/om-contracts",
        (row("SY-2026"),),
        height=700,
    ),
    Picture("payments-list", "procurement", "/odoo/om-payments", height=480),
    Picture("payments-phone", "procurement", "/odoo/om-payments", viewport=TELEPHONE),
    Picture(
        "payment-conditions",
        "procurement",
        "/odoo/om-payments",
        (row("进度款"),),
        height=760,
    ),
    Picture(
        "payment-calculation",
        "procurement",
        "/odoo/om-contracts",
        (row("SY-2026"), "[name=milestone_ids] button[name=action_explain]"),
        area=".modal-content",
    ),
    Picture("cash-forecast", "procurement", "/odoo/om-cash-forecast"),
    Picture("money", "procurement", "/odoo/om-money", height=1080),
    Picture(
        "margin",
        "manager",
        "/odoo/om-margin",
        steps=(".o_facet_remove",),
        height=700,
    ),
    Picture("setup", "manager", "/odoo/om-setup", height=1080),
    Picture(
        "invoice",
        "procurement",
        "/odoo/om-payments",
        (
            row("暂缓支付"),
            "button[name=action_view_invoices]",
            "a.nav-link:has-text('发票行')",
        ),
        height=560,
    ),
    Picture(
        "condition-paper",
        "procurement",
        "/odoo/om-payments",
        (row("第二笔款"), "[name=condition_ids] button[name=action_open_confirm]"),
        area=".modal-content",
    ),
    Picture(
        "bond",
        "procurement",
        "/odoo/om-bonds",
        (row("TZ-2026"),),
        height=520,
    ),
    Picture(
        "deduction-paper",
        "procurement",
        "/odoo/om-deductions",
        (row("上级通报"), "button:has-text('确认同意')"),
        area=".modal-content",
    ),
    Picture(
        "amendment",
        "procurement",
        "/odoo/om-amendments",
        (row("补充协议（示例）"),),
        height=640,
    ),
    Picture(
        "settlement-sheet",
        "procurement",
        "/odoo/om-contracts",
        (row("SY-2026"), "button[name=action_explain]:has-text('结算计算书')"),
        area=".modal-content",
    ),
    Picture("expiry", "procurement", "/odoo/om-expiry", height=520),
    # The engineer
    Picture("engineer-today", "engineer", "/odoo/om-day", viewport=TELEPHONE),
    Picture(
        "engineer-inspection",
        "engineer",
        "/odoo/om-inspections-today",
        (row("计划"), "button:has-text('开始巡检')"),
        viewport=TELEPHONE,
    ),
    Picture("engineer-desk", "engineer", "/odoo/om-day", height=620),
    Picture("engineer-tickets", "engineer", "/odoo/om-my-tickets", viewport=TELEPHONE),
    Picture(
        "engineer-ticket",
        "engineer",
        "/odoo/om-my-tickets",
        (".o_kanban_record:has-text('HT')", "button[name=action_take]"),
        viewport=TELEPHONE,
    ),
    Picture(
        "engineer-field",
        "engineer",
        "/om/field",
        (
            ".om_field_card",
            ".om_field_start",
            ".om_inspection_item button[data-choice=fail]",
        ),
        viewport=TELEPHONE,
    ),
    Picture(
        "engineer-field-sign",
        "engineer",
        "/om/field#tickets",
        (".om_field_card:has-text('工单统计不一致')", ".om_field_unit"),
        viewport=TELEPHONE,
    ),
    Picture(
        "engineer-request",
        "engineer",
        "/odoo/om-requests",
        (row("视频调度周例会"),),
        viewport=TELEPHONE,
    ),
    # The dispatcher
    Picture("dispatcher-phone", "dispatcher", "/odoo/om-board", viewport=TELEPHONE),
    Picture("dispatcher-board", "dispatcher", "/odoo/om-board", height=500),
    Picture(
        "dispatcher-dispatch",
        "dispatcher",
        "/odoo/om-board",
        ("[data-column=new] .o_om_card", "button[name=action_dispatch]"),
        area=".modal-content",
    ),
    Picture(
        "requests-calendar",
        "dispatcher",
        "/odoo/om-requests?view_type=calendar",
        height=700,
    ),
    Picture(
        "request-form",
        "dispatcher",
        "/odoo/om-requests",
        (row("专题视频会商"),),
        height=760,
    ),
    Picture("dispatcher-next", "dispatcher", "/odoo/om-next-to-breach", height=520),
    Picture(
        "dispatcher-overview",
        "dispatcher",
        "/odoo/action-om_assets.om_dashboard_action",
        height=760,
    ),
    # The clerk
    Picture("clerk-desk", "warehouse", "/odoo/spare-issue", height=560),
    Picture("clerk-list", "warehouse", "/odoo/spare-issue", viewport=TELEPHONE),
    Picture(
        "clerk-issue",
        "warehouse",
        "/odoo/spare-issue",
        (".o_om_clerk_row",),
        viewport=TELEPHONE,
    ),
    Picture(
        "spare-caps",
        "warehouse",
        "/odoo/action-om_stock_spares.om_spare_quota_action",
        (".o_group_header:has-text('各镇街智慧')",),
        height=560,
    ),
    Picture("dismantled", "warehouse", "/odoo/dismantled-parts", height=420),
    Picture(
        "clerk-receipt",
        "warehouse",
        "/odoo/spare-receipts",
        ("button:has-text('登记到货')",),
        area=".modal-content",
    ),
    # The managers of the project and of the people
    Picture("overview", "manager", "/odoo/om-overview", height=760),
    Picture("overview-phone", "manager", "/odoo/om-overview", viewport=TELEPHONE),
    Picture("staffing-work", "staffing", "/odoo/om-staffing-work", height=640),
    Picture("staffing-phone", "staffing", "/odoo/om-staffing-work", viewport=TELEPHONE),
    Picture("tenders", "staffing", "/odoo/om-tenders", height=360),
    Picture(
        "bid-projected",
        "staffing",
        "/odoo/om-tenders",
        (row("示例-001"), "button:has-text('得分与失分')"),
        height=700,
    ),
    Picture(
        "tender-post",
        "staffing",
        "/odoo/om-tenders",
        (row("顺义区"), "[name=post_ids] .o_data_row td[name=name]"),
        area=".modal-content",
    ),
    Picture(
        "insurance-import",
        "staffing",
        "/odoo/action-om_staffing.om_social_insurance_import_action",
        area=".modal-content",
    ),
    Picture("certificates", "staffing", "/odoo/om-certificates", height=520),
    Picture(
        "posting-change",
        "staffing",
        "/odoo/om-posting-changes",
        (row("乙13"),),
        height=620,
    ),
    Picture("roster", "staffing", "/odoo/om-duty", height=700),
    Picture(
        "roster-grid",
        "staffing",
        "/odoo/om-rosters",
        steps=(".o_data_row button[name=action_open_grid]",),
        height=620,
    ),
    Picture("attendance", "staffing", "/odoo/om-attendance", height=520),
    # The auditor
    Picture("auditor-phone", "auditor", "/odoo/om-reading-room", viewport=TELEPHONE),
    Picture("reading-room", "auditor", "/odoo/om-reading-room", height=700),
    Picture("acts", "auditor", "/odoo/action-om_base.om_act_action", height=480),
    Picture(
        "act-check",
        "auditor",
        "/odoo/action-om_base.om_act_check_action",
        ("button[name=action_check]",),
        area=".modal-content",
    ),
    Picture(
        "bid-points",
        "staffing",
        "/odoo/om-tenders",
        (row("顺义区"), "button:has-text('得分与失分')"),
        height=820,
    ),
    Picture(
        "inspection-compliance", "manager", "/odoo/om-inspection-compliance", height=330
    ),
    Picture(
        "import-register",
        "manager",
        "/odoo/action-om_assets.om_register_import_action/new",
        height=560,
    ),
    # The portal
    Picture("portal-home", "unit", "/my", viewport=TELEPHONE, top=55),
    Picture("portal-desk", "unit", "/my", height=620),
    Picture("portal-report", "unit", "/my/tickets/new", viewport=TELEPHONE, top=55),
    Picture(
        "portal-request",
        "unit",
        "/my/requests/new",
        ("main .o_om_catalogue a",),
        viewport=TELEPHONE,
        top=55,
    ),
    Picture(
        "portal-confirm",
        "unit",
        "/my/tickets?filterby=to_confirm",
        ("main a[href*='/my/ticket/']",),
        viewport=TELEPHONE,
        top=55,
    ),
    Picture(
        "portal-payment",
        "purchaser",
        "/my/contracts",
        ("a:has-text('顺义区信息化')", "a:has-text('期满款')"),
        viewport=TELEPHONE,
        top=55,
    ),
    Picture(
        "portal-deduction",
        "purchaser",
        "/my/deductions?filterby=waiting",
        ("main td a:has-text('到场超时')",),
        viewport=TELEPHONE,
        top=55,
    ),
    Picture(
        "portal-spare",
        "supervisor",
        "/my/spares?filterby=waiting",
        ("main td a[href*='/my/spares/']",),
        viewport=TELEPHONE,
        top=55,
    ),
    Picture(
        "portal-settlement",
        "supervisor",
        "/my/settlements",
        ("main td a[href*='/my/settlements/']",),
        viewport=TELEPHONE,
        top=55,
    ),
    # What contracts owe
    Picture("obligations-week", "manager", "/odoo/om-obligation-items", height=520),
    Picture(
        "obligation-bulk",
        "manager",
        "/odoo/om-obligation-items",
        ("button:has-text('批量提交文件')",),
        area=".modal-content",
    ),
    Picture(
        "obligation-portal",
        "unit",
        "/my/obligations",
        ("main td a[href*='/my/obligations/']",),
        viewport=TELEPHONE,
        top=55,
    ),
)


def read_passwords(path: Path) -> dict[str, str]:
    return dict(line.split("\t")[:2] for line in path.read_text("utf-8").splitlines())


def log_in(page: Page, url: str, login: str, password: str) -> None:
    page.goto(f"{url}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda address: "/web/login" not in address)


def make(url: str, passwords: dict[str, str], pictures: list[Picture]) -> list[str]:
    """Take the pictures; return what went wrong, one line each."""
    faults = []
    pages: dict[tuple, Page] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("OM_CHROMIUM"), args=["--no-sandbox"]
        )
        for picture in pictures:
            viewport = picture.viewport or DESK
            key = picture.login, viewport["width"]
            try:
                if key not in pages:
                    pages[key] = browser.new_context(
                        viewport=viewport, locale="zh-CN", timezone_id="Asia/Shanghai"
                    ).new_page()
                    log_in(pages[key], url, picture.login, passwords[picture.login])
                picture.take(pages[key], url)
                print(picture.name)
            except (Error, ValueError) as error:
                faults.append(f"{picture.name}: {str(error).splitlines()[0]}")
        browser.close()
    return faults


def main(arguments: list[str]) -> int:
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    url, credentials, *names = arguments
    IMAGES.mkdir(parents=True, exist_ok=True)
    chosen = [p for p in PICTURES if not names or p.name in names]
    faults = make(url.rstrip("/"), read_passwords(Path(credentials)), chosen)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
