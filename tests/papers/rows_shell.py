"""Print papers of a hundred rows, or of ``OM_ROWS``; what is made for them is rolled
back.

Runs in an Odoo shell: ``OM_PAPERS`` names them, ``OM_FOLDER`` takes the files.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, os.environ["OM_ROOT"])
from tests.papers.catalogue import make_papers  # noqa: E402

ENV = env  # noqa: F821  (the shell provides it)
FOLDER = Path(os.environ["OM_FOLDER"])
REPORTS = ENV["ir.actions.report"].with_context(lang="zh_CN")
ENV["ir.config_parameter"].set_param("report.url", os.environ["OM_ADDRESS"])
papers = make_papers(ENV, int(os.environ.get("OM_ROWS", 100)))
for name in os.environ["OM_PAPERS"].split(","):
    report, records = papers[name]
    pdf = REPORTS._render_qweb_pdf(report, records.ids)[0]
    (FOLDER / f"{name}.pdf").write_bytes(pdf)
ENV.cr.rollback()
