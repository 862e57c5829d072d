"""What a new or upgraded database needs beyond its add-ons; run in an Odoo shell.

``OM_CONTENT``: ``empty`` (a real start), ``engagements`` (with the engagements as data)
or ``history`` (with the invented operating history of om_demo and one login per role).
``OM_CREDENTIALS``: the file that keeps the logins' passwords, made for its owner only.
Running it again repeats nothing: passwords stay, history is loaded once per add-on.
"""

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from odoo.modules.loading import load_data
from odoo.modules.module_graph import ModuleGraph
from odoo.tools.gc import disabling_gc

TIME_ZONE = "Asia/Shanghai"
LANGUAGE = "zh_CN"
SYSTEM = "系统"
ADMINISTRATOR = "系统管理员"
# What everybody finds in Discuss on the first day.
DISCUSS = {
    "channel_all_employees": {"name": "全员", "description": "面向全体员工的公告。"},
    "channel_admin": {"name": "系统管理员", "description": "系统管理员的频道。"},
    "module_install_notification": {
        "subject": "欢迎使用",
        "body": "<p>这是全员频道：公告发在这里，全体员工都能看到。</p>",
    },
    "mail_canned_response_data_hello": {
        "source": "您好",
        "substitution": "您好，请问有什么可以帮您？",
    },
}
# People copy the passwords by hand: nothing that looks like something else.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PASSWORD_LENGTH = 14
# How many passwords the invented history needs at least; more are made when asked for.
PASSWORDS_AHEAD = 11


def set_company(env, content, fresh):
    """Mainland China: currency, time zone, language of the company and of the parties
    that came with the add-ons."""
    company = env.ref("base.main_company")
    if content == "history" and company.name == "My Company":
        company.name = "示例运维有限公司"
    if company.currency_id.name != "CNY":
        raise SystemExit("the company's currency is not CNY")
    company.partner_id.write({"lang": LANGUAGE, "tz": TIME_ZONE})
    if fresh:
        # Made before there was a default; what they are sent is in their language.
        parties = env["res.partner"].with_context(active_test=False).search([])
        parties.lang = LANGUAGE
    defaults = env["ir.default"]
    defaults.set("res.partner", "tz", TIME_ZONE)
    defaults.set("res.partner", "lang", LANGUAGE)


def name_the_system(env):
    """What the program does by itself, it signs as the system and not as a robot with
    an English name and a face; nor has whoever sets it up an English name."""
    env.ref("base.partner_root").write({"name": SYSTEM, "image_1920": False})
    env.ref("base.partner_admin").name = ADMINISTRATOR
    # Made with the name that the user had when the employees' add-on came.
    env.ref("base.user_admin").employee_ids.name = ADMINISTRATOR
    # Odoo has these words once, for no language.
    for name, values in DISCUSS.items():
        env.ref(f"mail.{name}").write(values)


def set_time_zones(env):
    """Of what came with the add-ons and the history, too."""
    env["resource.calendar"].with_context(active_test=False).search([]).write(
        {"tz": TIME_ZONE}
    )
    users = env["res.users"].with_context(active_test=False).search([])
    users.partner_id.write({"tz": TIME_ZONE, "lang": LANGUAGE})


def load_history(env):
    """Each add-on's ``demo`` files, ours only: Odoo's own would bring foreign names."""
    installed = env["ir.module.module"].search([("state", "=", "installed")])
    suite = installed.filtered(lambda m: m.name.startswith("om_") and not m.demo)
    names = set(suite.mapped("name"))
    # A graph takes a module only together with all that it depends on.
    graph = ModuleGraph(env.cr, mode="load")
    graph.extend(installed.mapped("name"))
    for package in graph:
        if package.name in names:
            load_data(env(su=True), {}, "init", kind="demo", package=package)
    suite.write({"demo": True})


def role_users(env):
    """The demo logins by external id, in the order in which they are shown."""
    records = env["ir.model.data"].search(
        [("module", "=", "om_base"), ("name", "=like", "demo\\_user\\_%")], order="id"
    )
    return env["res.users"].browse(records.mapped("res_id"))


def read_credentials(path):
    if not path.exists():
        return {}
    return dict(line.split("\t")[:2] for line in path.read_text("utf-8").splitlines())


def write_credentials(path, rows):
    partial = path.with_name(path.name + ".new")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as stream:
        stream.writelines("\t".join(row) + "\n" for row in rows)
    os.replace(partial, path)


class Passwords:
    """Random ones and their hashes. A hash takes a third of a second on purpose, and no
    processor that the interpreter needs: some are made while the history is played."""

    def __init__(self, env, ahead):
        self._hash = env["res.users"]._crypt_context().hash
        # One leaves the other processor to the bundles.
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._made = [self._begin() for _ in range(ahead)]

    def _begin(self):
        letters = (secrets.choice(PASSWORD_LETTERS) for _ in range(PASSWORD_LENGTH))
        password = "".join(letters)
        return password, self._pool.submit(self._hash, password)

    def take(self):
        """Return a password and its hash, a future."""
        return self._made.pop() if self._made else self._begin()


def set_passwords(env, path, fresh, passwords):
    """A random password for each login that has none of ours yet."""
    known = {} if fresh else read_credentials(path)
    env.cr.execute("SELECT id FROM res_users WHERE password <> ''")
    have_one = {id_ for (id_,) in env.cr.fetchall()}
    rows, new = [], {}
    for user in env.ref("base.user_admin") | role_users(env):
        password = known.get(user.login)
        if not password and not fresh and user.id in have_one:
            # A restored database: its people have their passwords, the file has not.
            continue
        if not password:
            password, new[user] = passwords.take()
        rows.append((user.login, password, user.name))
    for user, hashed in new.items():
        user._set_encrypted_password(user.id, hashed.result())
    write_credentials(path, rows)


def provision(env):
    content = os.environ["OM_CONTENT"]
    parameters = env["ir.config_parameter"]
    fresh = not parameters.get_param("om.content")
    passwords = Passwords(env, PASSWORDS_AHEAD if fresh and content == "history" else 0)
    env["ir.module.module"]._load_extra_terms([LANGUAGE])
    # What the history names, it names in the company's language.
    set_company(env, content, fresh)
    if fresh:
        # An upgrade changes no row that was there.
        name_the_system(env)
        if content == "empty":
            env["om.setup"]._forget_examples()
    if content == "history":
        load_history(env)
    set_time_zones(env)
    parameters.set_param("om.content", content)
    if fresh or content == "history":
        set_passwords(env, Path(os.environ["OM_CREDENTIALS"]), fresh, passwords)
    env.cr.commit()


# As where Odoo installs: what is made here lives until the end.
with disabling_gc():
    provision(env)  # noqa: F821  (the shell provides it)
