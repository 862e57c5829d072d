"""Tests that take hours in full: a sample for every day, all of it on request.

``./om test`` and continuous integration take the sample, ``./om test long [NAME]`` the
whole. The sample hangs on ``OM_TEST_SEED`` (by default a hash of the sources), so that
the same sources meet the same cases and each change meets others.
"""

import os
import random

WHOLE = bool(os.environ.get("OM_TEST_LONG"))


def sample(name, cases, number):
    """``number`` of the cases in their order, or all of them in the long tier.

    :param name: what is sampled; two lists of one length get different choices
    """
    cases = list(cases)
    if WHOLE or len(cases) <= number:
        return cases
    chooser = random.Random(f"{os.environ.get('OM_TEST_SEED', '')} {name}")
    chosen = set(chooser.sample(range(len(cases)), number))
    return [case for index, case in enumerate(cases) if index in chosen]


def shuffled(name, cases):
    """All of the cases in an order that hangs on the seed, to take the first of."""
    cases = list(cases)
    random.Random(f"{os.environ.get('OM_TEST_SEED', '')} {name}").shuffle(cases)
    return cases
