"""Next year's register: out as a spreadsheet, three cells changed, in again, undone."""

import openpyxl
import pytest

# What is changed: sheet, field, what the cell holds afterwards.
POSTED, DEVICES, HOURS = 91, 4321, 47


@pytest.fixture
def manager(new_page, login):
    page = new_page()
    login(page, "manager")
    return page


@pytest.fixture
def call(server, manager):
    """Call a method as the project manager."""

    def call_kw(model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = manager.request.post(
            f"{server.url}/web/dataset/call_kw/{model}/{method}",
            data={"jsonrpc": "2.0", "params": params},
        ).json()
        assert "error" not in answer, answer["error"]["data"]["message"]
        return answer["result"]

    return call_kw


def export(page, server, path):
    """Save the whole register through the menu."""
    page.goto(f"{server.url}/odoo/action-om_assets.om_system_action")
    page.locator(".o_data_row").first.wait_for()
    page.locator(".o_menu_sections").get_by_text("系统台账", exact=True).click()
    page.get_by_role("menuitem", name="导出台账").click()
    dialog = page.locator(".modal", has=page.locator("[name=system_count]"))
    with page.expect_download() as download:
        dialog.locator("button[name=action_export]").click()
    download.value.save_as(path)
    dialog.wait_for(state="detached")


def edit(path, code, line):
    """Change three cells as a spreadsheet program would; return what they held.

    :param code: the system whose posted staff changes
    :param line: number of the hardware line whose quantity changes
    """
    book = openpyxl.load_workbook(path)

    def change(sheet, key_column, key, column, value):
        head = [cell.value for cell in book[sheet][1]]
        for row in book[sheet].iter_rows(min_row=2):
            if row[head.index(key_column)].value == key:
                cell = row[head.index(column)]
                before, cell.value = cell.value, value
                return before
        raise AssertionError(f"{sheet} has no row {key}")

    number = "行号（请勿修改）"
    before = (
        change("运维系统", "编号", code, "驻场人数", POSTED),
        change("硬件", number, line["hardware"], "数量", DEVICES),
        change("服务时限", number, line["deadline"], "修复时限", HOURS),
    )
    book.save(path)
    return before


def read_differences(page):
    """Return the preview's rows: (column, in the register, in the file) each."""
    rows = page.locator("[name=change_ids] tr.o_data_row")
    rows.first.wait_for()
    return [
        tuple(
            row.locator(f"td[name={name}]").inner_text().strip()
            for name in ("field_label", "old_text", "new_text")
        )
        for row in rows.all()
    ]


def confirm(page, button):
    page.locator(f".o_statusbar_buttons button[name={button}]").click()
    page.locator(".modal-footer .btn-primary").click()


def wait_for_state(page, state):
    page.locator(
        f".o_statusbar_status button[data-value={state}].o_arrow_button_current"
    ).wait_for()


def test_export_edit_import_undo(server, manager, call, tmp_path):
    (system,) = call(
        "om.system",
        "search_read",
        [
            ["state", "=", "in_service"],
            ["hardware_line_ids.quantity", ">", 0],
            ["deadline_ids.fix_value", ">", 0],
        ],
        ["code", "onsite_staff", "hardware_line_ids", "deadline_ids"],
        limit=1,
    )
    line = {
        "hardware": system["hardware_line_ids"][0],
        "deadline": system["deadline_ids"][0],
    }

    def read():
        return (
            call("om.system", "read", [system["id"]], ["onsite_staff"])[0][
                "onsite_staff"
            ],
            call("om.system.hardware", "read", [line["hardware"]], ["quantity"])[0][
                "quantity"
            ],
            call("om.system.deadline", "read", [line["deadline"]], ["fix_value"])[0][
                "fix_value"
            ],
        )

    before = read()
    path = tmp_path / "register.xlsx"
    export(manager, server, path)
    assert openpyxl.load_workbook(path)["运维系统"].max_row - 1 == call(
        "om.system", "search_count", []
    )
    printed = edit(path, system["code"], line)
    assert [value or 0 for value in printed] == list(before)

    manager.goto(f"{server.url}/odoo/action-om_assets.om_register_import_action/new")
    manager.locator("[name=file] input[type=file]").set_input_files(path)
    manager.locator("[name=file] .o_input, [name=file] .o_form_uri").first.wait_for()
    manager.locator(".o_statusbar_buttons button[name=action_read]:visible").click()
    wait_for_state(manager, "ready")
    differences = read_differences(manager)
    assert [new for _column, _old, new in differences] == [
        str(POSTED),
        str(DEVICES),
        str(HOURS),
    ]
    assert read() == before, "the preview changes nothing"

    confirm(manager, "action_apply")
    wait_for_state(manager, "applied")
    assert read() == (POSTED, DEVICES, HOURS)

    confirm(manager, "action_undo")
    manager.locator(".o_statusbar_buttons button[name=action_undo]").wait_for(
        state="hidden"
    )
    assert read() == before
