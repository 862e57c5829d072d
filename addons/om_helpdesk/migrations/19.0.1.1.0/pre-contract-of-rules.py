"""Promises and faults belong to a contract.

* A fault or a downtime is one of the contract that its system is in now.
* Until now a company had one default promise. It goes to the contract for which it was
  written: in a database with the five engagements the shipped one to Shunyi's. Other
  contracts of the user's own that were served by it get a copy, so that no deadline
  changes; the four other engagements, whose documents print other times or none, do
  not.
* What was made from the register goes with its contract. Systems without a contract
  keep what they are promised, as chosen by hand.
"""

TABLES = ("helpdesk_ticket", "om_downtime", "om_sla_policy")
# Contracts of systems that were promised something, those with the most systems first
SERVED = """
    SELECT system.agreement_id
      FROM om_system system
     WHERE system.agreement_id IS NOT NULL
       AND system.sla_policy_origin IN ('default', 'register')
       AND (system.company_id = %(company)s OR %(company)s IS NULL)
       AND NOT (system.agreement_id = ANY(%(others)s))
  GROUP BY system.agreement_id
  ORDER BY system.agreement_id = %(shunyi)s DESC, COUNT(*) DESC, system.agreement_id
"""


def migrate(cr, version):
    for table in TABLES:
        cr.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS agreement_id int4")
    for table in TABLES[:2]:
        cr.execute(
            f"UPDATE {table} work SET agreement_id = system.agreement_id"
            " FROM om_system system WHERE system.id = work.system_id"
            " AND work.agreement_id IS NULL AND system.agreement_id IS NOT NULL"
        )
    # By the new index two of one contract cannot be; what is there is made to fit.
    cr.execute(
        "DROP INDEX IF EXISTS om_sla_policy_default_unique,"
        " om_sla_policy_register_key_unique"
    )
    cr.execute(
        "UPDATE om_system SET sla_policy_origin = 'manual'"
        " WHERE sla_policy_origin = 'default' AND agreement_id IS NULL"
        " AND sla_policy_id IS NOT NULL"
    )
    shipped = _get_shipped(cr)
    shunyi = shipped.pop("agreement_shunyi", None)
    cr.execute(
        "SELECT id, company_id FROM om_sla_policy"
        " WHERE is_default AND active AND agreement_id IS NULL"
        # That of a company goes before that of all.
        " ORDER BY company_id NULLS LAST, id"
    )
    owners = {}
    for policy, company in cr.fetchall():
        cr.execute(
            SERVED,
            {
                "company": company,
                "others": list(shipped.values()),
                "shunyi": shunyi or 0,
            },
        )
        contracts = [each for (each,) in cr.fetchall() if each not in owners]
        copies = {each: _copy_policy(cr, policy, each, True) for each in contracts[1:]}
        cr.execute(
            "UPDATE om_sla_policy SET agreement_id = %s, is_default = %s WHERE id = %s",
            [contracts[0] if contracts else None, bool(contracts), policy],
        )
        owners.update(dict.fromkeys(contracts, policy))
        if contracts:
            _move_chosen(cr, policy, contracts[0], copies)
    cr.execute("UPDATE om_sla_policy SET is_default = FALSE WHERE agreement_id IS NULL")
    # What is shared by several contracts, or with systems of none, is made anew for
    # each contract when the promises are assigned, from the same lines.
    cr.execute(
        "UPDATE om_sla_policy policy SET agreement_id = used.contracts[1] FROM ("
        " SELECT sla_policy_id, array_agg(DISTINCT agreement_id) AS contracts"
        " FROM om_system WHERE sla_policy_id IS NOT NULL GROUP BY sla_policy_id) used"
        " WHERE used.sla_policy_id = policy.id AND policy.register_key IS NOT NULL"
        " AND policy.agreement_id IS NULL AND cardinality(used.contracts) = 1"
        " AND used.contracts[1] = ANY(%s)",
        [list(owners)],
    )


def _get_shipped(cr):
    """{name: id} of the contracts that come with the engagements."""
    cr.execute(
        "SELECT name, res_id FROM ir_model_data"
        " WHERE module = 'om_engagements' AND model = 'agreement'"
    )
    return dict(cr.fetchall())


def _move_chosen(cr, policy, owner, copies):
    """Let systems of other contracts, or none, that somebody gave this promise to by
    hand have it as their contract's own."""
    cr.execute(
        "SELECT DISTINCT agreement_id FROM om_system WHERE sla_policy_id = %s"
        " AND sla_policy_origin = 'manual' AND agreement_id IS DISTINCT FROM %s",
        [policy, owner],
    )
    for (contract,) in cr.fetchall():
        copy = copies.get(contract) or _copy_policy(cr, policy, contract, False)
        cr.execute(
            "UPDATE om_system SET sla_policy_id = %s WHERE sla_policy_id = %s"
            " AND sla_policy_origin = 'manual'"
            " AND agreement_id IS NOT DISTINCT FROM %s",
            [copy, policy, contract],
        )


def _copy_policy(cr, policy, contract, is_default):
    """Give a contract its own copy of a promise, with its lines; return its id."""
    columns = _get_columns(cr, "om_sla_policy", "agreement_id", "is_default")
    cr.execute(
        f"INSERT INTO om_sla_policy ({columns}, agreement_id, is_default)"
        f" SELECT {columns}, %s, %s FROM om_sla_policy WHERE id = %s RETURNING id",
        [contract, is_default, policy],
    )
    copy = cr.fetchone()[0]
    columns = _get_columns(cr, "om_sla_policy_line", "policy_id")
    cr.execute(
        f"INSERT INTO om_sla_policy_line ({columns}, policy_id)"
        f" SELECT {columns}, %s FROM om_sla_policy_line WHERE policy_id = %s",
        [copy, policy],
    )
    return copy


def _get_columns(cr, table, *without):
    cr.execute(
        "SELECT string_agg(quote_ident(column_name), ', ')"
        " FROM information_schema.columns WHERE table_name = %s"
        " AND table_schema = current_schema AND NOT (column_name = ANY(%s))",
        [table, ["id", *without]],
    )
    return cr.fetchone()[0]
