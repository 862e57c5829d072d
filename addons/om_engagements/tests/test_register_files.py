import json
import tempfile
from pathlib import Path

from odoo.tests import BaseCase

from ..models.om_register_loader import REGISTER_FOLDER
from ..tools import register

TRANSCRIPTION = Path(__file__).parent / "data" / "systems.json"


class TestRegisterFiles(BaseCase):
    def test_files_say_what_the_transcription_says(self):
        rows = register.read_register(REGISTER_FOLDER)
        expected = json.loads(TRANSCRIPTION.read_text(encoding="utf-8"))
        self.assertEqual(len(rows), len(expected))
        for row, expected_row in zip(rows, expected, strict=True):
            with self.subTest(seq=expected_row["seq"]):
                self.assertEqual(row, expected_row)

    def test_files_are_plain(self):
        for path in REGISTER_FOLDER.iterdir():
            with self.subTest(file=path.name):
                text = path.read_bytes().decode("utf-8")
                self.assertEqual(path.suffix, ".csv")
                self.assertNotIn("\r", text)
                self.assertNotIn("\ufeff", text)
                self.assertTrue(text.endswith("\n"))

    def test_every_unit_has_one_key(self):
        units = register.read_table(REGISTER_FOLDER / "units.csv")
        rows = register.read_register(REGISTER_FOLDER)
        self.assertEqual(
            sorted(unit["name"] for unit in units), sorted({r["unit"] for r in rows})
        )
        self.assertEqual(len({unit["key"] for unit in units}), 54)
        for unit in units:
            self.assertRegex(unit["key"], r"^[a-z_]+$")

    def test_bad_cell_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "hardware.csv"
            for cell in ("many", "1.5"):
                path.write_text(f"seq,line,name,qty,unit\n1,1,x,{cell},台\n", "utf-8")
                with self.assertRaisesRegex(
                    register.RegisterError, r"hardware\.csv, line 2"
                ):
                    register.read_table(path)
            path = Path(folder) / "systems.csv"
            path.write_text("seq,repairs_software\n1,yes\n", "utf-8")
            with self.assertRaises(register.RegisterError):
                register.read_table(path)

    def test_prefixes_make_independent_copies(self):
        rows = register.read_register(REGISTER_FOLDER)[:3]
        keys = {row["unit"]: "m.unit" for row in rows}
        first = register.build_systems(rows, keys, "a.x_", "A/")
        second = register.build_systems(rows, keys, "b.y_", "B/")
        for model in first:
            self.assertFalse(first[model].keys() & second[model].keys())
        codes = [v["code"] for v in second["om.system"].values()]
        self.assertEqual(codes, ["B/001", "B/002", "B/003"])
        self.assertEqual(
            {v["system_id"] for v in first["om.system.deadline"].values()},
            {"a.x_system_001", "a.x_system_002", "a.x_system_003"},
        )
