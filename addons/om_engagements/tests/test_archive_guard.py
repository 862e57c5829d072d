from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

# Models with an archive that hides no proof, each with the reason.
HARMLESS = {
    "helpdesk.ticket.channel": "a label: its tickets keep it and stay in every list",
    "hr.employee": "people leave; what they did keeps their names",
    "om.social.insurance": "withdrawn by an act with its reason; no client writes it",
    "om.audit.rule": "a question put to the register, not a fact in it",
    "om.escalation.rule": "a setting: who is told; what was told is on record",
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
