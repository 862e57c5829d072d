"""What several test files share: hypothesis settings, the 2026 list, role users."""

import os
from datetime import date, timedelta

from hypothesis import settings, strategies

from odoo.tests import new_test_user as new_invited_user
from odoo.tools import SQL

# Whether all is asked for, by `./om test long`, or the share of it for every day.
WHOLE = bool(os.environ.get("OM_TEST_LONG"))

PROPERTY = settings(
    deadline=None, derandomize=True, database=None, max_examples=300, print_blob=False
)

INTERNAL_ROLES = (
    "procurement",
    "warehouse",
    "engineer",
    "dispatcher",
    "manager",
    "staffing",
    "auditor",
    "administrator",
)
PORTAL_ROLES = ("portal_user_unit", "portal_purchaser", "portal_supervisor")


def _days(first, last):
    return {first + timedelta(days=each) for each in range((last - first).days + 1)}


# The State Council's list for 2026, typed from the notice.
REST_2026 = (
    _days(date(2026, 1, 1), date(2026, 1, 3))
    | _days(date(2026, 2, 15), date(2026, 2, 23))
    | _days(date(2026, 4, 4), date(2026, 4, 6))
    | _days(date(2026, 5, 1), date(2026, 5, 5))
    | _days(date(2026, 6, 19), date(2026, 6, 21))
    | _days(date(2026, 9, 25), date(2026, 9, 27))
    | _days(date(2026, 10, 1), date(2026, 10, 7))
)
MAKEUP_2026 = {
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
}

# Wide enough for each kind of year, far enough from the edges to count freely.
dates = strategies.dates(date(1960, 1, 1), date(2080, 12, 31))


def new_test_user(env, login, groups="base.group_user", context=None, **values):
    """Odoo's, uninvited: the mail, which no test reads, takes most of the time."""
    silent = {"no_reset_password": True, **(context or {})}
    user = new_invited_user(env, login, groups, context=silent, **values)
    return user.with_env(env)


def create_role_users(case):
    """{role: user} with nothing but that role's group."""
    users = {}
    for role in INTERNAL_ROLES + PORTAL_ROLES:
        users[role] = new_test_user(
            case.env, f"test_{role}", groups=f"om_base.group_{role}", tz="Asia/Shanghai"
        )
    return users


def plan_with_only(env, index, query):
    """Return how the database would answer a query if this were the table's only index.

    Which of several it takes hangs on how many rows there are, and on when they were
    last counted; whether one serves at all hangs on the words of the query.
    """
    env.flush_all()
    savepoint = env.cr.savepoint()
    env.cr.execute(
        """SELECT string_agg(format('DROP INDEX %%I', other.relname), '; ')
             FROM pg_class AS this
             JOIN pg_index AS its ON its.indexrelid = this.oid
             JOIN pg_index AS beside USING (indrelid)
             JOIN pg_class AS other ON other.oid = beside.indexrelid
            WHERE this.relname = %s
              AND other.oid != this.oid
              AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = other.oid)
        """,
        [index],
    )
    [(others,)] = env.cr.fetchall()
    # With a test's few rows reading all of them is cheaper.
    env.cr.execute(f"SET LOCAL enable_seqscan = off; {others}")
    rows = env.execute_query(SQL("EXPLAIN %s", query))
    savepoint.close(rollback=True)
    return "\n".join(line for (line,) in rows)
