"""One state, one word: labels whose English source changes are translated anew. Odoo
keeps a translation for as long as its record lives, whatever its source becomes."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE ir_model_fields_selection choice
           SET name = jsonb_build_object('en_US', 'To Do')
          FROM ir_model_fields field
         WHERE field.id = choice.field_id
           AND field.model = 'maintenance.request'
           AND field.name = 'inspection_status'
           AND choice.value = 'planned'
        """
    )
    cr.execute(
        """
        UPDATE ir_model_fields
           SET field_description = jsonb_build_object('en_US', 'To Do')
         WHERE model = 'om.inspection.compliance' AND name = 'upcoming'
        """
    )
