"""What a bid scores: a lost point is found, tried to be won, the pack exported."""

import io
import re
import zipfile

import pytest
from openpyxl import load_workbook

from ..support import standing_shell
from .actions import prepare

VIEW = ".o_om_compliance"


def open_points(page, server):
    page.goto(f"{server.url}/odoo/om-tenders")
    page.locator(".o_data_row", has_text="顺义区").first.click()
    page.locator("button[name=action_evaluate]").click()
    page.locator(f"{VIEW} .o_om_post").first.wait_for()


def total(page):
    return float(page.locator(f"{VIEW} .o_om_total").inner_text())


def post(page, name):
    return page.locator(f"{VIEW} .o_om_post", has_text=name)


def test_lost_point_what_if_and_pack(server, new_page, login):
    page = new_page()
    login(page, "staffing")
    open_points(page, server)
    # nine of ten repairers count: one certificate ended before the bid
    repairers = post(page, "弱电维修员")
    assert "2025-11-30" in repairers.inner_text()
    assert "1.00 / 2.00" in repairers.inner_text()
    before = total(page)
    page.locator(".o_om_advice").click()
    page.locator(".o_om_try").last.click()
    page.locator(".o_om_gain", has_text=re.compile(r"^\+[1-9]")).wait_for()
    assert total(page) > before
    # nothing was saved
    page.reload()
    page.locator(f"{VIEW} .o_om_post").first.wait_for()
    assert total(page) == before
    with page.expect_download(timeout=120_000) as download:
        page.get_by_role("button", name="投标资料包").click()
    content = download.value.path().read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        [sheet] = [name for name in archive.namelist() if name.endswith(".xlsx")]
        assert any(name.endswith(".pdf") for name in archive.namelist())
        book = load_workbook(io.BytesIO(archive.read(sheet)))
    assert book.sheetnames[0] == "1 拟派团队汇总表"
    assert book.worksheets[0]["A1"].value == "序号"


def test_manager_sees_the_best_team(server, new_page, login):
    page = new_page()
    login(page, "manager")
    open_points(page, server)
    before = total(page)
    page.locator(".o_om_best").click()
    page.locator(".o_om_gain").wait_for()
    assert total(page) >= before
    page.locator(".o_om_people").click()
    page.locator(f"{VIEW} table.table-bordered tbody tr").first.wait_for()


def test_a_bid_of_next_month(server, new_page, login):
    """Proven and projected stand side by side; freezing asks and tells the score."""
    page = new_page()
    login(page, "staffing")
    page.goto(f"{server.url}/odoo/om-tenders")
    page.locator(".o_data_row", has_text="示例区").first.click()
    page.locator("button[name=action_evaluate]").click()
    page.locator(f"{VIEW} .o_om_post").first.wait_for()
    projected = page.locator(f"{VIEW} .o_om_projected").inner_text()
    assert float(projected.split()[0]) > total(page)
    page.get_by_role("button", name="定稿入标书").click()
    question = page.locator(".modal-body")
    assert f"{total(page):.2f}" in question.inner_text()
    assert projected.split()[0] in question.inner_text()
    page.locator(".modal .btn-secondary").click()
    assert page.get_by_role("button", name="定稿入标书").is_visible()
    # Nobody is exchanged without a question either.
    page.locator(".o_om_best").click()
    page.locator(".o_om_apply").click()
    assert "撤下" in page.locator(".modal-body").inner_text()
    page.locator(".modal .btn-secondary").click()


# The contract with the district ends in thirty days, whenever the test runs; and back.
SOON = """
import json
env.cr.execute("SELECT end_date, state FROM agreement WHERE code = 'SY-2026'")
end, state = env.cr.fetchone()
env.cr.execute(
    "UPDATE agreement SET end_date = CURRENT_DATE + 30, state = 'in_force'"
    " WHERE code = 'SY-2026'"
)
env.cr.commit()
print("WAS", json.dumps({"end": str(end), "state": state}))
"""
BACK = """
env.cr.execute(
    "UPDATE agreement SET end_date = '%(end)s', state = '%(state)s'"
    " WHERE code = 'SY-2026'"
)
env.cr.commit()
"""


@pytest.fixture
def ending_contract(server):
    was = prepare(server, SOON, "WAS")
    yield
    standing_shell(server.database, BACK % was)


def test_what_ends_opens_itself(server, new_page, login, ending_contract):
    """A contract ends soon: its row opens it, on a telephone as well."""
    for width, row in ((1440, ".o_data_row"), (390, ".o_kanban_record")):
        page = new_page(width)
        login(page, "procurement")
        page.goto(f"{server.url}/odoo/om-expiry")
        page.locator(row, has_text="SY-2026").first.locator("text=SY-2026").click()
        page.locator(".o_form_view").wait_for()
        page.locator(".o_breadcrumb", has_text="顺义区信息化统一运维项目").wait_for()


ROSTER = """
tender = env.ref("om_staffing.tender_emergency")
roster = env["om.roster"].search([("tender_id", "=", tender.id)], limit=1)
draft = roster.copy({"date_from": "2027-03-01", "date_to": "2027-03-07"})
person = roster.shift_ids.employee_id[0]
env["om.roster.shift"].create({
    "roster_id": draft.id, "employee_id": person.id,
    "post_id": roster.shift_ids.post_id[0].id,
    "start": "2027-03-01 01:00:00", "stop": "2027-03-01 10:00:00",
})
other = env["hr.employee"].search([("id", "!=", person.id)], limit=1)
env["om.post.assignment"].create(
    {"post_id": tender.post_ids[0].id, "employee_id": other.id}
) if other not in tender.post_ids.assignment_ids.employee_id else None
env.cr.commit()
print("ROSTER", draft.id, person.id, other.id)
"""


def test_a_roster_is_planned_on_the_grid(server, new_page, login):
    """Dragged with a mouse, put there and taken away by taps on a telephone."""
    [line] = [
        line
        for line in standing_shell(server.database, ROSTER).splitlines()
        if line.startswith("ROSTER")
    ]
    roster, person, other = line.split()[1:]
    page = new_page()
    login(page, "dispatcher")
    page.goto(f"{server.url}/odoo/om-rosters/{roster}")
    page.locator("button[name=action_open_grid]").click()

    def day(who, when):
        return page.locator(f"tr[data-person='{who}'] td[data-day='2027-03-{when}']")

    shift = day(person, "01").locator(".om_roster_shift")
    shift.wait_for()
    assert shift.inner_text() == "9–18"
    gaps = page.locator(".om_roster_gap").count()
    assert gaps, "one shift fills no week"
    shift.drag_to(day(other, "04"))
    moved = day(other, "04").locator(".om_roster_shift")
    moved.wait_for()
    assert day(person, "01").locator(".om_roster_shift").count() == 0

    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    moved.wait_for()
    page.locator(".om_roster_brushes [data-pattern]").first.click()
    day(person, "02").click()
    put = day(person, "02").locator(".om_roster_shift")
    put.wait_for()
    page.locator(".om_roster_rubber").click()
    put.click()
    put.wait_for(state="detached")
    assert page.evaluate("document.body.scrollWidth") <= 390
