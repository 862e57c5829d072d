import json

from odoo import fields, models

# What tells of more than this is made in the background: so much takes some four
# seconds (docs/operations.md, "Long papers", says what was measured).
SHORT = {"qweb-pdf": 2000, "xlsx": 10000}


class OmPaperMixin(models.AbstractModel):
    """A dialog that prints papers: a short one at once, a long one as a job."""

    _name = "om.paper.mixin"
    _description = "Dialog That Prints Papers"

    def _count_told(self):
        """Return of how many records the paper tells."""
        raise NotImplementedError

    def _split_paper(self):
        """Return the parts that are printed one by one and put together.

        :return: [(name, values of the dialog that prints this part alone)]
        """
        return [(self._get_file_name(), {})]

    def _get_long_report(self, report):
        """Return the report that prints the same when it is long."""
        return report

    def _print_paper(self, report):
        """Return the action that prints a report, or opens the job that makes it.

        :param report: external identifier
        """
        self.ensure_one()
        report = self.env.ref(report)
        if self._count_told() <= SHORT[report.report_type]:
            return report.report_action(self)
        report = self._get_long_report(report)
        job = self.env["om.job"]._ask(
            report, "paper", self._get_file_name(), self._get_asked()
        )
        return job.action_open()

    def _get_asked(self):
        """Return what was chosen, as plain values from which it is created again."""
        values = self.copy_data()[0]
        return json.loads(json.dumps(values, default=fields.Date.to_string))
