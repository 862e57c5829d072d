"""Which add-ons a database gets: by what it is made for, by an update, in the image."""

import os
import subprocess

import pytest

from ..support import ROOT

SUITE = {
    "om_base",
    "om_assets",
    "om_contract",
    "om_helpdesk",
    "om_stock_spares",
    "om_staffing",
    "om_obligation",
    "om_assessment",
}
CONTENTS = {
    "empty": SUITE,
    "engagements": SUITE | {"om_engagements"},
    "history": SUITE | {"om_engagements", "om_demo"},
}
# The database that the function asks has what the test says.
OM = """
set -euo pipefail
ROOT=$1
source "$ROOT/scripts/om/database.sh"
sql() { printf '%s\\n' $INSTALLED; }
"${@:2}"
"""
IMAGE = """
OM_HOME=$1
source "$1/docker/om" help >/dev/null
addons
"""


def bash(script, *arguments, **environment):
    return subprocess.check_output(
        ["bash", "-c", script, "bash", str(ROOT), *arguments],
        env=os.environ | environment,
        text=True,
    )


def of_odoo():
    lines = (ROOT / "config/odoo-modules.txt").read_text("utf-8").splitlines()
    return {line for line in lines if not line.startswith("#")}


def test_every_addon_has_a_content():
    here = {manifest.parent.name for manifest in ROOT.glob("addons/*/__manifest__.py")}
    assert here == CONTENTS["history"]


@pytest.mark.parametrize("content", CONTENTS)
def test_new_database(content):
    assert set(bash(OM, "addons_for", content).split()) == CONTENTS[content] | of_odoo()
    assert set(bash(OM, "suite_addons", content).split()) == CONTENTS[content]


@pytest.mark.parametrize("content", CONTENTS)
def test_update_brings_what_is_new_but_no_history(content):
    """A database of the release before has its history already, under other names."""
    older = (CONTENTS[content] | of_odoo()) - {"om_demo", "om_obligation"}
    added = bash(OM, "new_addons", "a", content, INSTALLED=" ".join(older))
    assert added.strip() == "om_obligation"
    whole = " ".join(CONTENTS[content] | of_odoo())
    assert bash(OM, "new_addons", "a", content, INSTALLED=whole).strip() == ""


@pytest.mark.parametrize(
    ("chosen", "content"), [("", "empty"), ("no", "empty"), ("yes", "engagements")]
)
def test_image(chosen, content):
    """``init`` installs these, ``update`` adds what is missing of them."""
    found = bash(IMAGE, OM_ENGAGEMENTS=chosen).rstrip(",").split(",")
    assert set(found) == CONTENTS[content]
