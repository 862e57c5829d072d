"""The first day of a hospital's engagement: from nothing to its first fault report.

Twelve invented systems, paid 50 / 30 / 20. Everything but filling in the spreadsheet is
done with the mouse and counted: the guide promises that it takes at most 25 clicks.
"""

import io
from datetime import date

import openpyxl

from .actions import prepare

MOST_CLICKS = 25
YEAR = date.today().year
SYSTEMS = (
    "门诊管理",
    "住院管理",
    "检验信息",
    "影像归档",
    "电子病历",
    "药品管理",
    "挂号预约",
    "收费结算",
    "手术麻醉",
    "护理管理",
    "体检管理",
    "楼宇门禁",
)
FEE = 50000.00
# A company of its own, in which there is nothing yet, and who sets it up.
NOTHING = """
import json
company = env["res.company"].create(
    {"name": "WEB-首日公司", "currency_id": env.ref("base.CNY").id}
)
# The first company of a database has a team from the start.
env["maintenance.team"].create({"name": "WEB-班组", "company_id": company.id})
user = env["res.users"].create(
    {
        "name": "首日管理员",
        "login": "WEB-first",
        "password": "WEB-first-pass-2026",
        "company_id": company.id,
        "company_ids": [(6, 0, company.ids)],
        "group_ids": [
            (4, env.ref("om_base.group_administrator").id),
            (4, env.ref("base.group_system").id),
        ],
    }
)
env.cr.commit()
print("FIRST", json.dumps({"login": user.login}))
"""


class Finger:
    """Clicks, and counts how often."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def press(self, target):
        if isinstance(target, str):
            target = self.page.locator(target)
        target.first.click()
        self.clicks += 1

    def menu(self, section, entry=None):
        """Open a page by the app's menu: a click for each level."""
        bar = self.page.locator(".o_menu_sections")
        self.press(bar.get_by_text(section, exact=True))
        if entry:
            self.press(self.page.get_by_role("menuitem", name=entry, exact=True))

    def step(self, key, number=0):
        """Press a button of a step of the setup."""
        self.press(self.page.locator(f"[data-step={key}] button").nth(number))


def fill(content, number):
    """Fill in the empty form as a person would; return the file."""
    book = openpyxl.load_workbook(io.BytesIO(content))

    def write(title, *rows):
        sheet = book[title]
        columns = {cell.value: cell.column for cell in sheet[1]}
        for at, row in enumerate(rows, 2):
            for heading, value in row.items():
                sheet.cell(at, columns[heading]).value = value

    write(
        "新合同",
        {
            "编号": number,
            "名称": "示例医院信息系统运维合同",
            "对方单位": f"示例医院 {number}",
            "签订日期": date(YEAR, 1, 5),
            "开始日期": date(YEAR, 1, 1),
            "结束日期": date(YEAR, 12, 31),
            "付款模板": "50/30/20（履约保证金）",
        },
    )
    write(
        "运维系统",
        *(
            {
                "编号": f"{number}-{place:02}",
                "名称": f"{name}系统（示例）",
                "用户单位": f"示例医院{'后勤科' if place % 2 else '信息科'} {number}",
                "状态": "运维中",
                "服务起始日期": date(YEAR, 1, 1),
                "服务截止日期": date(YEAR, 12, 31),
                "合同": number,
                "年度费用": FEE,
            }
            for place, name in enumerate(SYSTEMS, 1)
        ),
    )
    write(
        "巡检计划",
        *(
            {
                "系统编号": f"{number}-{place:02}",
                "巡检内容": "软件",
                "周期长度": 1,
                "周期": "月",
                "次数": 1,
                "重保期间": "照常",
            }
            for place in range(1, len(SYSTEMS) + 1)
        ),
    )
    write(
        "服务时限",
        *(
            {
                "系统编号": f"{number}-{place:02}",
                "故障等级": "不分级",
                "响应时限": 30,
                "响应时限单位": "分钟",
                "修复时限": 8,
                "修复时限单位": "小时",
            }
            for place in range(1, len(SYSTEMS) + 1)
        ),
    )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def wait_for_state(page, state):
    page.locator(
        f".o_statusbar_status button[data-value={state}].o_arrow_button_current"
    ).wait_for()


def test_from_nothing_to_the_first_ticket(
    server, new_page, type_password, call, tmp_path
):
    first = prepare(server, NOTHING, "FIRST")
    server.passwords[first["login"]] = f"{first['login']}-pass-2026"
    page = new_page()
    type_password(page, first["login"])
    finger = Finger(page)
    # Who sets it up lands on the checklist.
    page.locator(".om_setup_page").wait_for()
    assert page.locator("[data-step=register]").get_attribute("data-done") == "no"

    # The form, filled in beside the browser.
    finger.step("register", 0)
    with page.expect_download() as download:
        finger.press(".modal button[name=action_export]")
    form, filled = tmp_path / "form.xlsx", tmp_path / "hospital.xlsx"
    download.value.save_as(form)
    page.locator(".modal").wait_for(state="detached")
    filled.write_bytes(fill(form.read_bytes(), f"{first['web']}{YEAR}"))

    # One file brings everything.
    finger.step("register", 1)
    finger.press(".o_list_button_add")
    with page.expect_file_chooser() as chooser:
        finger.press(".o_form_view [name=file] .o_select_file_button")
    chooser.value.set_files(filled)
    finger.press(".o_statusbar_buttons button[name=action_read]")
    wait_for_state(page, "ready")
    finger.press(".o_statusbar_buttons button[name=action_apply]")
    finger.press(".modal-footer .btn-primary")
    wait_for_state(page, "applied")

    # The contract: 12 x 50,000.00 paid 50 / 30 / 20.
    finger.menu("合同收付", "合同")
    page.wait_for_url("**/om-contracts")
    finger.press(page.locator(".o_data_row", has_text="草稿"))
    finger.press("button[name=action_activate]")
    wait_for_state(page, "in_force")
    milestones = page.locator("[name=milestone_ids] .o_data_row")
    for at, amount in enumerate(("300,000.00", "180,000.00", "120,000.00")):
        assert amount in milestones.nth(at).inner_text()

    # The first inspection.
    finger.menu("首页")
    finger.press(page.get_by_role("button", name="生成巡检任务"))
    finger.press(".modal button[name=action_generate]")
    finger.press(".o_list_view .o_data_row")
    finger.press(".o_form_view button[name=action_take_over]:visible")
    finger.press(".o_form_view button[name=action_start_inspection]:visible")
    page.locator(".om_inspection_items").first.wait_for()

    # The first fault report; what is typed is reached by the keyboard.
    finger.menu("报修工单", "故障工单")
    finger.press(".o_list_button_add")
    title = page.locator(".o_form_view div[name=name]")
    title.locator("textarea, input").first.fill("挂号窗口打印机不出票")
    page.locator(".o_form_view div[name=system_id] input").fill("挂号")
    finger.press(page.locator(".o-autocomplete--dropdown-item", has_text="挂号预约"))
    text = page.locator(".o_form_view div[name=description]")
    text.locator("[contenteditable=true], textarea").first.fill("二号窗口，今早起")
    finger.press(".o_form_button_save")
    page.locator(
        ".o_form_view .o_form_saved, .o_form_view button[name]"
    ).first.wait_for()
    page.wait_for_url(lambda url: not url.endswith("/new"))

    (ticket,) = call(
        page,
        "helpdesk.ticket",
        "search_read",
        [["system_id.company_id.name", "=", f"{first['web']}首日公司"]],
        ["respond_deadline", "fix_deadline", "agreement_id"],
    )
    assert ticket["respond_deadline"] and ticket["fix_deadline"]
    assert ticket["agreement_id"]
    assert finger.clicks <= MOST_CLICKS, finger.clicks
    # The setup knows by itself.
    page.goto(f"{server.url}/odoo/om-setup")
    for step in ("contract", "register", "promises"):
        done = page.locator(f"[data-step={step}][data-done=yes]")
        done.wait_for()
