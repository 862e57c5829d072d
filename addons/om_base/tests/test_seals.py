"""The nightly seals: what they tell, and what they find that no chain can."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools import seal
from .common import new_test_user
from .test_act import ActCase


@tagged("post_install", "-at_install")
class TestSeals(ActCase):
    def setUp(self):
        super().setUp()
        # What the database had before these tests.
        self._seal()

    def _seal(self):
        seals = self.env["om.seal"]
        made = seals.browse()
        for body, documents in seals._get_unsealed().items():
            made |= seals._seal(body, documents)
        self.env.flush_all()
        return made

    def _faults(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return list(self.env["om.seal"]._find_faults())

    def test_a_seal_tells_the_last_line_of_what_was_acted_on(self):
        one, other = self._claim(), self._claim(name="乙")
        one.action_submit()
        made = self._seal()
        self.assertEqual(
            {(line.res_id, line.position): line.digest for line in made.line_ids},
            {
                (claim.id, lines[-1].position): lines[-1].digest
                for claim in (one, other)
                for lines in [self._lines(claim)]
            },
        )
        self.assertEqual(
            (made.res_model, made.res_id, made.count),
            ("res.company", self.env.company.id, 2),
        )
        self.assertFalse(self._seal(), "nothing new, no seal")
        other.action_submit()
        following = self._seal()
        self.assertEqual(following.line_ids.res_id, other.id)
        self.assertEqual(
            (following.previous, following.position), (made.digest, made.position + 1)
        )
        self.assertEqual(self._faults(), [])

    def test_anybody_can_check_its_digest(self):
        self._claim().action_submit()
        made = self._seal()
        told = {
            "format": 1,
            "contract": [made.res_model, made.res_id],
            "position": made.position,
            "date": made.date,
            "sealed_at": made.sealed_at,
            "previous": made.previous or "",
            "documents": [
                [line.res_model, line.res_id, line.position, line.digest]
                for line in made.line_ids
            ],
        }
        self.assertEqual(seal.digest(told), made.digest)

    def test_a_chain_redone_from_its_beginning_is_found(self):
        """Who has the program can write all lines of a document anew, with digests that
        fit; the seal that is out of the house has the old ones."""
        claim = self._claim()
        claim.action_submit()
        made = self._seal()
        self.assertEqual(self._faults(), [])
        lines = self._lines(claim)
        previous = ""
        for line in lines:
            told = {**line._get_own_line(), "previous": previous}
            told["facts"] = {**told["facts"], "amount": "1.00"}
            digest = seal.digest(told)
            self.env.cr.execute(
                "UPDATE om_act SET facts = %s, previous = %s, digest = %s"
                " WHERE id = %s",
                [seal.canonical(told["facts"]), previous or None, digest, line.id],
            )
            previous = digest
        self.env.invalidate_all()
        self.assertFalse(
            seal.find_break(
                (line._get_own_line(), line.digest) for line in self._lines(claim)
            )
        )
        (fault,) = self._faults()
        self.assertIn(f"om.test.claim {claim.id}, line 2", fault)
        self.assertIn(made.display_name, fault)

    def test_what_is_cut_off_put_in_or_changed_is_found(self):
        claim = self._claim()
        claim.action_submit()
        self._seal()
        lines = self._lines(claim)
        made = self.env["om.seal"].search([], order="id desc", limit=1)
        line = lines[1]
        changes = {
            "the end of a chain": "DELETE FROM om_act_personal WHERE act_id ="
            f" {line.id}; DELETE FROM om_act WHERE res_model = 'om.test.claim' AND"
            f" res_id = {claim.id} AND position >= 2",
            "a seal's digest": f"UPDATE om_seal SET digest = 'x' WHERE id = {made.id}",
            "a seal's day": f"UPDATE om_seal SET date = date - 1 WHERE id = {made.id}",
            "a document of a seal": "DELETE FROM om_seal_line WHERE id ="
            f" {made.line_ids[:1].id}",
        }
        for name, statement in changes.items():
            with self.subTest(name):
                savepoint = self.env.cr.savepoint()
                self.env.cr.execute(statement)
                faults = self._faults()
                savepoint.close(rollback=True)
                self.assertEqual(len(faults), 1, faults)

    def test_a_line_put_in_late_is_found(self):
        claim = self._claim()
        self._seal()
        with patch.object(
            fields.Datetime, "now", lambda: fields.Datetime.to_datetime("2026-01-05")
        ):
            claim.action_submit()
        (fault,) = self._faults()
        self.assertIn(f"om.test.claim {claim.id}, line 2", fault)

    def test_nobody_writes_a_seal(self):
        self._claim().action_submit()
        made = self._seal()
        administrator = new_test_user(
            self.env, "seal_a", groups="om_base.group_administrator"
        )
        self.assertEqual(made.with_user(administrator).name, made.name)
        for attempt in (
            lambda: made.write({"name": "甲"}),
            lambda: made.unlink(),
            lambda: made.line_ids.unlink(),
        ):
            with self.assertRaises(UserError):
                attempt()
        for attempt in (
            lambda: made.with_user(administrator).write({"name": "甲"}),
            lambda: made.with_user(administrator).unlink(),
        ):
            with self.assertRaises(UserError):
                attempt()

    def test_the_check_says_what_it_found(self):
        claim = self._claim()
        claim.action_submit()
        self._seal()
        check = self.env["om.act.check"].with_user(self.manager).create({})
        with patch.object(
            type(self.env["om.act"]), "_verify", lambda ledger: iter(["甲", "乙"])
        ):
            check.action_check()
        self.assertEqual((check.is_whole, check.result), (False, "甲\n乙"))
        with patch.object(type(self.env["om.act"]), "_verify", lambda ledger: iter([])):
            check.action_check()
        self.assertTrue(check.is_whole)
        with self.assertRaises(AccessError):
            self.env["om.act.check"].with_user(self.engineer).create({})

    def test_sealing_takes_constant_queries(self):
        counts = []
        for number in (5, 50):
            for _each in range(number):
                self._claim()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._seal()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_what_is_older_than_a_day_was_seen(self):
        """What was acted on since the last seal is no fault, whatever the night's job
        missed of transactions that ran beside it."""
        claim = self._claim()
        self._seal()
        with patch.object(
            fields.Datetime,
            "now",
            lambda: datetime.now().replace(microsecond=0) - timedelta(hours=2),
        ):
            claim.action_submit()
        self.assertEqual(self._faults(), [])
