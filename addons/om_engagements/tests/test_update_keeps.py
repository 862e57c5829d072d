from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL


@tagged("post_install", "-at_install", "om_update")
class TestUpdateKeeps(TransactionCase):
    """Odoo fills a required column again whenever an add-on before the field's own is
    upgraded (it drops the constraint of what that add-on does not know)."""

    def _read_column(self, model, name):
        self.env.cr.execute(
            SQL(
                "SELECT id, %s::text FROM %s ORDER BY id",
                SQL.identifier(name),
                SQL.identifier(model._table),
            )
        )
        return self.env.cr.fetchall()

    def test_filling_a_column_keeps_what_is_known(self):
        self.env["maintenance.equipment"].create(
            [
                {"name": "甲", "om_state": "faulty"},
                {"name": "乙", "om_state": "removed"},
                {"name": "丙", "scrap_date": "2026-02-01"},
            ]
        )
        self.env.flush_all()
        lost = []
        compared = 0
        for model in self.env.values():
            if model._abstract or not model._auto or not model._table_has_rows():
                continue
            for name, field in model._fields.items():
                ours = any(module.startswith("om_") for module in field._modules)
                if not (ours and field.required and field.store and field.column_type):
                    continue
                before = self._read_column(model, name)
                model._init_column(name)
                compared += len(before)
                if self._read_column(model, name) != before:
                    lost.append(f"{model._name}.{name}")
        self.assertEqual(lost, [])
        self.assertGreater(compared, 1000)
