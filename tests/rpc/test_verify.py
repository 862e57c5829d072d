"""The record of the demonstration: sealed by its job, checked by ``./om verify``."""

import json
import subprocess
from urllib.parse import urlsplit

import odoorpc
import pytest

from ..support import ROOT, psql, standing_shell

SEALED = """
import json
seals = env["om.seal"].search([])
of_contracts = seals.filtered(lambda seal: seal.res_model == "agreement")
papers = seals.attachment_ids.grouped("mimetype")
mails = env["mail.message"].search_count(
    [("model", "=", "agreement"),
     ("attachment_ids", "in", papers["application/pdf"].ids)])
print("SEALS", json.dumps({
    "seals": len(seals),
    "contracts": len(set(of_contracts.mapped("res_id"))),
    "unsealed": sum(map(len, env["om.seal"]._get_unsealed().values())),
    "papers": {kind: len(files) for kind, files in papers.items()},
    "pdf": all(file.raw[:5] == b"%PDF-" for file in papers["application/pdf"]),
    "mails": mails,
}))
"""
# What somebody with the database could do, and what it is undone with: a line's reason,
# a seal's digest.
CHANGES = (
    (
        "UPDATE om_act SET reason = 'x' WHERE id = (SELECT max(id) FROM om_act)",
        "UPDATE om_act SET reason = {0} WHERE id = (SELECT max(id) FROM om_act)",
        "SELECT quote_nullable(reason) FROM om_act ORDER BY id DESC LIMIT 1",
    ),
    (
        "UPDATE om_seal SET digest = 'x' WHERE id = (SELECT max(id) FROM om_seal)",
        "UPDATE om_seal SET digest = {0} WHERE id = (SELECT max(id) FROM om_seal)",
        "SELECT quote_nullable(digest) FROM om_seal ORDER BY id DESC LIMIT 1",
    ),
)


def verify(database):
    return subprocess.run(
        [ROOT / "om", "verify", "--db", database],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def sealed(server):
    """The database, and what its seals are after the job of the night."""
    address = urlsplit(server.url)
    rpc = odoorpc.ODOO(address.hostname, port=address.port, timeout=300)
    rpc.login(server.database, "admin", server.passwords["admin"])
    # The parties of the demonstration have no addresses.
    contracts = rpc.env["agreement"].search_read([], ["partner_id", "supervisor_id"])
    keepers = {
        (contract["supervisor_id"] or contract["partner_id"])[0]
        for contract in contracts
        if contract["supervisor_id"] or contract["partner_id"]
    }
    for number in sorted(keepers):
        rpc.env["res.partner"].write([number], {"email": f"seal{number}@example.com"})
    job = rpc.env.ref("om_base.om_seal_cron_seal")
    rpc.env["ir.cron"].method_direct_trigger([job.id])
    output = standing_shell(server.database, SEALED)
    line = next(row for row in output.splitlines() if row.startswith("SEALS "))
    return server.database, json.loads(line.removeprefix("SEALS "))


def test_every_contract_that_was_acted_on_is_sealed(sealed):
    _database, told = sealed
    assert told["seals"] and told["contracts"]
    assert told["unsealed"] == 0
    assert told["papers"] == {
        "application/pdf": told["seals"],
        "application/json": told["seals"],
    }
    assert told["pdf"]
    assert told["mails"], "the contracts' parties keep the papers"


def test_the_demonstration_fits(sealed):
    database, _told = sealed
    done = verify(database)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 faults" in done.stdout


def test_each_change_past_the_program_is_named(sealed):
    database, _told = sealed
    undo = []
    for change, back, ask in CHANGES:
        undo.append(back.format(psql(ask, database)))
        psql(change, database)
    done = verify(database)
    for statement in undo:
        psql(statement, database)
    assert done.returncode == 1, done.stdout
    assert f" {len(CHANGES)} faults" in done.stdout, done.stdout
