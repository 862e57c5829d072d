"""The release before, restored from its dump and upgraded with ./om update.

``release-VERSION.tar.xz`` holds ``dump.sql`` and ``filestore/`` of the demonstration
as that release made it, with a row in the models that it leaves empty (``fill.py``).
Row by row, what a person or a rule has put down must be the same afterwards. What an
upgrade changes on purpose stands in ``CHANGED``, with the reason, and nowhere else.
"""

import json
import os
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from ..command.test_om import assert_refused, databases, om
from ..support import ROOT, STATE, drop_database, filestore, free_port, psql

NAME = "omtest-upgrade"
CREDENTIALS = STATE / f"credentials-{NAME}"
RELEASE = re.compile(r"release-(.+)\.tar\.xz")
# Our tables, and those of Odoo's that hold what people have entered.
KEPT = re.compile(
    r"(om_|agreement|helpdesk_ticket|maintenance_|account_(move|payment|bank)|mail_message"
    r"|stock_(move|picking|lot|quant)|hr_employee|hr_version|hr_skill|res_partner"
    r"|res_users$|res_users_(log|apikeys)|res_company$|product_|rating_|ir_attachment$"
    r"|ir_sequence)"
)
# Settings and texts that come with the add-ons, and what the program itself counts.
OURS_TO_CHANGE = re.compile(
    r"(maintenance_stage|helpdesk_ticket_stage|mail_message_subtype|product_removal"
    r"|res_users_log)"
)
# Written by the upgrade itself on rows that it loads again.
TOUCHED = {"write_date", "write_uid", "last_activity"}
# (table, column) -> why an upgrade from that release changes it.
CHANGED: dict[tuple[str, str], str] = {
    ("hr_employee_skill", "reminded"): "one list of what ends sends the reminders",
    ("om_qualification", "reminded"): "one list of what ends sends the reminders",
    ("om_bond", "date_due"): "a bond is due when its document prints it",
    ("om_bond", "is_expiry_warned"): "one list of what ends sends the reminders",
    ("account_payment_method", "name"): "the suite's own word in Chinese",
    ("stock_picking_type", "name"): "the suite's own word in Chinese",
    ("agreement", "amount_residual"): "a draft asks for nothing yet",
    ("res_company", "display_invoice_amount_total_words"): "words follow the amount",
    ("om_deduction_act", "signatory_id"): "a dialog; a paper names who signed",
    (
        "om_deduction_clause",
        "is_termination",
    ): "serious cases end a contract, as printed",
    ("om_bid_evaluation", "date"): "it judges on the day of its tender",
    ("om_tender", "name"): "tenders are called as their documents print it",
    ("om_tender", "bid_date"): "bids close on the day that the document prints",
    ("om_sla_policy", "is_default"): "each contract has a default of its own",
    ("om_audit_rule", "domain"): "a contract that promises nothing lacks nothing",
}
ROBOT = "module = 'base' AND name = 'partner_root'"
OWN_TERMS = (
    "code LIKE 'SY2026/%' AND sequence_no IN (2, 5, 15, 16, 18, 22, 59, 69, 81, 86, 87,"
    " 88, 89, 90, 91, 92, 114, 125, 129, 130, 132, 143, 145)"
)
# Table -> rows that an upgrade changes or takes away on purpose.
ON_PURPOSE = {
    # Two rows of the register print working days; what they had planned ahead for rest
    # days goes.
    "om_inspection_plan": """
        SELECT plan.id FROM om_inspection_plan plan
          JOIN om_system system ON system.id = plan.system_id
         WHERE system.sequence_no IN (76, 127) AND plan.per = 'day'
    """,
    "om_register_baseline": """
        SELECT id FROM om_register_baseline
         WHERE values->>'system_id' IN (
               'om_engagements.system_076', 'om_engagements.system_127')
           AND values->>'per' = 'day'
    """,
    # The emergency centre has no lunch break; the library has three channels.
    "om_sla_policy": """
        SELECT res_id FROM ir_model_data
         WHERE module = 'om_helpdesk' AND (name LIKE 'om_sla_policy_emergency_%'
               OR name = 'om_sla_policy_changning')
    """,
    # What 23 rows print beside their table is a promise of their own, also of the
    # faults that are still open.
    "om_system": f"""
        SELECT id FROM om_system WHERE {OWN_TERMS}
    """,
    "helpdesk_ticket": f"""
        SELECT id FROM helpdesk_ticket
         WHERE state NOT IN ('confirmed', 'cancelled')
           AND system_id IN (SELECT id FROM om_system WHERE {OWN_TERMS})
    """,
    "maintenance_request": """
        SELECT request.id FROM maintenance_request request
          JOIN om_inspection_plan plan ON plan.id = request.inspection_plan_id
          JOIN om_system system ON system.id = plan.system_id
         WHERE system.sequence_no IN (76, 127) AND plan.per = 'day'
           AND request.inspection_date > CURRENT_DATE
           AND extract(isodow FROM request.inspection_date) > 5
    """,
    # Odoo's own robot reads as the system, without its face.
    "res_partner": f"""
        SELECT res_id FROM ir_model_data WHERE {ROBOT}
    """,
    "ir_attachment": f"""
        SELECT id FROM ir_attachment WHERE res_model = 'res.partner'
           AND res_id IN (SELECT res_id FROM ir_model_data WHERE {ROBOT})
    """,
}
# Attachments that Odoo makes anew when it needs them.
BUNDLES = "name LIKE '%.min.%' OR url LIKE '/web/assets/%' OR res_model = 'ir.ui.menu'"


def releases():
    found = Path(__file__).parent.glob("release-*.tar.xz")
    return sorted(found, key=lambda path: [int(n) for n in version(path).split(".")])


def version(path):
    return RELEASE.fullmatch(path.name)[1]


def as_backup(packed, folder):
    """The dump as the archive that ./om restore takes."""
    with tarfile.open(packed) as tar:
        tar.extractall(folder)
    archive = folder / "release.zip"
    with zipfile.ZipFile(archive, "w", strict_timestamps=False) as backup:
        backup.writestr("manifest.json", '{"odoo_dump": "1"}')
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            if path.is_file() and name.startswith(("dump.sql", "filestore/")):
                backup.write(path, name)
    return archive


def columns(database):
    """Table -> its columns, for the tables to compare."""
    rows = psql(
        "SELECT table_name, column_name FROM information_schema.columns"
        " JOIN information_schema.tables USING (table_schema, table_name)"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
        database,
    )
    tables = {}
    for table, column in (row.split("|") for row in rows.splitlines()):
        if KEPT.match(table) and not OURS_TO_CHANGE.match(table):
            tables.setdefault(table, set()).add(column)
    return tables


def rows_of(database, table, names):
    """Key -> values as text; the key is the id, or the whole row of a relation."""
    where = f" WHERE NOT coalesce({BUNDLES}, false)" if table == "ir_attachment" else ""
    if table == "mail_message":
        # A scheduled job goes with its add-on's new release, and its notes with it.
        where = " WHERE model IS DISTINCT FROM 'ir.cron'"
    key = "id" if "id" in names else "*"
    names = sorted(names)
    listed = ", ".join(f'"{name}"' for name in names)
    text = psql(
        f'SELECT row_to_json(r) FROM (SELECT {listed} FROM "{table}"{where}) r',
        database,
    )
    found = {}
    for line in text.splitlines():
        match = re.search(r'"id":(\d+)', line) if key == "id" else None
        found[match[1] if match else line] = line
    return found


@pytest.fixture(scope="module", params=releases()[-1:], ids=version)
def restored(request, tmp_path_factory):
    """The newest of the releases before, restored."""
    folder = tmp_path_factory.mktemp("release")
    drop_database(NAME)
    process = om("restore", as_backup(request.param, folder), "-d", NAME)
    assert process.returncode == 0, process.stderr
    yield NAME
    drop_database(NAME)
    CREDENTIALS.unlink(missing_ok=True)


# The demonstration of a release has reminded nobody: two of each kind were reminded of.
REMIND = """
    UPDATE om_bond SET is_expiry_warned = TRUE, date_expiry = CURRENT_DATE + 20
     WHERE id IN (SELECT id FROM om_bond LIMIT 2);
    UPDATE hr_employee_skill SET reminded = 7 WHERE id IN (
        SELECT id FROM hr_employee_skill WHERE valid_to IS NOT NULL LIMIT 2);
    UPDATE om_qualification SET reminded = 90 WHERE id IN (
        SELECT id FROM om_qualification WHERE valid_to IS NOT NULL LIMIT 2);
    INSERT INTO mail_activity (
        res_model_id, res_model, res_id, activity_type_id, user_id, date_deadline,
        active)
    SELECT model.id, model.model, system.id, kind.res_id, 2, CURRENT_DATE + 45, TRUE
      FROM ir_model model, om_system system, ir_model_data kind
     WHERE model.model = 'om.system' AND kind.name = 'mail_activity_type_mlps'
     ORDER BY system.id LIMIT 2;
"""


# What that release invented has its names where its file was.
INVENTED = (
    "SELECT name, model, res_id FROM ir_model_data"
    " WHERE module = 'om_engagements' AND name ~ '^(demo|settlement_demo)_'"
    " ORDER BY name"
)


@pytest.fixture(scope="module")
def upgraded(restored):
    """Rows and files before the upgrade; the database is upgraded then."""
    psql(REMIND, restored)
    refused = om("run", "--db", restored, "--port", free_port(), "--detach")
    tables = columns(restored)
    before = {
        table: rows_of(restored, table, names - TOUCHED)
        for table, names in tables.items()
    }
    for table, query in ON_PURPOSE.items():
        for key in psql(query, restored).split():
            del before[table][key]
    before["invented"] = psql(INVENTED, restored).splitlines()
    stored = {path.name for path in filestore(restored).rglob("*") if path.is_file()}
    CREDENTIALS.write_text("admin\tkept\tAdministrator\n")
    process = om("update", "--db", restored, timeout=1800)
    assert process.returncode == 0, process.stderr
    return refused, tables, before, stored


class TestUpgrade:
    def test_refused_until_it_is_upgraded(self, upgraded):
        assert_refused(upgraded[0], "older release", "./om update")

    def test_every_row_is_the_same(self, upgraded):
        _refused, tables, before, _stored = upgraded
        after = columns(NAME)
        told = []
        compared = 0
        for table, names in sorted(tables.items()):
            both = names & after.get(table, set()) - TOUCHED
            both -= {column for name, column in CHANGED if name == table}
            if gone := names - after.get(table, set()):
                told += [
                    f"{table}.{column} is gone"
                    for column in sorted(gone)
                    if (table, column) not in CHANGED
                ]
            if table not in after:
                continue
            old = before[table]
            if both != names - TOUCHED:
                old = {key: only(line, both) for key, line in old.items()}
            new = rows_of(NAME, table, both)
            compared += len(old)
            told += differences(table, old, new)
        assert not told, "\n".join(told[:60])
        assert compared > 10_000, "the demonstration of a release has more rows"

    def test_every_named_change_happens(self, upgraded):
        """A reason that excuses nothing would excuse a fault."""
        _refused, _tables, before, _stored = upgraded
        after = columns(NAME)
        idle = set()
        for table, column in CHANGED:
            names = {"id", column}
            if not names <= after[table]:
                continue
            old = {key: only(row, names) for key, row in before[table].items()}
            if not any(differences(table, old, rows_of(NAME, table, names))):
                idle.add((table, column))
        assert idle == set()

    def test_its_history_stays_and_no_second_one_comes(self, upgraded):
        """What is invented now comes with a new database (om_demo), not with an update;
        what was invented then is known by the names that it had."""
        _refused, _tables, before, _stored = upgraded
        assert len(before["invented"]) > 100
        assert psql(INVENTED, NAME).splitlines() == before["invented"]
        of_demo = (
            "SELECT count(*) FROM ir_model_data WHERE module = 'om_demo'"
            " UNION ALL SELECT count(*) FROM ir_module_module"
            " WHERE name = 'om_demo' AND state <> 'uninstalled'"
            " UNION ALL SELECT count(*) FROM ir_model WHERE model = 'om.ticket.history'"
        )
        assert psql(of_demo, NAME).split() == ["0", "0", "0"]

    def test_nobody_is_reminded_again(self, upgraded):
        """What the release before has reminded of, the one job of this one knows."""
        known = psql(
            "SELECT kind, stage, count(*), count(activity_id) FROM om_expiry_notice"
            " GROUP BY kind, stage",
            NAME,
        )
        assert sorted(known.splitlines()) == [
            "bond|30|2|0",
            "certificate|30|2|0",
            "mlps|60|2|2",
            "qualification|90|2|0",
        ]

    def test_logins_and_passwords_stay(self, upgraded):
        _refused, _tables, before, _stored = upgraded
        names = {"id", "login", "password"}
        old = {key: only(row, names) for key, row in before["res_users"].items()}
        new = rows_of(NAME, "res_users", names)
        assert list(differences("res_users", old, new)) == []
        assert len(old) > 10
        # What ./om run prints.
        assert CREDENTIALS.read_text("utf-8").startswith("admin\tkept\t")
        assert databases(f"{NAME}.%") == [], "nothing is left beside it"

    def test_every_file_is_there(self, upgraded):
        stored = upgraded[3]
        now = {path.name for path in filestore(NAME).rglob("*") if path.is_file()}
        assert stored <= now
        named = psql("SELECT store_fname FROM ir_attachment", NAME).split()
        assert {Path(name).name for name in named} <= now

    def test_administrator_logs_in_and_reads(self, upgraded):
        """Each of our models is read by its columns: none is missing."""
        script = (
            "names = [n for n in env.registry if n.startswith('om.')]\n"
            "for name in names:\n"
            "    model = env[name]\n"
            "    if not model._abstract and model._auto and not model._transient:\n"
            "        model.search([], limit=3).read()\n"
            "admin = env.ref('base.user_admin')\n"
            "print('read', len(names), admin.employee_id.read() and 'employee')\n"
        )
        process = subprocess.run(
            [ROOT / "om", "shell", "-d", NAME],
            input=script,
            capture_output=True,
            text=True,
            env=os.environ | {"OM_VAR": str(STATE)},
        )
        assert process.stdout.startswith("read "), process.stderr[-2000:]


def only(line, names):
    """A row of JSON with some of its columns, in their order."""
    row = json.loads(line)
    return json.dumps({name: row[name] for name in sorted(names)})


def differences(table, old, new):
    for key, line in old.items():
        if key not in new:
            yield f"{table} {key[:80]}: the row is gone"
        elif json.loads(line) != json.loads(new[key]):
            a, b = json.loads(line), json.loads(new[key])
            changed = {
                name: (value, b.get(name))
                for name, value in a.items()
                if not is_kept(value, b.get(name))
            }
            if not changed:
                continue
            yield f"{table} {key[:80]}: {str(changed)[:300]}"


def is_kept(old, new):
    """The same value; a translation more is no change of what was there."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.items() <= new.items()
    return old == new
