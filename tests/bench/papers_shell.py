"""Each paper by each engine; what is made for it is rolled back.

``OM_BENCH_ADDRESS``: the server that style sheets and pictures are read from.
The papers are kept in ``OM_BENCH_FOLDER``, to be looked at. Seconds are of the clock,
and of the processor in all processes of the engine; MB are the most that its processes
had in memory at once, what they share counted in each.
"""

import contextlib
import io
import json
import os
import resource
import sys
import threading
import time
from pathlib import Path
from statistics import median

import psutil
from pypdf import PdfReader

sys.path.insert(0, os.environ["OM_ROOT"])
from tests.papers.catalogue import ENGINES, ROWS, make_papers  # noqa: E402

ENV = env  # noqa: F821  (the shell provides it)
RUNS = int(os.environ.get("OM_BENCH_RUNS", 3))
REPORTS = ENV["ir.actions.report"].with_context(lang="zh_CN")
SETTINGS = ENV["ir.config_parameter"]
FOLDER = Path(os.environ["OM_BENCH_FOLDER"])
VOLUME = "om_assets.om_inspection_volume_report"
MONTHLY = "om_assets.om_inspection_monthly_report"
# A page of the volume holds about so many rows.
ROWS_PER_PAGE, PAGES = 27, 1000


class Watch:
    """The processor time and the memory of the processes below this one."""

    def __init__(self, apart):
        self.seconds, self.megabytes = {}, 0
        self._apart, self._other = apart, 0
        self._over = threading.Event()

    def __enter__(self):
        self._ended = ended_seconds()
        self._look()
        self._before = sum(self.seconds.values())
        # Of a warm engine that has nothing to do with the next one.
        self._other = self._memory if self._apart else 0
        self.megabytes = 0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        self._begun = time.monotonic()
        return self

    def __exit__(self, *_error):
        self.clock = time.monotonic() - self._begun
        self._over.set()
        self._thread.join()
        self._look()
        alive = sum(self.seconds.values()) - self._before
        self.processor = max(alive, 0) + ended_seconds() - self._ended

    def _watch(self):
        while not self._over.wait(0.05):
            self._look()

    def _look(self):
        memory = 0
        self.seconds = {}
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                self.seconds[process.pid] = times.user + times.system
                memory += process.memory_info().rss
        self._memory = memory
        self.megabytes = max(self.megabytes, (memory - self._other) >> 20)


def ended_seconds():
    """Of the processes that have ended and were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(what, engine, print_paper, runs=RUNS):
    rows = []
    for _run in range(runs):
        with Watch(engine != "chromium") as watch:
            pdf = print_paper()
        rows.append((watch.clock, watch.processor, watch.megabytes))
    (FOLDER / f"{what} {engine}.pdf").write_bytes(pdf)
    return {
        "what": what,
        "engine": engine,
        "seconds": median(row[0] for row in rows),
        "processor": median(row[1] for row in rows),
        "megabytes": max(row[2] for row in rows),
        "pages": len(PdfReader(io.BytesIO(pdf)).pages),
        "kilobytes": len(pdf) >> 10,
    }


def measure_paper(what, report, records, runs=RUNS, engines=ENGINES):
    found = []
    for engine in engines:
        SETTINGS.set_param("om_base.paper_engine", engine)
        found.append(
            measure(
                what,
                engine,
                lambda: REPORTS._render_qweb_pdf(report, records.ids)[0],
                runs,
            )
        )
    return found


def measure_month(wizard):
    """The month of all units: on papers of each in one file, and as a volume."""
    rows = measure_paper("month of all units", MONTHLY, wizard, 1)
    rows.append(
        measure(
            "month of all units",
            "typst",
            lambda: REPORTS._render_qweb_pdf(VOLUME, wizard.ids)[0],
        )
    )
    return rows


def measure_thousand(wizard):
    """A thousand pages: the month's, its parts many times."""
    from dataclasses import replace

    from odoo.addons.om_base.tools.volume import print_volume

    volume = ENV["report.om_assets.om_inspection_volume"]._get_volume(wizard)
    pages = len(PdfReader(io.BytesIO(print_volume(volume))).pages)
    times = -(-PAGES // pages)
    # Debian's wkhtmltopdf prints one document at a time.
    rows = measure_paper(
        "1,000 pages",
        MONTHLY,
        wizard.browse(wizard.ids * times),
        runs=1,
        engines=("chromium",),
    )
    volume = replace(volume, parts=[*volume.parts] * times)
    rows.append(measure("1,000 pages", "typst", lambda: print_volume(volume), 1))
    return rows


SETTINGS.set_param("report.url", os.environ["OM_BENCH_ADDRESS"])
results = []
for number in ROWS:
    for name, (xmlid, papers) in make_papers(ENV, number).items():
        results += measure_paper(f"{name}, {number} rows", xmlid, papers)
    ENV.cr.rollback()
    SETTINGS.set_param("report.url", os.environ["OM_BENCH_ADDRESS"])
month = make_papers(ENV, 1)["monthly inspections"][1]
month.system_ids = False
results += measure_month(month)
results += measure_thousand(month)
ENV.cr.rollback()
print("BENCH " + json.dumps(results))
