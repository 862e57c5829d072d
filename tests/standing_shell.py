"""An Odoo shell that stays: ``standing_shell.py -d DATABASE ...``, options as Odoo's.

Each line of its input is JSON: ``script`` and what of the ``environment`` it needs.
Each script has a transaction of its own, as in a shell of its own, and what it does not
commit is rolled back. The answer is one line: ``said``, what it has printed, and
``error``, the trace of what it has raised, if anything.
"""

import contextlib
import io
import json
import os
import sys
import traceback

import odoo
from odoo import api
from odoo.cli.shell import Shell
from odoo.modules.registry import Registry


def serve(dbname):
    """Take one script after the other, until the input ends."""
    # What programs print that a script calls is no answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        task = json.loads(line)
        answer = run(dbname, task["script"], task["environment"])
        # Whoever copies the database meanwhile must find nobody in it.
        odoo.sql_db.close_db(dbname)
        print(json.dumps(answer), file=answers, flush=True)


def run(dbname, script, environment):
    said, before, error = io.StringIO(), dict(os.environ), ""
    os.environ.update(environment)
    # What the server has installed or changed since the script before.
    registry = Registry(dbname).check_signaling()
    try:
        with contextlib.redirect_stdout(said), registry.cursor() as cr:
            context = api.Environment(cr, api.SUPERUSER_ID, {})
            context = context["res.users"].context_get()
            env = api.Environment(cr, api.SUPERUSER_ID, context)
            names = {"odoo": odoo, "env": env, "self": env.user}
            exec(script, names | {"__name__": "__main__"})  # noqa: S102 (as a shell does)
            cr.rollback()
    except BaseException:  # noqa: BLE001 (told to whoever has sent the script)
        error = traceback.format_exc()
    # Caches may hold what was rolled back.
    registry.reset_changes()
    os.environ.clear()
    os.environ.update(before)
    return {"said": said.getvalue(), "error": error}


if __name__ == "__main__":
    command = Shell()
    command.shell = serve
    command.run(sys.argv[1:])
