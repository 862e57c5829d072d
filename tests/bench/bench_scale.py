"""The screens and jobs of a day on the demonstration and on an estate of ten contracts.

``--size 0.5`` builds half of it: the growth is then from a smaller estate, and told so.
"""

from ..support import drop_database

DATABASE = "ombench-scale"
# What is asked of every call, and of the overview on the large estate.
GROWTH = 1.5
OVERVIEW = 0.3
# What this long at most on both is within its noise: nobody sees it grow.
UNSEEN = 0.01


def main(bench):
    bench.history(DATABASE)
    found = bench.shell(DATABASE, "scale_shell.py")
    drop_database(DATABASE)
    show(found, bench.size)


def show(found, size):
    small, large = found["small"], found["large"]
    if size < 1:
        print(f"a share of {size:g} of the estate")
    print(f"{'':24}{'small':>12}{'large':>12}")
    for what, count in large["sizes"].items():
        print(f"{what:24}{small['sizes'][what]:12,}{count:12,}")
    print(f"\n{'built by copies of rows':24}{'rows':>12}{'s':>9}{'queries':>9}")
    for row in found["built"]:
        print(
            f"{row['what']:24}{row['rows']:12,}{row['seconds']:9.1f}{row['queries']:9}"
        )
    print(f"peak memory of the process: {found['peak_mb']:.0f} MB\n")
    within = compare("screens", small["calls"], large["calls"])
    jobs = compare("jobs, second run", small["jobs"], large["jobs"])
    calls = len(small["calls"])
    print(
        f"\n{within} of {calls} screens and {jobs} of {len(small['jobs'])} jobs", end=""
    )
    print(f" within {GROWTH} times, or {1000 * UNSEEN:.0f} ms;", end=" ")
    overview = large["calls"]["overview, manager"]["p50"]
    print(f"the overview {1000 * overview:.0f} ms, {1000 * OVERVIEW:.0f} asked for")


def compare(title, small, large):
    """Print the growth of each; return how many keep within :data:`GROWTH`.

    Judged by the time of processors, where it is known: others that use the machine do
    not lengthen it. What shows more rows, as a calendar does, takes its time for them.
    """
    print(
        f"{title:33}{'p50 ms':>15}{'processor ms':>17}{'times':>7}{'rows':>16}"
        f"{'queries':>12}"
    )
    within = 0
    for what, before in small.items():
        after = large[what]
        by = "work" if before["work"] and after["work"] else "p50"
        times = after[by] / before[by]
        good = times <= GROWTH or after[by] <= UNSEEN
        within += good
        rows = pair(before["rows"], after["rows"], ",d") if before["rows"] else ""
        more = before["rows"] and after["rows"] / before["rows"]
        note = "" if good else "  as its rows" if more and times < more else "  grows"
        print(
            f"{what:33}{milliseconds(before, after, 'p50'):>15}"
            f"{milliseconds(before, after, 'work'):>17}{times:7.1f}{rows:>16}"
            f"{pair(before['queries'], after['queries'], 'd'):>12}{note}"
        )
    return within


def milliseconds(before, after, by):
    """Small and large; nothing where it is not known."""
    return pair(1000 * before[by], 1000 * after[by], ".0f") if before[by] else ""


def pair(before, after, kind):
    return f"{before:{kind}} -> {after:{kind}}"
