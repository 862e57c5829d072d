"""config/production/nginx.conf, run by a real nginx on free loopback ports.

Most tests put a small recording server behind nginx, because what nginx passes on is
the point; the last ones put a running Odoo there.
"""

import collections
import contextlib
import http.client
import http.server
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CONFIG = Path(__file__).parents[2] / "config" / "production" / "nginx.conf"
HOSTNAME = "om.test"
# What the server behind nginx answers; the tests compare with these.
UPSTREAM_COOKIE = "session_id=abc; HttpOnly; Path=/"
BURST = 10

pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not installed")

Answer = collections.namedtuple("Answer", "status headers body")


class Recorder(http.server.BaseHTTPRequestHandler):
    """Answers what Odoo would, and keeps what it was asked."""

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, self.path, dict(self.headers)))
        self.send_response(200)
        if "/static/" in self.path:
            self.send_header("Content-Type", "text/javascript")
            self.send_header("Cache-Control", "public, max-age=604800")
        else:
            self.send_header("Content-Type", "text/html")
        if self.path == "/odoo":
            self.send_header("X-Frame-Options", "DENY")
        self.send_header("Set-Cookie", UPSTREAM_COOKIE)
        body = json.dumps(dict(self.headers)).encode() + b" " * 2000
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *args):
        pass


class Proxy:
    """One running nginx and the ways to ask it."""

    def __init__(self, http_port: int, https_port: int, upstream=None):
        self.http_port, self.https_port = http_port, https_port
        self.upstream = upstream
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE

    def ask(self, path, method="GET", host=HOSTNAME, headers=None, body=None) -> Answer:
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.https_port, context=self.context, timeout=30
        )
        with contextlib.closing(connection):
            connection.request(method, path, body, {"Host": host, **(headers or {})})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def handshake(self, **limits) -> str:
        """The TLS version that is agreed on within the limits."""
        for name, value in limits.items():
            setattr(self.context, name, value)
        with socket.create_connection(("127.0.0.1", self.https_port), 10) as plain:
            with self.context.wrap_socket(plain, server_hostname=HOSTNAME) as secure:
                return secure.version()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def certificate(directory: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-days", "1", "-nodes"]
        + ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", f"/CN={HOSTNAME}"]
        + ["-keyout", directory / "tls_key", "-out", directory / "tls_certificate"],
        check=True,
        capture_output=True,
    )


def settings(directory: Path, ports: dict[str, int], others=()) -> str:
    """The production file with its names filled in, its ports and folders moved.

    :param ports: the port on loopback for each of the file's own: 80 and 443, on which
        nginx listens, 8069 and 8072, on which Odoo does.
    :param others: such two ports of each further host
    """
    text = CONFIG.read_text(encoding="utf-8")
    values = {"OM_HOSTNAME": HOSTNAME, "OM_ODOO": "127.0.0.1", "OM_TLS": str(directory)}
    text = re.sub(r"\$\{(OM_\w+)\}", lambda match: values[match[1]], text)
    text = re.sub(
        r"listen (\d+)", lambda match: f"listen 127.0.0.1:{ports[match[1]]}", text
    )
    text = re.sub(
        r"127\.0\.0\.1:(8069|8072)", lambda match: f"127.0.0.1:{ports[match[1]]}", text
    )
    for folder in ("/var/cache/nginx", "/var/log/nginx", "/etc/nginx/om"):
        text = text.replace(folder, str(directory))
    for number, name in enumerate(("8069", "8072")):
        server = f"    server 127.0.0.1:{ports[name]};\n"
        more = "".join(f"    server 127.0.0.1:{other[number]};\n" for other in others)
        text = text.replace(server, server + more)
    return text


@contextlib.contextmanager
def running_nginx(
    directory: Path, http_port: int, websocket_port: int, upstream=None, others=()
):
    http_listen, https_listen = free_port(), free_port()
    certificate(directory)
    ports = {"80": http_listen, "443": https_listen}
    ports |= {"8069": http_port, "8072": websocket_port}
    site = settings(directory, ports, others)
    (directory / "om.site").write_text(site, encoding="utf-8")
    temporary = "\n".join(
        f"{kind}_temp_path {directory}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (directory / "nginx.main").write_text(
        f"{user} pid {directory}/pid; error_log {directory}/error.log;\n"
        f"events {{}} http {{ {temporary} include {directory}/om.site; }}",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [NGINX, "-p", directory, "-c", directory / "nginx.main", "-g", "daemon off;"],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        await_port(https_listen, process)
        yield Proxy(http_listen, https_listen, upstream)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def await_port(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stderr.read()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.02)
    pytest.fail("nginx did not start to listen within 10 s")


@pytest.fixture(scope="module")
def recorder():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder) as server:
        server.seen = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def module_proxy(recorder, tmp_path_factory):
    port = recorder.server_address[1]
    directory = tmp_path_factory.mktemp("nginx")
    with running_nginx(directory, port, port, recorder) as proxy:
        yield proxy


@pytest.fixture
def proxy(module_proxy):
    module_proxy.upstream.seen.clear()
    return module_proxy


def test_plain_http_is_sent_to_https(proxy):
    connection = http.client.HTTPConnection("127.0.0.1", proxy.http_port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", "/web/login?a=1", headers={"Host": HOSTNAME})
        response = connection.getresponse()
    assert response.status == 301
    assert response.headers["Location"] == f"https://{HOSTNAME}/web/login?a=1"
    assert proxy.upstream.seen == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_only_tls_1_2_and_newer(proxy):
    assert Proxy(0, proxy.https_port).handshake() == "TLSv1.3"
    newest = ssl.TLSVersion.TLSv1_2
    assert Proxy(0, proxy.https_port).handshake(maximum_version=newest) == "TLSv1.2"
    # Level 0 lets this side offer TLS 1.1, so that it is nginx that refuses it.
    old = Proxy(0, proxy.https_port)
    old.context.set_ciphers("ALL:@SECLEVEL=0")
    old.context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.raises(ssl.SSLError, match="(?i)alert protocol version"):
        old.handshake(maximum_version=ssl.TLSVersion.TLSv1_1)


def test_a_foreign_host_name_gets_no_answer(proxy):
    with pytest.raises(http.client.RemoteDisconnected):
        proxy.ask("/web/login", host="evil.example")
    assert proxy.upstream.seen == []


def test_clients_cannot_forge_the_forwarded_headers(proxy):
    forged = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Real-IP": "203.0.113.9",
    }
    for path in ("/odoo", "/websocket/health", "/web/login"):
        proxy.ask(path, headers=forged)
        arrived = proxy.upstream.seen[-1][2]
        assert {name: arrived[name] for name in forged} == {
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Host": HOSTNAME,
            "X-Forwarded-Proto": "https",
            "X-Real-IP": "127.0.0.1",
        }


@pytest.mark.parametrize(
    "path",
    [
        "/web/database/manager",
        "/web/database/selector",
        "/web/database/drop",
        "/web/database",
        "/web//database/manager",
        "/web/%64atabase/manager",
        "/xmlrpc/2/common",
        "/jsonrpc",
    ],
)
def test_database_manager_and_old_rpc_are_shut(proxy, path):
    for method in ("GET", "POST"):
        assert proxy.ask(path, method).status == 404
    assert proxy.upstream.seen == []


def test_repeated_logins_are_slowed_down_and_the_page_is_not(recorder, tmp_path):
    port = recorder.server_address[1]
    with running_nginx(tmp_path, port, port, recorder) as proxy:
        pages = {proxy.ask("/web/login").status for _ in range(3 * BURST)}
        assert pages == {200}
        began = time.monotonic()
        tries = [proxy.ask("/web/login", "POST").status for _ in range(2 * BURST)]
        # One at once, ten more by the burst, then one every three seconds.
        allowed = 1 + BURST + int((time.monotonic() - began) / 3) + 1
        assert tries[: 1 + BURST] == [200] * (1 + BURST)
        assert tries.count(200) <= allowed
        assert set(tries) == {200, 429}
        # The other ways in share the same count.
        for path in ("/web/session/authenticate", "/web/reset_password/"):
            assert proxy.ask(path, "POST").status == 429
        assert proxy.ask("/web/login").status == 200
        assert proxy.ask("/web/dataset/call_kw", "POST").status == 200


def test_security_headers_are_there_once_and_odoos_own_win(proxy):
    headers = proxy.ask("/my").headers
    assert headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
    assert headers.get_all("X-Frame-Options") == ["SAMEORIGIN"]
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert headers.get_all("Content-Security-Policy") == ["frame-ancestors 'self'"]
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert proxy.ask("/odoo").headers.get_all("X-Frame-Options") == ["DENY"]


def test_cookies_travel_by_tls_only(proxy):
    (cookie,) = proxy.ask("/my").headers.get_all("Set-Cookie")
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"secure", "samesite=lax", "httponly"} <= attributes


def test_static_files_come_from_the_cache_without_cookies(proxy):
    path = "/om_base/static/src/example.js?v=1"
    first, second = proxy.ask(path), proxy.ask(path)
    assert first.headers["X-Cache-Status"] == "MISS"
    assert second.headers["X-Cache-Status"] == "HIT"
    assert second.headers["Set-Cookie"] is None
    assert second.body == first.body
    assert len(proxy.upstream.seen) == 1


def test_pages_are_never_cached(proxy):
    for _ in range(2):
        assert proxy.ask("/my").headers["X-Cache-Status"] is None
    assert len(proxy.upstream.seen) == 2


def test_text_is_compressed(proxy):
    answer = proxy.ask("/my", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"


def test_uploads_end_at_128_mib(proxy):
    photos = proxy.ask("/web/binary/upload", "POST", body=b"0" * (20 * 1024 * 1024))
    assert photos.status == 200
    too_large = {"Content-Length": str(128 * 1024 * 1024 + 1)}
    assert proxy.ask("/web/binary/upload", "POST", headers=too_large).status == 413
    assert len(proxy.upstream.seen) == 1


@pytest.fixture(scope="module")
def odoo_url(request):
    """An Odoo that runs already (OM_TEST_URL), or the server of the other tests."""
    if url := os.environ.get("OM_TEST_URL"):
        return url
    if "OM_TEST_TEMPLATE" not in os.environ:
        pytest.skip("there is no Odoo: use ./om test, or set OM_TEST_URL")
    return request.getfixturevalue("server").url


@pytest.fixture(scope="module")
def odoo_proxy(odoo_url, tmp_path_factory):
    """nginx in front of the running Odoo.

    With workers Odoo serves websockets on a port of its own: OM_TEST_WEBSOCKET_PORT.
    """
    port = urlsplit(odoo_url).port
    websocket_port = int(os.environ.get("OM_TEST_WEBSOCKET_PORT") or port)
    directory = tmp_path_factory.mktemp("nginx-odoo")
    with running_nginx(directory, port, websocket_port) as proxy:
        yield proxy


def test_odoo_shows_its_login_page_over_tls(odoo_proxy):
    answer = odoo_proxy.ask("/web/login")
    assert answer.status == 200
    assert b'name="password"' in answer.body
    assert answer.headers.get_all("X-Frame-Options") == ["SAMEORIGIN"]
    assert answer.headers.get_all("Content-Security-Policy") == [
        "frame-ancestors 'self'"
    ]
    assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert "secure" in answer.headers["Set-Cookie"].lower()


def test_odoo_bundles_are_cached(odoo_proxy):
    page = odoo_proxy.ask("/web/login").body.decode()
    path = re.search(r"/web/assets/[0-9a-f]+/[^\"]+\.css", page)[0]
    assert odoo_proxy.ask(path).headers["X-Cache-Status"] == "MISS"
    again = odoo_proxy.ask(path)
    assert again.headers["X-Cache-Status"] == "HIT"
    assert "immutable" in again.headers["Cache-Control"]
    assert again.headers["Set-Cookie"] is None


def test_odoo_upgrades_the_websocket(odoo_proxy):
    answer = odoo_proxy.ask(
        "/websocket?version=19.0-1",
        headers={
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Origin": f"https://{HOSTNAME}",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        },
    )
    assert answer.status == 101
    # RFC 6455, section 1.3, gives this answer for this key.
    assert answer.headers["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
