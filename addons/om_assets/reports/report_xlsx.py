import sys
from pathlib import Path

from odoo import models

from odoo.addons.om_base.tools.beside import begin
from odoo.addons.om_base.tools.tables import SheetWriter
from odoo.addons.om_base.tools.xlsx import cell_text

from ..engine.workbook import CALLS, DONE, REPLAY, Recorder


class ReportXlsxAbstract(models.AbstractModel):
    _inherit = "report.report_xlsx.abstract"

    def _write_tables(self, workbook, tables):
        """Write each table (``tools/tables.py``) as a sheet."""
        writer = SheetWriter(workbook)
        for table in tables:
            writer.add_table(table)

    def _say(self, name):
        """Return what tells the label of a record's selection, in the reader's
        language: the key of a column."""
        labels = {}

        def say(record):
            if record._name not in labels:
                labels[record._name] = record.with_env(self.env)._om_labels(name)
            return labels[record._name].get(record[name], "")

        return say

    def _begin_beside(self, dialog, folder):
        """Begin to write the spreadsheet of a dialog in a folder, for a job."""
        with open(Path(folder) / CALLS, "w", encoding="utf-8") as stream:
            recorder = Recorder(stream, cell_text)
            self.with_context(active_model=dialog._name).generate_xlsx_report(
                recorder, {}, dialog
            )
            recorder.close()
        return begin(folder, [sys.executable, "-c", REPLAY, str(folder)], DONE)
