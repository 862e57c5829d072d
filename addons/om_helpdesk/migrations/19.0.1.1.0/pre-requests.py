"""Service requests are new: every ticket that is on record is a fault.

With the columns there, nothing reckons the faults of years anew.
"""

COLUMNS = {
    "kind": "varchar DEFAULT 'fault'",
    "request_start": "timestamp",
    "request_stop": "timestamp",
    "ready_by": "timestamp",
    "is_short_notice": "boolean DEFAULT FALSE",
}


def migrate(cr, version):
    for name, kind in COLUMNS.items():
        cr.execute(
            f"ALTER TABLE helpdesk_ticket ADD COLUMN IF NOT EXISTS {name} {kind}"
        )
        cr.execute(f"ALTER TABLE helpdesk_ticket ALTER COLUMN {name} DROP DEFAULT")
