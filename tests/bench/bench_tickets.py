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
    return {
        name: sum(row[name] for row in rows[:2])
        for name in ("seconds", "work", "queries")
        if rows[0][name] is not None
    }


def times_faster(mine, theirs):
    """By the time of processors where it is known: others use the machine, too."""
    by = "work" if mine.get("work") else "seconds"
    return theirs[by] / mine[by]


def show(ours, stock):
    """The medians of all runs; what was promised is judged by them."""
    times = [
        times_faster(together(mine), together(theirs))
        for mine, theirs in zip(ours, stock, strict=True)
    ]
    whole = [median_row([together(rows) for rows in runs]) for runs in (ours, stock)]
    peaks = [
        max(row["peak_mb"] for rows in runs for row in rows) for runs in (ours, stock)
    ]
    ours, stock = (
        [median_row(rows) for rows in zip(*runs, strict=True)] for runs in (ours, stock)
    )
    print(f"\nmedians of {len(times)} runs in turn, ours, stock, ours, stock ...")
    print(
        f"\n{'1,000 tickets':16}{'ours s':>9}{'worked':>9}{'queries':>9}"
        f"{'stock s':>9}{'worked':>9}{'queries':>9}{'times':>8}{'share':>8}"
    )
    for mine, theirs in zip(ours, stock, strict=True):
        print_row(mine["what"], mine, theirs)
    print_row("create, move", *whole)
    print(
        "worked: seconds of processors, the server's and the database's;"
        " times: by them\n"
        f"times faster in creating and moving, run by run: {spread(times)}\n"
        f"peak memory of the process: ours {peaks[0]:.0f} MB, stock {peaks[1]:.0f} MB"
    )
    mine, theirs = whole
    if times_faster(mine, theirs) < TIMES_FASTER:
        return f"less than {TIMES_FASTER} times faster"
    if mine["queries"] > SHARE_OF_QUERIES * theirs["queries"]:
        return f"more than {SHARE_OF_QUERIES:.0%} of the queries"
    return ""


def print_row(what, mine, theirs):
    cells = "".join(
        f"{row['seconds']:9.2f}"
        + (f"{row['work']:9.2f}" if row.get("work") else " " * 9)
        + f"{row['queries']:9.0f}"
        for row in (mine, theirs)
    )
    print(
        f"{what:16}{cells}{times_faster(mine, theirs):8.1f}"
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
