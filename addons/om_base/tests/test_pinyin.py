from odoo.tests import BaseCase, TransactionCase, tagged

from ..tools.pinyin import readings


class TestReadings(BaseCase):
    def test_what_people_type(self):
        for name, typed in (
            ("财政局", "caizhengju czj"),
            ("重庆", "chongqing cq"),
            ("绿化", "lvhua lh"),
            ("平安校园（二期）", "pinganxiaoyuanerqi paxyeq"),
            ("PA-2 机房", "pa2jifang pa2jf"),
            ("Mail server", ""),
            ("", ""),
        ):
            self.assertEqual(readings(name) if name else readings(), typed)

    def test_two_names(self):
        self.assertEqual(readings("核心", "财政局"), "hexin hx caizhengju czj")


@tagged("post_install", "-at_install")
class TestSearch(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bodies = cls.env["res.partner"].create(
            [
                {"name": "示例甲镇财政服务中心", "is_company": True},
                {"name": "示例乙镇文化服务中心", "is_company": True},
                {"name": "示例丙镇 Wenhua Office", "is_company": True},
            ]
        )

    def _find(self, typed, operator="ilike"):
        found = self.env["res.partner"].search(
            [("display_name", operator, typed), ("id", "in", self.bodies.ids)]
        )
        return [body.name[2] for body in found.sorted("id")]

    def test_words_in_any_order(self):
        self.assertEqual(self._find("中心 示例"), ["甲", "乙"])
        self.assertEqual(self._find("财政 示例甲"), ["甲"])
        self.assertEqual(self._find("财政 示例乙"), [])

    def test_pinyin_and_initials(self):
        self.assertEqual(self._find("shiliyizhen"), ["乙"])
        self.assertEqual(self._find("SLYZ"), ["乙"])
        self.assertEqual(self._find("wenhua"), ["乙", "丙"])
        self.assertEqual(self._find("czfw zhongxin"), ["甲"])
        self.assertEqual(self._find("shili yizhen 文化"), ["乙"])

    def test_other_operators_search_the_name(self):
        self.assertEqual(self._find("wenhua", "like"), [])
        self.assertEqual(self._find("示例乙镇文化服务中心", "="), ["乙"])

    def test_a_new_name_is_found_and_the_old_is_not(self):
        self.bodies[0].name = "示例甲镇教育服务中心"
        self.assertEqual(self._find("jyfw"), ["甲"])
        self.assertEqual(self._find("czfw"), [])

    def test_people_are_found_by_pinyin(self):
        user = self.env["res.users"].create(
            {"name": "示例工程师甲", "login": "pinyin.example"}
        )
        found = self.env["res.users"].name_search("slgcs")
        self.assertIn(user.id, [each[0] for each in found])
