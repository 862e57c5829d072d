import hashlib
import io
import json
from base64 import b64decode
from datetime import datetime, timedelta
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, TransactionCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..engine.field import read, reckon
from ..models.om_field_piece import LARGEST_PIECE
from .inspection_common import SIGNATURE, InspectionCommon

# 10:00 in Beijing, the day of the inspection.
TAPPED = datetime(2026, 3, 10, 2, 0)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1))
SPANS = st.integers(0, 7 * 86400).map(lambda seconds: timedelta(seconds=seconds))


def write(moment):
    """A time as a telephone writes it."""
    return f"{moment.isoformat(timespec='milliseconds')}Z"


class TestReckoning(TransactionCase):
    """When something was done: expected values are reckoned by hand."""

    @given(MOMENTS, SPANS, st.integers(-(10**7), 10**7))
    def test_a_wrong_clock_does_no_harm(self, done, waited, wrong):
        """However wrong the telephone's clock is, if nobody set it meanwhile."""
        off = timedelta(seconds=wrong)
        found = reckon(done + off, done + waited + off, -wrong, done + waited)
        self.assertEqual(found.at, done.replace(microsecond=0))
        self.assertEqual(found.offline, waited > timedelta(seconds=60))
        self.assertFalse(found.clock_set)

    @given(MOMENTS, MOMENTS, MOMENTS, st.none() | st.floats(-1e6, 1e6))
    def test_never_ahead(self, tapped, sent, now, difference):
        self.assertLessEqual(reckon(tapped, sent, difference, now).at, now)

    def test_a_clock_that_was_set_gains_nothing(self):
        now = TAPPED + timedelta(hours=2)
        # Done two hours ago; then the clock was put three hours ahead, so that it
        # would seem to be five hours ago.
        found = reckon(TAPPED, now + timedelta(hours=3), 0, now)
        self.assertEqual((found.at, found.clock_set), (TAPPED, True))
        # Put back: it would seem to be sent before it was done. It counts as now.
        found = reckon(TAPPED, TAPPED - timedelta(hours=3), 0, now)
        self.assertEqual((found.at, found.clock_set), (now, True))

    def test_times_have_a_zone(self):
        self.assertEqual(read("2026-03-10T10:00:00+08:00"), TAPPED)
        with self.assertRaises(ValueError):
            read("2026-03-10T10:00:00")


class FieldCommon(InspectionCommon):
    def _entry(self, kind, values=None, at=TAPPED, sent=None, **more):
        return {
            "uid": self.engineer.id,
            "doc": "inspection",
            "id": self.inspection.id,
            "kind": kind,
            "values": values or {},
            "at": write(at),
            "sent": write(sent or at),
            "difference": 0,
            **more,
        }

    def _take(self, kind, values=None, waited=timedelta(0), user=None, **more):
        """Let the telephone send what was done at TAPPED after so long."""
        now = more.pop("at", TAPPED) + waited
        entry = self._entry(kind, values, at=now - waited, sent=now, **more)
        with freeze_time(now):
            answer = self.env["om.field"].with_user(user or self.engineer)._take(entry)
            self.env.flush_all()
        self.env.invalidate_all()
        return answer

    def _item(self, name):
        return self._items(self.inspection)[name]

    def _upload(self, raw, user=None):
        """Bring a picture to the server, and return how its entry names it."""
        pieces = self.env["om.field.piece"].with_user(user or self.engineer)
        upload = hashlib.sha256(raw).hexdigest()[:32]
        for start in range(0, len(raw), LARGEST_PIECE):
            pieces._add(upload, start, raw[start : start + LARGEST_PIECE])
        return {"upload": upload, "size": len(raw)}


@tagged("post_install", "-at_install")
class TestField(FieldCommon):
    HOURS = timedelta(hours=5)

    def test_an_inspection_without_network(self):
        """From start to signed, each with its own time, marked as recorded offline."""
        lines = {line.name: line.id for line in self.checklist.line_ids}
        minute = timedelta(minutes=1)
        steps = [
            ("start", {}),
            ("item", {"line": lines["温度"], "value": 31}),
            ("item", {"line": lines["温度"], "note": "空调停机"}),
            ("others", {"items": [{"line": line} for line in lines.values()]}),
            ("finish", {"drawing": SIGNATURE}),
        ]
        for number, (kind, values) in enumerate(steps):
            at = TAPPED + number * minute
            self._take(kind, values, at=at, waited=self.HOURS)
        inspection = self.inspection
        self.assertEqual(inspection.inspection_step, "done")
        self.assertEqual(inspection.inspection_started_on, TAPPED)
        self.assertEqual(inspection.inspection_closed_on, TAPPED + 4 * minute)
        self.assertEqual(inspection.inspector_signed_on, TAPPED + 4 * minute)
        self.assertEqual(inspection.inspector_id, self.engineer)
        item = self._item("温度")
        self.assertEqual((item.value, item.result), (31, "fail"))
        self.assertEqual(item.checked_on, TAPPED + 2 * minute)
        self.assertEqual(self._item("状态").checked_on, TAPPED + 3 * minute)
        told = {
            line.act: (
                line.happened_at,
                line.entered_at - line.happened_at,
                line.reason,
            )
            for line in self._lines(inspection)
            if line.act in ("start", "sign", "finish")
        }
        mark = "Recorded offline"
        self.assertEqual(
            told,
            {
                "start": (TAPPED, self.HOURS, mark),
                "sign": (TAPPED + 4 * minute, self.HOURS, mark),
                "finish": (TAPPED + 4 * minute, self.HOURS, mark),
            },
        )
        self.assertFalse(self._faults(inspection), "the ledger holds")

    def test_it_is_done_on_its_own_day(self):
        """Finished on the last day, uploaded on the next: in time."""
        day = timedelta(days=1)
        self.inspection.inspection_deadline = "2026-03-10"
        self._take("start", waited=day)
        for item in self.inspection.result_ids:
            self._take("item", {"item": item.id, "result": "na"}, waited=day)
        self._take("finish", {"drawing": SIGNATURE}, waited=day)
        self.assertEqual(str(self.inspection.inspection_done_on), "2026-03-10")
        self.assertFalse(self.inspection.inspection_late)

    def test_what_is_sent_at_once_happens_now(self):
        self._take("start", waited=timedelta(seconds=20))
        self.assertEqual(
            self.inspection.inspection_started_on, TAPPED + timedelta(seconds=20)
        )
        line = self._lines(self.inspection)[-1:]
        self.assertFalse(line.reason)

    def test_no_client_sends_a_time_of_its_own(self):
        forged = {"at": "2026-03-01 00:00:00", "models": ["maintenance.request"]}
        request = self.inspection.with_user(self.engineer)
        with freeze_time(TAPPED):
            request.with_context(om_recorded=forged).action_start_inspection()
        self.assertEqual(self.inspection.inspection_started_on, TAPPED)

    def test_too_long_ago(self):
        with self.assertRaisesRegex(UserError, "not entered that long after"):
            self._take("start", waited=timedelta(days=8))
        self.assertEqual(self.inspection.inspection_step, "planned")

    def test_somebody_elses_inspection(self):
        self._take("start")
        item = self._item("状态")
        self.inspection.user_id = self.colleague
        with self.assertRaisesRegex(UserError, "Somebody else carries out"):
            self._take("item", {"item": item.id, "result": "pass"}, self.HOURS)
        self.assertFalse(item.result)

    def test_somebody_elses_entry(self):
        with self.assertRaisesRegex(AccessError, "Somebody else recorded"):
            self._take("start", user=self.colleague)
        clerk = self._create_user("warehouse")
        with self.assertRaisesRegex(AccessError, "engineers"):
            self._take("start", user=clerk, uid=clerk.id)

    def test_finished_meanwhile(self):
        self._close(self.inspection.with_user(self.engineer))
        item = self._item("状态")
        with self.assertRaisesRegex(UserError, "finished and locked"):
            self._take("item", {"item": item.id, "result": "fail"}, self.HOURS)
        photo = self._upload(b64decode(SIGNATURE))
        self._take("note", {"text": "状态: 不合格", **photo}, waited=self.HOURS)
        message = self.inspection.message_ids[0]
        self.assertIn("2026-03-10 10:00:00 Recorded offline: 状态", message.body)
        self.assertEqual(len(message.attachment_ids), 1)

    def test_judged_by_a_colleague_meanwhile(self):
        self._take("start")
        item = self._item("状态")
        item.with_user(self.dispatcher).result = "fail"
        seen = {"result": None, "value": None, "note": ""}
        values = {"item": item.id, "result": "pass", "seen": seen}
        with self.assertRaisesRegex(UserError, "Changed meanwhile by 甲13"):
            self._take("item", values, self.HOURS)
        self.assertEqual(item.result, "fail")
        self._take("item", values, self.HOURS, overwrite=True)
        self.assertEqual(item.result, "pass")
        # Both said the same: nothing to decide.
        self._take("item", {**values, "seen": {**seen, "result": "na"}}, self.HOURS)

    def test_a_photo_is_kept_as_it_came(self):
        self._take("start")
        item = self._item("状态")
        stream = io.BytesIO()
        Image.new("RGB", (2000, 1500), "red").save(stream, "JPEG")
        raw = stream.getvalue()
        place = {"latitude": 40.128, "longitude": 116.654, "accuracy": 11.5}
        about = {"original": "IMG.jpg", "bytes": 8100000, "sha256": "0" * 64}
        values = {
            "item": item.id,
            "name": "IMG.jpg",
            "about": json.dumps({**about, "place": place}),
            **self._upload(raw),
        }
        self._take("photo", values, waited=self.HOURS)
        photo = item.photo_ids
        self.assertEqual(
            hashlib.sha256(photo.raw).digest(), hashlib.sha256(raw).digest()
        )
        self.assertEqual((photo.res_model, photo.res_id), (item._name, item.id))
        self.assertEqual(
            photo.description.split("\n"),
            [
                "Taken 2026-03-10 10:00:00",
                "Place by the telephone: 40.12800, 116.65400 (± 12 m)",
                "Original: IMG.jpg, 8.1 MB",
                f"SHA-256 of the original: {'0' * 64}",
                "Recorded offline",
            ],
        )
        pieces = self.env["om.field.piece"].search([])
        self.assertFalse(pieces, "put together, they are gone")
        with self.assertRaisesRegex(UserError, "did not arrive whole"):
            self._take("photo", values)
        with self.assertRaisesRegex(UserError, "no picture"):
            self._take("photo", {**values, **self._upload(b"<script>")})
        older = json.dumps({"taken": "2026-03-09T10:00:00+08:00"})
        self._take("photo", {**values, **self._upload(raw), "about": older})
        photo = item.photo_ids - photo
        self.assertEqual(
            photo.description.split("\n"),
            [
                "Added 2026-03-10 10:00:00",
                "The file is of 2026-03-09 10:00:00 by the telephone's clock",
            ],
        )

    def test_pieces_come_in_any_way(self):
        """Lost, sent again, in the wrong place: what is there is there once."""
        pieces = self.env["om.field.piece"].with_user(self.engineer)
        raw = bytes(range(256)) * 4
        self.assertEqual(pieces._get_held("p"), 0)
        self.assertEqual(pieces._add("p", 0, raw[:100]), 100)
        self.assertEqual(pieces._add("p", 0, raw[:100]), 100, "its answer was lost")
        self.assertEqual(pieces._add("p", 500, raw[500:]), 100, "a gap")
        self.assertEqual(pieces._add("p", 100, b""), 100)
        with self.assertRaisesRegex(UserError, "did not arrive whole"):
            pieces._take_out("p", len(raw))
        theirs = pieces.with_user(self.colleague)
        self.assertEqual(theirs._get_held("p"), 0, "a name is its user's")
        self.assertEqual(theirs._add("p", 0, b"theirs"), 6)
        self.assertEqual(pieces._add("p", 100, raw[100:]), len(raw))
        self.assertEqual(pieces._take_out("p", len(raw)), raw)
        self.assertEqual(pieces._get_held("p"), 0)
        self.assertEqual(theirs._get_held("p"), 6)
        with self.assertRaisesRegex(UserError, "too large"):
            pieces._add("q", 0, bytes(LARGEST_PIECE + 1))
        with self.assertRaisesRegex(UserError, "older than the server"):
            pieces._add("q" * 65, 0, b"x")
        with (
            patch("odoo.addons.om_assets.models.om_field_piece.MOST_HELD", 10),
            self.assertRaisesRegex(UserError, "begun and not finished"),
        ):
            theirs._add("r", 0, b"more than 4")

    def test_what_nobody_finishes_is_forgotten(self):
        pieces = self.env["om.field.piece"].with_user(self.engineer)
        pieces._add("old", 0, b"x")
        pieces.sudo().search([]).received_on = TAPPED - timedelta(days=32)
        pieces._add("young", 0, b"x")
        pieces.sudo().search([("upload", "=", "young")]).received_on = TAPPED
        with freeze_time(TAPPED):
            pieces._gc_pieces()
        self.assertEqual(pieces.sudo().search([]).mapped("upload"), ["young"])

    def _judge(self, note="门锁损坏"):
        """Judge everything on the telephone, and return what the unit is shown."""
        self._take("start", waited=self.HOURS)
        self._take("item", {"item": self._item("温度").id, "value": 20}, self.HOURS)
        values = {"item": self._item("状态").id, "result": "fail", "note": note}
        self._take("item", values, self.HOURS)
        values = {"item": self._item("标签").id, "result": "na"}
        self._take("item", values, self.HOURS)
        return [
            ["温度", "pass", 20, ""],
            ["状态", "fail", None, note],
            ["标签", "na", None, ""],
        ]

    def test_the_unit_signs_without_network(self):
        """Its name, drawn; its day and time those of the telephone; what was shown."""
        self.inspection.unit_id.email = "unit@example.com"
        shown = self._judge()
        signed = {"person": "乙一", "drawing": SIGNATURE, "shown": shown}
        at = TAPPED + timedelta(minutes=30)
        self._take("unit_sign", signed, at=at, waited=timedelta(days=2))
        inspection = self.inspection
        self.assertEqual(inspection.unit_signed_on, at)
        self.assertEqual(inspection.unit_signer, "乙一")
        line = self._lines(inspection).filtered(lambda line: line.act == "unit_sign")
        signature = line.signature_id
        self.assertEqual(
            (signature.way, str(signature.signed_on), signature.user_id),
            ("drawn", "2026-03-10", self.engineer),
        )
        self.assertEqual(signature.party_id, inspection.system_id.unit_id)
        self.assertEqual(line.happened_at, at)
        self.assertRegex(line.reason, "Recorded offline: Fingerprint .*: [0-9a-f]{64}$")
        drawing = signature.attachment_id
        self.assertEqual(drawing.raw, b64decode(SIGNATURE))
        self.assertIn("Drawn by hand 2026-03-10 10:30:00", drawing.description)
        self.assertIn(line.reason[-64:], drawing.description)
        told = (
            self.env["mail.message"]
            .search([("model", "=", inspection._name), ("res_id", "=", inspection.id)])
            .filtered(lambda message: inspection.unit_id in message.partner_ids)
        )
        self.assertIn("乙一", told.body)
        self.assertFalse(self._faults(inspection), "the ledger holds")
        with self.assertRaisesRegex(UserError, "signed these inspections already"):
            self._take("unit_sign", signed, at=at, waited=self.HOURS)

    def test_the_unit_signed_for_something_else(self):
        shown = self._judge()
        self._item("状态").with_user(self.dispatcher).note = "门锁与合页损坏"
        signed = {"person": "乙一", "drawing": SIGNATURE, "shown": shown}
        for wrong, words in (
            (signed, "乙一 signed for something else"),
            ({**signed, "shown": None}, "signed for something else"),
            ({**signed, "shown": [7, []]}, "signed for something else"),
            ({**signed, "person": " "}, "Enter the name"),
            ({**signed, "drawing": ""}, "no picture"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                self._take("unit_sign", wrong, waited=self.HOURS)
        self.assertFalse(self.inspection.unit_signed_on)
        self._take("note", {"text": "乙一", "drawing": SIGNATURE}, waited=self.HOURS)
        note = self.inspection.message_ids[0]
        self.assertEqual(note.attachment_ids.raw, b64decode(SIGNATURE))

    def test_nobody_of_ours_signs_for_the_unit(self):
        signed = {"drawing": SIGNATURE, "shown": self._judge()}
        with self.assertRaisesRegex(UserError, "one of ours"):
            self._take(
                "unit_sign", {**signed, "person": self.engineer.name}, self.HOURS
            )
        with self.assertRaisesRegex(UserError, "still open|open"):
            self._item("标签").with_user(self.engineer).result = False
            shown = signed["shown"][:2] + [["标签", None, None, ""]]
            self._take("unit_sign", {**signed, "person": "乙一", "shown": shown})
        self.assertFalse(self.inspection.unit_signed_on)

    def test_both_telephones_read_who_judged(self):
        self._judge()
        with freeze_time(TAPPED):
            Field = self.env["om.field"].with_user(self.engineer)
            (card,) = [
                each
                for each in Field._get_day()["cards"]
                if each["kind"] == "inspection"
            ]
        checked = {item["name"]: item["checked"] for item in card["form"]["items"]}
        self.assertEqual(checked["状态"], "甲11 10:00")

    def test_what_no_page_of_ours_sends(self):
        for entry, words in (
            ({"kind": "unlink"}, "older than the server"),
            ({"doc": "res.users"}, "older than the server"),
            ({"values": []}, "older than the server"),
            ({"id": 0}, "not there any more"),
            ({"id": "1"}, "not there any more"),
            ({"at": "yesterday"}, "cannot be read"),
            ({"sent": None}, "cannot be read"),
            ({"at": "2026-03-10T10:00:00"}, "cannot be read"),
            ({"difference": "x"}, "cannot be read"),
        ):
            with (
                self.subTest(entry=entry),
                freeze_time(TAPPED),
                self.assertRaisesRegex(UserError, words),
            ):
                self.env["om.field"].with_user(self.engineer)._take(
                    {**self._entry("start"), **entry}
                )

    def test_the_day_has_all_that_its_forms_show(self):
        with freeze_time(TAPPED):
            self._close(self._create_inspection().with_user(self.engineer))
            Field = self.env["om.field"].with_user(self.engineer)
            day = Field._get_day()
            (card,) = [each for each in day["cards"] if each["kind"] == "inspection"]
            self.assertEqual(card["id"], self.inspection.id)
            items = card["form"]["items"]
            self.assertEqual([item["name"] for item in items], ["状态", "标签", "温度"])
            self.assertEqual((items[2]["lowest"], items[2]["highest"]), (18, 27))
            self.assertFalse(items[0]["id"], "it comes to be with the start")
            self.inspection.with_user(self.engineer).action_start_inspection()
            self.env.flush_all()
            (card,) = [
                each
                for each in Field._get_day()["cards"]
                if each["kind"] == "inspection"
            ]
        self.assertEqual(
            [item["id"] for item in card["form"]["items"]],
            self.inspection.result_ids.ids,
        )
        json.dumps(day)

    def test_the_day_takes_as_many_queries_for_many(self):
        def count():
            self.env.invalidate_all()
            with freeze_time(TAPPED):
                before = self.env.cr.sql_log_count
                Field._get_day()
                return self.env.cr.sql_log_count - before

        Field = self.env["om.field"].with_user(self.engineer)
        count()
        few = count()
        for _each in range(8):
            self._create_inspection()
            self._create_inspection().with_user(self.engineer).action_start_inspection()
        self.env.flush_all()
        count()
        self.assertLessEqual(count(), few + 4)


@tagged("post_install", "-at_install")
class TestFieldRoutes(FieldCommon, HttpCase):
    def _post(self, entry, once):
        answer = self.url_open(
            "/om/field/take",
            json={"jsonrpc": "2.0", "params": {"entry": entry}},
            headers={"X-Om-Once": once},
        )
        return answer.json()

    def test_once_and_in_order(self):
        self.authenticate(self.engineer.login, self.engineer.login)
        now = datetime.now().replace(microsecond=0)
        hour = timedelta(hours=1)
        start = self._entry("start", at=now - hour, sent=now)
        first = self._post(start, "field-1")
        self.assertIn("result", first)
        self.assertEqual(self._post(start, "field-1"), first, "nothing is done twice")
        lines = self._lines(self.inspection).filtered(lambda line: line.act == "start")
        self.assertEqual(len(lines), 1)
        item = self._item("温度")
        note = self._entry("note", {"text": "断网"}, at=now - hour, sent=now)
        with mute_logger("odoo.http"):
            refused = self._post({**note, "uid": 1}, "field-2")
        self.assertEqual(
            refused["error"]["data"]["name"], "odoo.exceptions.AccessError"
        )
        messages = self.inspection.message_ids
        # What was refused was not done: under the same name it still can be.
        for _again in range(3):
            self.assertIn("result", self._post(note, "field-2"))
        self.assertEqual(len(self.inspection.message_ids - messages), 1)
        value = {"item": item.id, "value": 20}
        self._post(self._entry("item", value, at=now - hour, sent=now), "field-3")
        self.env.invalidate_all()
        self.assertEqual(item.result, "pass")

    def test_the_page_has_nothing_of_anybody(self):
        self.authenticate(self.engineer.login, self.engineer.login)
        page = self.url_open("/om/field")
        name = json.dumps(self.engineer.name)
        self.assertIn(name, page.text)
        kept = self.url_open("/om/field?shell=1")
        self.assertEqual(kept.status_code, 200)
        self.assertNotIn(name, kept.text)
        self.assertNotIn(json.dumps(self.inspection.name), kept.text)
        self.assertIn("om_assets.assets_field", kept.text)

    def test_for_engineers_only(self):
        answer = self.url_open("/om/field", allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])
        clerk = self._create_user("warehouse")
        self.authenticate(clerk.login, clerk.login)
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open("/om/field").status_code, 403)

    def test_worker_and_manifest(self):
        worker = self.url_open("/om/field/worker.js")
        self.assertEqual(worker.headers["Service-Worker-Allowed"], "/om/field")
        files = json.loads(worker.text.split("const FILES = ")[1].split(";\n")[0])
        self.assertGreaterEqual(len(files), 4)
        for file in files:
            self.assertEqual(self.url_open(file).status_code, 200, file)

    def test_one_manifest_for_ours_and_one_for_the_parties(self):
        starts = {}
        for user in (self.engineer, self.dispatcher, self._create_user("warehouse")):
            self.authenticate(user.login, user.login)
            manifest = self.url_open("/web/manifest.webmanifest").json()
            starts[user] = (manifest["start_url"], len(manifest["shortcuts"]))
        self.assertEqual(
            list(starts.values()), [("/om/field", 3), ("/odoo", 3), ("/odoo", 0)]
        )
        portal = self.url_open("/my/manifest.webmanifest").json()
        self.assertEqual(portal["start_url"], "/my")
        self.assertNotEqual(portal["id"], manifest["id"])
        for icon in [*manifest["icons"], *portal["icons"]]:
            size = Image.open(io.BytesIO(self.url_open(icon["src"]).content)).size
            self.assertEqual("{}x{}".format(*size), icon["sizes"])

    def _send_piece(self, raw, kind="application/octet-stream", start=0):
        return self.url_open(
            f"/om/field/piece?upload=a&start={start}",
            data=raw,
            headers={"Content-Type": kind},
        )

    def test_pieces_over_the_line(self):
        self.authenticate(self.engineer.login, self.engineer.login)
        self.assertEqual(self._send_piece(b"abc").json(), {"result": 3})
        self.assertEqual(self._send_piece(b"abc").json(), {"result": 3})
        self.assertEqual(self._send_piece(b"d", start="x").json(), {"result": 3})
        self.assertEqual(self._send_piece(b"d", start=3).json(), {"result": 4})
        held = self.url_open(
            "/om/field/held", json={"jsonrpc": "2.0", "params": {"upload": "a"}}
        )
        self.assertEqual(held.json()["result"], 4)
        # What a form of another site could send is not taken.
        for kind in ("text/plain", "multipart/form-data; boundary=x"):
            self.assertEqual(self._send_piece(b"e", kind).status_code, 415)
        large = self._send_piece(bytes(LARGEST_PIECE + 1))
        self.assertEqual(large.status_code, 413)
        refused = self.url_open(
            f"/om/field/piece?upload={'a' * 65}&start=0",
            data=b"x",
            headers={"Content-Type": "application/octet-stream"},
        )
        error = refused.json()["error"]["data"]
        self.assertEqual(error["name"], "odoo.exceptions.UserError")
        clerk = self._create_user("warehouse")
        self.authenticate(clerk.login, clerk.login)
        with mute_logger("odoo.http"):
            self.assertEqual(self._send_piece(b"abc").status_code, 403)

    def test_a_photo_tells_what_is_known(self):
        self._take("start")
        raw = b64decode(SIGNATURE)
        about = json.dumps({"original": "<b>.jpg", "bytes": 1000000})
        values = {"item": self._item("状态").id, "name": "x.png", "about": about}
        self._take("photo", {**values, **self._upload(raw)})
        photo = self._item("状态").photo_ids
        self.authenticate(self.dispatcher.login, self.dispatcher.login)
        page = self.url_open(f"/om/photo/{photo.id}")
        self.assertIn("&lt;b&gt;.jpg, 1.0 MB", page.text)
        self.assertIn(hashlib.sha256(raw).hexdigest(), page.text)
        clerk = self._create_user("portal_supervisor")
        self.authenticate(clerk.login, clerk.login)
        self.assertEqual(self.url_open(f"/om/photo/{photo.id}").status_code, 404)
