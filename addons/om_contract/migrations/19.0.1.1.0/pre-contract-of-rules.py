"""Inspections and key periods belong to a contract.

An inspection is one of the contract that its system is in now. Until now a period
without systems held for all systems of the company. It goes to the contract with the
most systems; every other one that serves on these days gets a copy, and so do the
systems without a contract: no inspection and no deadline changes. One that lists
systems of one contract is that contract's.
"""

FIRST = """
    SELECT system.agreement_id
      FROM om_system system
     WHERE system.company_id = %(company)s
       AND system.state IN ('in_service', 'suspended', 'stopped')
       AND COALESCE(system.service_start, %(last)s) <= %(last)s
       AND COALESCE(system.stop_date, system.service_end, %(first)s) >= %(first)s
  GROUP BY system.agreement_id
  ORDER BY system.agreement_id IS NULL, COUNT(*) DESC, system.agreement_id
"""


def migrate(cr, version):
    cr.execute(
        "ALTER TABLE maintenance_request ADD COLUMN IF NOT EXISTS agreement_id int4"
    )
    cr.execute(
        "UPDATE maintenance_request request SET agreement_id = system.agreement_id"
        " FROM om_system system WHERE system.id = request.system_id"
        " AND request.agreement_id IS NULL AND system.agreement_id IS NOT NULL"
    )
    cr.execute("ALTER TABLE om_key_period ADD COLUMN IF NOT EXISTS agreement_id int4")
    cr.execute(
        "SELECT id, company_id, date_start, date_end FROM om_key_period period"
        " WHERE agreement_id IS NULL AND NOT EXISTS (SELECT 1"
        " FROM om_key_period_om_system_rel rel WHERE rel.om_key_period_id = period.id)"
        " ORDER BY id"
    )
    periods = cr.fetchall()
    cr.execute(
        "SELECT string_agg(quote_ident(column_name), ', ')"
        " FROM information_schema.columns WHERE table_name = 'om_key_period'"
        " AND table_schema = current_schema"
        " AND column_name NOT IN ('id', 'agreement_id')"
    )
    columns = cr.fetchone()[0]
    for period, company, first, last in periods:
        cr.execute(FIRST, {"company": company, "first": first, "last": last})
        contracts = [contract for (contract,) in cr.fetchall()]
        for contract in contracts[1:]:
            cr.execute(
                f"INSERT INTO om_key_period ({columns}, agreement_id)"
                f" SELECT {columns}, %s FROM om_key_period WHERE id = %s",
                [contract, period],
            )
        cr.execute(
            "UPDATE om_key_period SET agreement_id = %s WHERE id = %s",
            [contracts[0] if contracts else None, period],
        )
    cr.execute(
        "UPDATE om_key_period period SET agreement_id = listed.contracts[1] FROM ("
        " SELECT rel.om_key_period_id, array_agg(DISTINCT system.agreement_id)"
        " AS contracts FROM om_key_period_om_system_rel rel"
        " JOIN om_system system ON system.id = rel.om_system_id GROUP BY 1) listed"
        " WHERE listed.om_key_period_id = period.id AND period.agreement_id IS NULL"
        " AND cardinality(listed.contracts) = 1"
    )
