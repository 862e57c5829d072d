"""The page in a settlement's package reckons as we do: two programs, one result.

Chromium evaluates the page's rules; no server and no Node takes part.
"""

import os
import random

import pytest

from ..sampling import WHOLE
from .rules import ADDONS, ASK, KINDS, make_calendars

# In all; so many for every day, and so many on request.
CASES = 100_000 if WHOLE else 2_000
AT_ONCE = 250
ENGINE = ADDONS / "om_assessment" / "verifier" / "engine.js"


@pytest.fixture(scope="module")
def blank(browser):
    """A page with the rules, and nothing else."""
    page = browser.new_page()
    page.add_script_tag(content=ENGINE.read_text("utf-8") + "window.S = Settlement;")
    yield page
    page.close()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_both_say_the_same(blank, kind):
    seed = f"{os.environ.get('OM_TEST_SEED', '')} {kind.__name__}"
    chooser = random.Random(seed)
    calendars = make_calendars(chooser)
    left = CASES // len(KINDS)
    while left > 0:
        cases = [kind(chooser, calendars) for _each in range(min(AT_ONCE, left))]
        left -= len(cases)
        asked = [[kind.__name__, given] for given, _said in cases]
        for (given, said), answered in zip(
            cases, blank.evaluate(ASK, asked), strict=True
        ):
            assert answered == said, given
