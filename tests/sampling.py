"""Tests that take hours in full: a sample for every day, all of it on request.

``./om test`` and continuous integration take the sample, ``./om test long [NAME]`` the
whole, or with ``--part K/N`` a part of it that fits an hour. The sample hangs on
``OM_TEST_SEED`` (by default a hash of the sources), so that the same sources meet the
same cases and each change meets others.
"""

import os
import random

WHOLE = bool(os.environ.get("OM_TEST_LONG"))
SEED = os.environ.get("OM_TEST_SEED", "")


def sample(name, cases, number):
    """``number`` of the cases in their order; in the long tier all of them, or those of
    the part that was asked for.

    :param name: what is sampled; two lists of one length get different choices
    """
    cases = list(cases)
    if WHOLE:
        part, parts = map(int, os.environ.get("OM_TEST_PART", "1/1").split("/"))
        return cases[part - 1 :: parts]
    if len(cases) <= number:
        return cases
    chooser = random.Random(f"{SEED} {name}")
    chosen = set(chooser.sample(range(len(cases)), number))
    return [case for index, case in enumerate(cases) if index in chosen]


def shuffled(name, cases):
    """All of the cases in an order that hangs on the seed, to take the first of."""
    cases = list(cases)
    random.Random(f"{SEED} {name}").shuffle(cases)
    return cases
