from datetime import date

from odoo.tests import BaseCase

from ..tools.notice import PROBLEMS, read_notice
from .common import MAKEUP_2026, REST_2026

NOTICE_2026 = """
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
"""  # noqa: E501


class TestNotice(BaseCase):
    def test_the_notice_as_published(self):
        notice = read_notice(2026, NOTICE_2026)
        self.assertEqual(notice.problems, ())
        self.assertEqual(set(notice.holidays), REST_2026)
        self.assertEqual(set(notice.workdays), MAKEUP_2026)
        self.assertEqual(notice.holidays[date(2026, 2, 23)], "春节")
        self.assertEqual(notice.workdays[date(2026, 9, 20)], "国庆节")

    def test_short_lines(self):
        february = {date(2027, 2, day) for day in range(5, 13)}
        for line in (
            "2027-02-05 至 2027-02-12 春节",
            "2027-02-05 - 2027-02-12 春节",
            "2027/2/5~2027/2/12 春节",
            "2.5-2.12 春节",
            "春节 2月5日—12日",
            "春节：2月5日到2月12日",
            "2027年2月5日、6日、7日、8日至12日 春节",
        ):
            with self.subTest(line=line):
                notice = read_notice(2027, line, "2027-02-14\n2.20、2.27")
                self.assertEqual(notice.problems, ())
                self.assertEqual(set(notice.holidays), february)
                self.assertEqual(set(notice.holidays.values()), {"春节"})
                self.assertEqual(
                    list(notice.workdays), [date(2027, 2, day) for day in (14, 20, 27)]
                )

    def test_december_before(self):
        notice = read_notice(2027, "2026年12月31日至2027年1月2日 元旦")
        self.assertEqual(notice.problems, ())
        self.assertEqual(min(notice.holidays), date(2026, 12, 31))
        self.assertEqual(len(notice.holidays), 3)

    def test_problems(self):
        for text, codes in (
            ("hello", ["no_date"]),
            ("2月30日", ["bad_date"]),
            ("2月5日至40日", ["bad_date"]),
            ("2月5日 12", ["unknown"]),
            ("2026-05-01 劳动节", ["year"]),
            ("2028-01-01 元旦", ["year"]),
            ("2.12-2.5 春节", ["backwards"]),
            ("1.1-3.1", ["long"]),
            ("1月1日（周一）放假", ["weekday"]),
            ("1月1日（星期五）放假，共2天", ["total"]),
            ("1月1日放假\n2月3日上班", ["makeup_weekday"]),
            ("2月6日放假。2月6日上班", ["twice"]),
            ("", ["empty"]),
            ("2月20日上班", ["empty"]),
        ):
            with self.subTest(text=text):
                found = [problem.code for problem in read_notice(2027, text).problems]
                self.assertEqual(found, codes)
                self.assertLessEqual(set(found), set(PROBLEMS))

    def test_problems_name_their_line_and_do_not_hide_each_other(self):
        notice = read_notice(2027, "1月1日放假\n\n你好\n2月31日放假", "x")
        self.assertEqual(
            [(each.code, each.line) for each in notice.problems],
            [("no_date", 3), ("bad_date", 4), ("no_date", 1)],
        )

    def test_year_is_checked(self):
        for year in (0, 1949, 2100):
            with self.assertRaises(ValueError):
                read_notice(year, "1月1日")
