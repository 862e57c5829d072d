import time
from itertools import islice

from odoo import fields, models

# More faults than this are not told on a screen.
TOLD = 100


class OmActCheck(models.TransientModel):
    """Checks the whole record and its seals and says what does not fit."""

    _name = "om.act.check"
    _description = "Check of the Record"

    result = fields.Text(readonly=True)
    is_whole = fields.Boolean(readonly=True)

    def action_check(self):
        """Check all lines and seals; the dialog stays open with the result."""
        self.ensure_one()
        started = time.monotonic()
        faults = list(islice(self.env["om.act"]._verify(), TOLD))
        # sudo: numbers only.
        count = {
            name: self.env[name].sudo().search_count([])
            for name in ("om.act", "om.seal")
        }
        whole = self.env._(
            "%(lines)s lines and %(seals)s seals fit (%(seconds).1f s).",
            lines=count["om.act"],
            seals=count["om.seal"],
            seconds=time.monotonic() - started,
        )
        self.write(
            {"is_whole": not faults, "result": "\n".join(faults) if faults else whole}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check of the Record"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
