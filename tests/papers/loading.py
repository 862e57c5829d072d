"""The engines of papers without Odoo: they know nothing of it."""

import importlib
import sys
import types

from ..support import ROOT

TOOLS = ROOT / "addons" / "om_base" / "tools"
PACKAGE = "om_paper_tools"


def load(name):
    """A module of om_base's tools, and what it takes from its neighbours."""
    if PACKAGE not in sys.modules:
        package = types.ModuleType(PACKAGE)
        package.__path__ = [str(TOOLS)]
        sys.modules[PACKAGE] = package
    return importlib.import_module(f"{PACKAGE}.{name}")
