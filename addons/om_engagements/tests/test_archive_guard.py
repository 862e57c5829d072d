from io import BytesIO

from openpyxl import load_workbook

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import SQL

# What is on record of them counts, archived or not; which rows the test archives.
# A planned inspection is cancelled by its archive; a done one is done.
FACTS = {
    "agreement": SQL("TRUE"),
    "helpdesk.ticket": SQL("TRUE"),
    "maintenance.request": SQL("inspection_done_on IS NOT NULL"),
}
# Models with an archive that hides no proof, each with the reason.
HARMLESS = {
    "account.analytic.account": "what is booked on it stays in the margin",
    "helpdesk.ticket.channel": "a label: its tickets keep it and stay in every list",
    "hr.employee": "people leave; what they did keeps their names",
    "om.social.insurance": "withdrawn by an act with its reason; no client writes it",
    "om.alert.source": "a door: what came through it stays",
    "om.audit.rule": "a question put to the register, not a fact in it",
    "om.escalation.rule": "a setting: who is told; what was told is on record",
    "om.notice.channel": "a way to tell: what was told there is on record",
    "om.inspection.checklist": "inspections that began have their own items",
    "product.attribute.value": "a label",
    "res.company": "Odoo refuses while people work in it",
    "res.currency": "Odoo refuses the currencies of companies; amounts keep theirs",
    "res.partner.category": "a label",
    "res.users": "a login; people leave",
    "stock.location": "Odoo refuses while goods lie there",
    "stock.warehouse": "Odoo refuses while transfers are open",
}


def get_archive_field(model):
    """Name of the field that hides a record, as Odoo's models have it."""
    if model._active_name:
        return model._active_name
    field = model._fields.get("archive")
    return "archive" if field and field.type == "boolean" and field.store else None


@tagged("post_install", "-at_install")
class TestArchiveGuard(TransactionCase):
    def _get_ours(self):
        """Stored models that can be archived, of ours or with columns of ours."""
        for name, model in self.env.registry.items():
            if model._abstract or model._transient or not get_archive_field(model):
                continue
            if any(
                field.store
                and any(module.startswith("om_") for module in field._modules)
                for field in model._fields.values()
            ):
                yield name, model

    def test_every_archive_is_guarded_or_harmless(self):
        mixin = self.env.registry["om.archive.guard.mixin"]
        ours = dict(self._get_ours())
        guarded = {
            name
            for name, model in self.env.registry.items()
            if issubclass(model, mixin) and not model._abstract
        }
        self.assertGreater(len(guarded), 15)
        self.assertEqual(ours.keys() - guarded - HARMLESS.keys(), set())
        self.assertEqual(guarded & HARMLESS.keys(), set())

    def _find_barred(self, name):
        """A shown record on which facts hang, or none."""
        model = self.env[name]
        shown = model.search([(model._archive_field, "!=", model._archive_value)])
        barred = model.browse()
        for records, _why in shown._get_archive_bars():
            barred |= records
        return barred[:1]

    def test_what_facts_hang_on_is_not_archived(self):
        """By a write, by the menu, as the superuser: one sentence that names it."""
        mixin = self.env.registry["om.archive.guard.mixin"]
        tried = set()
        for name, model in self.env.registry.items():
            if not issubclass(model, mixin) or model._abstract:
                continue
            barred = self._find_barred(name)
            if not barred:
                continue
            tried.add(name)
            values = {barred._archive_field: barred._archive_value}
            with self.subTest(model=name), self.assertRaises(UserError) as refusal:
                barred.write(values)
            self.assertIn(barred.display_name, str(refusal.exception))
            if barred._active_name:
                with self.subTest(model=name), self.assertRaises(UserError):
                    barred.action_archive()
                with self.subTest(model=name), self.assertRaises(UserError):
                    barred.sudo().toggle_active()
        self.assertLessEqual(
            {
                "agreement",
                "helpdesk.ticket",
                "maintenance.equipment",
                "maintenance.request",
                "om.payment.template",
                "om.sla.policy",
                "om.system.category",
                "product.product",
                "res.partner",
            },
            tried,
        )

    def test_drafts_are_archived(self):
        contract = self.env["agreement"].create({"name": "草稿合同", "code": "草稿-1"})
        body = self.env["res.partner"].create(
            {"name": "甲单位", "is_company": True, "om_role": "user_unit"}
        )
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "不是报修", "description": "广告"}
        )
        for record in contract, body, ticket:
            with self.subTest(record=record):
                record.action_archive()
                self.assertFalse(record.active)

    def test_a_command_is_no_way_round(self):
        system = self.env["om.system"].search([("equipment_ids", "!=", False)], limit=1)
        device = system.equipment_ids[:1]
        device.to_complete = False
        with self.assertRaises(UserError):
            system.write(
                {"equipment_ids": [Command.update(device.id, {"active": False})]}
            )
        with self.assertRaises(UserError):
            device.copy({"active": False})


@tagged("post_install", "-at_install")
class TestArchivedFactsCount(TransactionCase):
    """What was archived before it was refused stays in every report."""

    def _get_papers(self):
        """Return {name: what it says} of the reports and of the overview."""
        papers = {}
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        told = tickets.search([], order="reported_at", limit=1)
        requests = self.env["maintenance.request"].with_context(active_test=False)
        seen = requests.search([("inspection_done_on", "!=", False)], limit=1)
        contract = seen.agreement_id
        seen = seen.inspection_done_on
        service = self.env["om.service.report"].create(
            {
                "period": "year",
                "date": told.reported_at.date(),
                "agreement_id": told.agreement_id.id,
            }
        )
        monthly = self.env["om.inspection.report.wizard"].create(
            {
                "year": seen.year,
                "month": str(seen.month),
                "agreement_id": contract.id,
            }
        )
        contracts = self.env["agreement"].with_context(active_test=False).search([])
        for name, records in (
            ("om_helpdesk.om_service_report_xlsx", service),
            ("om_assets.om_inspection_monthly_report_xlsx", monthly),
            ("om_assets.om_register_report_xlsx", self.env["om.system"]),
            ("om_contract.om_payment_ledger_report_xlsx", contracts.milestone_ids),
        ):
            data, _kind = self.env["ir.actions.report"]._render_xlsx(
                name, records.ids, {}
            )
            sheets = load_workbook(BytesIO(data), read_only=True).worksheets
            papers[name] = sorted(
                f"{sheet.title} {cell}"
                for sheet in sheets
                for row in sheet.iter_rows(values_only=True)
                for cell in row
                if cell is not None
            )
        for model in (
            "om.inspection.compliance",
            "om.cash.forecast",
            "om.spare.readiness",
        ):
            numbers = [
                f"{name}:sum"
                for name, field in self.env[model]._fields.items()
                if field.type in ("integer", "float", "monetary")
                and field.store
                and field.aggregator == "sum"
            ]
            papers[model] = self.env[model]._read_group([], [], numbers + ["__count"])
        overview = self.env["om.dashboard"].get_estate(False)
        for key in ("inspections", "months", "classes", "units", "mlps", "tiles"):
            papers[key] = overview[key]
        papers["money"] = [
            (figure["key"], figure["count"])
            for area in overview["areas"]
            if area["key"] == "money"
            for figure in area["figures"]
        ]
        return papers

    def test_reports_count_what_is_archived(self):
        self.startPatcher(freeze_time(fields.Datetime.now()))
        before = self._get_papers()
        self.assertTrue(all(before.values()))
        self.env.flush_all()
        for name, rows in FACTS.items():
            # By hand: the guard refuses it in every other way.
            model = self.env[name]
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE %s",
                    SQL.identifier(model._table),
                    SQL.identifier(model._archive_field),
                    model._archive_value,
                    rows,
                )
            )
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        after = self._get_papers()
        for key in before:
            with self.subTest(paper=key):
                self.assertEqual(after[key], before[key])
