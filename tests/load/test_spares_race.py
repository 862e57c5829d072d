"""Many clerks, one cap: a real server with several workers decides."""

import json
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import RemoteDisconnected
from http.cookiejar import CookieJar

from ..support import standing_shell

REQUESTS = 50
CAP = 7
TRIES = 5

# A list with one part, plenty of stock, and fifty faults that want it in a key period.
PREPARE = """
import json
warehouse = env.ref("om_engagements.warehouse_shunyi")
product = env["product.product"].create(
    {"name": "并发测试件", "type": "consu", "is_storable": True}
)
env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 500)
system = env["om.system"].search([("code", "=", "SY2026/029")], limit=1)
parties = env["res.partner"].create(
    [{"name": "采购人甲", "is_company": True}, {"name": "监理乙", "is_company": True}]
)
system.write({"purchaser_id": parties[0].id, "supervisor_id": parties[1].id})
spare_list = env["om.spare.list"].create(
    {
        "name": "并发测试",
        "date_from": "2026-01-01",
        "date_to": "2026-12-31",
        "warehouse_id": warehouse.id,
        "quota_ids": [(0, 0, {"name": "件", "product_id": product.id, "cap": %(cap)s})],
    }
)
spare_list.action_activate()
today = env["om.calendar"]._to_date(__import__("datetime").datetime.utcnow())
# The invented history may have a key period today already.
if not env["om.key.period"].search_count(
    [("date_start", "<=", today), ("date_end", ">=", today), ("system_ids", "=", False)]
):
    env["om.key.period"].create(
        {
            "name": "并发测试",
            "date_start": today,
            "date_end": today,
            "system_ids": [(6, 0, system.ids)],
        }
    )
photo = {"name": "x.png", "datas": b"iVBORw0KGgo="}
requests = env["om.spare.request"].create(
    [
        {
            "system_id": system.id,
            "quota_id": spare_list.quota_ids.id,
            "beyond_repair": "x",
            "repair_tried": "x",
            "photo_ids": [(0, 0, photo)],
        }
        for _number in range(%(requests)s)
    ]
)
env.cr.commit()
print("IDS", json.dumps({"requests": requests.ids, "quota": spare_list.quota_ids.id}))
"""

READ = """
import json
quota = env["om.spare.quota"].browse(%(quota)s)
requests = env["om.spare.request"].browse(%(requests)s)
product = quota.product_id
print(
    "STATE",
    json.dumps(
        {
            "used": quota.used,
            "reserved": quota.reserved,
            "remaining": quota.remaining,
            "states": requests.mapped("state"),
            "moves": len(requests.move_ids.filtered(lambda m: m.state == "done")),
            "on_hand": product.qty_available,
        }
    ),
)
"""


def read_line(text, mark):
    line = next(line for line in text.splitlines() if line.startswith(mark))
    return json.loads(line.removeprefix(mark))


class Client:
    """A logged-in client that many threads may use."""

    def __init__(self, server, login):
        self.url = server.url
        jar = CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(jar)
        )
        answer = self.post(
            "/web/session/authenticate",
            {
                "db": server.database,
                "login": login,
                "password": server.passwords[login],
            },
        )
        assert answer["result"]["uid"], answer

    def post(self, path, params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        request = urllib.request.Request(
            self.url + path, body.encode(), {"Content-Type": "application/json"}
        )
        for patience in range(TRIES):
            try:
                with self.opener.open(request, timeout=300) as answer:
                    return json.load(answer)
            except RemoteDisconnected:
                # A worker hangs up where it hears nothing for two seconds: on a busy
                # machine the request had not even left.
                if patience == TRIES - 1:
                    raise

    def call(self, model, method, ids):
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": [ids], "kwargs": {}},
        )


def test_fifty_clerks_and_a_cap_of_seven(workers):
    """Seven parts are issued, the others read why not; quota and stock agree."""
    made = standing_shell(
        workers.database, PREPARE % {"cap": CAP, "requests": REQUESTS}
    )
    ids = read_line(made, "IDS")
    client = Client(workers, "manager")

    def issue(request_id):
        answer = client.call("om.spare.request", "action_issue_emergency", [request_id])
        if "error" not in answer:
            return "issued"
        return answer["error"]["data"]["message"]

    with ThreadPoolExecutor(REQUESTS) as pool:
        answers = list(pool.map(issue, ids["requests"]))

    outcome = Counter(
        "issued"
        if answer == "issued"
        else "refused"
        if "并发测试" in answer and "7" in answer
        else answer
        for answer in answers
    )
    assert outcome == {"issued": CAP, "refused": REQUESTS - CAP}
    state = read_line(standing_shell(workers.database, READ % ids), "STATE")
    assert (state["used"], state["reserved"], state["remaining"]) == (CAP, 0, 0)
    assert state["moves"] == CAP
    assert state["on_hand"] == 500 - CAP
    assert Counter(state["states"])["issued"] == CAP
