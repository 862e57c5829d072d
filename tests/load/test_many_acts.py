"""Fifty clients act on the same documents: no line is lost, none comes twice."""

import json
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from http.client import RemoteDisconnected
from urllib.error import URLError

from ..sampling import WHOLE
from ..support import standing_shell
from .test_spares_race import Client, read_line

CLIENTS = 50
ACTS = 10_000 if WHOLE else 500
SYSTEMS = 20

PREPARE = """
import json
systems = env["om.system"].search([("state", "=", "in_service")], limit=%(systems)s)
lines = env["om.act"].search_count(
    [("res_model", "=", "om.system"), ("res_id", "in", systems.ids)])
print("IDS", json.dumps({"systems": systems.ids, "lines": lines}))
"""
READ = """
import json
acts = env["om.act"]
domain = [("res_model", "=", "om.system"), ("res_id", "in", %(systems)s)]
chains = acts.search(domain, order="res_id, position").grouped("res_id")
gaps = [
    res_id for res_id, chain in chains.items()
    if chain.mapped("position") != list(range(1, len(chain) + 1))
]
told = {
    "gaps": gaps,
    "lines": acts.search_count(domain),
    "faults": list(acts._find_faults(domain)),
}
print("STATE", json.dumps(told))
"""


def send(client, path, params):
    """A call that its sender repeats until it has an answer; it is done once."""
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
    headers = {"Content-Type": "application/json", "X-Om-Once": uuid.uuid4().hex}
    for _try in range(5):
        request = urllib.request.Request(client.url + path, body, headers)
        try:
            with client.opener.open(request, timeout=300) as answer:
                return json.load(answer)
        except (RemoteDisconnected, ConnectionError, URLError):
            continue
    raise AssertionError("five times without an answer")


def test_no_gap_in_what_many_write(workers):
    """Whoever was told "done" is on record once; the loser of a race reads why."""
    made = standing_shell(workers.database, PREPARE % {"systems": SYSTEMS})
    before = read_line(made, "IDS")
    people = [Client(workers, "manager") for _number in range(5)]
    systems = before["systems"]

    def act(number):
        client = people[number % len(people)]
        params = {
            "model": "om.system",
            "method": "write",
            # Every write changes the value, so that every one is an act.
            "args": [[systems[number % SYSTEMS]], {"onsite_staff": 1000 + number}],
            "kwargs": {},
        }
        answer = send(client, "/web/dataset/call_kw/om.system/write", params)
        return "error" not in answer or answer["error"]["data"]["message"]

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(act, range(ACTS)))

    done = answers.count(True)
    assert done > ACTS * 0.9, [each for each in answers if each is not True][:3]
    state = read_line(
        standing_shell(workers.database, READ % {"systems": systems}), "STATE"
    )
    assert state == {"gaps": [], "lines": before["lines"] + done, "faults": []}
