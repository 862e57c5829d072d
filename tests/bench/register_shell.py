"""Load the register in several ways and report; each is rolled back."""

import copy
import json
import time
from collections import defaultdict

from odoo.addons.om_engagements.models.om_register_loader import REGISTER_FOLDER
from odoo.addons.om_engagements.tools import register

UNITS = register.read_table(REGISTER_FOLDER / "units.csv")
ROWS = register.read_register(REGISTER_FOLDER)
LOADER = env["om.register.loader"]  # noqa: F821  (the shell provides it)
CURSOR = env.cr  # noqa: F821


def ten_times(rows):
    """The register ten times over, under other numbers and names."""
    result = []
    for copy_number in range(10):
        for row in copy.deepcopy(rows):
            row["seq"] += copy_number * len(rows)
            row["name"] = f"{row['name']} {copy_number + 1}"
            result.append(row)
    return result


def measure(what, systems, action):
    """Seconds and queries of an action that is rolled back afterwards."""
    CURSOR.execute("SAVEPOINT bench")
    queries, started = CURSOR.sql_log_count, time.monotonic()
    records = action()
    LOADER.env.flush_all()
    row = {
        "what": what,
        "systems": systems,
        "records": records,
        "seconds": time.monotonic() - started,
        "queries": CURSOR.sql_log_count - queries,
    }
    CURSOR.execute("ROLLBACK TO SAVEPOINT bench")
    LOADER.env.invalidate_all(flush=False)
    LOADER.env.registry.clear_all_caches()
    return row


def load(rows, prefix, code_prefix, source):
    report = LOADER._load_register(UNITS, rows, prefix, source, code_prefix=code_prefix)
    return sum(report.created.values())


def load_again():
    """Nothing changed: what an upgrade costs."""
    LOADER._load_engagements()
    return len(ROWS)


def stock_load(rows):
    """The same records through Odoo's import, model by model."""
    keys = {unit["name"]: f"om_engagements.unit_{unit['key']}" for unit in UNITS}
    data = register.build_systems(rows, keys, "__import__.", "STOCK/")
    count = 0
    for model, records in data.items():
        Model = LOADER.env[model].with_context(tracking_disable=True)
        shapes = defaultdict(list)
        for key, values in records.items():
            shapes[tuple(values)].append((key, values))
        for names, items in shapes.items():
            relational = {name for name in names if Model._fields[name].relational}
            header = ["id", *(f"{n}/id" if n in relational else n for n in names)]
            table = [
                [
                    key,
                    *("" if value is None else str(value) for value in values.values()),
                ]
                for key, values in items
            ]
            result = Model.load(header, table)
            assert result["ids"], result["messages"][:3]
            count += len(result["ids"])
    return count


TENFOLD = ten_times(ROWS)
results = [
    measure(
        "register", 154, lambda: load(ROWS, "om_engagements.b1_", "B1/", "bench.one")
    ),
    measure(
        "ten times the register",
        1540,
        lambda: load(TENFOLD, "om_engagements.b2_", "B2/", "bench.ten"),
    ),
    measure("loading again, nothing changed", 154, load_again),
    measure("stock load(): register", 154, lambda: stock_load(ROWS)),
    measure("stock load(): ten times", 1540, lambda: stock_load(TENFOLD)),
]
print("BENCH " + json.dumps(results))
