"""A month of all units drawn up: our batch beside what a user would do by hand.

Stock Odoo and OCA have nothing that draws up a score sheet. A user without us counts
each figure of a sheet with a filter of its list; that is what stands beside ours.
"""

from ..support import drop_database

DATABASE = "ombench-assessment"
SECONDS = 10


def main(bench):
    bench.empty(DATABASE)
    bench.odoo(
        *("server", "-d", DATABASE, "-i", "om_engagements"),
        *("--stop-after-init", "--no-http"),
    )
    show(bench.shell(DATABASE, "assessment_shell.py"))
    drop_database(DATABASE)


def show(found):
    print(
        f"\n{found['inspections']} inspections, {found['tickets']} faults,"
        f" {found['indicators']} indicators of the register"
    )
    print(f"{'':44}{'sheets':>8}{'lines':>8}{'s':>9}{'queries':>9}")
    rows = found["rows"]
    for row in rows:
        print(
            f"{row['what']:44}{row['sheets']:8}{row['lines']:8}{row['seconds']:9.2f}"
            f"{row['queries']:9}"
        )
    half, whole, again, hand = rows
    print(
        f"\nby hand / ours, per line: "
        f"{hand['seconds'] / hand['lines'] / (whole['seconds'] / whole['lines']):.1f} x"
        f" the seconds, "
        f"{hand['queries'] / hand['lines'] / (whole['queries'] / whole['lines']):.1f} x"
        " the queries"
    )
    assert whole["sheets"] == 54
    assert whole["seconds"] < SECONDS, "the month of all units takes too long"
    # Of the database's own batches: rows are written by the thousand.
    assert whole["queries"] <= half["queries"] + 15, "queries grow with the sheets"
    assert again["sheets"] == whole["sheets"]
