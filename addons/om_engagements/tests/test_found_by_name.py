import re

from odoo.tests import TransactionCase, tagged

# Entries of the record refer to each other; nobody chooses them.
NOT_CHOSEN = {"om.act"}
OURS = ("om.", "agreement", "helpdesk.ticket", "maintenance.")


def first_word(name):
    """What somebody types who reads the name on a list: the number in the brackets or
    the word before the first blank."""
    words = re.findall(r"[^\s\[\]·（(]+", name)
    return words[0] if words else ""


@tagged("post_install", "-at_install")
class TestFoundByName(TransactionCase):
    """A drop-down finds a record by what it shows of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env = cls.env(context={"lang": "zh_CN"})

    def _get_chosen(self):
        """Models of ours that a field of ours lets people choose from."""
        chosen = set()
        for name, model in self.env.registry.items():
            if not name.startswith(OURS) or model._abstract:
                continue
            chosen |= {
                field.comodel_name
                for field in model._fields.values()
                if field.type == "many2one"
                and not field.readonly
                and field.comodel_name.startswith(OURS)
            }
        return sorted(chosen - NOT_CHOSEN)

    def test_first_word_finds(self):
        tried, lost = 0, []
        for name in self._get_chosen():
            for record in self.env[name].search([], limit=3):
                word = first_word(record.display_name or "")
                if not word:
                    continue
                tried += 1
                found = self.env[name].name_search(word, limit=None)
                if record.id not in {number for number, _name in found}:
                    lost.append(f"{name}: “{word}” of “{record.display_name}”")
        self.assertGreater(tried, 20)
        self.assertFalse(lost, "\n".join(lost))

    def test_words(self):
        self.assertEqual(first_word("[SY-2026] 顺义区"), "SY-2026")
        self.assertEqual(first_word("乙14 · 顺义区"), "乙14")
        self.assertEqual(first_word("合同（示例）"), "合同")
