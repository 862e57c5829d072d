"""The rules of scripts/lint.py that need an example of what they find."""

import sys

from ..support import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import lint  # noqa: E402

FIRST = """
class Contract(models.Model):
    _name = "om.contract"

    amount = fields.Monetary()
    _positive = models.Constraint("CHECK (amount >= 0)", "No.")
    KINDS = make()

    def close(self):
        return True
"""


def find(tmp_path, *files):
    """The faults of an add-on that consists of these files."""
    folder = tmp_path / "om_example" / "models"
    folder.mkdir(parents=True)
    for number, text in enumerate(files):
        (folder / f"file_{number}.py").write_text(text)
    return list(lint.check_defined_once(folder.parent))


def test_a_second_definition_inside_an_add_on_is_found(tmp_path):
    again = """
class Contract(models.Model):
    _inherit = ["om.contract"]

    amount = fields.Float()
    _positive = models.Constraint("CHECK (amount > 0)", "No.")
    KINDS = make()

    def close(self):
        return super().close()

    def open(self):
        return True
"""
    assert find(tmp_path, FIRST, again) == [
        "om_example: file_1.py defines om.contract.close again, after file_0.py",
        "om_example: file_1.py defines om.contract.amount again, after file_0.py",
        "om_example: file_1.py defines om.contract._positive again, after file_0.py",
    ]


def test_rooms_of_one_model_and_other_models_are_none(tmp_path):
    room = """
class Contract(models.Model):
    _name = "om.contract"
    _inherit = ["om.contract", "om.act.mixin"]

    term = fields.Date()


class Wizard(models.TransientModel):
    _name = "om.contract.wizard"

    amount = fields.Monetary()

    def close(self):
        return True
"""
    assert not find(tmp_path, FIRST, room)


def test_a_page_by_hand_is_found(tmp_path):
    folder = tmp_path / "om_example" / "controllers"
    folder.mkdir(parents=True)
    page = folder / "portal.py"
    page.write_text("found = self._om_find(MODEL, record_id)\n")
    assert not list(lint.check_portal(folder.parent))
    page.write_text(
        "pages = portal_pager(url)\n"
        "found = self._document_check_access(MODEL, record_id)\n"
        "request.env.cr.rollback()\n"
    )
    assert len(list(lint.check_portal(folder.parent))) == 3


def test_a_day_of_the_users_own_zone_is_found(tmp_path):
    for folder in ("models", "engine", "tests"):
        (tmp_path / "om_example" / folder).mkdir(parents=True)
        (tmp_path / "om_example" / folder / "file.py").write_text(
            "day = beijing.today()\nday = fields.Date.context_today(self)\n"
        )
    found = [fault.split(": ")[0] for fault in lint.check_zone(tmp_path / "om_example")]
    assert found == ["om_example/models/file.py:2"]
