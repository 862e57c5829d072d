"""A thousand contracts with four milestones each, from draft to due dates.

The stock way is Odoo's own: a payment term of four lines on a thousand invoices. Beside
it our own acts one contract at a time, as a hand or a simple import would do them.
"""

from ..support import drop_database

DATABASE = "ombench-contract"


def main(bench):
    bench.empty(DATABASE)
    results = bench.shell(DATABASE, "contract_shell.py")
    print(f"{'':36}{'contracts':>10}{'s':>8}{'ms each':>9}{'queries':>9}{'q each':>8}")
    for row in results:
        count = row["count"]
        print(
            f"{row['what']:36}{count:10}{row['seconds']:8.2f}"
            f"{1000 * row['seconds'] / count:9.2f}{row['queries']:9}"
            f"{row['queries'] / count:8.2f}"
        )
    drop_database(DATABASE)
