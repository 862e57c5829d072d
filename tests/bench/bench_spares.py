"""Spare parts: 5,000 requests through the whole chain, beside plain transfers.

Odoo's stock alone knows no caps and no confirmations: what is compared is one delivery
made and validated for each part, which is the least that a user would do instead. The
chain does more: request with photo, two confirmations by two people, the same delivery,
the cap, the new device in the ledger and the old one on record. Both are measured in
turn, a batch of the chain and some deliveries; medians are compared.
"""

from statistics import median

from ..support import drop_database
from .medians import spread

DATABASE = "ombench-spares"
# The whole chain, with all that it does more, against as many plain deliveries.
MOST_TIME = 2.0
MOST_QUERIES = 0.7


def main(bench):
    bench.empty(DATABASE)
    found = bench.shell(DATABASE, "spares_shell.py")
    drop_database(DATABASE)
    missed = show(found)
    if missed:
        raise SystemExit(f"om: {missed}")


def show(found):
    steps, runs = found["steps"], found["runs"]
    print(
        f"\n{'whole chain':16}{'requests':>9}{'s':>9}{'queries':>9}{'per request':>13}"
    )
    for row in (*steps, add_up(steps)):
        print_row(row)
    print("\nthe same in batches of")
    for row in found["batches"]:
        print_row({**row, "what": str(row["count"])})
    print("\none delivery for each part")
    for run in runs:
        print_row(run["stock"])
    times, share = compare(runs, "seconds"), compare(runs, "queries")
    print(f"chain / delivery, medians of {len(runs)} runs in turn: {times:.2f} of the")
    print(f"time, {share:.2f} of the queries; run by run")
    for what in ("seconds", "queries"):
        ratios = [each(run["chain"], what) / each(run["stock"], what) for run in runs]
        print(f"{what:16}{spread(ratios)}")
    print("\nremaining quota of lines: queries")
    for row in found["remaining"]:
        print(f"{row['count']:16,}{row['queries']:9}{1000 * row['seconds']:9.1f} ms")
    if len({row["queries"] for row in found["remaining"]}) > 1:
        return "the remaining quota's queries grow with the lines"
    if times > MOST_TIME:
        return f"the whole chain takes more than {MOST_TIME:g} times a plain delivery"
    if share > MOST_QUERIES:
        return f"the whole chain needs more than {MOST_QUERIES:.0%} of the queries"
    return ""


def compare(runs, what):
    """The median of the chain's cost for one part, over that of a delivery."""
    return median(each(run["chain"], what) for run in runs) / median(
        each(run["stock"], what) for run in runs
    )


def add_up(steps):
    return {
        "what": "together",
        "count": steps[0]["count"],
        "seconds": sum(row["seconds"] for row in steps),
        "queries": sum(row["queries"] for row in steps),
    }


def each(row, name):
    return row[name] / row["count"]


def print_row(row):
    print(
        f"{row['what']:16}{row['count']:9,}{row['seconds']:9.2f}{row['queries']:9,}"
        f"{1000 * each(row, 'seconds'):10.2f} ms{each(row, 'queries'):8.1f} q"
    )
