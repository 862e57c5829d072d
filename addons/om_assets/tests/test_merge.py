from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.merge import Kept, Reason, group_by_values, merge

KEYS = st.sampled_from(["m.a", "m.b", "m.c", "m.d"])
VALUES = st.dictionaries(
    st.sampled_from(["x", "y"]), st.sampled_from([False, "", 0, 1, 2, "z"])
)
FULL = st.fixed_dictionaries({"x": st.integers(0, 2), "y": st.integers(0, 2)})
DATA = st.dictionaries(KEYS, FULL)
fixed = settings(deadline=None, derandomize=True, database=None, max_examples=200)


def apply(current, plan):
    """Return the database after the plan, as the models would leave it."""
    result = {key: dict(values) for key, values in current.items()}
    result.update({key: dict(values) for key, values in plan.creates.items()})
    for key, values in plan.updates.items():
        result[key].update(values)
    for key in plan.deletes:
        del result[key]
    return result


class TestMerge(BaseCase):
    def test_each_rule(self):
        baseline = {
            "m.follows": {"x": 1, "y": 1},
            "m.changed": {"x": 1},
            "m.deleted": {"x": 1},
            "m.gone": {"x": 1},
            "m.gone_touched": {"x": 1},
        }
        new = {
            "m.follows": {"x": 2, "y": 1},
            "m.changed": {"x": 2},
            "m.deleted": {"x": 2},
            "m.fresh": {"x": 5},
            "m.orphan": {"x": 5},
        }
        current = {
            "m.follows": {"x": 1, "y": 1},
            "m.changed": {"x": 7},
            "m.gone": {"x": 1},
            "m.gone_touched": {"x": 7},
        }
        plan = merge(baseline, new, current, orphans={"m.orphan"})
        self.assertEqual(plan.creates, {"m.fresh": {"x": 5}})
        self.assertEqual(plan.updates, {"m.follows": {"x": 2}})
        self.assertEqual(plan.deletes, ["m.gone"])
        self.assertEqual(
            set(plan.kept),
            {
                Kept("m.changed", "x", Reason.CHANGED),
                Kept("m.deleted", "", Reason.DELETED),
                Kept("m.orphan", "", Reason.ORPHAN),
                Kept("m.gone_touched", "", Reason.TOUCHED),
            },
        )

    def test_protected_is_never_deleted(self):
        data = {"m.a": {"x": 1}}
        plan = merge(data, {}, data, protected=True)
        self.assertEqual(plan.deletes, [])
        self.assertEqual(plan.kept, [Kept("m.a", "", Reason.PROTECTED)])

    def test_new_column_fills_only_what_is_empty(self):
        baseline = {"m.a": {"x": 1}, "m.b": {"x": 1}}
        new = {"m.a": {"x": 1, "y": 5}, "m.b": {"x": 1, "y": 5}}
        current = {"m.a": {"x": 1, "y": False}, "m.b": {"x": 1, "y": 9}}
        plan = merge(baseline, new, current)
        self.assertEqual(plan.updates, {"m.a": {"y": 5}})
        self.assertEqual(plan.kept, [Kept("m.b", "y", Reason.CHANGED)])

    def test_existing_record_without_baseline_is_only_completed(self):
        new = {"m.a": {"x": 1, "y": 4, "z": 5}}
        current = {"m.a": {"x": 0, "y": 3, "z": 5}}
        plan = merge({}, new, current)
        self.assertEqual(plan.updates, {"m.a": {"x": 1}})
        self.assertEqual(plan.kept, [Kept("m.a", "y", Reason.CHANGED)])

    @fixed
    @given(DATA)
    def test_first_load_gives_the_data(self, new):
        self.assertEqual(apply({}, merge({}, new, {})), new)

    @fixed
    @given(DATA, DATA)
    def test_untouched_database_becomes_the_new_data(self, baseline, new):
        self.assertEqual(apply(baseline, merge(baseline, new, baseline)), new)

    @fixed
    @given(DATA, DATA, DATA)
    def test_loading_twice_changes_nothing(self, baseline, new, current):
        plan = merge(baseline, new, current)
        after = apply(current, plan)
        remembered = {
            key: values
            for key, values in {**baseline, **new}.items()
            if key not in plan.deletes
        }
        again = merge(remembered, new, after)
        self.assertFalse(again.creates)
        self.assertFalse(again.deletes)
        # The new value is remembered, so what was changed by hand stays changed.
        self.assertEqual(apply(after, again), after)

    @fixed
    @given(DATA, DATA, DATA)
    def test_hands_are_respected(self, baseline, new, current):
        after = apply(current, merge(baseline, new, current))
        for key, values in baseline.items():
            if key not in current:
                self.assertNotIn(key, after, "deleted by hand")
                continue
            for name, value in values.items():
                if current[key][name] != value:
                    self.assertEqual(after[key][name], current[key][name])
        for key in current.keys() - baseline.keys() - new.keys():
            self.assertEqual(after[key], current[key], "not ours")

    @fixed
    @given(st.dictionaries(KEYS, VALUES))
    def test_grouping_loses_nothing(self, updates):
        groups = group_by_values(updates)
        self.assertEqual(
            {key: values for values, keys in groups for key in keys}, updates
        )
        shapes = [sorted(map(repr, values.items())) for values, _keys in groups]
        self.assertEqual(len(shapes), len({tuple(shape) for shape in shapes}))
