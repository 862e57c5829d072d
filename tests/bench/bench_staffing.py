"""The best team of 2,000 employees for 60 posts, and the view of what a bid scores.

The people are drawn as in the trade: most hold none or one of thirty certificates, few
hold rare ones, one in ten has no three months of insurance. The engine alone is timed
on that, and on the harder case that certificates are spread evenly; then the view of a
tender with 60 posts, at 500 and at 2,000 employees: the queries must be the same.
"""

from ..support import drop_database

DATABASE = "ombench-staffing"


def main(bench):
    bench.empty(DATABASE)
    bench.odoo(
        *("server", "-d", DATABASE, "-i", "om_staffing"),
        *("--stop-after-init", "--no-http"),
    )
    rows = bench.shell(DATABASE, "staffing_shell.py")
    print(f"{'':44}{'people':>8}{'posts':>7}{'points':>9}{'s':>8}{'queries':>9}")
    for row in rows:
        print(
            f"{row['what']:44}{row['people']:8}{row['posts']:7}{row['points']:9.2f}"
            f"{row['seconds']:8.2f}{row['queries'] or '':>9}"
        )
    drop_database(DATABASE)
