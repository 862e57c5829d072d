"""The screens of a day on the demonstration and on an estate of ten contracts."""

from ..support import drop_database

DATABASE = "ombench-scale"
# What is asked of every call, and of the overview on the large estate.
GROWTH = 1.5
OVERVIEW = 0.3


def main(bench):
    bench.create(DATABASE, "history")
    show(*bench.shell(DATABASE, "scale_shell.py"))
    drop_database(DATABASE)


def show(small, large):
    for what, count in large["sizes"].items():
        print(f"{what:14}{small['sizes'][what]:10,}{count:12,}")
    print(f"made in {large['made_in']:.0f} s")
    print(
        f"\n{'p50, milliseconds':36}{'small':>9}{'large':>9}{'times':>8}{'queries':>14}"
    )
    within = 0
    for what, before in small["calls"].items():
        after = large["calls"][what]
        times = after["p50"] / before["p50"]
        within += times <= GROWTH
        queries = f"{before['queries']} -> {after['queries']}"
        print(
            f"{what:36}{1000 * before['p50']:9.1f}{1000 * after['p50']:9.1f}"
            f"{times:8.1f}{queries:>14}"
        )
    overview = large["calls"]["overview, manager"]["p50"]
    print(f"\n{within} of {len(small['calls'])} calls within {GROWTH} times;", end=" ")
    print(f"the overview {1000 * overview:.0f} ms, {1000 * OVERVIEW:.0f} asked for")
