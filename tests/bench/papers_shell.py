"""Each paper by each engine; what is made for it is rolled back.

``OM_BENCH_ADDRESS``: the server that style sheets and pictures are read from.
The papers are kept in ``OM_BENCH_FOLDER``, to be looked at. Seconds are of the clock,
and of the processor in Odoo and in all processes of the engine; MB are the most that
its processes had in memory at once, what they share counted in each.
"""

import contextlib
import io
import json
import os
import resource
import sys
import threading
import time
from functools import partial
from pathlib import Path
from statistics import median

import psutil
from pypdf import PdfReader

sys.path.insert(0, os.environ["OM_ROOT"])
from tests.bench.medians import in_turn  # noqa: E402
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
    """The processor time of this process and of those below it; and, if it ``looks``,
    the memory of those."""

    def __init__(self, apart, looks):
        self.seconds, self.megabytes = {}, 0
        self._apart, self._other = apart, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._looks = looks

    def __enter__(self):
        self._ended = ended_seconds()
        self._look()
        self._before = sum(self.seconds.values())
        # Of a warm engine that has nothing to do with the next one.
        self._other = self._memory if self._apart else 0
        self.megabytes = 0
        if self._looks:
            self._thread.start()
        self._own = time.process_time()
        self._begun = time.monotonic()
        return self

    def __exit__(self, *_error):
        self.clock = time.monotonic() - self._begun
        self.processor = time.process_time() - self._own
        self._over.set()
        if self._looks:
            self._thread.join()
        self._look()
        alive = sum(self.seconds.values()) - self._before
        self.processor += max(alive, 0) + ended_seconds() - self._ended

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


def measure(what, jobs, runs=RUNS):
    """A row of each job, {engine: what prints}; they run in turn, so that a busy minute
    meets all of them; first once to look at their memory, which takes time itself."""

    def run(engine, looks=False):
        ENV.invalidate_all()
        with Watch(engine != "chromium", looks) as watch:
            pdf = jobs[engine]()
        return watch, pdf

    looked = {engine: run(engine, looks=True)[0] for engine in jobs}
    found = in_turn(runs, *(partial(run, engine) for engine in jobs))
    rows = []
    for engine, results in zip(jobs, found, strict=True):
        watches, (pdf, *_others) = zip(*results, strict=True)
        (FOLDER / f"{what} {engine}.pdf").write_bytes(pdf)
        rows.append(
            {
                "what": what,
                "engine": engine,
                "seconds": median(watch.clock for watch in watches),
                "processor": median(watch.processor for watch in watches),
                "megabytes": looked[engine].megabytes,
                "pages": len(PdfReader(io.BytesIO(pdf)).pages),
                "kilobytes": len(pdf) >> 10,
            }
        )
    return rows


def by_engine(engine, report, records, wait=None):
    """``wait``: milliseconds in which a paper's scripts would run."""

    def job():
        SETTINGS.set_param("om_base.paper_engine", engine)
        SETTINGS.set_param("report.print_delay", wait)
        return REPORTS._render_qweb_pdf(report, records.ids)[0]

    return job


def measure_paper(what, report, records):
    return measure(
        what, {engine: by_engine(engine, report, records) for engine in ENGINES}
    )


def measure_month(wizard):
    """The month of all units: on papers of each in one file, first as Odoo printed them
    when volumes were asked for, waiting for scripts, and as a volume."""
    papers = {engine: by_engine(engine, MONTHLY, wizard) for engine in ENGINES}
    return measure(
        "month of all units",
        {
            "waiting": by_engine("wkhtmltopdf", MONTHLY, wizard, "1000"),
            **papers,
            "typst": lambda: REPORTS._render_qweb_pdf(VOLUME, wizard.ids)[0],
        },
    )


def measure_thousand(wizard):
    """A thousand pages: the month's, its parts many times."""
    from dataclasses import replace

    from odoo.tools.pdf import merge_pdf

    from odoo.addons.om_base.tools.volume import print_volume

    volume = ENV["report.om_assets.om_inspection_volume"]._get_volume(wizard)
    pages = len(PdfReader(io.BytesIO(print_volume(volume))).pages)
    times = -(-PAGES // pages)
    months = wizard.browse(wizard.ids * times)
    print_month = by_engine("wkhtmltopdf", MONTHLY, wizard)

    def print_months():
        return merge_pdf([print_month() for _month in months])

    def print_thousand():
        volume = ENV["report.om_assets.om_inspection_volume"]._get_volume(wizard)
        return print_volume(replace(volume, parts=[*volume.parts] * times))

    return measure(
        "1,000 pages",
        {
            # Debian's prints one document at a time.
            "wkhtmltopdf": print_months,
            "chromium": by_engine("chromium", MONTHLY, months),
            "typst": print_thousand,
        },
        runs=1,
    )


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
