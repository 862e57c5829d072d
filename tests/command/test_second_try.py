"""What is tried a second time: a browser's wait that came to nothing, nothing else."""

import pytest

from ..run import SECOND_TRIES, Counts, waited_in_vain

WAITED = "playwright._impl._errors.TimeoutError: Locator.click: Timeout 60000ms"
BROWSER, RPC = "tests.browser.test_register", "tests.rpc.test_facts"
ID = "tests/browser/test_register.py::test_0"


@pytest.fixture
def report(tmp_path):
    def write(*cases):
        path = tmp_path / "report.xml"
        rows = "".join(
            f'<testcase classname="{place}" name="test_{number}">'
            + (f'<{kind} message="{message}"/>' if message else "")
            + "</testcase>"
            for number, (place, kind, message) in enumerate(cases)
        )
        path.write_text(f"<testsuites><testsuite>{rows}</testsuite></testsuites>")
        return path

    return write


@pytest.mark.parametrize(
    ("cases", "names"),
    [
        ([(BROWSER, "failure", WAITED), (RPC, "failure", "")], [ID]),
        ([(BROWSER, "error", WAITED)], [ID]),
        ([(BROWSER, "failure", "AssertionError: assert 1 == 2")], []),
        ([(BROWSER, "failure", WAITED), (BROWSER, "error", "assert errors == []")], []),
        ([(RPC, "failure", "TimeoutError")], []),
        ([(BROWSER, "failure", WAITED)] * (SECOND_TRIES + 1), []),
        ([(BROWSER, "failure", "")], []),
    ],
)
def test_only_what_waited_in_vain(report, cases, names):
    assert waited_in_vain(report(*cases)) == names


def test_the_last_line_names_it():
    counts = Counts(passed=3) + Counts(passed=1, at_second_try=["test_0"])
    assert counts.line() == (
        "4 passed, 0 failed, 0 skipped; only at the second try: test_0"
    )
