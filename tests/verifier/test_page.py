"""The page of a package as its reader uses it: a changed byte, day or pause is named.

The facts are small and made by hand; the expected figures are the documents' own."""

import copy
import hashlib
import io
import json
import zipfile

import pytest

from .rules import ADDONS

FOLDER = ADDONS / "om_assessment" / "verifier"
# National Day 2026 by the State Council's notice, and the Saturday that makes up.
DAYS = {f"2026-10-0{day}": ["holiday", "国庆节"] for day in range(1, 8)}
DAYS["2026-10-10"] = ["makeup", ""]
# Working hours 08:30 to 18:00, Monday to Friday.
WINDOWS = [[day, 30600, 64800] for day in range(5)]
FACTS = {
    "package": {
        "format": 1,
        "contract": "甲-1",
        "name": "甲合同",
        "purchaser": "甲采购人",
        "contractor": "甲公司",
        "service": ["2026-01-01", "2026-12-31"],
        "read_at": "2026-12-31T00:00:00Z",
    },
    "requirements": [],
    "calendar": {
        "first": "2025-01-01",
        "last": "2028-12-31",
        "provisional": [],
        "days": DAYS,
    },
    "promises": {
        "calendars": [{"always": False, "holidays": True, "windows": WINDOWS}],
        "frozen_days": [],
        "faults": [
            {
                "number": "HT1",
                "name": "甲故障",
                "reported": "2026-09-30T09:00:00Z",
                # Over the holiday the user let nobody in on the 8th, 09:00 to 10:00.
                "pauses": [["2026-10-08T01:00:00Z", "2026-10-08T02:00:00Z", "甲"]],
                "targets": [
                    {
                        # 17:00 on the last day before the holiday, four service hours:
                        # one hour is left of that day, then from 08:30 on the 8th.
                        "target": "fix",
                        "start": "2026-09-30T09:00:00Z",
                        "value": "4",
                        "unit": "hour",
                        "clock": "service_hours",
                        "calendar": 0,
                        "stop": "2026-10-08T04:00:00Z",
                        "deadline": "2026-10-08T04:30:00Z",
                        "status": "met",
                    }
                ],
            }
        ],
    },
    "assessments": {"rules": {}, "kinds": {}, "systems": {}, "sheets": []},
    "money": {
        "price": "77133300.00",
        "reviewed": "76500000.00",
        "lines": [
            {
                "system": "甲系统",
                "asked_for": "77133300.00",
                "reviewed": "76500000.00",
                "reason": "",
            }
        ],
        "payments": [
            {
                "name": name,
                "percent": percent,
                "is_last": amount == "22506690.00",
                "is_ended": False,
                "fixed": None,
                "amount": amount,
                "deducted": deducted,
                "due": due,
                "paid": "0.00",
                "term": [30, "workday"],
                "conditions": [[None, True]],
                "delays": [],
                "due_on": None,
            }
            for name, percent, amount, deducted, due in (
                ("首付款", "30.0000", "23139990.00", [], "23139990.00"),
                ("期满款", "40.0000", "30853320.00", [], "30853320.00"),
                (
                    "尾款",
                    "30.0000",
                    "22506690.00",
                    ["77133.30", "1200.00"],
                    "22428356.70",
                ),
            )
        ],
        "deductions": [
            {
                "name": "能力不足",
                "clause": "",
                "kind": "penalty",
                "method": "once",
                "state": "applied",
                "day": "2026-05-06",
                "amount": "77133.30",
                "source": "",
                "base": "77133300.00",
                "percent": "0.1000",
            },
            {
                "name": "拒不移交",
                "clause": "",
                "kind": "penalty",
                "method": "once",
                "state": "agreed",
                "day": "2026-05-06",
                "amount": "385666.50",
                "source": "",
                "base": "77133300.00",
                "percent": "0.5000",
            },
            # Stopped on 2026-10-01 at a fee of 530,678.00: 92 of 189 days.
            {
                "name": "第5项停用",
                "clause": "",
                "kind": "stop",
                "method": "stop",
                "state": "agreed",
                "day": "2026-10-01",
                "amount": "258319.45",
                "source": "",
                "base": "530678.00",
                "service": ["2026-06-26", "2026-12-31"],
                "stopped": "2026-10-01",
            },
        ],
    },
}
WORDS = {
    "titles": dict.fromkeys(("result", "how", "files", "choose"), ""),
    "parts": {"last": "尾款", "deadline": "时限", "deduction": "扣款"},
    "whats": {},
    "values": {"holiday": "放假"},
    "files": {"calendar": "日历", "promises": "时限"},
    "keys": {"pauses": "暂停"},
    "changed": "已改动：{name}",
    "missing": "缺失：{name}",
    "extra": "多出：{name}",
    "differs": "{place}：{one} / {two}",
    "files_agree": "{all} 个全部一致",
    "files_differ": "{bad} 个不一致",
    "all_agree": "{name} {all}",
    "some_differ": "{name} {bad}",
    "error": "{why}",
    "nothing": "无",
    "no_zip": "不是",
    "no_list": "没有清单",
    "unreadable": "无法读取",
}


def make_page(facts=FACTS):
    page = (FOLDER / "page.html").read_text("utf-8")
    for name, text in (
        ("language", "zh-CN"),
        ("engine", (FOLDER / "engine.js").read_text("utf-8")),
        ("page", (FOLDER / "page.js").read_text("utf-8")),
        ("words", json.dumps(WORDS)),
        ("facts", json.dumps(facts).replace("<", "\\u003c")),
    ):
        page = page.replace(f"{{{{{name}}}}}", text)
    return page.replace("{{title}}", "核验")


def make_zip(changed=None, facts=FACTS, drop=()):
    """A package; ``changed``: {name: content} put in after it was listed."""
    files = {f"facts/{name}.json": json.dumps(facts[name]).encode() for name in FACTS}
    files["附件/甲.jpg"] = bytes(range(256)) * 300
    listed = {
        f"facts/{name}.json": json.dumps(FACTS[name]).encode() for name in FACTS
    } | {"附件/甲.jpg": files["附件/甲.jpg"]}
    files |= changed or {}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, content in files.items():
            if name not in drop:
                packed.writestr(name, content)
        packed.writestr(
            "fingerprints.sha256",
            "".join(
                f"{hashlib.sha256(content).hexdigest()}  {name}\n"
                for name, content in listed.items()
            ),
        )
    return stream.getvalue()


@pytest.fixture
def read(new_page, tmp_path):
    """Open the page from the disk, as its reader does; choose a zip."""

    def open_page(facts=FACTS, package=None, width=1440):
        path = tmp_path / "verify.html"
        path.write_text(make_page(facts), "utf-8")
        page = new_page(width)
        page.context.set_offline(True)
        page.goto(path.as_uri())
        if package is not None:
            (tmp_path / "package.zip").write_bytes(package)
            page.locator("#zip").set_input_files(tmp_path / "package.zip")
            page.locator("#files code").wait_for()
        return page

    return open_page


def wrong(page):
    return page.evaluate(
        "verifier.rows.filter(row => !row.isSame).map(row => [row.part, row.name])"
    )


def test_the_documents_own_figures(read):
    page = read()
    assert wrong(page) == []
    found = page.evaluate("verifier.rows.map(row => row.found)")
    for figure in ("22428356.70", "385666.50", "258319.45", "2026-10-08T04:30:00Z"):
        assert figure in found
    assert "22,428,356.70" in page.locator("#tiles").inner_text()


def test_a_sound_package(read):
    package = make_zip()
    page = read(package=package)
    assert "7 个全部一致" in page.locator("#files").inner_text()
    assert page.locator("#files li").count() == 0
    assert (
        page.locator("#files code").inner_text() == hashlib.sha256(package).hexdigest()
    )


def test_a_changed_byte_is_named(read):
    content = bytearray(bytes(range(256)) * 300)
    content[40_000] ^= 1
    page = read(package=make_zip({"附件/甲.jpg": bytes(content)}))
    assert page.locator("#files li").all_inner_texts() == ["已改动：附件/甲.jpg"]


def test_a_missing_and_an_added_file_are_named(read):
    page = read(package=make_zip({"附件/乙.jpg": b"x"}, drop=("附件/甲.jpg",)))
    assert page.locator("#files li").all_inner_texts() == [
        "缺失：附件/甲.jpg",
        "多出：附件/乙.jpg",
    ]


def test_a_changed_holiday_is_named(read):
    facts = copy.deepcopy(FACTS)
    del facts["calendar"]["days"]["2026-10-07"]
    page = read(package=make_zip(facts=facts))
    texts = page.locator("#files li").all_inner_texts()
    assert texts[0] == "已改动：facts/calendar.json"
    assert "日历" in texts[1] and "2026-10-07" in texts[1]
    # Whoever changes both copies changes what follows from them.
    page = read(facts)
    assert ["deadline", "HT1 甲故障"] in wrong(page)


def test_a_changed_pause_is_named(read):
    facts = copy.deepcopy(FACTS)
    facts["promises"]["faults"][0]["pauses"][0][1] = "2026-10-08T01:30:00Z"
    page = read(package=make_zip(facts=facts))
    (text,) = page.locator("#files li").all_inner_texts()[1:]
    assert "HT1 甲故障 › 暂停 › 1" in text
    assert "2026-10-08 10:00:00 / 2026-10-08 09:30:00" in text
    page = read(facts)
    assert ["deadline", "HT1 甲故障"] in wrong(page)


def test_a_changed_figure_is_marked(read):
    facts = copy.deepcopy(FACTS)
    facts["money"]["payments"][2]["due"] = "22428356.71"
    facts["money"]["deductions"][0]["amount"] = "77133.31"
    page = read(facts)
    assert wrong(page) == [["deduction", "能力不足"], ["last", "尾款"]]
    assert page.locator("td.bad").all_inner_texts() == ["22,428,356.70", "77,133.30"]


def test_what_is_no_package_is_told(read, tmp_path):
    page = read()
    (tmp_path / "other.zip").write_bytes(b"no zip" * 100)
    page.locator("#zip").set_input_files(tmp_path / "other.zip")
    page.locator("#files .bad").wait_for()
    assert page.locator("#files").inner_text().strip() == "不是"


def test_it_fits_a_telephone(read):
    page = read(width=390)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
