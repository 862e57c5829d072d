"""Reckon deadlines with our engine and with resource.calendar, and report."""

import json
import random
import time
from datetime import UTC, date, datetime, timedelta

from odoo.addons.om_helpdesk.engine.policy import Times, judge_fault
from odoo.addons.om_helpdesk.engine.sla import Pause, Target, calculate, get_deadline

ENV = env  # noqa: F821  (the shell provides it)
OURS, STOCK = 200_000, 600
RANDOM = random.Random(2026)

calendar = ENV.ref("om_helpdesk.om_service_calendar_5x8")._get_engine_calendar()
workdays = calendar.workdays
policy = ENV.ref("om_helpdesk.om_sla_policy_default")._get_engine_policy()

stock = ENV["resource.calendar"].create(
    {
        "name": "5x8",
        "tz": "Asia/Shanghai",
        "attendance_ids": [(5, 0, 0)]
        + [
            (
                0,
                0,
                {
                    "name": "5x8",
                    "dayofweek": str(day),
                    "hour_from": first,
                    "hour_to": last,
                    "day_period": period,
                },
            )
            for day in range(5)
            for first, last, period in ((9, 12, "morning"), (13, 18, "afternoon"))
        ],
    }
)
year = [date(2026, 1, 1) + timedelta(days=index) for index in range(365)]
notes = {day: workdays.note(day) for day in year if workdays.note(day)}
ENV["resource.calendar.leaves"].create(
    [
        {
            "name": note.name,
            "calendar_id": stock.id,
            # midnight to midnight in Beijing
            "date_from": datetime(day.year, day.month, day.day) - timedelta(hours=8),
            "date_to": datetime(day.year, day.month, day.day, 15, 59, 59),
        }
        for day, note in notes.items()
        if note.kind == "holiday"
    ]
)
ENV.flush_all()
makeups = [day for day, note in notes.items() if note.kind == "makeup"]


def draw(count):
    """Reports of 2026 and promised hours."""
    first = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        (
            first + timedelta(seconds=RANDOM.randrange(320 * 86400)),
            RANDOM.randint(1, 40),
        )
        for _index in range(count)
    ]


def rate(action, questions):
    """(answers per second, answers)"""
    action(*questions[0])  # what is read once is read
    started = time.perf_counter()
    answers = [action(*question) for question in questions]
    return len(questions) / (time.perf_counter() - started), answers


TARGETS = {
    hours: Target(hours, "hour", "service_hours", calendar) for hours in range(1, 41)
}


def reckon(start, hours):
    return get_deadline(start, TARGETS[hours])


def reckon_paused(start, hours):
    pause = Pause(start + timedelta(hours=1), start + timedelta(hours=30))
    return calculate(start, TARGETS[hours], [pause]).deadline


def elapsed(start, hours):
    return calendar.elapsed(start, start + timedelta(hours=5 * hours))


def judge(start, hours):
    return judge_fault(policy, "general", Times(start), start + timedelta(hours=hours))


def stock_reckon(start, hours):
    return stock.plan_hours(hours, start, compute_leaves=True)


def stock_elapsed(start, hours):
    return stock.get_work_hours_count(start, start + timedelta(hours=5 * hours))


few, many = draw(STOCK), draw(OURS)
stock_rate, stock_answers = rate(stock_reckon, few)
stock_span_rate, stock_spans = rate(stock_elapsed, few)
our_rate, _answers = rate(reckon, many)
our_span_rate, _answers = rate(elapsed, many)

compared = 0
for question, theirs, span in zip(few, stock_answers, stock_spans, strict=True):
    start, hours = question
    ours = reckon(start, hours)
    end = max(ours, start + timedelta(hours=5 * hours)).date()
    if any(start.date() - timedelta(days=1) <= day <= end for day in makeups):
        continue
    assert abs((theirs - ours).total_seconds()) < 1, (question, ours, theirs)
    assert abs(elapsed(start, hours) - span * 3600) < 1, (question, span)
    compared += 1

report = {
    "rows": [
        {"what": "deadline from start", "ours": our_rate, "stock": stock_rate},
        {
            "what": "service time between two moments",
            "ours": our_span_rate,
            "stock": stock_span_rate,
        },
    ],
    "ours_only": [
        {"what": "deadline with a pause", "ours": rate(reckon_paused, many)[0]},
        {"what": "whole fault judged", "ours": rate(judge, many[:50_000])[0]},
    ],
    "compared": compared,
    "makeup": STOCK - compared,
}
print("BENCH " + json.dumps(report))
