def migrate(cr, version):
    """A promise has lines by channel and place, too: data of the same update bring
    them, before Odoo takes the old constraint away at its end."""
    cr.execute(
        "ALTER TABLE om_sla_policy_line"
        " DROP CONSTRAINT IF EXISTS om_sla_policy_line_line_unique"
    )
