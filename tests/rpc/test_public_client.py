"""The suite as another program sees it: a public client and the JSON-2 API."""

import json
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import odoorpc
import pytest

from ..support import standing_shell


@pytest.fixture
def client(server):
    address = urlsplit(server.url)

    def connect(login):
        rpc = odoorpc.ODOO(address.hostname, port=address.port, timeout=60)
        rpc.login(server.database, login, server.passwords[login])
        return rpc

    return connect


def test_working_days(client):
    """DOMAIN figures: notices of the State Council for 2026."""
    rpc = client("procurement")
    calendar = rpc.env["om.calendar"]
    assert calendar.add_workdays("2026-01-20", 30) == "2026-03-09"
    assert calendar.add_workdays("2026-09-28", 5) == "2026-10-10"
    assert calendar.add_workdays("2026-02-13", 1) == "2026-02-14"
    assert calendar.count_workdays("2026-01-20", "2026-03-09") == 30
    assert calendar.is_workday("2026-02-14") is True
    assert calendar.is_provisional("2026-12-31") is False
    assert calendar.is_provisional("2027-01-04") is True


def test_register_totals(client):
    rpc = client("auditor")
    systems = rpc.env["om.system"]
    register = [("agreement_id.code", "=", "SY-2026")]
    rows = systems.search_read(register, ["sequence_no", "unit_id", "onsite_staff"])
    assert sorted(row["sequence_no"] for row in rows) == list(range(1, 155))
    assert len({row["unit_id"][0] for row in rows}) == 54
    assert sum(row["onsite_staff"] for row in rows) == 79


def test_portal_user_sees_own_unit_only(client):
    rows = client("unit").env["om.system"].search_read([], ["unit_id"])
    assert rows, "the demo unit has systems"
    assert {row["unit_id"][1] for row in rows} == {"区财政局"}


@pytest.mark.parametrize("login", ["warehouse", "auditor", "unit", "supervisor"])
def test_roles_that_only_read(client, login):
    rpc = client(login)
    with pytest.raises(odoorpc.error.RPCError):
        rpc.env["om.system"].create({"name": "不该建成"})


@pytest.fixture
def api_key(server):
    """A key of the manager, made where only the server's owner can make one."""
    script = """
import datetime
env = env(user=env.ref("om_base.demo_user_manager"))
expiry = datetime.datetime.now() + datetime.timedelta(days=1)
key = env["res.users.apikeys"]._generate("rpc", "test", expiry)
env.cr.commit()
print(key)
"""
    return standing_shell(server.database, script).strip().splitlines()[-1]


def call_json2(server, method, key, **arguments):
    request = urllib.request.Request(
        f"{server.url}/json/2/om.system/{method}",
        data=json.dumps(arguments).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"bearer {key}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def test_json2(server, api_key):
    """The API that stays in Odoo 20: bearer key, named arguments."""
    domain = [["name", "ilike", "公共信用信息平台"]]
    assert call_json2(server, "search_count", api_key, domain=domain) == 1
    rows = call_json2(server, "search_read", api_key, domain=domain, fields=["code"])
    assert len(rows) == 1
    with pytest.raises(urllib.error.HTTPError) as refused:
        call_json2(server, "search_count", "no-such-key", domain=domain)
    assert refused.value.code == 401
