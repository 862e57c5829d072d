"""Seconds, memory and pages of every paper, engines side by side.

``OM_BENCH_DATABASE``: a demonstration that is there already, in place of a new one; it
is left as it was.
"""

import os
import shutil
import signal
import subprocess
import time
import urllib.request

from ..support import ODOO, STATE, drop_database, free_port

DATABASE = "ombench-papers"
FOLDER = STATE / "bench-papers"
WORDS = {"wkhtmltopdf": "wkhtmltopdf", "chromium": "Chromium", "typst": "Typst"}


def main(bench):
    given = os.environ.get("OM_BENCH_DATABASE")
    if not given:
        bench.create(DATABASE, "history")
    if not shutil.which("wkhtmltopdf"):
        print("wkhtmltopdf is not on this machine: nothing is compared with it.\n")
    try:
        with_server(given or DATABASE, lambda: show(measure(bench, given or DATABASE)))
    finally:
        if not given:
            drop_database(DATABASE)


def with_server(database, job):
    """Run the job beside a server of the database, which papers read styles from."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [*ODOO, "server", "-d", database, f"--http-port={port}"]
    process = subprocess.Popen(
        [*command, f"--db-filter=^{database}$", "--max-cron-threads=0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.environ |= {"OM_BENCH_ADDRESS": address, "OM_BENCH_FOLDER": str(FOLDER)}
    try:
        while True:
            try:
                with urllib.request.urlopen(f"{address}/web/login", timeout=120):
                    break
            except OSError:
                if process.poll() is not None:
                    raise
                time.sleep(0.5)
        job()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def measure(bench, database):
    return bench.shell(database, "papers_shell.py")


def show(rows):
    print(f"the papers: {FOLDER}\n")
    print(
        f"{'':34}{'engine':13}{'s':>8}{'CPU s':>8}{'MB':>7}{'pages':>7}"
        f"{'KB':>8}{'to the first':>14}"
    )
    first = {}
    for row in rows:
        first.setdefault(row["what"], row)
        base = first[row["what"]]
        times = ""
        if row is not base:
            times = f"{row['seconds'] / base['seconds']:.2f} x"
        print(
            f"{row['what']:34}{WORDS[row['engine']]:13}{row['seconds']:8.2f}"
            f"{row['processor']:8.2f}{row['megabytes']:7}{row['pages']:7}"
            f"{row['kilobytes']:8}{times:>14}"
        )
