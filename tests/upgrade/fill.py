"""Rows for the models that the demonstration leaves empty; for an Odoo shell.

Used once for the dump of a release, so that an upgrade meets a row of every model that
can have one: a required field takes its default, the first choice, the first record.
"""

import datetime


def value_of(env, model, name, field):
    if field.type == "many2one":
        domain = []
        running = env["agreement"].search([("state", "=", "in_force")], limit=1)
        if field.comodel_name == "agreement":
            return running.id
        if "agreement_id" in env[field.comodel_name]._fields:
            domain = [("agreement_id", "=", running.id)]
        comodel = env[field.comodel_name]
        return (comodel.search(domain, limit=1) or comodel.search([], limit=1)).id
    if field.type == "selection":
        values = field.get_values(env)
        return values[0] if values else False
    return {
        "char": "甲",
        "text": "示例",
        "html": "<p>示例</p>",
        "integer": 1,
        "float": 1.0,
        "monetary": 1.0,
        "boolean": False,
        "date": datetime.date(2026, 11, 2),
        "datetime": datetime.datetime(2026, 11, 2, 1, 0),
        "binary": b"UE5H",
    }.get(field.type, False)


def fill(env):
    """Several rounds: what the first makes, the next may need."""
    left = {}
    for _round in range(3):
        left = {}
        for name in sorted(env.registry):
            model = env[name].with_context(tracking_disable=True, active_test=False)
            if not name.startswith("om.") or model._transient or model._abstract:
                continue
            if not model._auto or model.search_count([]):
                continue
            fields = {
                key: field
                for key, field in model._fields.items()
                if field.required and field.store and not field.compute
            }
            values = model.default_get(list(fields))
            for key, field in fields.items():
                if not values.get(key):
                    values[key] = value_of(env, model, key, field)
            try:
                with env.cr.savepoint():
                    model.create(values)
                    env.flush_all()
            except Exception as error:
                env.invalidate_all()
                left[name] = str(error).splitlines()[0]
    for name, reason in left.items():
        print(name, reason)
    env.cr.commit()


fill(env)  # noqa: F821  (the shell provides it)
