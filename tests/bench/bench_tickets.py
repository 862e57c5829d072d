"""Faults by the thousand: ours beside helpdesk_mgmt with helpdesk_mgmt_sla, in turn.

The stock pair gets a database of its own, without ours; helpdesk_mgmt_sla is fetched
from PyPI (pinned in requirements.txt beside this file). Then what people read all day
(lists, search, the dispatcher's board) at three sizes.
"""

from ..support import drop_database
from .bench_inspections import add_to_path, fetch_oca
from .medians import in_turn, median_row, spread

DATABASE = "ombench-tickets"
STOCK = "ombench-tickets-stock"
# What the service desk was promised to be, for creating and the first move.
TIMES_FASTER = 8
SHARE_OF_QUERIES = 0.1
RUNS = 5


def main(bench):
    bench.empty(DATABASE)
    addons = fetch_oca()
    if not addons:
        raise SystemExit("om: helpdesk_mgmt_sla could not be fetched.")
    path = add_to_path(addons)
    drop_database(STOCK)
    bench.odoo("db", "init", STOCK, "--country", "CN", "--language", "zh_CN")
    bench.odoo(
        *("server", "-d", STOCK, "-i", "helpdesk_mgmt,helpdesk_mgmt_sla", path),
        *("--stop-after-init", "--no-http"),
    )
    ours, stock = in_turn(
        bench.runs or RUNS,
        lambda: bench.shell(DATABASE, "tickets_shell.py"),
        lambda: bench.shell(STOCK, "tickets_stock_shell.py", path),
    )
    drop_database(STOCK)
    missed = show(ours, stock)
    show_scale(bench.shell(DATABASE, "tickets_scale_shell.py"))
    drop_database(DATABASE)
    if missed:
        raise SystemExit(f"om: {missed}")


def together(rows):
    """Creating and the first move of one run."""
    return {name: sum(row[name] for row in rows[:2]) for name in ("seconds", "queries")}


def show(ours, stock):
    """The medians of all runs; what was promised is judged by them."""
    times = [
        together(theirs)["seconds"] / together(mine)["seconds"]
        for mine, theirs in zip(ours, stock, strict=True)
    ]
    whole = [median_row([together(rows) for rows in runs]) for runs in (ours, stock)]
    ours, stock = (
        [median_row(rows) for rows in zip(*runs, strict=True)] for runs in (ours, stock)
    )
    print(f"\nmedians of {len(times)} runs in turn, ours, stock, ours, stock ...")
    print(
        f"\n{'1,000 tickets':16}{'ours s':>9}{'queries':>9}{'stock s':>9}{'queries':>9}"
        f"{'times':>8}{'share':>8}"
    )
    for mine, theirs in zip(ours, stock, strict=True):
        print_row(mine["what"], mine, theirs)
    print_row("create, move", *whole)
    print(f"times faster in creating and moving, run by run: {spread(times)}")
    mine, theirs = whole
    if theirs["seconds"] < TIMES_FASTER * mine["seconds"]:
        return f"less than {TIMES_FASTER} times faster"
    if mine["queries"] > SHARE_OF_QUERIES * theirs["queries"]:
        return f"more than {SHARE_OF_QUERIES:.0%} of the queries"
    return ""


def print_row(what, mine, theirs):
    print(
        f"{what:16}{mine['seconds']:9.2f}{mine['queries']:9.0f}{theirs['seconds']:9.2f}"
        f"{theirs['queries']:9.0f}{theirs['seconds'] / mine['seconds']:8.1f}"
        f"{mine['queries'] / theirs['queries']:8.1%}"
    )


def show_scale(rows):
    sizes = sorted({row["tickets"] for row in rows})
    print("\nmilliseconds, p50 / p95" + "".join(f"{size:>16,}" for size in sizes))
    for what in dict.fromkeys(row["what"] for row in rows):
        found = {row["tickets"]: row for row in rows if row["what"] == what}
        cells = "".join(
            f"{1000 * found[size]['p50']:8.1f} /{1000 * found[size]['p95']:6.1f}"
            for size in sizes
        )
        growth = found[sizes[-1]]["p50"] / found[sizes[0]]["p50"]
        print(f"{what:23}{cells}   x {growth:.1f}")
