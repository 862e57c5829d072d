"""A stand-in for Odoo: the few things that ./om and docker/om ask of it, in a second.

It makes the tables that they read, stored files, and counts its steps like the programs
that ``tests/faults/harness.py`` puts in the way. Found by ``OM_ODOO``.
"""

import ast
import configparser
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg2

from . import sql_db, tools


def data_dir() -> Path:
    if "ODOO_DATA_DIR" in os.environ:
        return Path(os.environ["ODOO_DATA_DIR"])
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(os.environ["ODOO_RC"])
    return Path(settings["options"]["data_dir"])


def step(what: str) -> None:
    """A place where the harness may end everything."""
    subprocess.run(["mkdir", "-p", str(data_dir() / "filestore")], check=True)


def execute(database: str, *statements: str) -> list:
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


def store(database: str, content: str) -> None:
    """A file under the name of its content, as Odoo's attachments are kept."""
    digest = hashlib.sha1(content.encode(), usedforsecurity=False).hexdigest()
    name = f"{digest[:2]}/{digest}"
    path = data_dir() / "filestore" / database / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    step(name)
    execute(database, f"INSERT INTO ir_attachment VALUES ('{name}')")


def initialize(database: str, login_password: str) -> None:
    execute(
        database,
        "CREATE TABLE ir_module_module (name text, state text, latest_version text)",
        "CREATE TABLE ir_config_parameter (key text, value text)",
        "CREATE TABLE ir_attachment (store_fname text)",
        "CREATE TABLE res_company (id int)",
        "CREATE TABLE res_users (login text, password text)",
        "CREATE TABLE proof (word text)",
        "INSERT INTO ir_module_module VALUES ('base', 'installed', '19.0.1.3')",
        "INSERT INTO ir_config_parameter VALUES ('web.base.url', 'http://localhost')",
        f"INSERT INTO res_users VALUES ('admin', '{login_password}')",
    )
    for number in range(3):
        store(database, f"made {number}")


def load(database: str, addons: list[str]) -> None:
    """Install or upgrade: the versions of the checkout, a file more, a file less."""
    root = Path(os.environ["OM_STUB_ADDONS"])
    for addon in addons:
        manifest = root / addon / "__manifest__.py"
        version = "19.0.1.0"
        if manifest.exists():
            version = ast.literal_eval(manifest.read_text("utf-8"))["version"]
        row = f"'{addon}', 'installed', '{version}'"
        execute(
            database,
            f"DELETE FROM ir_module_module WHERE name = '{addon}'",
            f"INSERT INTO ir_module_module VALUES ({row})",
        )
    step("loaded")
    if os.environ.get("OM_STUB_FAILS"):
        sys.exit(1)
    store(database, "new file of the upgrade")
    execute(
        database,
        "DELETE FROM ir_attachment WHERE store_fname IN"
        " (SELECT min(store_fname) FROM ir_attachment)",
        "INSERT INTO proof VALUES ('new')",
    )


def serve(port: int) -> None:
    """Answer everything with 200; only a test that starts a server pays for it."""
    if os.environ.get("OM_STUB_ONCE"):
        return
    import http.server

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()


def provision(database: str) -> None:
    """What scripts/provision.py leaves: the passwords, and what the database holds."""
    if path := os.environ.get("OM_CREDENTIALS"):
        Path(path).write_text("admin\tsecret\tAdministrator\n")
        step("credentials")
        execute(
            database,
            "DELETE FROM ir_config_parameter WHERE key = 'om.content'",
            "INSERT INTO ir_config_parameter VALUES"
            f" ('om.content', '{os.environ['OM_CONTENT']}')",
        )
