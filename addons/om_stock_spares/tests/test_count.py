import base64
from io import BytesIO

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.om_base.tools.text import clean_code

from .common import SparesCommon


class CountCommon(SparesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.van = cls.env["stock.location"].create(
            {
                "name": "一号抢修车",
                "usage": "internal",
                "barcode": "VAN-T1",
                "van_warehouse_id": cls.warehouse.id,
            }
        )
        cls.stock.barcode = "STORE-T1"
        cls.lamp.barcode = "690000000T01"
        cls.lamp.default_code = "BGD-T1"
        cls.camera.default_code = "KK-T1"
        cls.auditor = cls._create_user("auditor")

    def _count(self, places=None, user=None, **values):
        count = (
            self.env["om.spare.count"]
            .with_user(user or self.clerk)
            .create(
                {
                    "location_ids": (places or (self.stock | self.van)).ids,
                    "reason": "年度盘点",
                    **values,
                }
            )
        )
        count.action_start()
        return count

    def _line(self, count, product, serial="", place=None):
        return count.line_ids.filtered(
            lambda line: line._get_key() == (place or self.stock, product, serial)
        )

    def _held(self, product, place, lot=None):
        return sum(
            self.env["stock.quant"]
            .search(
                [
                    ("product_id", "=", product.id),
                    ("location_id", "=", place.id),
                    ("lot_id", "=", lot.id if lot else False),
                ]
            )
            .mapped("quantity")
        )

    def _scan(self, count, *codes):
        """Scan one code after the other, as the page does."""
        facts = count.get_scan_facts()
        for code in codes:
            facts = count.scan(
                code,
                facts["place"] and facts["place"]["id"],
                facts["product"] and facts["product"]["id"],
            )
        return facts

    def _upload(self, count, rows, heads=None):
        book = openpyxl.Workbook()
        heads = heads or ["库位", "备件编码", "序列号/批号", "实盘数量", "差异原因"]
        for row in [heads, *rows]:
            book.active.append(row)
        content = BytesIO()
        book.save(content)
        wizard = (
            self.env["om.spare.count.upload"]
            .with_user(self.clerk)
            .create(
                {
                    "count_id": count.id,
                    "file": base64.b64encode(content.getvalue()),
                    "file_name": "盘点.xlsx",
                }
            )
        )
        wizard.action_read()
        return wizard.problems or ""


# The label NEW-1 as scanners, input methods and pages hand it over.
SENT = (
    "new-1",
    "ＮＥＷ－１",
    "ｎｅｗ－１",
    "NEW-1\r\n",
    "NEW-1\t",
    "\ufeffNEW-1",
    "NEW-1\u200b",
    "NEW-1\x1d",
    "NEW-1\x00",
    "New-1",
)


@tagged("post_install", "-at_install")
class TestSpareCount(CountCommon):
    def test_expected_found_moved_missing_surplus(self):
        count = self._count()
        self.assertEqual(len(count.line_ids), 5, "four cameras and the lamps")
        self.assertEqual(count.open_count, 5)
        self._scan(count, "STORE-T1", "NEW-1", "NEW-2", "VAN-T1", "NEW-3")
        lamp = self._line(count, self.lamp)
        lamp.counted = 18
        self._line(count, self.camera, "NEW-4").action_not_found()
        results = {
            (line.serial or "灯", line.location_id): line.result
            for line in count.line_ids
        }
        self.assertEqual(
            results,
            {
                ("NEW-1", self.stock): "match",
                ("NEW-2", self.stock): "match",
                ("NEW-3", self.stock): "moved",
                ("NEW-3", self.van): "moved",
                ("NEW-4", self.stock): "missing",
                ("灯", self.stock): "missing",
            },
        )
        self.assertEqual(lamp.difference, -2)
        moved = self._line(count, self.camera, "NEW-3", self.van)
        self.assertIn(self.stock.display_name, moved.result_text)
        lamp.reason = "外壳破损两只"
        count.action_apply()
        self.assertEqual(count.state, "applied")
        self.assertEqual(self._held(self.lamp, self.stock), 18)
        self.assertEqual(self._held(self.camera, self.stock, self.lots[2]), 0)
        self.assertEqual(self._held(self.camera, self.van, self.lots[2]), 1)
        self.assertEqual(self._held(self.camera, self.stock, self.lots[3]), 0)
        moves = count.move_ids
        self.assertEqual(len(moves), 3, "each change is a move, and no change is none")
        by_serial = {move.lot_ids.name or "灯": move for move in moves}
        self.assertEqual(by_serial["NEW-3"].location_dest_id, self.van)
        self.assertEqual(by_serial["NEW-3"].location_id, self.stock)
        self.assertEqual(by_serial["NEW-4"].location_dest_id.usage, "inventory")
        self.assertEqual(by_serial["灯"].inventory_name, f"{count.name}: 外壳破损两只")
        self.assertEqual(by_serial["NEW-4"].inventory_name, f"{count.name}: 年度盘点")
        self.assertEqual(set(moves.mapped("state")), {"done"})
        count.invalidate_recordset()
        self.assertEqual(moved.result, "moved", "the comparison is kept")
        self.assertEqual(count.difference_count, 4)

    def test_a_serial_from_a_place_that_is_not_counted_is_a_move(self):
        count = self._count(self.van)
        self.assertFalse(count.line_ids)
        facts = self._scan(count, "NEW-1")
        self.assertEqual(facts["tone"], "warning")
        count.action_apply()
        self.assertEqual(self._held(self.camera, self.van, self.lots[0]), 1)
        self.assertEqual(self._held(self.camera, self.stock, self.lots[0]), 0)
        self.assertEqual(count.move_ids.location_id, self.stock)

    def test_found_goods_get_a_new_serial(self):
        count = self._count(self.van)
        facts = self._scan(count, "KK-T1", "FOUND-9")
        self.assertEqual(facts["tone"], "warning", "nobody expected it")
        count.action_apply()
        lot = self.env["stock.lot"].search([("name", "=", "FOUND-9")])
        self.assertEqual(lot.product_id, self.camera)
        self.assertEqual(self._held(self.camera, self.van, lot), 1)
        self.assertEqual(count.move_ids.location_id.usage, "inventory")

    def test_what_keeps_it_from_being_applied(self):
        count = self._count(reason=False)
        with self.assertRaisesRegex(UserError, "NEW-4"):
            count.action_apply()
        count.line_ids.action_as_expected()
        lamp = self._line(count, self.lamp)
        lamp.counted = 19
        with self.assertRaisesRegex(UserError, "补光灯"):
            count.action_apply()
        lamp.reason = "盘亏"
        self._scan(count, "VAN-T1", "NEW-1")
        self.assertEqual(self._line(count, self.camera, "NEW-1").result, "conflict")
        with self.assertRaisesRegex(UserError, "NEW-1"):
            count.action_apply()
        self._line(count, self.camera, "NEW-1").action_not_found()
        self._line(count, self.camera, "NEW-1", self.van).reason = "放错位置"
        self._line(count, self.camera, "NEW-1").reason = "放错位置"
        count.action_apply()
        with self.assertRaises(UserError):
            count.action_apply()
        with self.assertRaises(UserError):
            lamp.counted = 3
        with self.assertRaises(UserError):
            count.unlink()

    def test_the_stock_has_moved_meanwhile(self):
        first = self._count(self.stock)
        second = self._count(self.stock)
        for count in (first, second):
            count.line_ids.action_as_expected()
        self._line(first, self.lamp).counted = 18
        self._line(second, self.lamp).counted = 17
        first.action_apply()
        with self.assertRaisesRegex(UserError, "补光灯"):
            second.action_apply()
        self.assertEqual(self._held(self.lamp, self.stock), 18, "applied once")
        second.action_update_expected()
        lamp = self._line(second, self.lamp)
        self.assertEqual((lamp.expected, lamp.result), (18, "open"))
        self.assertEqual(second.open_count, 1, "only this one is counted again")
        lamp.counted = 17
        second.action_apply()
        self.assertEqual(self._held(self.lamp, self.stock), 17)

    def test_a_delivery_meanwhile_is_seen(self):
        count = self._count(self.stock)
        count.line_ids.action_as_expected()
        other = self._create_product("球机")
        self._stock(other, 2)
        with self.assertRaisesRegex(UserError, "球机"):
            count.action_apply()
        count.action_update_expected()
        self.assertEqual(self._line(count, other).expected, 2)

    def test_reserved_and_packed_goods(self):
        request = self._request(self.camera_quota)
        self._confirm(request)
        package = self.env["stock.package"].create({"name": "箱-T1"})
        self.env["stock.quant"]._update_available_quantity(
            self.lamp, self.stock, 4, package_id=package
        )
        count = self._count()
        count.line_ids.action_as_expected()
        lamp = self._line(count, self.lamp)
        self.assertEqual(lamp.expected, 24, "loose and packed")
        lamp.counted = 3
        count.action_apply()
        found = self.env["stock.quant"].search(
            [("product_id", "=", self.lamp.id), ("location_id", "=", self.stock.id)]
        )
        self.assertEqual(sum(found.mapped("quantity")), 3)
        self.assertGreaterEqual(min(found.mapped("quantity")), 0)

    def test_facts_are_not_written_by_hand(self):
        count = self._count()
        line = self._line(count, self.lamp)
        for records, vals in (
            (count, {"state": "applied"}),
            (line, {"expected": 5}),
            (line, {"final_result": "match"}),
            (line, {"product_id": self.camera.id}),
            (count, {"location_ids": [(5,)]}),
        ):
            with self.assertRaises(UserError):
                records.with_user(self.manager).write(vals)
        with self.assertRaises(UserError):
            line.unlink()
        far = self.env["stock.location"].create({"name": "别处", "usage": "internal"})
        for values in (
            {"location_id": far.id, "product_id": self.lamp.id},
            {"location_id": self.van.id, "product_id": self.lamp.id, "serial": "X"},
            {"location_id": self.van.id, "product_id": self.camera.id},
            {
                "location_id": self.van.id,
                "product_id": self.camera.id,
                "serial": "S",
                "counted": 2,
            },
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.env["om.spare.count.line"].with_user(self.clerk).create(
                    {"count_id": count.id, **values}
                )

    def test_who_may(self):
        count = self._count(user=self.manager)
        count.line_ids.action_as_expected()
        for user in (self.engineer, self.auditor):
            mine = count.with_user(user)
            self.assertEqual(len(mine.line_ids.mapped("result")), 5)
            for act in (mine.action_apply, lambda m=mine: m.scan("NEW-1")):
                with self.assertRaises(AccessError):
                    act()
            with self.assertRaises(AccessError):
                mine.line_ids.write({"counted": 1})
        with self.assertRaises(AccessError):
            count.with_user(self.overseer).read(["name"])

    # ------------------------------------------------------------
    # Scanner
    # ------------------------------------------------------------

    def test_the_scanner(self):
        count = self._count()
        facts = self._scan(count, "NEW-1")
        self.assertEqual(facts["tone"], "warning", "which place?")
        self.assertEqual(count.open_count, 5)
        facts = self._scan(count, "store-t1", "690000000T01", "690000000T01", "BGD-T1")
        self.assertEqual(facts["place"]["id"], self.stock.id)
        self.assertEqual(facts["progress"], {"done": 1, "all": 5})
        self.assertEqual(self._line(count, self.lamp).counted, 3)
        facts = count.set_found(self._line(count, self.lamp).id, 20)
        self.assertEqual(facts["lines"][0]["counted"], 20)
        facts = self._scan(count, "STORE-T1", "NEW-1", "NEW-1")
        self.assertEqual(facts["tone"], "warning", "scanned twice")
        self.assertEqual(self._line(count, self.camera, "NEW-1").counted, 1)
        facts = self._scan(count, "STORE-T1", "KK-T1")
        self.assertEqual(facts["product"]["id"], self.camera.id)
        # A known number leaves no part in hand: what comes next is no number of it.
        facts = self._scan(count, "STORE-T1", "NEW-2", "nothing-of-this-name")
        self.assertEqual(facts["tone"], "danger")
        self.assertEqual(len(count.line_ids), 5)

    def test_one_label_however_it_is_scanned(self):
        """Caps Lock, a Chinese input method, what scanners add: the piece is the one
        on the books, with the part in hand or without."""
        for sent in SENT:
            for in_hand in ((), ("KK-T1",)):
                count = self._count()
                facts = self._scan(count, "STORE-T1", *in_hand, sent)
                with self.subTest(sent=ascii(sent), in_hand=in_hand):
                    self.assertEqual(facts["tone"], "success")
                    self.assertEqual(self._line(count, self.camera, "NEW-1").counted, 1)
                    self.assertEqual(len(count.line_ids), 5, "nothing came up")
        for sent in SENT:
            answer = self.env["om.spare.request"].with_user(self.clerk).scan(sent)
            self.assertEqual((answer["lot"] or {}).get("name"), "NEW-1", ascii(sent))
        for sent in ("kk-t1", "ＫＫ－Ｔ１", "KK–T1"):
            found = self.env["om.spare.request"]._find_product(clean_code(sent))
            self.assertEqual(found, self.camera, sent)

    def test_entries_and_sheets_carry_the_number_on_the_label(self):
        count = self._count()
        rows = [["STORE-T1", "kk-t1", "ｎｅｗ－１", 1]]
        self.assertEqual(self._upload(count, rows), "")
        self.assertEqual(self._line(count, self.camera, "NEW-1").counted, 1)
        self.assertEqual(len(count.line_ids), 5)
        twice = [*rows, ["STORE-T1", "KK-T1", "NEW-1\u200b", 1]]
        self.assertIn("3", self._upload(self._count(), twice))

    def test_a_number_in_another_case_is_no_other_piece(self):
        lots = self.env["stock.lot"]
        with self.assertRaisesRegex(ValidationError, "case only"):
            lots.create({"name": "new-1", "product_id": self.camera.id})
        made = lots.create({"name": " ｘ－９\r\n", "product_id": self.camera.id})
        self.assertEqual(made.name, "x-9")
        with self.assertRaisesRegex(ValidationError, "case only"):
            lots.create(
                [
                    {"name": name, "product_id": self.camera.id}
                    for name in ("Y-1", "y-1")
                ]
            )

    # ------------------------------------------------------------
    # Spreadsheet
    # ------------------------------------------------------------

    def test_the_sheet_goes_out_and_comes_in(self):
        count = self._count()
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.clerk)
            ._render_xlsx("om_stock_spares.om_spare_count_xlsx", count.ids, {})
        )
        book = openpyxl.load_workbook(BytesIO(content))
        sheet = book.active
        self.assertEqual(sheet.max_row, 6)
        for row in sheet.iter_rows(min_row=2):
            self.assertIsNone(row[5].value, "what is found is to be filled in")
            row[5].value = row[4].value
        out = BytesIO()
        book.save(out)
        wizard = (
            self.env["om.spare.count.upload"]
            .with_user(self.clerk)
            .create({"count_id": count.id, "file": base64.b64encode(out.getvalue())})
        )
        for _time in range(2):
            wizard.action_read()
            self.assertFalse(wizard.problems)
            self.assertEqual(set(count.line_ids.mapped("result")), {"match"})
            self.assertEqual(len(count.line_ids), 5)
        count.action_apply()
        self.assertFalse(count.move_ids)

    def test_a_wrong_sheet_enters_nothing(self):
        count = self._count()
        store = self.stock.complete_name
        problems = self._upload(
            count,
            [
                [store, "BGD-T1", None, 19, "破损"],
                [store, "BGD-T1", None, 18, None],
                [store, "没有", None, 1, None],
                ["月球", "BGD-T1", None, 1, None],
                [store, "KK-T1", None, 1, None],
                [store, "KK-T1", "NEW-1", 2, None],
                [store, "BGD-T1", "X-1", 1, None],
                [store, "KK-T1", "NEW-2", "很多", None],
                [store, "KK-T1", "NEW-3", 1, None],
                [self.van.complete_name, "KK-T1", "NEW-3", 1, None],
                [store, "KK-T1", "NEW-4", None, None],
            ],
        )
        lines = problems.split("\n")
        self.assertEqual(len(lines), 8, problems)
        for line, cell in zip(
            lines, ("C3", "B4", "A5", "C6", "C7", "C8", "D9", "11"), strict=True
        ):
            self.assertIn(cell, line)
        self.assertEqual(count.open_count, 5, "nothing was entered")
        for content in (b"no workbook", b"PK\x03\x04broken"):
            wizard = self.env["om.spare.count.upload"].create(
                {"count_id": count.id, "file": base64.b64encode(content)}
            )
            with self.assertRaises(UserError):
                wizard.action_read()

    def test_a_sheet_with_other_heads_is_refused(self):
        count = self._count()
        with self.assertRaisesRegex(UserError, "实盘数量"):
            self._upload(count, [["x"]], ["备件编码"])


@tagged("post_install", "-at_install")
class TestOpeningStock(CountCommon):
    HEADS = ["库位", "备件名称", "备件编码", "序列号", "数量"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.disk = cls._create_product("硬盘T", default_code="YP-T1")
        cls.nvr = cls._create_product(
            "录像机T", default_code="NVR-T1", tracking="serial"
        )

    def _open(self):
        return self._count(kind="opening", reason=False)

    def _rows(self):
        store, van = self.stock.complete_name, self.van.complete_name
        return [
            [store, "硬盘T", None, None, 350],
            [van, None, "YP-T1", None, 4],
            [store, None, "NVR-T1", "NVR-0001", 1],
            [van, None, "NVR-T1", "NVR-0002", 1],
        ]

    def test_the_sheet_is_looked_at_then_applied(self):
        count = self._open()
        self.assertFalse(count.line_ids, "nothing is expected")
        self.assertEqual(self._upload(count, self._rows(), self.HEADS), "")
        self.assertEqual(len(count.line_ids), 4)
        self.assertFalse(self._held(self.disk, self.stock), "only looked at so far")
        self.assertFalse(self.env["stock.lot"].search([("name", "=like", "NVR-000_")]))
        count.action_apply()
        self.assertEqual(self._held(self.disk, self.stock), 350)
        self.assertEqual(self._held(self.disk, self.van), 4)
        lots = self.env["stock.lot"].search([("name", "=like", "NVR-000_")])
        self.assertEqual(lots.product_id, self.nvr)
        self.assertEqual(lots.mapped("location_id"), self.stock | self.van)
        self.assertEqual(len(count.move_ids), 4)
        self.assertEqual(set(count.move_ids.location_id.mapped("usage")), {"inventory"})
        self.assertEqual(len(set(count.move_ids.mapped("inventory_name"))), 1)
        self.assertIn(count.name, count.move_ids[0].inventory_name)

    def test_the_same_sheet_twice_changes_nothing(self):
        first, second = self._open(), self._open()
        for count in (first, second):
            self.assertEqual(self._upload(count, self._rows(), self.HEADS), "")
            self.assertEqual(self._upload(count, self._rows(), self.HEADS), "")
            self.assertEqual(len(count.line_ids), 4)
        first.action_apply()
        with self.assertRaisesRegex(UserError, "硬盘T"):
            second.action_apply()
        third = self._open()
        problems = self._upload(third, self._rows(), self.HEADS).split("\n")
        self.assertEqual(len(problems), 4)
        self.assertIn("350", problems[0])
        self.assertIn("NVR-0001", problems[2])
        self.assertFalse(third.line_ids)
        self.assertEqual(self._held(self.disk, self.stock), 350)

    def test_by_barcode(self):
        count = self._open()
        facts = self._scan(count, "VAN-T1", "NVR-T1", "NVR-0007", "NVR-0008", "YP-T1")
        self.assertEqual(facts["progress"]["done"], 3)
        self.assertEqual(facts["tone"], "success")
        count.set_found(self._line(count, self.disk, place=self.van).id, 12)
        with (
            self.assertRaisesRegex(ValidationError, "NEW-1"),
            self.cr.savepoint(),
        ):
            self._scan(count, "VAN-T1", "NEW-1")
        count.action_apply()
        self.assertEqual(self._held(self.disk, self.van), 12)
        lots = self.env["stock.lot"].search([("name", "in", ("NVR-0007", "NVR-0008"))])
        self.assertEqual(lots.location_id, self.van)

    def test_listed_parts_lie_in_the_district(self):
        far = self.env["stock.warehouse"].create(
            {"name": "外区测试库", "code": "WQT", "district_code": "110105"}
        )
        ball = self._create_product("球机T", default_code="QJ-T1")
        self.list.quota_ids = [
            (0, 0, {"name": "球机", "product_id": ball.id, "cap": 2})
        ]
        count = self._count(far.lot_stock_id, kind="opening")
        rows = [
            [far.lot_stock_id.complete_name, None, "QJ-T1", None, 2],
            [far.lot_stock_id.complete_name, None, "YP-T1", None, 2],
        ]
        problems = self._upload(count, rows, self.HEADS)
        self.assertIn("110113", problems)
        self.assertEqual(len(problems.split("\n")), 1, "others may lie anywhere")
        with self.assertRaisesRegex(ValidationError, "110113"):
            count.scan("QJ-T1", far.lot_stock_id.id)
        here = self._open()
        rows[0][0] = self.stock.complete_name
        self.assertEqual(self._upload(here, rows[:1], self.HEADS), "")

    def test_nothing_is_no_opening_stock(self):
        count = self._open()
        rows = [[self.stock.complete_name, None, "YP-T1", None, 0]]
        self.assertIn("E2", self._upload(count, rows, self.HEADS))
        with self.assertRaises(UserError):
            count.action_apply()

    def test_queries_do_not_grow_with_the_rows(self):
        store = self.stock.complete_name
        used = []
        for size, start in ((10, 100), (60, 1000)):
            rows = [[store, None, "NVR-T1", f"BIG-{start + n}", 1] for n in range(size)]
            count = self._open()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(self._upload(count, rows, self.HEADS), "")
            self.env.flush_all()
            used.append(self.cr.sql_log_count - before)
            count.action_apply()
        self.assertLess(used[1], used[0] + 20, used)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_engineers_enter_no_stock(self):
        with self.assertRaises(AccessError):
            self._count(kind="opening", user=self.engineer)
