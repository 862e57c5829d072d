from odoo import api, models

from odoo.addons.om_base.tools.sheets import Wrong

from .om_register_sheet import SYSTEMS

# Made in this order, taken back in the other.
CLASSES = "om.system.category"
BODIES = "res.partner"


class OmRegisterImport(models.Model):
    """What systems refer to and a file brings with them: units, classes, and what
    add-ons add.

    In a row's values such a thing stands by its name, a text where the number of what
    is on record would stand.
    """

    _inherit = "om.register.import"

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    def _add_referred(self, reading, tables, writer):
        """Add what is new, or report it where nothing new is wanted."""
        bodies = self._get_new_bodies(reading)
        classes = self._get_new_classes(reading)
        if not self.create_bodies:
            for model, column, row, *_role in (*bodies.values(), *classes.values()):
                self._report(
                    reading, tables, model, [(Wrong.NOT_ON_RECORD, row, column)]
                )
            return
        for name, (model, column, row) in classes.items():
            writer.add_named(CLASSES, {"name": name}, model, column, row)
        for name, (model, column, row, role) in bodies.items():
            writer.add_body(name, role, model, column, row)

    @api.model
    def _get_new_bodies(self, reading):
        """Return {name: (model and column that name it, row, its main role)} of the
        units that are not on record, each once."""
        bodies = {}
        for row in reading.rows[SYSTEMS.model]:
            if isinstance(row.values["unit_id"], str):
                found = (SYSTEMS.model, "unit_id", row, "user_unit")
                bodies.setdefault(row.values["unit_id"], found)
        return bodies

    @api.model
    def _get_new_classes(self, reading):
        """Return {name: (model and column that name it, row)} of the classes of systems
        that are not on record, each once."""
        classes = {}
        for row in reading.rows[SYSTEMS.model]:
            if isinstance(name := row.values.get("category_id"), str) and name:
                classes.setdefault(name, (SYSTEMS.model, "category_id", row))
        return classes

    def _check_found(self, found, known, reading, tables):
        """Report what may not be changed as the file has it; add-ons do."""

    # ------------------------------------------------------------
    # Applying and undoing
    # ------------------------------------------------------------

    def _create_referred(self, changes):
        """Make what systems refer to; return {model: {name: id}}."""
        made = {}
        for model in self._get_referred_models():
            # What is made here may refer to what was made before.
            self = self.with_context(om_register_made=made)
            own = changes.get(model, [])
            target = self.env[model]
            if model == CLASSES:
                # sudo: whoever brings a register brings the classes that order it.
                target = target.sudo()
            records = target.create(
                [self._prepare_referred(model, each.payload["values"]) for each in own]
            )
            self._complete_referred(records)
            for change, record in zip(own, records, strict=True):
                change.sudo().res_id = record.id
            made[model] = {
                self._get_referred_name(model, change.payload["values"]): record.id
                for change, record in zip(own, records, strict=True)
            }
        return made

    def _remove_referred(self, changes):
        """Take back what was made for the systems, which are gone."""
        for model in reversed(self._get_referred_models()):
            records = self.env[model].browse([each.res_id for each in changes[model]])
            # sudo: nothing was built on them (_get_obstacles), and who made them by
            # this import may take them back by it.
            records.sudo().unlink()

    @api.model
    def _get_referred_models(self):
        """Return the models of what systems refer to, in the order they are made."""
        return (CLASSES, BODIES)

    @api.model
    def _get_referred_name(self, model, values):
        """Return by what a file calls one of them."""
        return values["name"]

    def _prepare_referred(self, model, values):
        values = self._to_write(model, values)
        if model == BODIES:
            values["is_company"] = True
        return values

    @api.model
    def _complete_referred(self, records):
        """Do what else belongs to new records of one model."""

    @api.model
    def _get_parts(self, model):
        """Return the models of the parts that come and go with a record."""
        return frozenset()
