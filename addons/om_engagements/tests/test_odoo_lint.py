"""Odoo's own checks of add-ons, those of its module test_lint, over all of ours."""

import importlib
import logging
import pkgutil
import re
import sys
import unittest
from unittest.mock import _patch, patch

from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tests.result import OdooTestResult

from odoo.addons import test_lint

# Linters of their own, which Debian's package has not; ./om lint runs pylint-odoo.
ELSEWHERE = ("test_pylint", "test_eslint", "test_checkers")
# Of its countries' add-ons.
OF_ODOO = ("test_l10n",)
OURS = re.compile(r"\bom_\w+")


class Findings(OdooTestResult):
    """What a check finds of ours: kept, not logged; it looks at Odoo's own, too."""

    def __init__(self):
        super().__init__()
        self.found = []

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.keep(err, subtest.params)

    def addFailure(self, test, err):
        self.keep(err)

    addError = addFailure

    def keep(self, err, about=()):
        text = f"{dict(about)} {err[1]}"
        if OURS.search(dict(about).get("module") or text):
            self.found.append(text)


def checks():
    """The classes of test_lint."""
    tests = importlib.import_module(f"{test_lint.__name__}.tests")
    for module in pkgutil.iter_modules(tests.__path__):
        if module.name in (*ELSEWHERE, *OF_ODOO) or not module.name.startswith("test_"):
            continue
        content = importlib.import_module(f"{tests.__name__}.{module.name}")
        for each in vars(content).values():
            if (
                isinstance(each, type)
                and issubclass(each, unittest.TestCase)
                and each.__module__ == content.__name__
            ):
                yield each


@tagged("post_install", "-at_install")
class TestOdooLint(TransactionCase):
    def test_nothing_of_ours_is_found(self):
        ours = [
            manifest
            for manifest in Manifest.all_addon_manifests()
            if manifest.name.startswith("om_")
        ]
        self.assertGreaterEqual(len(ours), 7)
        names = [manifest.name for manifest in ours]
        result = Findings()
        with (
            patch.object(Manifest, "all_addon_manifests", return_value=ours),
            self.assertLogs("odoo.addons.test_lint", logging.INFO) as log,
        ):
            logging.getLogger("odoo.addons.test_lint").info("not without a line")
            for check in checks():
                module = sys.modules[check.__module__]
                with patch.object(module, "get_modules", lambda: names, create=True):
                    self.run_check(check, result)
        lines = [each.getMessage() for each in log.records if each.levelno > 20]
        found = result.found + [line for line in lines if OURS.search(line)]
        self.assertGreater(result.testsRun, 15)
        self.assertEqual(found, [], "\n".join(found))

    def run_check(self, check, result):
        # At its end a class ends what is patched: not what this one has.
        with patch.object(_patch, "_active_patches", []):
            check.setUpClass()
            try:
                for name in unittest.TestLoader().getTestCaseNames(check):
                    check(name).run(result)
            finally:
                check.tearDownClass()
                check.doClassCleanups()
