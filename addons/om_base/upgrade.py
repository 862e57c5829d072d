"""What the migration scripts of several add-ons share."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, convert_file, split_every

# Documents whose ledger is begun at once: bounds the memory, not the result.
BEGUN_AT_ONCE = 1000


def begin_ledgers(cr, models):
    """Begin the ledger of documents that are older than it (``om.act.mixin``).

    Their first line says that what it tells was taken over, not seen. Documents that
    have a line already are left out, so that an upgrade may be repeated.

    :param models: names of models with acts, those before that others name
    """
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    for name in models:
        for ids in split_every(BEGUN_AT_ONCE, env[name].search([], order="id").ids):
            env[name].browse(ids)._take_over()
            env.flush_all()
            env.invalidate_all()


def hand_over_reminders(cr, jobs, activity_type, reminded):
    """Since 19.0.1.1.0 one job reminds of everything that ends (``om.expiry``).

    What was reminded of before it is handed over, so that nobody is asked a second
    time, and the old jobs go.

    :param jobs: external ids of the jobs that have reminded until now
    :param activity_type: external id of the type of their reminders
    :param reminded: a query for kind, record, day, stage and reminder; one row for each
        thing that somebody was reminded of; ``%(type)s`` in it is the type
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in jobs:
        job = env.ref(name, raise_if_not_found=False)
        if job:
            job.unlink()
    cr.execute(
        SQL(
            "INSERT INTO om_expiry_notice (kind, res_id, date, stage, activity_id) %s"
            " ON CONFLICT DO NOTHING",
            SQL(reminded, type=env.ref(activity_type).id),
        )
    )


def renew_rules(cr, addon, files):
    """Read record rules of an add-on anew, which an upgrade leaves as they are.

    :param files: names in its folder ``security``
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in files:
        convert_file(env, addon, f"security/{name}", {}, mode="init")
