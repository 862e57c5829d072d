from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import code_translations, get_translation

from ..terms import extra_terms
from .common import new_test_user


@tagged("post_install", "-at_install")
class TestTerms(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.user = new_test_user(
            cls.env, "test_terms", groups="om_base.group_engineer", lang="zh_CN"
        )

    def test_code_of_other_addons_speaks_our_words(self):
        self.assertEqual(get_translation("mail", "zh_CN", "1 other", ()), "其他 1 人")
        client = code_translations.get_web_translations("web", "zh_CN")["messages"]
        words = {each["id"]: each["string"] for each in client}
        self.assertEqual(words["Missing required fields"], "必填项未填写")
        # What those add-ons say well stays as it is, and so do other languages.
        self.assertEqual(words["Save"], "保存")
        self.assertEqual(get_translation("mail", "en_US", "1 other", ()), "1 other")

    def test_clauses_are_joined_as_the_language_does(self):
        base = self.env["res.partner"]
        clauses = ["甲", "乙", "丙"]
        chinese = base.with_context(lang="zh_CN")._om_join_clauses(clauses)
        self.assertEqual(chinese, "甲；乙；丙")
        english = base.with_context(lang="en_US")._om_join_clauses(clauses)
        self.assertEqual(english, "甲; 乙; 丙")
        self.assertEqual(base._om_join_clauses([]), "")

    def test_records_of_other_addons_carry_our_words(self):
        field = self.env.ref("mail.field_res_users__out_of_office_message")
        self.assertEqual(
            field.with_context(lang="zh_CN").field_description, "休假自动回复"
        )
        self.assertEqual(
            field.with_context(lang="en_US").field_description, "Vacation Responder"
        )

    def test_an_upgrade_of_the_other_addon_brings_its_words_not_back(self):
        field = self.env.ref("mail.field_res_users__out_of_office_message")
        field.with_context(lang="zh_CN").field_description = "别的"
        self.env["ir.module.module"]._load_module_terms(["mail"], ["zh_CN"], True)
        field.invalidate_recordset()
        self.assertEqual(
            field.with_context(lang="zh_CN").field_description, "休假自动回复"
        )

    def test_a_changed_word_of_ours_reaches_a_database_made_before(self):
        field = self.env.ref("om_base.field_res_partner__om_role")
        chinese = field.with_context(lang="zh_CN")
        wanted, chinese.field_description = chinese.field_description, "从前的词"
        self.env["ir.module.module"]._load_module_terms(["om_base"], ["zh_CN"])
        field.invalidate_recordset()
        self.assertEqual(chinese.field_description, wanted)
        self.assertNotEqual(wanted, "从前的词")

    def test_every_extra_term_finds_its_place(self):
        """A misspelt name would be passed over in silence."""
        installed = set(self.env["ir.module.module"]._installed())
        for carrier, rows in extra_terms("zh_CN").items():
            for row in rows:
                if carrier not in installed or row["module"] not in installed:
                    continue
                with self.subTest(carrier=carrier, term=row["src"]):
                    self.assertTrue(row["value"])
                    if row["type"] == "code":
                        continue
                    name = f"{row['module']}.{row['imd_name']}"
                    self.assertTrue(self.env.ref(name, raise_if_not_found=False), name)

    def _refusal(self, operation, lang):
        self.user.lang = lang
        party = self.env["res.partner"].create({"name": "甲方"})
        self.env["ir.rule"].create(
            {
                "name": "nobody",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", party.id)],
            }
        )
        record = party.with_user(self.user).with_context(lang=lang)
        with self.assertRaises(AccessError) as refused:
            record.check_access(operation)
        return str(refused.exception)

    def test_a_rule_refuses_in_plain_words(self):
        self.assertEqual(
            self._refusal("read", "zh_CN"),
            "您不能查看以下内容：联系人。\n您的角色没有这项权限；工作需要时，请联系系统管理员。",
        )
        self.assertEqual(
            self._refusal("read", "en_US"),
            "You may not read these records: Contact.\nYour role does not reach them."
            " If your work needs them, ask your administrator.",
        )


@tagged("post_install", "-at_install")
class TestChineseDates(TransactionCase):
    def test_weeks_start_on_monday_and_dates_have_one_form(self):
        lang = self.env.ref("base.lang_zh_CN")
        self.assertEqual((lang.week_start, lang.date_format), ("1", "%Y-%m-%d"))

    def _labels(self, granularity, lang):
        self.env["res.lang"]._activate_lang(lang)
        days = self.env["om.calendar.day"].with_context(lang=lang)
        groups = days.web_read_group(
            [("id", "in", self.day.ids)], [f"date:{granularity}"]
        )["groups"]
        return [group[f"date:{granularity}"] for group in groups]

    def test_groups_of_dates_read_as_chinese(self):
        self.env.cr.execute("DELETE FROM om_calendar_day")
        self.day = self.env["om.calendar.day"].create({"date": "2090-03-01"})
        for granularity, label in (
            ("day", "2090年3月1日"),
            ("week", "2090年第9周"),
            ("month", "2090年3月"),
            ("quarter", "2090年第1季度"),
            ("year", "2090年"),
        ):
            with self.subTest(granularity=granularity):
                self.assertEqual(self._labels(granularity, "zh_CN")[0][1], label)
        self.assertEqual(
            self._labels("month", "en_US")[0], ("2090-03-01", "March 2090")
        )

    def test_times_are_grouped_by_the_local_day(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        party = self.env["res.partner"].create({"name": "甲方"})
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = '2090-02-28 17:00' WHERE id = %s",
            [party.id],
        )
        parties = self.env["res.partner"].with_context(lang="zh_CN", tz="Asia/Shanghai")
        [group] = parties.web_read_group(
            [("id", "=", party.id)], ["create_date:month"]
        )["groups"]
        self.assertEqual(
            group["create_date:month"], ("2090-02-28 16:00:00", "2090年3月")
        )
