"""Deadlines per second: our engine beside ``resource.calendar``, in one run.

Both reckon the same promises (1 to 40 service hours of 5x8, reported at any second of
2026) and the same time between two moments. The stock calendar has the windows and the
rest days of 2026 as leaves; it cannot know the make-up days, so only the answers that
no make-up day touches are compared, and they have to be equal.
"""

from ..support import drop_database

DATABASE = "ombench-sla"
# What the service desk was promised to be.
AT_LEAST = 200


def main(bench):
    bench.empty(DATABASE)
    bench.odoo(
        *("server", "-d", DATABASE, "-i", "om_helpdesk"),
        *("--stop-after-init", "--no-http"),
    )
    result = bench.shell(DATABASE, "sla_shell.py")
    print(f"{'':34}{'ours/s':>12}{'stock/s':>12}{'times':>8}")
    slow = []
    for row in result["rows"]:
        times = row["ours"] / row["stock"]
        print(f"{row['what']:34}{row['ours']:12,.0f}{row['stock']:12,.0f}{times:8,.0f}")
        if times < AT_LEAST:
            slow.append(row["what"])
    for row in result["ours_only"]:
        print(f"{row['what']:34}{row['ours']:12,.0f}")
    print(
        f"\n{result['compared']} deadlines compared, all equal; "
        f"{result['makeup']} more touch a make-up day, which the stock calendar "
        "cannot have."
    )
    drop_database(DATABASE)
    if slow:
        raise SystemExit(f"om: less than {AT_LEAST} times faster: {', '.join(slow)}")
