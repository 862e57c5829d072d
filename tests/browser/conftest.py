"""What several browser tests begin with."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from ..conftest import PATIENCE


@pytest.fixture
def call(server):
    """Call a method as the user who is logged in on a page."""

    def call_kw(page, model, method, *args, **kwargs):
        answer = page.request.post(
            f"{server.url}/web/dataset/call_kw/{model}/{method}",
            data={
                "jsonrpc": "2.0",
                "params": {
                    "model": model,
                    "method": method,
                    "args": args,
                    "kwargs": kwargs,
                },
            },
        ).json()
        assert "error" not in answer, answer["error"]["data"]["message"]
        return answer["result"]

    return call_kw


@pytest.fixture
def inspection(new_page, login, call):
    """An inspection of a machine room that the engineer has today."""
    page = new_page()
    login(page, "manager")
    ((engineer, _name),) = call(page, "res.users", "name_search", "engineer")
    (system,) = call(page, "om.system", "search", [["state", "=", "in_service"]])[:1]
    today = datetime.datetime.now(ZoneInfo("Asia/Shanghai")).date()
    (identifier,) = call(
        page,
        "maintenance.request",
        "create",
        [
            {
                "name": "机房巡检（浏览器测试）",
                "system_id": system,
                "is_inspection": True,
                "maintenance_type": "preventive",
                "inspection_scope": "environment",
                "inspection_mode": "onsite",
                "inspection_date": today.isoformat(),
                "user_id": engineer,
            }
        ],
    )

    def read(*names):
        return call(page, "maintenance.request", "read", [identifier], names)[0]

    read.identifier = identifier
    read.page = page
    return read


@pytest.fixture
def lost_page(browser):
    """Make pages that may lose the network: their console is full of it then."""
    contexts = []

    def make(**options):
        context = browser.new_context(
            **{
                "viewport": {"width": 390, "height": 844},
                "locale": "zh-CN",
                "timezone_id": "Asia/Shanghai",
                **options,
            }
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

    yield make
    for context in contexts:
        context.close()
