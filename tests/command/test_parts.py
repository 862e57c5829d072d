"""The long tests in parts: each case in one of them, and no part that is none."""

import pytest

from .. import sampling
from ..run import take_part


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    monkeypatch.setenv("OM_TEST_PART", "1/1")


def test_each_case_is_in_one_part(monkeypatch):
    monkeypatch.setattr(sampling, "WHOLE", True)
    found = []
    for part in ("1/3", "2/3", "3/3"):
        assert take_part(["--part", part, "faults"]) == ["faults"]
        found += sampling.sample("cases", range(10), 2)
    assert sorted(found) == list(range(10))


@pytest.mark.parametrize("part", ["0/3", "4/3", "3", "a/b", ""])
def test_what_is_no_part(part):
    with pytest.raises(SystemExit):
        take_part(["faults", "--part", part])
