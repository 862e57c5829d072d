"""Facts over the wire: what each role is refused, and beside it what it may do.

Over real RPC with the demonstration's own logins; each kind of door once or more. Every
model, field and role is tried in the add-ons' tests and in the registry's.
"""

import base64
from urllib.parse import urlsplit

import odoorpc
import pytest

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
OURS = ("engineer", "dispatcher", "manager", "procurement", "warehouse", "staffing")


@pytest.fixture(scope="module")
def connect(server):
    address = urlsplit(server.url)
    clients = {}

    def log_in(login):
        if login not in clients:
            rpc = odoorpc.ODOO(address.hostname, port=address.port, timeout=120)
            rpc.login(server.database, login, server.passwords[login])
            rpc.env.context["lang"] = "zh_CN"
            clients[login] = rpc
        return clients[login].env

    return log_in


def refused(call):
    """Whether the server refuses a call, with a sentence and not with a traceback."""
    with pytest.raises(odoorpc.error.RPCError) as told:
        call()
    assert "Traceback" not in str(told.value)
    return True


def one(env, model, domain):
    found = env[model].search(domain, limit=1)
    assert found, f"the demonstration has a {model} with {domain}"
    return found[0]


# ------------------------------------------------------------
# A. What is not declared free
# ------------------------------------------------------------


@pytest.mark.parametrize("login", ["engineer", "dispatcher", "manager"])
def test_a_breach_stays_a_breach(connect, login):
    env = connect(login)
    tickets = env["helpdesk.ticket"]
    ticket = one(
        env,
        "helpdesk.ticket",
        [
            ("fix_status", "=", "breached"),
            ("state", "in", ["progress", "fixed", "confirmed"]),
            ("number", "!=", "HT00001"),
            ("unit_id", "!=", False),
        ],
    )
    for values in (
        {"fix_status": "met"},
        {"fix_deadline": "2030-01-01 00:00:00"},
        {"number": "HT00001"},
        {"unit_id": False},
        {"state": "new"},
        {"priority": "2", "fix_status": "met"},
    ):
        assert refused(lambda values=values: tickets.write([ticket], values))
    head = ["id", "fix_status"]
    row = [str(ticket), "met"]
    answer = tickets.load([".id", *head[1:]], [row])
    assert not answer.get("ids"), answer
    assert refused(lambda: tickets.web_save([ticket], {"fix_status": "met"}, {}))
    assert tickets.read([ticket], ["fix_status"])[0]["fix_status"] == "breached"
    tickets.write([ticket], {"priority": "2"})
    assert tickets.read([ticket], ["priority"])[0]["priority"] == "2"


def test_a_new_fault_has_no_past(connect):
    env = connect("engineer")
    system = one(env, "om.system", [("state", "=", "in_service")])
    values = {"name": "示例：无法登录", "description": "示例", "system_id": system}
    for more in (
        {"reported_at": "2026-01-05 01:00:00", "fixed_at": "2026-01-05 01:10:00"},
        {"number": "HT00001"},
        {"fix_status": "met"},
    ):
        assert refused(lambda more=more: env["helpdesk.ticket"].create(values | more))
    ticket = env["helpdesk.ticket"].create(values)
    assert env["helpdesk.ticket"].read([ticket], ["state"])[0]["state"]


def test_money_follows_from_acts(connect):
    env = connect("procurement")
    milestone = one(env, "om.payment.milestone", [("state", "=", "paid")])
    for values in (
        {"amount": 1.0},
        {"state": "waiting"},
        {"partner_id": 1},
        {"contract_state": "draft"},
    ):
        assert refused(
            lambda values=values: env["om.payment.milestone"].write([milestone], values)
        )
    contract = one(env, "agreement", [("state", "=", "in_force")])
    assert refused(lambda: env["agreement"].write([contract], {"amount_total": 1.0}))
    assert refused(lambda: env["agreement"].write([contract], {"active": False}))
    quota = one(env, "om.spare.quota", [("list_id.state", "=", "active")])
    assert refused(lambda: env["om.spare.quota"].write([quota], {"cap": 9999}))
    assert refused(lambda: env["om.spare.quota"].write([quota], {"price_unit": 1.0}))
    env["om.spare.quota"].write([quota], {"sequence": 7})


# ------------------------------------------------------------
# B. Deleting
# ------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "model", "domain"),
    [
        ("dispatcher", "helpdesk.ticket", [("state", "=", "fixed")]),
        ("dispatcher", "helpdesk.ticket", [("fix_status", "=", "breached")]),
        ("dispatcher", "om.downtime", []),
        ("manager", "om.downtime", []),
        ("manager", "maintenance.request", [("inspection_status", "=", "missed")]),
        ("staffing", "om.social.insurance", []),
        ("warehouse", "om.dismantled.part", []),
        ("procurement", "om.payment.milestone", [("state", "=", "paid")]),
        ("procurement", "om.bond", []),
    ],
)
def test_facts_are_not_deleted(connect, login, model, domain):
    env = connect(login)
    record = one(env, model, domain)
    assert refused(lambda: env[model].unlink([record]))
    assert env[model].search_count([("id", "=", record)]) == 1


def test_what_nothing_follows_from_may_go(connect):
    periods = connect("manager")["om.key.period"]
    period = periods.create(
        {"name": "示例保障期", "date_start": "2027-05-01", "date_end": "2027-05-03"}
    )
    assert periods.unlink([period])


# ------------------------------------------------------------
# C. The trail and the evidence
# ------------------------------------------------------------


def test_the_trail_stays(connect):
    env = connect("engineer")
    message = one(env, "mail.message", [("model", "=", "helpdesk.ticket")])
    ticket = env["mail.message"].read([message], ["res_id"])[0]["res_id"]
    assert refused(lambda: env["mail.message"].write([message], {"body": "改写"}))
    assert refused(lambda: env["mail.message"].unlink([message]))
    unit = connect("unit")["res.users"].search([], limit=1)
    other = connect("manager")["res.users"].read(unit, ["partner_id"])[0]["partner_id"]
    assert refused(
        lambda: env["helpdesk.ticket"].message_post(
            [ticket], body="我单位确认已修复", author_id=other[0]
        )
    )
    assert env["helpdesk.ticket"].message_post([ticket], body="示例：已到现场")


# ------------------------------------------------------------
# D. Flags that a client sends
# ------------------------------------------------------------


@pytest.mark.parametrize(
    "flags",
    [
        {"om_act": True},
        {"om_policy_writing": True, "tracking_disable": True},
        {"om_register_import": True},
        {"install_mode": True},
        {"om_sla_assigning": True},
        {"fetchmail_cron_running": True},
    ],
)
def test_no_flag_opens_a_door(connect, flags):
    env = connect("manager")
    ticket = one(env, "helpdesk.ticket", [("fix_status", "=", "breached")])
    tickets = env["helpdesk.ticket"].with_context(**flags)
    assert refused(lambda: tickets.write([ticket], {"fix_status": "met"}))


def test_a_change_is_on_record_without_tracking(connect):
    env = connect("manager")
    system = one(env, "om.system", [("state", "=", "in_service")])
    before = env["om.act"].search_count(
        [("res_model", "=", "om.system"), ("res_id", "=", system)]
    )
    silent = env["om.system"].with_context(tracking_disable=True)
    hours = silent.read([system], ["onsite_staff"])[0]["onsite_staff"]
    silent.write([system], {"onsite_staff": hours + 1})
    after = env["om.act"].search_count(
        [("res_model", "=", "om.system"), ("res_id", "=", system)]
    )
    silent.write([system], {"onsite_staff": hours})
    assert after == before + 1


# ------------------------------------------------------------
# E. The word of another party
# ------------------------------------------------------------


@pytest.mark.parametrize("login", ["engineer", "dispatcher", "manager"])
def test_nobody_of_ours_speaks_for_the_purchaser(connect, login):
    env = connect(login)
    downtime = one(env, "om.downtime", [("exclusion_state", "=", "claimed")])
    assert refused(lambda: env["om.downtime"].action_approve([downtime]))
    assert refused(
        lambda: env["om.downtime"].write([downtime], {"exclusion_state": "approved"})
    )
    state = env["om.downtime"].read([downtime], ["exclusion_state"])[0]
    assert state["exclusion_state"] == "claimed"


def test_a_paper_needs_its_scan(connect):
    env = connect("manager")
    downtime = one(env, "om.downtime", [("exclusion_state", "=", "claimed")])
    values = {
        "res_model": "om.downtime",
        "res_ids": [downtime],
        "act": "approve",
        "person": "示例某",
        "signed_on": "2026-11-20",
    }
    bare = env["om.act.paper"].create(values)
    assert refused(lambda: env["om.act.paper"].action_enter([bare]))
    paper = env["om.act.paper"].create(
        values | {"file": PNG, "file_name": "示例签字件.png"}
    )
    env["om.act.paper"].action_enter([paper])
    read = env["om.downtime"].read([downtime], ["exclusion_state"])[0]
    assert read["exclusion_state"] == "approved"
    signature = env["om.signature"].search_read(
        [("res_model", "=", "om.downtime"), ("res_id", "=", downtime)],
        ["way", "person", "user_id"],
    )
    assert [(each["way"], each["person"]) for each in signature] == [
        ("paper", "示例某")
    ]


# ------------------------------------------------------------
# G. Odoo's wide doors
# ------------------------------------------------------------


@pytest.mark.parametrize("login", [*OURS, "auditor"])
def test_wide_doors_are_shut(connect, login):
    env = connect(login)
    rating = env["rating.rating"].search([], limit=1)
    if rating:
        assert refused(lambda: env["rating.rating"].write(rating, {"rating": 5}))
    lines = connect("warehouse")["stock.move.line"].search(
        [("state", "=", "done")], limit=1
    )
    assert refused(lambda: env["stock.move.line"].write(lines, {"lot_name": "X"}))
    quants = connect("warehouse")["stock.quant"].search([], limit=1)
    assert refused(lambda: env["stock.quant"].write(quants, {"quantity": 0}))


def test_the_record_is_nobodys_to_write(connect):
    env = connect("admin")
    for model in ("om.act", "om.signature"):
        record = env[model].search([], limit=1)
        assert record
        assert refused(lambda m=model, r=record: env[m].unlink(r))
    line = env["om.act"].search([], limit=1)
    assert refused(lambda: env["om.act"].write(line, {"reason": "x"}))
    assert refused(lambda: env["om.act"].create({"act": "x"}))


def test_a_file_of_a_fault_is_not_published(connect):
    env = connect("engineer")
    ticket = one(env, "helpdesk.ticket", [("state", "=", "progress")])
    file = env["ir.attachment"].create(
        {
            "name": "示例.txt",
            "datas": base64.b64encode(b"x").decode(),
            "res_model": "helpdesk.ticket",
            "res_id": ticket,
        }
    )
    assert refused(lambda: env["ir.attachment"].write([file], {"public": True}))
    assert env["ir.attachment"].read([file], ["name"])[0]["name"] == "示例.txt"
