from odoo import api, models
from odoo.tools import format_list

from odoo.addons.om_assets.models.om_system_deadline import SEVERITIES

from ..tools import register
from .om_register_loader import REGISTER_FOLDER

# The rows whose promise was made once; what became of it is its owners' business.
LOADED = "om_engagements.terms_loaded"


class OmEngagementLoader(models.AbstractModel):
    _inherit = "om.engagement.loader"

    @api.model
    def _load_terms(self):
        """Make the promises of the rows that print more than times by severity.

        By channel, hour, key period or distance, and when a plan or parts are owed:
        ``promises.csv`` names the rows, ``promise_lines.csv`` what they say; the rest
        of each promise is that of the row. ``terms.csv`` says of every other sentence
        with a time in it why it stays text. Each is made once.
        """
        parameters = self.env["ir.config_parameter"].sudo()
        loaded = set((parameters.get_param(LOADED) or "").split())
        rows = [
            row
            for row in register.read_table(REGISTER_FOLDER / "promises.csv")
            if row["key"] not in loaded
        ]
        if not rows or not self._get("shunyi"):
            return
        lines = {}
        for line in register.read_table(REGISTER_FOLDER / "promise_lines.csv"):
            lines.setdefault(line["promise"], []).append(line)
        quiet = self._in_chinese().with_context(tracking_disable=True)
        for row in rows:
            quiet._load_term(row, lines[row["key"]])
        parameters.set_param(
            LOADED, " ".join(sorted(loaded | {r["key"] for r in rows}))
        )

    @api.model
    def _load_term(self, row, lines):
        """Make the promise of one row of promises.csv and give it to its systems."""
        contract = self._get("shunyi")
        numbers = [int(number) for number in row["systems"].split()]
        systems = self.env["om.system"].union(
            *(
                self.env.ref(f"om_engagements.system_{number:03d}", False)
                or self.env["om.system"]
                for number in numbers
            )
        )
        systems = systems.filtered(lambda system: system.agreement_id == contract)
        if not systems:
            return
        values = {
            "name": f"第{format_list(self.env, [*map(str, numbers)])}项专门约定",
            "source": contract.tender_number,
            "note": row["note"],
            "near_km": row["near_km"] or 0,
        }
        if row["calendar"]:
            calendar = f"om_helpdesk.om_service_calendar_{row['calendar']}"
            values["calendar_id"] = self.env.ref(calendar).id
        policy = self.env["om.sla.policy"]._give_printed(
            systems, values, self._prepare_terms(lines)
        )
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"om_engagements.sla_policy_{row['key']}",
                    "record": policy,
                    "noupdate": True,
                }
            ]
        )

    @api.model
    def _prepare_terms(self, lines):
        """Return values of a promise's lines; ``all`` stands for each severity."""
        vals_list = []
        for line in lines:
            severities = line["severity"].split()
            if severities == ["all"]:
                severities = [severity for severity, _label in SEVERITIES]
            channel = line["channel"] and self.env.ref(
                f"om_helpdesk.helpdesk_ticket_channel_{line['channel']}"
            )
            calendar = line.get("calendar") and self.env.ref(
                f"om_helpdesk.om_service_calendar_{line['calendar']}"
            )
            for severity in severities:
                vals_list.append(
                    {
                        "severity": severity,
                        "channel_id": channel.id if channel else False,
                        "calendar_id": calendar.id if calendar else False,
                        **{
                            name: line[name]
                            for name in (
                                "target",
                                "value",
                                "unit",
                                "clock",
                                "window",
                                "start",
                                "reach",
                            )
                        },
                    }
                )
        return vals_list
