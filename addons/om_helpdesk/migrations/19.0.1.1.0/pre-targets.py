"""Plan, parts and assessment are new: no fault that is on record owed them.

With their columns there, nothing judges the faults of years anew: what was decided
stays as it was decided.
"""

COLUMNS = {
    "timestamp": (
        "broken_at",
        "planned_at",
        "supplied_at",
        "assessed_at",
        "plan_deadline",
        "parts_deadline",
        "assess_deadline",
    ),
    "varchar DEFAULT 'none'": ("plan_status", "parts_status", "assess_status"),
}


def migrate(cr, version):
    for kind, names in COLUMNS.items():
        for name in names:
            cr.execute(
                f"ALTER TABLE helpdesk_ticket ADD COLUMN IF NOT EXISTS {name} {kind}"
            )
            cr.execute(f"ALTER TABLE helpdesk_ticket ALTER COLUMN {name} DROP DEFAULT")
