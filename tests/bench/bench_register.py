"""Making a database, and loading the 154-system register once and ten times.

The stock way is what a user of Odoo would take: the import screen's own ``load()`` on
the same rows, systems first, then each kind of line.
"""

from ..support import drop_database

DATABASE = "ombench-register"


def main(bench):
    seconds = bench.create(DATABASE, "empty")
    print(f"database creation (no register)        {seconds:7.1f} s")
    seconds = bench.odoo(
        *("server", "-d", DATABASE, "-i", "om_engagements"),
        *("--stop-after-init", "--no-http"),
    )
    print(f"installing om_engagements, all of it   {seconds:7.1f} s")
    results = bench.shell(DATABASE, "register_shell.py")
    print(
        f"\n{'':34}{'systems':>8}{'records':>9}{'s':>8}{'queries':>9}{'q/system':>10}"
    )
    for row in results:
        print(
            f"{row['what']:34}{row['systems']:8}{row['records']:9}{row['seconds']:8.2f}"
            f"{row['queries']:9}{row['queries'] / row['systems']:10.2f}"
        )
    ours, stock = (
        find(results, name) for name in ("register", "stock load(): register")
    )
    print(
        f"\nstock / ours: {stock['seconds'] / ours['seconds']:.1f} x the seconds, "
        f"{stock['queries'] / ours['queries']:.1f} x the queries"
    )
    drop_database(DATABASE)


def find(results, what):
    return next(row for row in results if row["what"] == what)
