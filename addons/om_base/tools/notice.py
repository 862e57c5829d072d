"""Reads a State Council notice on one year's holidays.

Each November the General Office of the State Council publishes the next year's
holidays in sentences of one pattern::

    二、春节：2月15日（周日）至23日（周一）放假调休，共9天。2月14日（周六）上班。

Such text can be pasted as it is; short lines of one's own work too::

    2027-02-05 至 2027-02-12 春节
    2.14 2.28 上班

What the text says twice is checked: weekdays in brackets, "共9天", the year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .workdays import FIRST_YEAR, LAST_YEAR, is_weekend

LONGEST_HOLIDAY = 20
_WEEKDAYS = "一二三四五六日"

_NUMBERING = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十]+[)）]?[、.．]|[（(]\d+[)）]|\d+、)\s*"
)
_TITLE = re.compile(r"^([^\d:：]{1,20})[:：]\s*")
_TOTAL = re.compile(r"共\s*(\d+)\s*天")
_TOKEN = re.compile(
    r"(?P<iso>(?P<y1>\d{4})\s*[-/.年]\s*)?"
    r"(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?:\s*[日号])?(?!\d)"
    r"|(?P<only>\d{1,2})\s*[日号]"
    r"|(?P<range>至|到|[~～—–]+|-+|\bto\b)"
    r"|(?P<bracket>[（(][^（）()]*[)）])"
    r"|(?P<sep>[、,，和及与\s]+)"
    r"|(?P<word>[^\d、,，~～—–（(\s-]+|.)"
)
_NOISE = re.compile(r"放假|调休|上班|补班|工作日|休息|连休|周末|正常|\.")
_WORK = re.compile(r"上班|补班")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing in the text that cannot be taken as it stands.

    ``code`` names the kind (see ``PROBLEMS``), ``line`` the line (from 1, 0 for the
    whole), ``text`` and ``detail`` what it is about.
    """

    code: str
    line: int
    text: str
    detail: str = ""


PROBLEMS = (
    "no_date",  # a line without a date
    "bad_date",  # no such day
    "unknown",  # characters that mean nothing here
    "year",  # a date of another year
    "backwards",  # a range that ends before it begins
    "long",  # more days than any holiday has
    "weekday",  # the weekday in brackets is not that date's
    "total",  # "共N天" and the days counted differ
    "makeup_weekday",  # a make-up day that is an ordinary weekday
    "twice",  # one day both off and worked
    "empty",  # no holiday at all
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a text says: {day: holiday name} off and worked, and what is wrong."""

    holidays: dict[date, str]
    workdays: dict[date, str]
    problems: tuple[Problem, ...]


class _Line:
    """Scans one line; collects days and problems."""

    def __init__(self, number: int, year: int) -> None:
        self.number = number
        self.year = year
        self.problems: list[Problem] = []

    def report(self, code: str, text: str, detail: str = "") -> None:
        self.problems.append(Problem(code, self.number, text.strip(), detail))

    def _date(self, token: re.Match, previous: date | None) -> date | None:
        if token["only"]:
            year = previous.year if previous else self.year
            month = previous.month if previous else 0
            day = int(token["only"])
        else:
            year = int(token["y1"] or self.year)
            month, day = int(token["m"]), int(token["d"])
        try:
            found = date(year, month, day)
        except ValueError:
            self.report("bad_date", token[0])
            return None
        # A New Year holiday may begin in the December before.
        if year != self.year and (year, month) != (self.year - 1, 12):
            self.report("year", token[0], str(self.year))
            return None
        return found

    def _check_weekday(self, bracket: str, day: date) -> None:
        said = re.search(r"(?:周|星期)([一二三四五六日天])", bracket)
        if said:
            actual = _WEEKDAYS[day.weekday()]
            if said[1].replace("天", "日") != actual:
                self.report("weekday", f"{day} {said[0]}", "周" + actual)

    def scan(self, clause: str) -> tuple[list[date], str]:
        """(days in order, words that remain)"""
        days: list[date] = []
        words: list[str] = []
        last: date | None = None
        open_range = False
        for token in _TOKEN.finditer(clause):
            if token["m"] or token["only"]:
                day = self._date(token, last)
                if day is None:
                    open_range = False
                    continue
                days += self._expand(last, day) if open_range and last else [day]
                last, open_range = day, False
            elif token["range"]:
                open_range = True
            elif token["bracket"] and last:
                self._check_weekday(token["bracket"], last)
            elif token["word"]:
                words.append(token["word"])
        return days, _NOISE.sub("", "".join(words)).strip()

    def _expand(self, first: date, last: date) -> list[date]:
        count = (last - first).days
        if count <= 0:
            self.report("backwards", f"{first} – {last}")
            return []
        if count >= LONGEST_HOLIDAY:
            self.report("long", f"{first} – {last}", str(count + 1))
            return []
        return [first + timedelta(days=each + 1) for each in range(count)]


def _clauses(line: str) -> Iterator[str]:
    return (part for part in re.split(r"[。；;]", line) if part.strip())


class _Reader:
    def __init__(self, year: int) -> None:
        self.year = year
        self.off: dict[date, str] = {}
        self.worked: dict[date, str] = {}
        self.problems: list[Problem] = []

    def add_text(self, text: str, all_worked: bool) -> None:
        for number, raw in enumerate(text.splitlines(), 1):
            if raw.strip():
                self._read_line(_Line(number, self.year), raw, all_worked)

    def _read_line(self, line: _Line, raw: str, all_worked: bool) -> None:
        body = _NUMBERING.sub("", raw.strip())
        title = _TITLE.match(body)
        name = title[1].strip() if title else ""
        if title:
            body = body[title.end() :]
        found = False
        for clause in _clauses(body):
            said = _TOTAL.search(clause)
            days, words = line.scan(_TOTAL.sub("", clause))
            if not days:
                continue
            found = True
            if words and (re.search(r"\d", words) or len(words) > 20):
                line.report("unknown", words)
            label = name or words
            if all_worked or _WORK.search(clause):
                self._add(self.worked, days, label)
                continue
            name = label
            self._add(self.off, days, label)
            if said and int(said[1]) != len(days):
                line.report("total", said[0], str(len(days)))
        if not found and not line.problems:
            line.report("no_date", raw)
        self.problems += line.problems

    @staticmethod
    def _add(target: dict[date, str], days: list[date], name: str) -> None:
        for day in days:
            target[day] = target.get(day) or name


def read_notice(year: int, holidays: str, workdays: str = "") -> Notice:
    """What the pasted text says about ``year``; nothing is raised for bad text.

    :param year: the year the notice is for; dates without a year belong to it
    :param holidays: the notice, or lines of days off; clauses that say 上班 or 补班
        are make-up days
    :param workdays: lines of make-up days only
    :raises ValueError: a year outside the working-day calendar
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"{year} is outside {FIRST_YEAR} to {LAST_YEAR}")
    reader = _Reader(year)
    reader.add_text(holidays, all_worked=False)
    reader.add_text(workdays, all_worked=True)
    problems = reader.problems
    for day in sorted(reader.worked):
        if not is_weekend(day):
            problems.append(Problem("makeup_weekday", 0, str(day)))
        if day in reader.off:
            problems.append(Problem("twice", 0, str(day)))
    if not reader.off and not problems:
        problems.append(Problem("empty", 0, ""))
    return Notice(
        dict(sorted(reader.off.items())),
        dict(sorted(reader.worked.items())),
        tuple(problems),
    )
