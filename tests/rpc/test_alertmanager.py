"""Debian's own Alertmanager posts to a running server, with the configuration that the
connection's page shows: an alert begins a downtime, its end closes it."""

import datetime
import os
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
import requests

from ..support import free_port
from .test_once import Client

PATIENCE = 60
TEXTS = "prometheus/alertmanager/default.tmpl"


@pytest.fixture
def manager(server):
    return Client(server, "manager")


@pytest.fixture
def connection(manager):
    """A connection for the contract of a system that runs, and a device of it."""
    (system,) = manager.call(
        "om.system",
        "search_read",
        [["state", "=", "in_service"], ["agreement_id", "!=", False]],
        ["agreement_id"],
    )["result"][:1]
    source = manager.call(
        "om.alert.source",
        "create",
        {"name": "示例监控", "agreement_id": system["agreement_id"][0]},
    )["result"]
    device = manager.call(
        "maintenance.equipment",
        "create",
        {
            "name": "示例：受监控设备",
            "system_id": system["id"],
            "ip_address": "192.0.2.7",
        },
    )["result"]
    ((configuration,),) = [
        [row["configuration"]]
        for row in manager.call("om.alert.source", "read", [source], ["configuration"])[
            "result"
        ]
    ]
    return source, device, configuration


@pytest.fixture
def alertmanager(server, connection, tmp_path):
    program = os.environ.get("OM_ALERTMANAGER")
    if not program:
        pytest.skip("no prometheus-alertmanager: it could not be fetched")
    command = get_command(program)
    source, _device, configuration = connection
    lines = []
    for line in configuration.splitlines():
        if "url:" in line:
            # What the page shows is the public address.
            line = f'{line.partition("url:")[0]}url: "{server.url}/om/alerts/{source}"'
        lines.append(line)
        if line.strip() == "receiver: om":
            # Tests wait less.
            lines += ["  group_wait: 0s", "  group_interval: 1s"]
    file = tmp_path / "alertmanager.yml"
    file.write_text("\n".join(lines), "utf-8")
    address = f"127.0.0.1:{free_port()}"
    log = (tmp_path / "log").open("w")
    process = subprocess.Popen(
        [
            *command,
            f"--config.file={file}",
            f"--storage.path={tmp_path / 'data'}",
            f"--web.listen-address={address}",
            "--cluster.listen-address=",
        ],
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_for(lambda: is_ready(f"http://{address}/-/ready"), process)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def get_command(program):
    """Debian's reads its texts below /usr/share, where it is not installed: it sees its
    own, in a namespace of its own."""
    share = Path(program).parents[1] / "share"
    if (Path("/usr/share") / TEXTS).exists() or not (share / TEXTS).exists():
        return [program]
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("no namespaces: the unpacked prometheus-alertmanager cannot run")
    mount = 'mount --bind "$0" /usr/share && exec "$@"'
    return ["unshare", "-rm", "sh", "-c", mount, str(share), program]


def is_ready(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def wait_for(find, process=None):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = find()
        if found:
            return found
        assert process is None or process.poll() is None, "it ended"
        time.sleep(0.3)
    raise AssertionError("it did not happen")


def test_down_and_up(connection, alertmanager, manager):
    source, device, _configuration = connection
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=5)
    entry = {
        "labels": {"alertname": "InstanceDown", "instance": "192.0.2.7:9100"},
        "annotations": {"summary": "示例：设备离线"},
        "startsAt": start.isoformat(),
    }

    def post(**values):
        answer = requests.post(
            f"{alertmanager}/api/v2/alerts", json=[{**entry, **values}], timeout=30
        )
        assert answer.status_code == 200, answer.text

    def read(*domain):
        found = manager.call(
            "om.downtime",
            "search_read",
            [["equipment_ids", "in", [device]], *domain],
            ["date_from", "date_to", "is_monitored", "device_count"],
        )["result"]
        return found

    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    post(endsAt=later.isoformat())
    (down,) = wait_for(read)
    assert down["date_from"] == f"{start:%Y-%m-%d %H:%M:%S}"
    assert (down["date_to"], down["is_monitored"]) == (False, True)
    assert down["device_count"] == 1

    end = datetime.datetime.now(datetime.UTC)
    post(endsAt=end.isoformat())
    (down,) = wait_for(lambda: read(["date_to", "!=", False]))
    assert down["date_to"][:16] >= f"{start:%Y-%m-%d %H:%M}"
    (alert,) = manager.call(
        "om.alert",
        "search_read",
        [["source_id", "=", source]],
        ["match_state", "summary"],
    )["result"]
    assert alert["match_state"] == "matched"
    assert alert["summary"] == "示例:设备离线"
