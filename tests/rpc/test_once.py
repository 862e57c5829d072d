"""A request that comes twice acts once: a double click, a resend after a lost answer,
a form of the portal sent twice; one after the other, and two at once."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

NAME = "示例：重复提交"


class Client:
    """A browser of one login."""

    def __init__(self, server, login):
        self.url, self.http = server.url.rstrip("/"), requests.Session()
        answer = self.post(
            "/web/session/authenticate",
            {
                "db": server.database,
                "login": login,
                "password": server.passwords[login],
            },
        )
        assert answer["result"]["uid"]

    def post(self, path, params, once=None):
        return self.http.post(
            self.url + path,
            json={"jsonrpc": "2.0", "params": params},
            headers={"X-Om-Once": once} if once else {},
            timeout=120,
        ).json()

    def call(self, model, method, *args, once=None, route="call_kw", context=None):
        answer = self.post(
            f"/web/dataset/{route}/{model}/{method}",
            {
                "model": model,
                "method": method,
                "args": list(args),
                "kwargs": {"context": context or {}},
            },
            once,
        )
        return answer

    def count(self, model, domain):
        return self.call(model, "search_count", domain)["result"]


@pytest.fixture
def engineer(server):
    return Client(server, "engineer")


def fault_of(client, name):
    system = client.call("om.system", "search", [["state", "=", "in_service"]])
    return {"name": name, "description": name, "system_id": system["result"][0]}


def twice_at_once(call):
    with ThreadPoolExecutor(2) as pool:
        return [each.result() for each in (pool.submit(call), pool.submit(call))]


def test_a_named_request_is_answered_as_the_first_time(engineer):
    name = f"{NAME} {uuid.uuid4().hex}"
    values = fault_of(engineer, name)

    def send():
        return engineer.call("helpdesk.ticket", "create", values, once=name[-32:])

    first, again = send()["result"], send()["result"]
    assert first == again
    assert engineer.count("helpdesk.ticket", [["name", "=", name]]) == 1


def test_two_named_requests_at_once_act_once(server, engineer):
    name = f"{NAME} {uuid.uuid4().hex}"
    values = fault_of(engineer, name)
    answers = twice_at_once(
        lambda: Client(server, "engineer").call(
            "helpdesk.ticket", "create", values, once=name[-32:]
        )
    )
    assert len({answer["result"] for answer in answers}) == 1
    assert engineer.count("helpdesk.ticket", [["name", "=", name]]) == 1


def test_a_button_clicked_twice_acts_once(engineer):
    ticket = engineer.call(
        "helpdesk.ticket", "create", fault_of(engineer, f"{NAME} {uuid.uuid4().hex}")
    )["result"]
    token = uuid.uuid4().hex

    def click():
        return engineer.call(
            "helpdesk.ticket",
            "action_respond",
            [ticket],
            once=token,
            route="call_button",
        )

    assert click().get("result") == click().get("result")
    acts = [["res_model", "=", "helpdesk.ticket"], ["res_id", "=", ticket]]
    assert engineer.count("om.act", [*acts, ["act", "=", "responded"]]) == 1


def test_comments_and_files_sent_twice_are_there_once(engineer):
    ticket = engineer.call(
        "helpdesk.ticket", "create", fault_of(engineer, f"{NAME} {uuid.uuid4().hex}")
    )["result"]
    name, token, other = (uuid.uuid4().hex for _number in range(3))
    file = {"name": name, "raw": name}
    file |= {"res_model": "helpdesk.ticket", "res_id": ticket}
    for _twice in range(2):
        answer = engineer.post(
            "/mail/message/post",
            {
                "thread_model": "helpdesk.ticket",
                "thread_id": ticket,
                "post_data": {"body": name, "message_type": "comment"},
            },
            token,
        )
        assert answer.get("result")
        assert engineer.call("ir.attachment", "create", [file], once=other)["result"]
    assert engineer.count("mail.message", [["body", "ilike", name]]) == 1
    assert engineer.count("ir.attachment", [["name", "=", name]]) == 1


def test_a_payment_sent_twice_is_entered_once(server):
    """By Odoo's own wizard, which itself enters what it is asked for each time."""
    clerk = Client(server, "procurement")
    invoice = clerk.call(
        "account.move",
        "search",
        [["move_type", "=", "out_invoice"], ["payment_state", "=", "partial"]],
    )["result"][0]
    own = [["invoice_ids", "in", [invoice]]]
    before = clerk.count("account.payment", own)
    left = clerk.call("account.move", "read", [invoice], ["amount_residual"])
    wizard = clerk.call(
        "account.payment.register",
        "create",
        {"amount": 1.0, "payment_difference_handling": "open"},
        context={"active_model": "account.move", "active_ids": [invoice]},
    )["result"]
    token = uuid.uuid4().hex

    def pay():
        return clerk.call(
            "account.payment.register",
            "action_create_payments",
            [wizard],
            once=token,
            route="call_button",
        )

    first, again = pay(), pay()
    assert "error" not in first, first
    assert first["result"] == again["result"]
    assert clerk.count("account.payment", own) == before + 1
    now = clerk.call("account.move", "read", [invoice], ["amount_residual"])
    paid = left["result"][0]["amount_residual"] - now["result"][0]["amount_residual"]
    assert round(paid, 2) == 1.0


def test_a_request_named_in_the_context_is_told_that_it_was_done(engineer):
    name = f"{NAME} {uuid.uuid4().hex}"
    values = fault_of(engineer, name)

    def send(token):
        return engineer.call(
            "helpdesk.ticket", "create", values, context={"om_once": token}
        )

    token = uuid.uuid4().hex
    assert send(token)["result"]
    assert send(token)["error"]["data"]["name"].endswith("UserError")
    assert engineer.count("helpdesk.ticket", [["name", "=", name]]) == 1
    assert send(uuid.uuid4().hex)["result"], "another name is another request"


def test_two_requests_named_in_the_context_at_once_act_once(server, engineer):
    name, token = f"{NAME} {uuid.uuid4().hex}", uuid.uuid4().hex
    values = fault_of(engineer, name)
    answers = twice_at_once(
        lambda: Client(server, "engineer").call(
            "helpdesk.ticket", "create", values, context={"om_once": token}
        )
    )
    assert sorted("result" in answer for answer in answers) == [False, True]
    assert engineer.count("helpdesk.ticket", [["name", "=", name]]) == 1


def test_a_refused_request_is_not_done_and_may_come_again(engineer):
    token = uuid.uuid4().hex
    name = f"{NAME} {uuid.uuid4().hex}"
    refused = engineer.call("helpdesk.ticket", "create", {"name": False}, once=token)
    assert "error" in refused
    made = engineer.call(
        "helpdesk.ticket", "create", fault_of(engineer, name), once=token
    )
    assert made["result"]


@pytest.mark.parametrize("at_once", [False, True])
def test_a_form_of_the_portal_sent_twice_acts_once(server, at_once):
    unit = Client(server, "unit")
    name = f"{NAME} {uuid.uuid4().hex}"
    page = unit.http.get(f"{unit.url}/my/tickets/new", timeout=120).text
    token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)[1]
    system = unit.call("om.system", "search", [["state", "=", "in_service"]])
    form = {
        "csrf_token": token,
        "system_id": system["result"][0],
        "name": name,
        "description": name,
        "severity": "general",
        "phone": "0000",
    }

    def send():
        return unit.http.post(f"{unit.url}/my/tickets/new", data=form, timeout=120)

    answers = twice_at_once(send) if at_once else [send(), send()]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.url for answer in answers}) == 1
    assert unit.count("helpdesk.ticket", [["name", "=", name]]) == 1
