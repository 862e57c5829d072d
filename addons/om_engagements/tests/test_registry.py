"""Whatever a client can write is declared free: every stored field, tried as each role.

A model says in ``_free_fields`` what a client may write, and until which state. A field
that is added later is shut without anybody thinking of it, or this test names it.
"""

import datetime

from odoo import models
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

ROLES = (
    "procurement",
    "warehouse",
    "engineer",
    "dispatcher",
    "manager",
    "staffing",
    "auditor",
    "administrator",
)
# Facts of Odoo's own that decide money, deadlines or who sees what.
THEIRS = {
    "helpdesk.ticket": ("number", "stage_id", "partner_id", "active", "company_id"),
    "maintenance.request": ("stage_id", "equipment_id", "active", "company_id"),
    "agreement": ("partner_id", "start_date", "end_date", "active", "company_id"),
    "account.move": (
        "state",
        "amount_total",
        "move_type",
        "origin_payment_id",
        "reversed_entry_id",
    ),
    "account.move.line": ("price_unit", "quantity", "full_reconcile_id"),
    "account.partial.reconcile": ("amount", "debit_amount_currency", "debit_move_id"),
    "account.payment": ("amount", "date", "partner_id"),
    "rating.rating": ("rating", "feedback", "consumed"),
    "stock.quant": ("quantity",),
    "stock.move": ("quantity", "state"),
    "stock.move.line": ("picking_id", "move_id", "lot_name", "state"),
    "stock.picking": ("state",),
    "hr.employee.skill": ("employee_id", "skill_id", "valid_from", "valid_to"),
}
# Here what Odoo reckons decides, too; and once it is booked only.
BOOKS = {
    "account.move": "posted",
    "account.move.line": "posted",
    "account.partial.reconcile": None,
    "account.payment": "paid",
}
# What Odoo writes itself on any document for whoever works with it.
FRAMEWORK = ("activity_", "message_", "my_activity_", "website_message_")
# Where the states of a model without acts stand; records of each are tried.
STATES = ("state", "exclusion_state")
# Records in which the states are looked for.
MANY = 4000


class Undone(Exception):
    """Leaves a savepoint of what was tried."""


@tagged("post_install", "-at_install")
class TestRegistry(TransactionCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As a client's: without it each refusal reads the company's, to list fields.
        cls.env = cls.env(context={**cls.env.context, "lang": "zh_CN"})
        logins = cls.env["res.users"].search([("login", "in", ROLES)])
        by_login = {user.login: user for user in logins}
        cls.users = {
            role: by_login.get(role)
            or cls.env["res.users"].create(
                {
                    "name": f"示例 {role}",
                    "login": f"registry_{role}",
                    "group_ids": [(6, 0, [cls.env.ref(f"om_base.group_{role}").id])],
                }
            )
            for role in ROLES
        }

    def _get_fields(self):
        """{model: names of the stored fields that are tried}"""
        found = {}
        for name in sorted(self.env.registry.models):
            model = self.env[name]
            if model._abstract or model._transient or not model._auto:
                continue
            ours = name.startswith("om.")
            names = [
                field.name
                for field in model._fields.values()
                if field.store
                and field.name not in models.MAGIC_COLUMNS
                and not field.name.startswith(FRAMEWORK)
                and (
                    ours
                    or field.name in THEIRS.get(name, ())
                    or (field._modules and field._modules[0].startswith("om_"))
                    or (name in BOOKS and model._om_is_reckoned(field))
                )
            ]
            if names:
                found[name] = names
        return found

    def _get_free(self, model):
        """{field: states in which a client may write it, None for all}"""
        free = {}
        for part in reversed(type(model).__mro__):
            free.update(part.__dict__.get("_free_fields", {}))
        return free

    def _get_samples(self, name):
        """One record of each state, and without a state one."""
        model = self.env[name].with_context(active_test=False)
        if name in BOOKS:
            by = "parent_state" if name == "account.move.line" else "state"
            domain = [(by, "=", BOOKS[name])] if BOOKS[name] else []
            record = model.search(domain, limit=1, order="id desc")
            return {BOOKS[name]: record} if record else {}
        by = getattr(model, "_state_field", None)
        if by not in model._fields:
            by = next((field for field in STATES if field in model._fields), None)
        found = {}
        for record in model.search([], limit=MANY if by else 1, order="id desc"):
            found.setdefault((record[by] or "") if by else "", record.id)
        # Each by itself: what is read of one would be read of all that were found.
        return {state: model.browse(id_) for state, id_ in found.items()}

    def _get_other(self, record, field):
        """A value that the field does not have; None where there is none to try."""
        old = record[field.name]
        if field.type in ("char", "text", "html"):
            return f"{old or ''}X"
        if field.type in ("integer", "float", "monetary"):
            return old - 1 if old >= 1 else old + 1
        if field.type == "boolean":
            return not old
        if field.type == "date":
            return (old or datetime.date(2026, 3, 9)) - datetime.timedelta(days=3)
        if field.type == "datetime":
            moment = old or datetime.datetime(2026, 3, 9)
            return moment - datetime.timedelta(hours=3)
        if field.type == "selection":
            return next(
                (each for each in field.get_values(self.env) if each != old), None
            )
        if field.type == "many2one":
            other = self.env[field.comodel_name].search([("id", "!=", old.id)], limit=1)
            return other.id or None
        if field.type == "binary":
            return "eA=="
        if field.type == "json":
            return {"x": 1}
        return None

    def _is_written(self, record, name, value, old):
        """Whether the user of ``record`` can change the field from ``old``, by any
        way."""
        ways = [lambda: record.write({name: value})]
        if record._fields[name].translate:
            words = {self.env.lang or "en_US": value}
            ways.append(lambda: record.update_field_translations(name, words))
        return any(self._is_changed(record, name, way, old) for way in ways)

    def _is_changed(self, record, name, way, old):
        try:
            with self.env.cr.savepoint():
                way()
                self.env.flush_all()
                self.env.invalidate_all()
                if record.sudo()[name] != old:
                    raise Undone
        except Undone:
            return True
        except Exception:
            # Whatever refuses it: the declaration, a right, a constraint.
            return False
        finally:
            self.env.invalidate_all()
        return False

    @mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_rule", "odoo.models")
    def test_what_a_client_writes_is_declared_free(self):
        open_fields, tried = {}, 0
        for name, fields in self._get_fields().items():
            model = self.env[name]
            free = self._get_free(model)
            for state, sample in self._get_samples(name).items():
                writers = [
                    user
                    for user in self.users.values()
                    if sample.with_user(user).has_access("write")
                ]
                for field in fields:
                    if field in free and (free[field] is None or state in free[field]):
                        continue
                    value = self._get_other(sample, model._fields[field])
                    old = sample[field]
                    if value is None:
                        continue
                    tried += 1
                    if any(
                        self._is_written(sample.with_user(user), field, value, old)
                        for user in writers
                    ):
                        open_fields.setdefault(name, {}).setdefault(field, []).append(
                            state
                        )
        self.assertGreater(tried, 1000)
        self.assertEqual(
            "\n".join(
                f"{name}: {', '.join(sorted(names))}"
                for name, names in sorted(open_fields.items())
            ),
            "",
        )

    def test_nothing_told_goes_with_what_it_names(self):
        """A fact on record is not emptied, nor taken along, by deleting what it names:
        what somebody may delete is kept by the database, or by rules about facts."""
        gone = [
            f"{name}.{field.name}"
            for name in sorted(self.env.registry.models)
            for model in [self.env[name]]
            if not model._abstract and hasattr(model, "_get_facts")
            for field in map(model._fields.get, sorted(model._get_told_fields()))
            if field is not None
            and field.type == "many2one"
            and field.store
            and field.ondelete != "restrict"
            and not hasattr(self.env[field.comodel_name], "_get_acts")
            and any(
                self.env[field.comodel_name].with_user(user).has_access("unlink")
                for role, user in self.users.items()
                if role != "administrator"
            )
        ]
        # Who rates is Odoo's own field; those who rate have a login, which keeps them.
        self.assertEqual(gone, ["rating.rating.partner_id"])
