"""Check the record of acts and its seals; run in an Odoo shell by ``./om verify``.

Ends with 1 and the places that do not fit, or with what was checked.
"""

import sys
import time

started = time.monotonic()
faults = 0
for fault in env["om.act"]._verify():  # noqa: F821 (the shell's environment)
    faults += 1
    print(fault)
lines, seals = (
    env[name].search_count([])  # noqa: F821
    for name in ("om.act", "om.seal")
)
seconds = time.monotonic() - started
print(f"{lines} lines, {seals} seals, {faults} faults, {seconds:.1f} s")
if faults:
    sys.exit(1)
