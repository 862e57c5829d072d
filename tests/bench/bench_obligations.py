"""What five contracts owe in a year: our planning beside a recurring task each."""

from ..support import drop_database

DATABASE = "ombench-obligations"


def main(bench):
    bench.empty(DATABASE)
    bench.odoo(
        *("server", "-d", DATABASE, "-i", "om_engagements,project"),
        *("--stop-after-init", "--no-http"),
    )
    show(bench.shell(DATABASE, "obligations_shell.py"))
    drop_database(DATABASE)


def show(found):
    print(f"\n{found['obligations']} obligations")
    print(f"{'':44}{'items':>9}{'s':>9}{'queries':>9}{'ms/item':>9}{'q/item':>8}")
    rows = found["rows"]
    for row in rows:
        count = row["items"] or 1
        print(
            f"{row['what']:44}{row['items']:9}{row['seconds']:9.2f}{row['queries']:9}"
            f"{1000 * row['seconds'] / count:9.3f}{row['queries'] / count:8.3f}"
        )
    ours, stock = rows[1], rows[-1]
    seconds, queries = (
        stock[name] / stock["items"] / (ours[name] / ours["items"])
        for name in ("seconds", "queries")
    )
    print(
        f"\nrecurring tasks / ours, per item: {seconds:.1f} x the seconds, "
        f"{queries:.0f} x the queries"
    )
    assert rows[2]["items"] == 0, "planning once more made items"
