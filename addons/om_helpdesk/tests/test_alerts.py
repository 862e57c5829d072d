import json
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, HttpCase, freeze_time, tagged

from odoo.addons.om_base.tests.common import new_test_user

from ..engine.alerts import (
    AlertError,
    Rule,
    Span,
    find_rule,
    host_of,
    read_batch,
    uncovered,
)
from .ticket_common import TicketCommon

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=150)
NOON = datetime(2026, 3, 11, 4, 0)
NEVER = "0001-01-01T00:00:00Z"


def batch(*alerts):
    """A batch with all that the format (version 4) of Alertmanager's documentation
    has."""
    return {
        "version": "4",
        "groupKey": '{}:{alertname="InstanceDown"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "om",
        "groupLabels": {"alertname": "InstanceDown"},
        "commonLabels": {"alertname": "InstanceDown"},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example.org:9093",
        "alerts": list(alerts),
    }


def alert(
    instance="10.0.0.7:9100",
    start="2026-03-11T02:00:00.828Z",
    end=NEVER,
    name="InstanceDown",
    **values,
):
    return {
        "status": "firing" if end == NEVER else "resolved",
        "labels": {
            "alertname": name,
            "instance": instance,
            "job": "node",
            **values.pop("labels", {}),
        },
        "annotations": {"summary": f"{instance} is down"},
        "startsAt": start,
        "endsAt": end,
        "generatorURL": "http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0",
        "fingerprint": f"{name}-{instance}",
        **values,
    }


@tagged("post_install", "-at_install")
class TestAlertEngine(BaseCase):
    def test_a_recorded_batch(self):
        """Nine digits, another zone, no fingerprint: as older versions post it."""
        (found,) = read_batch(
            {
                "receiver": "webhook",
                "status": "firing",
                "alerts": [
                    {
                        "status": "firing",
                        "labels": {
                            "alertname": "Test",
                            "dc": "eu-west-1",
                            "instance": "localhost:9090",
                            "job": "prometheus24",
                        },
                        "annotations": {"description": "some description"},
                        "startsAt": "2018-08-03T09:52:26.739266876+02:00",
                        "endsAt": NEVER,
                        "generatorURL": "http://example.com:9090/graph",
                    }
                ],
                "version": "4",
            }
        )
        self.assertEqual(found.name, "Test")
        self.assertEqual(found.summary, "some description")
        self.assertEqual(found.starts_at, datetime(2018, 8, 3, 7, 52, 26, tzinfo=UTC))
        self.assertIsNone(found.ends_at)
        self.assertEqual(len(found.fingerprint), 16)
        self.assertEqual(
            found.key, f"{found.fingerprint} 2018-08-03T07:52:26.739266+00:00"
        )

    def test_twice_in_a_batch(self):
        """The one that is over holds, whichever comes first."""
        over = alert(end="2026-03-11T03:00:00Z")
        for entries in ([alert(), over], [over, alert()]):
            (found,) = read_batch(batch(*entries))
            self.assertEqual(found.ends_at, datetime(2026, 3, 11, 3, tzinfo=UTC))

    def test_what_is_no_batch(self):
        wrong = [
            (None, "shape"),
            ([], "shape"),
            ({"alerts": {}}, "shape"),
            (batch("x"), "shape"),
            (batch(alert(status="gone")), "shape"),
            (batch({**alert(), "labels": {"a": 1}}), "shape"),
            (batch(alert(start="yesterday")), "moment"),
            (batch(alert(start="2026-13-11T02:00:00Z")), "moment"),
            (batch(alert(start="0001-01-01T00:00:00+02:00")), "moment"),
            (batch(*[alert()] * 2001), "many"),
        ]
        for payload, code in wrong:
            with self.subTest(code=code), self.assertRaises(AlertError) as caught:
                read_batch(payload)
            self.assertEqual(caught.exception.code, code)

    def test_hosts(self):
        for value, host in (
            ("10.0.0.7:9100", "10.0.0.7"),
            ("10.0.0.7", "10.0.0.7"),
            ("https://cam.example.org/x", "cam.example.org"),
            ("[2001:db8::1]:80", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("摄像机01", "摄像机01"),
            ("", ""),
            ("http://[", "http://["),
        ):
            self.assertEqual(host_of(value), host)

    def test_rules(self):
        rules = [
            Rule(1, "*Down", "severity", "critical"),
            Rule(2, "*Down"),
            Rule(3, "Disk*"),
        ]
        for labels, key in (
            ({"alertname": "HostDown", "severity": "critical"}, 1),
            ({"alertname": "HostDown", "severity": "warning"}, 2),
            ({"alertname": "DiskFull"}, 3),
            ({"alertname": "Slow"}, None),
            ({}, None),
        ):
            self.assertEqual(find_rule(rules, labels), key)
        self.assertEqual(find_rule([Rule(9, "*")], {}), 9)

    @PROPERTY
    @given(st.data())
    def test_what_is_added_is_what_was_missing(self, data):
        """Minute by minute: known and added together are down when either was, and
        nothing is added twice."""
        minutes = st.integers(0, 60)

        def span():
            first = data.draw(minutes)
            last = data.draw(st.none() | st.integers(first, 60))
            day = datetime(2026, 3, 11, tzinfo=UTC)
            return Span(
                day + timedelta(minutes=first),
                None if last is None else day + timedelta(minutes=last),
            )

        def is_down(spans, minute):
            moment = (
                datetime(2026, 3, 11, 0, minute, 30, tzinfo=UTC)
                if minute < 60
                else (datetime(2026, 3, 11, 2, tzinfo=UTC))
            )
            return sum(
                each.start <= moment and (each.end is None or moment < each.end)
                for each in spans
            )

        known = [span() for _number in range(data.draw(st.integers(0, 5)))]
        new = span()
        added = uncovered(new, known)
        for minute in range(61):
            before, wanted = is_down(known, minute), is_down([new], minute)
            self.assertEqual(is_down(added, minute), int(wanted and not before))


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestAlerts(TicketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system.hardware_line_ids = [(0, 0, {"name": "Camera", "quantity": 10})]
        cls.camera, cls.second = cls.env["maintenance.equipment"].create(
            [
                {
                    "name": f"摄像机{number}",
                    "system_id": cls.system.id,
                    "ip_address": f"10.0.0.{number}",
                }
                for number in (7, 8)
            ]
        )
        cls.source = (
            cls.env["om.alert.source"]
            .with_user(cls.manager)
            .create({"name": "示例监控", "agreement_id": cls.contract.id})
            .sudo()
        )

    def _receive(self, *alerts):
        return self.source._receive(read_batch(batch(*alerts)))

    def _down(self):
        return self.env["om.downtime"].search([("system_id", "=", self.system.id)])

    def _percent(self):
        """Of this day's first 12 hours in Beijing, to now."""
        found = self.env["om.downtime"]._get_availability(
            self.system, datetime(2026, 3, 10, 16), NOON
        )
        return float(found[self.system].percent)

    def test_down_and_up(self):
        """One of 10 cameras, 2 of 12 hours: 98.33 %; over after one: 99.17 %."""
        made = self._receive(alert())
        (down,) = self._down()
        self.assertEqual((made.match_state, made.downtime_id), ("matched", down))
        self.assertEqual(down.equipment_ids, self.camera)
        self.assertEqual((down.device_count, down.is_monitored), (1, True))
        self.assertEqual(str(down.date_from), "2026-03-11 02:00:00")
        self.assertFalse(down.date_to)
        self.assertAlmostEqual(self._percent(), 100 - 100 * 2 / 120, 4)
        self.assertEqual(self.source.received_at, NOON)
        self.assertFalse(self._receive(alert()), "the same counts once")
        self.assertEqual(self._down(), down)
        self._receive(alert(end="2026-03-11T03:00:00Z"))
        self.assertEqual(str(down.date_to), "2026-03-11 03:00:00")
        self.assertAlmostEqual(self._percent(), 100 - 100 / 120, 4)
        self._receive(alert())
        self.assertEqual(str(down.date_to), "2026-03-11 03:00:00", "came late")
        self._receive(alert(start="2026-03-11T03:30:00Z"))
        self.assertEqual(len(self._down()), 2, "another start is another alert")

    def test_two_alerts_of_one_device(self):
        """Down is down: until the last of both is over."""
        self._receive(alert(), alert(name="ProbeFailure", start="2026-03-11T02:30:00Z"))
        (down,) = self._down()
        self.assertEqual(len(down.alert_ids), 2)
        self._receive(alert(end="2026-03-11T03:00:00Z"))
        self.assertFalse(down.date_to)
        self._receive(
            alert(
                name="ProbeFailure",
                start="2026-03-11T02:30:00Z",
                end="2026-03-11T03:30:00Z",
            )
        )
        self.assertEqual(str(down.date_to), "2026-03-11 03:30:00")

    def test_what_a_person_entered_stays(self):
        """A downtime on record covers the first hour; the rest is added. What a person
        began, monitoring does not end."""
        typed = self.env["om.downtime"].create(
            {
                "system_id": self.system.id,
                "date_from": "2026-03-11 01:30:00",
                "date_to": "2026-03-11 03:00:00",
                "device_count": 1,
                "equipment_ids": [(6, 0, self.camera.ids)],
            }
        )
        self._receive(alert(end="2026-03-11T03:30:00Z"))
        added = self._down() - typed
        self.assertEqual(str(added.date_from), "2026-03-11 03:00:00")
        self.assertEqual(str(added.date_to), "2026-03-11 03:30:00")
        by_hand = self.env["om.downtime"].create(
            {
                "system_id": self.system.id,
                "date_from": "2026-03-11 03:00:00",
                "device_count": 1,
                "equipment_ids": [(6, 0, self.second.ids)],
            }
        )
        second = {"instance": "10.0.0.8:80", "start": "2026-03-11T03:10:00Z"}
        made = self._receive(alert(**second))
        self.assertEqual(made.downtime_id, by_hand)
        self._receive(alert(**second, end="2026-03-11T03:30:00Z"))
        self.assertFalse(by_hand.date_to)

    def test_a_clock_that_runs_ahead(self):
        made = self._receive(alert(start="2026-03-11T05:00:00Z"))
        self.assertEqual(made.downtime_id.date_from, NOON)

    def test_the_system_as_a_whole(self):
        self.source.system_label = "om_system"
        made = self._receive(
            alert(instance="x", labels={"om_system": self.system.name})
        )
        self.assertEqual(made.downtime_id.device_count, 0)
        self.assertFalse(made.equipment_id)

    def test_what_fits_nothing_waits_for_a_person(self):
        self.source.rule_ids.pattern = "*Down"
        other = self.camera.copy({"serial_no": "SN-1"})
        other.ip_address = self.camera.ip_address
        unknown, many, no_rule = self._receive(
            alert(instance="10.9.9.9"),
            alert(start="2026-03-11T02:00:01Z"),
            alert(name="Slow", start="2026-03-11T02:00:02Z"),
        )
        self.assertEqual(
            [each.reason for each in (unknown, many, no_rule)],
            ["unknown", "many", "no_rule"],
        )
        self.assertFalse(self._down())
        ours = unknown.with_user(self.dispatcher)
        with self.assertRaises(UserError):
            ours.action_match()
        with self.assertRaises(UserError):
            ours.write({"system_id": self.other_system.id})
        ours.write({"system_id": self.system.id, "equipment_id": self.second.id})
        ours.action_match()
        self.assertEqual(unknown.match_state, "matched")
        self.assertEqual(unknown.downtime_id.equipment_ids, self.second)
        with self.assertRaises(UserError):
            ours.write({"equipment_id": self.camera.id})
        no_rule.with_user(self.dispatcher).action_ignore()
        self.assertEqual(no_rule.match_state, "ignored")
        with self.assertRaises(AccessError):
            many.with_user(self.engineer).action_ignore()

    def test_another_contracts_devices_are_not_found(self):
        self.camera.system_id = self.other_system
        self.assertEqual(self._receive(alert()).reason, "unknown")

    def test_a_rule_makes_faults(self):
        """One fault for a device and alert while it is open; its end is told."""
        self.source.rule_ids.write({"makes": "both", "severity": "urgent"})
        made = self._receive(alert())
        ticket = made.ticket_id
        self.assertEqual(
            (ticket.system_id, ticket.equipment_ids, ticket.severity, ticket.state),
            (self.system, self.camera, "urgent", "new"),
        )
        self.assertEqual(made.downtime_id.ticket_id, ticket)
        self._receive(alert(end="2026-03-11T03:00:00Z"))
        self.assertTrue(made.downtime_id.date_to)
        self.assertEqual(ticket.state, "new", "the engineer's word")
        again = self._receive(alert(start="2026-03-11T03:30:00Z"))
        self.assertEqual(again.ticket_id, ticket)
        self.source.rule_ids.makes = "nothing"
        quiet = self._receive(alert(start="2026-03-11T03:40:00Z"))
        self.assertEqual(quiet.match_state, "ignored")
        self.assertFalse(quiet.ticket_id)

    def test_queries_do_not_grow(self):
        def count(number, minute):
            batch_of = [
                alert(
                    instance=f"10.0.{minute}.{each}",
                    start=f"2026-03-11T02:{minute:02d}:00Z",
                    end="2026-03-11T03:00:00Z",
                )
                for each in range(number)
            ]
            self.env["maintenance.equipment"].create(
                [
                    {
                        "name": f"摄像机{minute}-{each}",
                        "system_id": self.system.id,
                        "ip_address": f"10.0.{minute}.{each}",
                    }
                    for each in range(number)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            made = self._receive(*batch_of)
            self.env.flush_all()
            self.assertEqual(len(made.downtime_id), number)
            return self.env.cr.sql_log_count - before

        count(1, 1)
        self.assertLessEqual(count(40, 3), count(4, 2) + 3)

    def test_secret(self):
        source = self.source.with_user(self.manager)
        old = source._get_secret()
        self.assertIn(old, source.configuration)
        self.assertTrue(source._is_secret(old))
        self.assertFalse(source._is_secret(old[:-1]))
        self.assertFalse(source._is_secret("密"))
        source.action_renew()
        self.assertFalse(source._is_secret(old))
        self.assertTrue(source._is_secret(source._get_secret()))
        with self.assertRaises(AccessError):
            self.source.with_user(self.dispatcher).read(["configuration"])
        with self.assertRaises(AccessError):
            source.read(["secret_key"])
        with self.assertRaises(AccessError):
            self.source.with_user(self.dispatcher).write({"name": "x"})
        source.active = False
        self.assertFalse(source._is_secret(source._get_secret()))


@tagged("post_install", "-at_install")
class TestAlertReceiver(TicketCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.env["om.alert.source"].create(
            {"name": "示例监控", "agreement_id": cls.contract.id}
        )
        cls.camera = cls.env["maintenance.equipment"].create(
            {
                "name": "摄像机7",
                "system_id": cls.system.id,
                "ip_address": "10.0.0.7",
            }
        )

    def _post(self, data, secret=None, path=None, scheme="Bearer"):
        self.env.flush_all()
        secret = self.source._get_secret() if secret is None else secret
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        return self.url_open(
            path or f"/om/alerts/{self.source.id}",
            data=body,
            headers={
                "Authorization": f"{scheme} {secret}",
                "Content-Type": "application/json",
            },
        )

    def test_over_http(self):
        answer = self._post(batch(alert(), alert()))
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json(), {"received": 1, "new": 1})
        down = self.env["om.downtime"].search([("system_id", "=", self.system.id)])
        self.assertEqual(down.equipment_ids, self.camera)
        answer = self._post(batch(alert(end="2026-03-11T03:00:00Z")))
        self.assertEqual(answer.json(), {"received": 1, "new": 0})
        self.assertTrue(down.date_to)

    def test_who_may_not(self):
        for values in (
            {"secret": "x"},
            {"secret": ""},
            {"scheme": "Basic"},
            {"path": f"/om/alerts/{self.source.id + 1000}"},
        ):
            with self.subTest(values=values):
                answer = self._post(batch(alert()), **values)
                self.assertEqual(answer.status_code, 401)
                self.assertEqual(answer.json(), {"error": "unauthorized"})
        self.assertFalse(self.env["om.alert"].search([]))

    def test_what_is_no_batch(self):
        for data, code in (
            (b"{", "json"),
            (b"\xff", "json"),
            (b"[" * 100000, "json"),
            ({"alerts": 1}, "shape"),
        ):
            answer = self._post(data)
            self.assertEqual((answer.status_code, answer.json()["error"]), (400, code))
        too_large = self._post(b" " * (4 * 1024 * 1024 + 1))
        self.assertEqual(too_large.status_code, 413)

    def test_a_units_login_sees_no_alerts(self):
        user = new_test_user(
            self.env, "om_alert_unit", groups="om_base.group_portal_user_unit"
        )
        for model in ("om.alert", "om.alert.source", "om.alert.rule"):
            self.assertFalse(self.env[model].with_user(user).has_access("read"))
