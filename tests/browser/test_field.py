"""The engineer's telephone without network: every tap and photo arrives exactly once,
with its own time, wherever the network goes."""

import datetime
import io
import json
import os
import random
import signal
from base64 import b64decode, b64encode
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from ..conftest import CHROMIUM_ARGUMENTS, PATIENCE
from ..sampling import WHOLE
from .actions import assert_fits

SEED = os.environ.get("OM_TEST_SEED", "")
CUTS = ("none", "before", "during", "after")
# Thirteen steps of two lives each: 208 cut points in the long tier.
LIVES = 16 if WHOLE else 1
PHOTOS = 50 if WHOLE else 5
TAKE = "**/om/field/take"
PIECES = "**/om/field/piece?*"
PIECE = 128 * 1024
# Bytes a second up, milliseconds: a poor 4G at a street pole.
SLOW = {"offline": False, "latency": 80, "downloadThroughput": 2_000_000}
SLOW |= {"uploadThroughput": 1_000_000}
UNSENT = ".om_field_unsent"
UPLOADED = ".om_field_uploaded"


def make_photo(number, size=(3000, 4000)):
    """A photo larger than what is sent, each with its own colour."""
    stream = io.BytesIO()
    Image.new("RGB", size, (number * 40 % 256, 90, 160)).save(stream, "JPEG")
    return {
        "name": f"IMG_{number}.jpg",
        "mimeType": "image/jpeg",
        "buffer": stream.getvalue(),
    }


# ----------------------------------------------------------------
# The rules of the queue, on random histories
# ----------------------------------------------------------------

HISTORIES = """async (seed) => {
    const queue = odoo.loader.modules.get("@om_assets/field/queue");
    let state = seed;
    const draw = (below) => {
        state = (state * 1103515245 + 12345) % 2147483648;
        return Math.floor((state / 2147483648) * below);
    };
    let sent = 0;
    let overtook = 0;
    for (let history = 0; history < 300; history++) {
        let entries = [];
        const server = [];
        const answered = new Set();
        for (let step = 0; step < 60; step++) {
            if (draw(2) && entries.length < 25) {
                const document = { doc: "ticket", id: draw(3), title: "" };
                const when = { uid: 1, at: 1e12 + step, difference: null };
                const values = draw(4) ? {} : { blob: "photo" };
                const entry = queue.makeEntry(document, "act", values, "", when);
                entries.push({ ...entry, seq: step });
            }
            const next = queue.getNext(entries);
            if (next) {
                const before = entries.slice(0, entries.indexOf(next));
                for (const other of before) {
                    if (other.id === next.id && other.state !== queue.SENT) {
                        throw new Error("it overtook another one of its document");
                    }
                }
                const ahead = next.values.blob && queue.getOvertaking(entries, next);
                if (ahead) {
                    const open = entries.filter(
                        (other) => other.id === ahead.id && other.state !== queue.SENT
                    );
                    const wrong = ahead.values.blob || ahead.id === next.id;
                    if (wrong || open[0] !== ahead) {
                        throw new Error("it went before what it builds on");
                    }
                    overtook += 1;
                }
                const fate = draw(4);
                if (fate === 1 && !server.includes(next.key)) {
                    next.state = queue.REFUSED;
                } else if (fate > 1) {
                    // Whatever comes of the answer, the server does a name once.
                    server.includes(next.key) || server.push(next.key);
                    if (fate === 3) {
                        next.state = queue.SENT;
                        answered.add(next.key);
                    }
                }
            }
            const refused = entries.find((entry) => entry.state === queue.REFUSED);
            if (refused && !draw(3)) {
                const decision = draw(3);
                if (decision === 0) {
                    entries = entries.filter((entry) => entry !== refused);
                } else if (decision === 1) {
                    refused.state = queue.WAITING;
                } else {
                    Object.assign(refused, queue.toNote(refused));
                }
            }
        }
        for (let guard = 0; guard < 100; guard++) {
            const next = queue.getNext(entries);
            if (!next) {
                break;
            }
            server.includes(next.key) || server.push(next.key);
            next.state = queue.SENT;
        }
        if (new Set(server).size !== server.length) {
            throw new Error("done twice");
        }
        for (const entry of queue.getUnsent(entries)) {
            const held = entries.some(
                (other) => other.state === queue.REFUSED && other.id === entry.id
            );
            if (!held) {
                throw new Error("left behind");
            }
        }
        if (queue.forgetSent(entries, -1).length !== entries.length) {
            throw new Error("forgotten before the page shows it");
        }
        sent += server.length;
    }
    if (!overtook) {
        throw new Error("nothing goes before a photo");
    }
    return sent;
}"""


def test_the_queue_keeps_its_order(server, lost_page, login):
    page = lost_page()
    open_field(page, server, login)
    assert page.evaluate(HISTORIES, random.Random(SEED).randrange(2**31)) > 1000
    expected = {"UserError": "refused", "ValidationError": "refused"}
    for name, verdict in {**expected, "OperationalError": "failed"}.items():
        error = {"data": {"name": f"odoo.exceptions.{name}"}}
        script = 'e => odoo.loader.modules.get("@om_assets/field/queue").classify(e)'
        assert page.evaluate(script, error) == verdict
    expired = {"code": 100, "data": {"name": "odoo.http.SessionExpiredException"}}
    assert page.evaluate(script, expired) == "signed_out"


# ----------------------------------------------------------------
# Lives with the network cut at each step
# ----------------------------------------------------------------


def open_field(page, server, login, place="", user="engineer"):
    if login:
        if "/web/login" in page.url:
            # The form offers who signed in here before; another one types the name.
            page.evaluate("localStorage.clear()")
        login(page, user)
    page.goto(f"{server.url}/om/field{place}")
    page.locator(".om_field_main").wait_for()


def wait_for_worker(page):
    """Until the page and its files are kept for places without a network."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller")


@contextmanager
def cut(page, way, path=TAKE):
    """Lose the network before, during or after the answer to what is done inside.

    :param path: what is lost: the acts, or the pieces of a photo
    """
    lost = []

    def handle(route):
        if way == "after":
            route.fetch()
        route.abort("connectionreset")
        # Not before: the next step takes the route away.
        lost.append(route.request.url)

    if way == "before":
        page.context.set_offline(True)
    elif way != "none":
        page.route(path, handle)
    yield
    if way == "before":
        page.locator(UNSENT).wait_for()
        page.context.set_offline(False)
    elif way != "none":
        for _attempt in range(100):
            if lost:
                break
            page.wait_for_timeout(50)
        assert lost, "it was sent, and lost"
        page.locator(UNSENT).wait_for()
        # The page may be trying again by itself at this moment.
        page.unroute_all(behavior="ignoreErrors")
        # As the browser does it when there is a network again.
        page.evaluate("window.dispatchEvent(new Event('online'))")
    assert_no_dead_control(page)
    page.locator(UPLOADED).wait_for()


def assert_no_dead_control(page):
    assert page.locator(".om_field_main :disabled").count() == 0


def choose_cuts(name, number):
    chooser = random.Random(f"{SEED} {name}")
    cuts = [chooser.choice(CUTS[1:]) for _step in range(number)]
    # Each way at least once, wherever.
    for place, way in zip(chooser.sample(range(number), 3), CUTS[1:], strict=True):
        cuts[place] = way
    return cuts


@pytest.mark.parametrize("life", range(LIVES))
def test_an_inspection_survives_every_cut(
    server, lost_page, login, call, inspection, life
):
    page = lost_page()
    open_field(page, server, login, f"#inspection-{inspection.identifier}")
    page.locator(".om_field_start").wait_for()
    began = datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)
    cuts = iter(choose_cuts(f"inspection {life}", 7))
    print(f"inspection {life}:", list(choose_cuts(f"inspection {life}", 7)))

    with cut(page, next(cuts)):
        page.locator(".om_field_start").click()
        page.locator(".om_field_finish").wait_for()
    values = page.locator(".om_inspection_item:has(.om_inspection_value)")
    way = next(cuts)
    for index in range(values.count()):
        item = values.nth(index)
        value = "31" if "℃" in item.inner_text() else "45"
        with cut(page, way):
            item.locator(".om_inspection_value").fill(value)
            item.locator(".om_inspection_value").blur()
            expect(item).not_to_have_attribute("data-result", "open")
        way = "none"
    item = page.locator(".om_inspection_item:not(:has(.om_inspection_value))").first
    name = item.get_attribute("data-name")
    with cut(page, next(cuts)):
        item.locator("button[data-choice=fail]").click()
        expect(item).to_have_attribute("data-result", "fail")
    with cut(page, next(cuts)):
        item.locator("textarea").fill("机柜门损坏")
        item.locator("textarea").blur()
        item.locator(".om_field_waits").or_(page.locator(UPLOADED)).first.wait_for()
    warm = page.locator(".om_inspection_item[data-result=fail]:has-text('℃')")
    warm.locator("textarea").fill("空调停机")
    warm.locator("textarea").blur()
    with cut(page, next(cuts), PIECES):
        item.locator("input[type=file]").set_input_files([make_photo(1), make_photo(2)])
        item.locator(".fa-picture-o").wait_for()
        expect(item.locator("span:has(.fa-picture-o)")).to_contain_text("2")
    with cut(page, next(cuts)):
        page.locator(".om_field_others").click()
        expect(page.locator(".om_inspection_item[data-result=open]")).to_have_count(0)
    with cut(page, next(cuts)):
        page.locator(".om_field_finish").click()
        draw_name(page)
        page.locator(".om_inspection_buttons").first.wait_for(state="detached")
    ended = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)

    done = inspection("inspection_step", "inspector_signed_on", "result_ids")
    assert done["inspection_step"] == "done" and done["inspector_signed_on"]
    items = call(inspection.page, "om.inspection.result", "read", done["result_ids"])
    judged = {row["name"]: row for row in items}
    assert judged[name]["result"] == "fail" and judged[name]["note"] == "机柜门损坏"
    assert len(judged[name]["photo_ids"]) == 2
    assert all(row["result"] for row in items)
    for row in items:
        at = datetime.datetime.fromisoformat(row["checked_on"])
        assert began <= at <= ended
    assert_acts_once(call, inspection, "maintenance.request", inspection.identifier)
    photos = call(
        inspection.page,
        "ir.attachment",
        "read",
        judged[name]["photo_ids"],
        ["name", "description", "file_size", "mimetype"],
    )
    assert sorted(photo["name"] for photo in photos) == ["IMG_1.jpg", "IMG_2.jpg"]
    for photo in photos:
        assert "SHA-256" in photo["description"] and photo["mimetype"] == "image/jpeg"


def assert_acts_once(call, inspection, model, res_id):
    """No act is twice on record, except those that happen again."""
    domain = [["res_model", "=", model], ["res_id", "=", res_id]]
    acts = call(inspection.page, "om.act", "search_read", domain, ["act"])
    names = [act["act"] for act in acts if act["act"] not in ("create", "change")]
    assert len(names) == len(set(names)), names


def draw_name(page):
    pad = page.locator(".om_field_pad canvas")
    pad.wait_for()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 20 + step * 30, box["y"] + 60 + step % 2 * 80)
    page.mouse.up()
    page.locator(".om_field_signed").click()


@pytest.mark.parametrize("life", range(LIVES))
def test_a_ticket_survives_every_cut(server, lost_page, login, call, life):
    page = lost_page()
    login(page, "engineer")
    domain = [["state", "=", "in_service"]]
    (system,) = call(page, "om.system", "search", domain, limit=1)
    ticket = call(
        page,
        "helpdesk.ticket",
        "create",
        {
            "name": "断网抢修（浏览器测试）",
            "description": "示例",
            "system_id": system,
        },
    )
    open_field(page, server, None, f"#ticket-{ticket}")
    me = page.evaluate(
        "JSON.parse(document.getElementById('om_field_facts').textContent).user.id"
    )
    cuts = iter(choose_cuts(f"ticket {life}", 6))
    print(f"ticket {life}:", list(choose_cuts(f"ticket {life}", 6)))
    with cut(page, next(cuts)):
        page.locator(".om_field_take").click()
        page.locator(".om_field_arrive").wait_for()
    with cut(page, next(cuts)):
        page.locator(".om_field_arrive").click()
        page.locator(".om_field_arrive").wait_for(state="detached")
    with cut(page, next(cuts)):
        page.locator(".om_field_ask_pause").click()
        page.select_option("#om_field_pause", "user")
        page.fill("#om_field_reason", "机房锁门")
        page.locator(".om_field_paused").click()
        page.locator(".om_field_resume").wait_for()
    page.wait_for_timeout(1100)
    with cut(page, next(cuts)):
        page.locator(".om_field_resume").click()
        page.locator(".om_field_ask_pause").wait_for()
    with cut(page, next(cuts), PIECES):
        page.locator("input[type=file]").first.set_input_files(make_photo(3))
        page.locator(".fa-picture-o").or_(page.locator(UPLOADED)).first.wait_for()
    with cut(page, next(cuts)):
        page.locator(".om_field_ask_fix").click()
        page.locator(".om_field_fix").click()
        page.locator("[role=alert]", has_text="处理措施").wait_for()
        page.fill("#om_field_cause", "电源老化")
        page.fill("#om_field_solution", "更换电源")
        page.locator(".om_field_fix").click()
        page.locator(".om_field_ask_fix").wait_for(state="detached")
    (found,) = call(
        page,
        "helpdesk.ticket",
        "read",
        [ticket],
        ["state", "user_id", "responded_at", "arrived_at", "fixed_at", "solution"],
    )
    assert found["state"] == "fixed" and found["solution"] == "更换电源"
    assert found["user_id"][0] == me
    assert found["responded_at"] <= found["arrived_at"] <= found["fixed_at"]
    domain = [["res_model", "=", "helpdesk.ticket"], ["res_id", "=", ticket]]
    acts = call(page, "om.act", "search_read", domain, ["act"])
    names = [act["act"] for act in acts if act["act"] not in ("create", "change")]
    assert sorted(names) == ["arrived", "fixed", "paused", "responded", "resumed"]
    photos = call(
        page, "ir.attachment", "search_count", [*domain, ["name", "=", "IMG_3.jpg"]]
    )
    assert photos == 1


def test_a_ticket_is_given_away_without_network(server, lost_page, login, call):
    page = lost_page()
    login(page, "engineer")
    (system,) = call(
        page, "om.system", "search", [["state", "=", "in_service"]], limit=1
    )
    open_field(page, server, None)
    me = page.evaluate(
        "JSON.parse(document.getElementById('om_field_facts').textContent).user.id"
    )
    refused, given = (
        call(
            page,
            "helpdesk.ticket",
            "create",
            {"name": f"{name}（浏览器测试）", "system_id": system, "user_id": me},
        )
        for name in ("拒接", "转交")
    )
    # Not the same page with another place in it: it asks for the day anew.
    page.goto("about:blank")
    open_field(page, server, None, f"#ticket-{refused}")
    page.locator(".om_field_ask_refuse").wait_for()
    page.context.set_offline(True)
    page.locator(".om_field_ask_refuse").click()
    page.locator(".om_field_refused").click()
    page.locator("[role=alert]").wait_for()
    page.fill("#om_field_refusal", "正在外镇抢修")
    page.locator(".om_field_refused").click()
    page.locator(UNSENT).wait_for()
    page.locator(".om_field_take").wait_for(state="detached")
    assert_fits(page)
    page.goto(f"{server.url}/om/field#ticket-{given}")
    page.locator(".om_field_ask_hand_over").click()
    choice = page.locator("#om_field_colleague")
    name = choice.locator("option").nth(1).inner_text()
    choice.select_option(index=1)
    page.locator(".om_field_handed").click()
    page.context.set_offline(False)
    page.locator(UPLOADED).wait_for()
    rows = call(page, "helpdesk.ticket", "read", [refused, given], ["user_id"])
    assert rows[0]["user_id"] is False
    assert rows[1]["user_id"][1] == name
    domain = [["res_id", "in", [refused, given]], ["res_model", "=", "helpdesk.ticket"]]
    acts = call(page, "om.act", "search_read", domain, ["act", "reason"])
    mine = {act["act"]: act["reason"] for act in acts}
    assert mine["refused"].endswith("正在外镇抢修")
    assert "handed_over" in mine


# ----------------------------------------------------------------
# A day without network
# ----------------------------------------------------------------

AGE = """async (hours) => {
    const bases = await indexedDB.databases();
    const base = bases.find(({ name }) => name.startsWith("om.field."));
    const open = indexedDB.open(base.name);
    await new Promise((resolve) => (open.onsuccess = resolve));
    const transaction = open.result.transaction("entries", "readwrite");
    const cursor = transaction.objectStore("entries").openCursor();
    cursor.onsuccess = () => {
        if (!cursor.result) return;
        const entry = cursor.result.value;
        const at = new Date(Date.parse(entry.at) - hours * 3600000).toISOString();
        cursor.result.update({ ...entry, at, difference: null });
        cursor.result.continue();
    };
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    open.result.close();
}"""


def test_a_day_without_network(server, lost_page, login, call, inspection):
    """Opened without network, worked on, closed, opened again, uploaded: with the times
    of the taps, marked as recorded offline."""
    page = lost_page()
    open_field(page, server, login)
    wait_for_worker(page)
    page.locator(f"[data-key=inspection-{inspection.identifier}]").wait_for()
    assert_fits(page)
    page.context.set_offline(True)
    page.reload()
    page.locator(".om_field_offline").wait_for()
    page.locator(f"[data-key=inspection-{inspection.identifier}]").click()
    page.locator(".om_field_start").click()
    item = page.locator(".om_inspection_item:not(:has(.om_inspection_value))").first
    item.locator("button[data-choice=fail]").click()
    item.locator("textarea").fill("没有网络时记录")
    item.locator("textarea").blur()
    item.locator("input[type=file]").set_input_files(make_photo(4))
    expect(page.locator(UNSENT)).to_contain_text("未上传 4")
    assert_fits(page)
    small = page.locator(
        "button:visible, a.btn:visible, label.btn:visible"
    ).evaluate_all(
        """all => all.map(one => one.getBoundingClientRect().height)
            .filter(height => height < 44)"""
    )
    assert small == [], "too small for a thumb"
    page.evaluate(AGE, 2)

    page.goto("about:blank")
    page.goto(f"{server.url}/om/field#inspection-{inspection.identifier}")
    expect(page.locator(UNSENT)).to_contain_text("未上传 4")
    item = page.locator(".om_inspection_item:not(:has(.om_inspection_value))").first
    expect(item).to_have_attribute("data-result", "fail")
    assert item.locator("textarea").input_value() == "没有网络时记录"
    page.context.set_offline(False)
    page.locator(UPLOADED).wait_for()
    done = inspection("inspection_started_on", "result_ids")
    started = datetime.datetime.fromisoformat(done["inspection_started_on"])
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    assert datetime.timedelta(hours=2) < now - started < datetime.timedelta(hours=2.1)
    domain = [
        ["res_model", "=", "maintenance.request"],
        ["res_id", "=", inspection.identifier],
        ["act", "=", "start"],
    ]
    (line,) = call(inspection.page, "om.act", "search_read", domain, ["reason"])
    assert line["reason"] == "离线记录"


def test_what_is_refused_waits_for_its_person(
    server, lost_page, login, call, inspection
):
    """Somebody else has the inspection now: nothing is lost, the person decides."""
    page = lost_page()
    open_field(page, server, login, f"#inspection-{inspection.identifier}")
    # All was uploaded before the tap, too: only an answer says that the tap was.
    with page.expect_response(TAKE):
        page.locator(".om_field_start").click()
    page.locator(UPLOADED).wait_for()
    page.context.set_offline(True)
    items = page.locator(".om_inspection_item:not(:has(.om_inspection_value))")
    for index in range(3):
        items.nth(index).locator("button[data-choice=pass]").click()
    expect(page.locator(UNSENT)).to_contain_text("未上传 3")
    ((dispatcher, _name),) = call(
        inspection.page, "res.users", "name_search", "dispatcher"
    )
    engineer = call(
        inspection.page,
        "maintenance.request",
        "read",
        [inspection.identifier],
        ["user_id"],
    )[0]["user_id"][0]
    write = (inspection.page, "maintenance.request", "write", [inspection.identifier])
    call(*write, {"user_id": dispatcher})
    page.context.set_offline(False)
    refused = page.locator(".om_field_entry[data-state=refused]")
    page.goto(f"{server.url}/om/field#queue")
    expect(refused).to_have_count(1)
    assert "其他人" in refused.inner_text() or "他人" in refused.inner_text()
    expect(page.locator(".om_field_entry")).to_have_count(3)
    assert_fits(page)
    refused.locator(".om_field_drop").click()
    expect(refused).to_have_count(1)
    expect(page.locator(".om_field_entry")).to_have_count(2)
    refused.locator(".om_field_note").click()
    expect(page.locator(".om_field_entry")).to_have_count(1)
    call(*write, {"user_id": engineer})
    refused.locator(".om_field_retry").click()
    page.locator(UPLOADED).wait_for()
    results = call(
        inspection.page,
        "om.inspection.result",
        "search_count",
        [["request_id", "=", inspection.identifier], ["result", "=", "pass"]],
    )
    assert results == 1
    notes = [
        ["model", "=", "maintenance.request"],
        ["res_id", "=", inspection.identifier],
        ["body", "ilike", "离线记录"],
    ]
    assert call(inspection.page, "mail.message", "search_count", notes) == 1


def test_two_telephones_read_what_the_other_did(
    server, lost_page, login, call, inspection
):
    """One is without network when the other judges the same: each reads of it."""
    first, second = lost_page(), lost_page()
    place = f"#inspection-{inspection.identifier}"
    open_field(first, server, login, place)
    with first.expect_response(TAKE):
        first.locator(".om_field_start").click()
    first.locator(UPLOADED).wait_for()
    open_field(second, server, login, place)

    def find(page):
        return page.locator(".om_inspection_item:not(:has(.om_inspection_value))").first

    first.context.set_offline(True)
    find(first).locator("button[data-choice=fail]").click()
    with second.expect_response(TAKE):
        find(second).locator("button[data-choice=pass]").click()
    second.locator(UPLOADED).wait_for()
    first.context.set_offline(False)
    refused = ".om_field_entry[data-state=refused]"
    first.locator(refused).wait_for()
    assert "合格" in first.locator(refused).inner_text()
    assert_fits(first)
    with first.expect_response(TAKE):
        first.locator(".om_field_retry").click()
    first.locator(UPLOADED).wait_for()
    expect(find(first)).to_have_attribute("data-result", "fail")
    # The other still shows its own; what it taps now tells what happened meanwhile.
    find(second).locator("button[data-choice=na]").click()
    second.locator(refused).wait_for()
    assert "不合格" in second.locator(refused).inner_text()
    second.locator(".om_field_drop").click()
    second.locator(UPLOADED).wait_for()
    expect(find(second)).to_have_attribute("data-result", "fail")
    expect(find(second).locator(".om_field_checked")).to_contain_text(":")
    items = call(
        inspection.page,
        "om.inspection.result",
        "search_read",
        [["request_id", "=", inspection.identifier], ["result", "!=", False]],
        ["result"],
    )
    assert [item["result"] for item in items] == ["fail"]


def test_another_login_sees_nothing_of_it(server, lost_page, type_password, inspection):
    page = lost_page()
    open_field(page, server, type_password, f"#inspection-{inspection.identifier}")
    wait_for_worker(page)
    page.locator(".om_field_start").wait_for()
    page.context.set_offline(True)
    page.locator(".om_field_start").click()
    page.locator(UNSENT).wait_for()
    page.route(TAKE, lambda route: route.abort())
    page.context.set_offline(False)
    page.goto(f"{server.url}/om/field#queue")
    page.locator(".om_field_leave").click()
    page.locator(".om_field_leave").click()
    page.wait_for_url("**/web/login*")
    page.unroute_all()
    page.context.set_offline(True)
    page.goto(f"{server.url}/om/field")
    page.locator(".om_field_loading", has_text="登录").wait_for()
    page.context.set_offline(False)
    open_field(page, server, type_password, "#queue", user="dispatcher")
    page.locator(UPLOADED).wait_for()
    assert page.locator(".om_field_entry").count() == 0
    assert inspection("inspection_step")["inspection_step"] == "planned"
    page.locator(".om_field_leave").click()
    page.wait_for_url("**/web/login*")
    open_field(page, server, type_password, "#queue")
    page.locator(UPLOADED).wait_for()
    assert inspection("inspection_step")["inspection_step"] == "running"


def launch(browser, profile):
    """A browser with a folder of its own, as on a telephone."""
    context = browser.browser_type.launch_persistent_context(
        str(profile),
        executable_path=os.environ["OM_CHROMIUM"],
        args=[*CHROMIUM_ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        viewport={"width": 390, "height": 844},
        locale="zh-CN",
    )
    context.set_default_timeout(PATIENCE)
    return context


def test_a_killed_browser_loses_nothing(
    server, browser, login, call, inspection, tmp_path
):
    profile = tmp_path / "profile"
    context = launch(browser, profile)
    page = context.pages[0]
    open_field(page, server, login, f"#inspection-{inspection.identifier}")
    wait_for_worker(page)
    page.locator(".om_field_start").wait_for()
    context.set_offline(True)
    page.locator(".om_field_start").click()
    item = page.locator(".om_inspection_item:not(:has(.om_inspection_value))").first
    item.locator("button[data-choice=fail]").click()
    item.locator("input[type=file]").set_input_files(make_photo(5))
    expect(page.locator(UNSENT)).to_contain_text("未上传 3")
    kill(profile)
    context = launch(browser, profile)
    page = context.pages[0]
    page.goto(f"{server.url}/om/field")
    # Killed at once, the browser may have lost that it was signed in; nothing else.
    page.locator("input[name=password], .om_field_main").first.wait_for()
    if "/web/login" in page.url:
        open_field(page, server, login)
    page.locator(UPLOADED).wait_for()
    context.close()
    (found,) = call(
        inspection.page,
        "om.inspection.result",
        "search_read",
        [["request_id", "=", inspection.identifier], ["result", "=", "fail"]],
        ["photo_ids"],
    )
    assert len(found["photo_ids"]) == 1


def kill(profile):
    """End a browser as a telephone does that runs out of power."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text()
        except OSError:
            continue
        if f"--user-data-dir={profile}" in command and "--type=" not in command:
            os.kill(int(process.name), signal.SIGKILL)


# ----------------------------------------------------------------
# Photos and what is installed
# ----------------------------------------------------------------

SHRINK = """async ([bytes, name]) => {
    const photo = odoo.loader.modules.get("@om_assets/field/photo");
    const raw = Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0));
    const lastModified = 1700000000000;
    const file = new File([raw], name, { type: "image/jpeg", lastModified });
    const { blob, about } = await photo.shrink(file);
    const shrunk = new Uint8Array(await blob.arrayBuffer());
    const text = Array.from(shrunk, (each) => String.fromCharCode(each)).join("");
    return [btoa(text), about];
}"""


def test_a_photo_is_shrunk_and_upright(server, lost_page, login):
    page = lost_page()
    open_field(page, server, login)
    picture = Image.effect_noise((2800, 2100), 80).convert("RGB")
    # The upper left corner of the sensor, which is the upper right one of the scene.
    picture.paste((255, 0, 0), (0, 0, 700, 700))
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(stream, "JPEG", quality=97, exif=exif)
    raw = stream.getvalue()
    encoded, about = page.evaluate(SHRINK, [b64encode(raw).decode(), "IMG_9.jpg"])
    shrunk = b64decode(encoded)
    assert len(shrunk) < len(raw) / 2
    found = Image.open(io.BytesIO(shrunk))
    assert found.size == (1500, 2000), "upright, its long edge 2000"
    red, green, blue = found.convert("RGB").getpixel((1300, 100))
    assert red > 200 and green < 60 and blue < 60
    told = json.loads(about)
    assert told == json.loads(found.info["comment"])
    assert told["sha256"] == sha256(raw).hexdigest()
    assert told["taken"] == "2023-11-14T22:13:20.000Z"
    assert told["original"] == "IMG_9.jpg"


MARK = """async (mark) => {
    const photo = odoo.loader.modules.get("@om_assets/field/photo");
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 900, height: 600 });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, 900, 600);
    const raw = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg"));
    const file = new File([raw], "IMG.jpg", { lastModified: Date.now() });
    const place = { latitude: 40.128, longitude: 116.654, accuracy: 12 };
    const where = Promise.resolve(place);
    const { blob, about } = await photo.shrink(file, { mark, where });
    const shrunk = new Uint8Array(await blob.arrayBuffer());
    const text = Array.from(shrunk, (each) => String.fromCharCode(each)).join("");
    return [btoa(text), about];
}"""


def test_a_photo_is_marked_where_the_contract_wants_it(server, lost_page, login):
    page = lost_page()
    open_field(page, server, login)
    for mark in ("", "平安小区视频系统"):
        encoded, about = page.evaluate(MARK, mark)
        place = {"latitude": 40.128, "longitude": 116.654, "accuracy": 12}
        assert json.loads(about)["place"] == place
        picture = Image.open(io.BytesIO(b64decode(encoded))).convert("L")
        assert picture.getpixel((890, 10)) > 250, "the scene is left as it is"
        foot = picture.crop((0, 560, 900, 600))
        darkest, lightest = foot.getextrema()
        if not mark:
            assert darkest > 250
            continue
        assert darkest < 140 and picture.getpixel((890, 595)) < 140
        assert lightest > 200, "words on it"


def make_scene(number, base, folder):
    """A photo of 12 megapixels and some 8 MB, as telephones take them."""
    picture = base.copy()
    picture.paste((number * 40 % 256, 90, 160), (200, 200, 1800, 1400))
    path = folder / f"SCENE_{number}.jpg"
    picture.save(path, "JPEG", quality=96)
    assert path.stat().st_size > 7_500_000
    return path


def test_photos_over_a_slow_line(server, lost_page, login, call, inspection, tmp_path):
    """They go in the background and by pieces, while the engineer goes on; what was
    lost on the way is a piece, not a photo."""
    noise = Image.effect_noise((4000, 3000), 34)
    scene = Image.merge("RGB", (noise, noise, noise))
    paths = [make_scene(number, scene, tmp_path) for number in range(PHOTOS)]
    page = lost_page()
    open_field(page, server, login, f"#inspection-{inspection.identifier}")
    with page.expect_response(TAKE):
        page.locator(".om_field_start").click()
    page.locator(UPLOADED).wait_for()
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    sent = []
    page.on("request", lambda each: "/om/field/" in each.url and sent.append(each))
    items = page.locator(".om_inspection_item:not(:has(.om_inspection_value))")
    items.first.locator("button[data-choice=fail]").click()
    items.first.locator("input[type=file]").set_input_files(paths)
    page.locator(".om_field_progress").wait_for()
    # The engineer goes on: each tap counts at once, whatever is under way, and what is
    # being typed stays.
    note = items.first.locator("textarea")
    note.press_sequentially("机柜门", delay=1)
    before = page.locator(".om_field_share").inner_text()
    page.wait_for_function(
        "before => document.querySelector('.om_field_share')?.textContent !== before",
        arg=before,
    )
    note.press_sequentially("损坏", delay=1)
    assert note.input_value() == "机柜门损坏"
    for index in range(1, min(items.count(), 4)):
        items.nth(index).locator("button[data-choice=pass]").click()
        expect(items.nth(index)).to_have_attribute("data-result", "pass", timeout=5000)
    shown = page.locator(".om_field_share")
    before = shown.inner_text()
    page.wait_for_function(
        "before => document.querySelector('.om_field_share')?.textContent !== before",
        arg=before,
    )
    line.send("Network.emulateNetworkConditions", {**SLOW, "offline": True})
    page.locator(".om_field_offline").wait_for()
    assert_no_dead_control(page)
    line.send("Network.emulateNetworkConditions", SLOW)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.locator(UPLOADED).wait_for(timeout=PATIENCE + PHOTOS * 8000)
    (item,) = call(
        inspection.page,
        "om.inspection.result",
        "search_read",
        [["request_id", "=", inspection.identifier], ["result", "=", "fail"]],
        ["photo_ids"],
    )
    photos = call(
        inspection.page,
        "ir.attachment",
        "read",
        item["photo_ids"],
        ["name", "file_size"],
    )
    assert len({photo["name"] for photo in photos}) == len(photos) == PHOTOS
    stored = sum(photo["file_size"] for photo in photos)
    originals = sum(path.stat().st_size for path in paths)
    total = sum(int(each.all_headers().get("content-length", 0)) for each in sent)
    print(f"{PHOTOS} photos, {originals} bytes: {total} sent, {stored} stored")
    assert total <= originals / 8
    assert stored < total < stored + 3 * PIECE + PHOTOS * 4096


def test_the_unit_signs_and_a_part_is_asked_for(server, lost_page, login, call):
    """Both on the spot, without network; what was shown is what was signed."""
    page = lost_page()
    login(page, "engineer")
    domain = [["state", "=", "in_service"], ["has_spare_quota", "=", True]]
    (system,) = call(page, "om.system", "search", domain, limit=1)
    values = {"name": "补光灯不亮（浏览器测试）", "description": "示例"}
    ticket = call(page, "helpdesk.ticket", "create", {**values, "system_id": system})
    open_field(page, server, None, f"#ticket-{ticket}")
    with page.expect_response(TAKE):
        page.locator(".om_field_take").click()
    page.locator(UPLOADED).wait_for()
    page.context.set_offline(True)
    page.locator(".om_field_ask_spare").click()
    page.locator(".om_field_spare_asked").click()
    page.locator("[role=alert]").first.wait_for()
    part = page.locator("#om_field_part option:not([value=''])").first
    page.select_option("#om_field_part", part.get_attribute("value"))
    page.fill("#om_field_beyond", "灯珠烧毁")
    page.fill("#om_field_tried", "更换驱动后仍不亮")
    page.locator(".om_field_spare_photo").set_input_files(make_photo(6))
    page.locator(".om_field_spare_taken").wait_for()
    assert_fits(page)
    page.locator(".om_field_spare_asked").click()
    expect(page.locator(UNSENT)).to_contain_text("未上传 1")
    page.locator(".om_field_ask_fix").click()
    page.fill("#om_field_solution", "更换补光灯")
    page.locator(".om_field_fix").click()
    page.locator(".om_field_unit").click()
    assert "更换补光灯" in page.locator(".om_field_shown").inner_text()
    draw_name(page)
    page.locator(".om_field_pad [role=alert]").wait_for()
    page.fill("#om_field_person", "乙一")
    assert_fits(page)
    page.locator(".om_field_signed").click()
    page.locator(".om_field_unit_signed").wait_for()
    expect(page.locator(UNSENT)).to_contain_text("未上传 3")
    page.context.set_offline(False)
    page.locator(UPLOADED).wait_for()
    (found,) = call(page, "helpdesk.ticket", "read", [ticket], ["user_signed_by"])
    assert found["user_signed_by"] == "乙一"
    domain = [["ticket_id", "=", ticket]]
    names = ["state", "beyond_repair", "photo_ids"]
    (part,) = call(page, "om.spare.request", "search_read", domain, names)
    assert (part["state"], part["beyond_repair"]) == ("asked", "灯珠烧毁")
    assert len(part["photo_ids"]) == 1


def test_it_can_be_installed(server, browser, login, tmp_path):
    # The whole browser: the one without windows installs nothing.
    context = launch(browser, tmp_path / "profile")
    page = context.pages[0]
    open_field(page, server, login)
    wait_for_worker(page)
    session = page.context.new_cdp_session(page)
    answer = session.send("Page.getAppManifest")
    assert answer["errors"] == []
    manifest = json.loads(answer["data"])
    assert (manifest["name"], manifest["start_url"]) == ("运维", "/om/field")
    names = [shortcut["name"] for shortcut in manifest["shortcuts"]]
    assert names == ["今日巡检", "我的工单", "扫码"]
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A browser of tests has no profile to install into.
    assert {error["errorId"] for error in errors} <= {"in-incognito"}
    context.close()
