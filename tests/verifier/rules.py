"""Random cases for the rules that stand twice: in Python, and in the JavaScript of the
page that a settlement's package carries. A case is its input as JSON and what Python
says of it."""

import hashlib
import importlib
import sys
import types
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[2] / "addons"


def _load(addon, folder, *names):
    """Modules of an add-on without the add-on: its rules import nothing of Odoo."""
    package = types.ModuleType(f"rules_{addon}")
    package.__path__ = [str(ADDONS / addon / folder)]
    sys.modules[package.__name__] = package
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]


workdays, periods = _load("om_base", "tools", "workdays", "periods")
sla, service_calendar = _load("om_helpdesk", "engine", "sla", "service_calendar")
penalties, reductions, milestones, terms = _load(
    "om_contract", "engine", "penalties", "reductions", "milestones", "terms"
)
(assessment,) = _load("om_assessment", "engine", "assessment")

FIRST, LAST = date(2025, 1, 1), date(2028, 12, 31)


def _money(random, most=10**9):
    return Decimal(random.randrange(most)) / 100


def _moment(value):
    return value and value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(value):
    return value and value.isoformat()


def _calendar(random):
    """Working days with some of them turned over, and how a package tells them."""
    overrides = {
        FIRST + timedelta(days=random.randrange((LAST - FIRST).days)): random.random()
        < 0.5
        for _each in range(random.randrange(30))
    }
    days = workdays.WorkdayCalendar(overrides)
    told = {}
    day = FIRST
    while day <= LAST:
        note = days.note(day)
        if note and note.kind != "weekend":
            told[day.isoformat()] = [note.kind, note.name]
        day += timedelta(days=1)
    return days, {"days": told, "first": str(FIRST), "last": str(LAST)}


# The notices of real years take time to read; a few calendars serve many cases.
def make_calendars(random, number=8):
    return [_calendar(random) for _each in range(number)]


def _windows(random):
    windows = []
    for weekday in range(7):
        if weekday < 5 or random.random() < 0.4:
            cuts = sorted(random.sample(range(0, 1441, 15), random.choice((2, 2, 4))))
            windows += [
                service_calendar.Window(weekday, *cuts[place : place + 2])
                for place in range(0, len(cuts), 2)
            ]
    return windows


def deadline(random, calendars):
    """A promise with pauses, judged at some moment."""
    days, told = random.choice(calendars)
    always = random.random() < 0.2
    hours = service_calendar.ServiceCalendar(
        () if always else _windows(random),
        days,
        always=always,
        holidays=random.random() < 0.7,
    )
    unit = random.choice(("minute", "hour", "hour", "workday", "day"))
    value = random.randrange(12)
    if unit in ("minute", "hour") and random.random() < 0.3:
        value += random.choice((0.5, 0.25, 0.1))
    target = sla.Target(value, unit, random.choice(("always", "service_hours")), hours)
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(
        seconds=random.randrange(360 * 86400)
    )
    # Round hours meet the edges of windows, and moments each other.
    if random.random() < 0.5:
        start = start.replace(minute=random.choice((0, 15, 30)), second=0)

    def later(moment, most):
        seconds = random.choice((0, 900, 3600, random.randrange(most)))
        return moment + timedelta(seconds=seconds)

    pauses, moment = [], start - timedelta(seconds=random.choice((0, 7200)))
    for _each in range(random.choice((0, 0, 1, 2, 3))):
        first = later(moment, 3 * 86400)
        moment = later(first, 3 * 86400)
        pauses.append(sla.Pause(first, moment))
    if pauses and random.random() < 0.2:
        pauses[-1] = pauses[-1]._replace(end=None)
    stop = later(start, 10 * 86400) if random.random() < 0.7 else None
    now = later(max(stop or start, start), 10 * 86400)
    verdict = sla.judge(start, target, now, stop, pauses)
    given = {
        "calendar": told,
        "hours": hours.tell(),
        "now": _moment(now),
        "pauses": [[_moment(each.start), _moment(each.end)] for each in pauses],
        "target": {
            "start": _moment(start),
            "stop": _moment(stop),
            "value": str(value),
            "unit": unit,
            "clock": target.clock,
        },
    }
    return given, [_moment(verdict.deadline), verdict.status]


def _number(random, most, places):
    return Decimal(random.randrange(most * 10**places)) / 10**places


def sheet(random, _calendars):
    """A scheme, what was found, a fee."""
    basis = random.choice(("minus", "weights"))
    lines, measures = [], {}
    keys = [f"fact {number}" for number in range(6)]
    for number in range(random.randrange(1, 7)):
        rule = random.choice(("all", "unit"))
        bonus = random.random() < 0.15
        limited = rule == "all" or (basis == "weights" and not bonus)
        line = assessment.Line(
            key=str(number),
            kind=random.choice(("share", "amount", "count")),
            operator=random.choice((">=", "<=")),
            target=_number(random, 100, random.choice((0, 2, 4))),
            rule=rule,
            points=_number(random, 5, 2),
            step=random.choice(
                (Decimal(1), Decimal("0.5"), Decimal(3), Decimal("0.7"))
            ),
            rounding=random.choice(("exact", "started", "whole")),
            most=_number(random, 30, 2) + Decimal("0.01")
            if limited or random.random() < 0.5
            else None,
            bonus=bonus,
            veto=random.random() < 0.05,
        )
        lines.append(line)
        state = random.choice(("measured",) * 6 + ("na", "missing"))
        if state != "measured":
            measures[line.key] = assessment.Measure(state)
        elif line.kind == "count":
            facts = tuple(
                assessment.Fact(key, key, random.random() < 0.2)
                for key in random.sample(keys, random.randrange(len(keys)))
            )
            measures[line.key] = assessment.Measure("measured", facts=facts)
        else:
            measures[line.key] = assessment.Measure(
                "measured",
                _number(random, 1000, random.choice((0, 2))),
                _number(random, 1000, 0) if line.kind == "share" else Decimal(1),
            )
    lows = sorted(random.sample(range(0, 100), random.randrange(1, 4)))
    shares = sorted(_number(random, 100, 1) for _each in lows)
    bands = tuple(
        assessment.Band(Decimal(low), str(low), share)
        for low, share in zip(lows, shares, strict=True)
    )
    money = assessment.Money(
        random.choice(("none", "point", "fee_point", "band", "withhold")),
        _number(random, 20, 4),
        random.choice((Decimal(0), Decimal(5))),
        Decimal(90),
        *(
            _number(random, 20000, 2) if random.random() < 0.3 else None
            for _each in range(3)
        ),
    )
    scheme = assessment.Scheme(
        tuple(lines),
        basis,
        Decimal(100),
        random.choice((Decimal(0), Decimal(60))),
        random.choice((Decimal(0), Decimal(5))),
        bands,
        money,
    )
    fee, charged = _money(random), _money(random, 10**6)
    try:
        found = assessment.evaluate(scheme, measures, fee, charged)
    except assessment.SchemeError:
        return sheet(random, _calendars)

    def text(value):
        return None if value is None else format(value, "f")

    given = {
        "scheme": {
            "basis": basis,
            "full": "100",
            "floor": text(scheme.floor),
            "bonusMost": text(scheme.bonus_most),
            "bands": [[text(band.low), text(band.coefficient)] for band in bands],
            "money": [
                text(each) if isinstance(each, Decimal) else each
                for each in (
                    money.rule,
                    money.value,
                    money.free,
                    money.threshold,
                    money.cap,
                    money.cap_fee,
                    money.cap_total,
                )
            ],
            "lines": [
                {
                    "key": line.key,
                    "kind": line.kind,
                    "operator": line.operator,
                    "target": text(line.target),
                    "rule": line.rule,
                    "points": text(line.points),
                    "step": text(line.step),
                    "rounding": line.rounding,
                    "most": text(line.most),
                    "bonus": line.bonus,
                    "veto": line.veto,
                }
                for line in lines
            ],
        },
        "measures": {
            key: {
                "state": measure.state,
                "numerator": text(measure.numerator),
                "denominator": text(measure.denominator),
                "facts": [[fact.key, fact.claimed] for fact in measure.facts],
            }
            for key, measure in measures.items()
        },
        "fee": text(fee),
        "charged": text(charged),
    }
    lines_found = [
        [f"{line.lost:.2f}", f"{line.bonus:.2f}", f"{line.money:.2f}"]
        for line in found.lines
    ]
    score = None if found.score is None else f"{found.score:.2f}"
    return given, [score, f"{found.money:.2f}", lines_found]


def fee(random, _calendars):
    """The fee of a period over some systems."""
    served = []
    for _each in range(random.randrange(1, 4)):
        first = date(2026, 1, 1) + timedelta(days=random.randrange(200))
        since = first + timedelta(days=random.randrange(-5, 100))
        served.append(
            assessment.Served(
                _money(random),
                first,
                first + timedelta(days=random.randrange(400)),
                since,
                since + timedelta(days=random.randrange(-1, 60)),
            )
        )
    given = [[f"{each.fee:f}", *map(str, each[1:])] for each in served]
    return given, f"{assessment.period_fee(served):.2f}"


def deduction(random, _calendars):
    """A share of the price, days of default, days without service."""
    base, percent = _money(random), _number(random, 3, 4)
    start = date(2026, 1, 1) + timedelta(days=random.randrange(300))

    def after(most, least=0):
        return start + timedelta(days=random.randrange(least, most))

    method = random.choice(("once", "daily", "stop"))
    given = {"method": method, "base": f"{base:f}", "percent": f"{percent:f}"}
    if method == "once":
        return given, f"{penalties.share(base, percent):.2f}"
    if method == "daily":
        since = after(30, -30) if random.random() < 0.5 else None
        until, grace = after(90), random.choice((0, 10))
        given |= {
            "demanded": str(start),
            "until": str(until),
            "grace_days": grace,
            "since": _day(since),
        }
        found = penalties.daily_penalty(
            base, percent, start, until, grace_days=grace, since=since
        )
        return given, f"{found.amount:.2f}"
    end, stopped = after(400), after(500, -20)
    given |= {"service": [str(start), str(end)], "stopped": str(stopped)}
    return given, f"{reductions.reduction(base, start, end, stopped).amount:.2f}"


def payment(random, calendars):
    """The parts of a price, and when one of them is due."""
    number = random.randrange(1, 5)
    cuts = sorted(random.sample(range(1, 100), number - 1))
    percents = [
        Decimal(high - low) for low, high in zip([0, *cuts], [*cuts, 100], strict=True)
    ]
    price = _money(random, random.choice((10, 10**4, 10**10)))
    takes_rest = random.random() < 0.5
    split = milestones.split_price(
        price, [*percents[:-1], None if takes_rest else percents[-1]]
    )
    parts = [part.amount for part in split]
    reviewed = _money(random, int(price * 120) + 1) if random.random() < 0.5 else None
    if reviewed is not None:
        others = dict(enumerate(parts[:-1]))
        parts[-1] = milestones.settle(reviewed, others).amount
    deducted = [
        [f"{_money(random, 10**6):f}" for _each in range(random.randrange(3))]
        for _part in parts
    ]
    due = [
        f"{milestones.Balance(part, sum(map(Decimal, own), Decimal(0))).due:.2f}"
        for part, own in zip(parts, deducted, strict=True)
    ]
    workdays_, told = random.choice(calendars)

    def day(most=200):
        return date(2026, 3, 1) + timedelta(days=random.randrange(most))

    conditions = [
        terms.Condition(day() if random.random() < 0.9 else None, random.random() < 0.7)
        for _each in range(random.randrange(4))
    ]
    delays = []
    for _each in range(random.choice((0, 0, 1, 2))):
        first = day(300)
        last = first + timedelta(days=random.randrange(60))
        delays.append(
            terms.Delay(
                first,
                last if random.random() < 0.9 else None,
                random.choice((0, 7)),
            )
        )
    value, unit = random.randrange(40), random.choice(("workday", "day", "month"))
    value = value % 12 if unit == "month" else value
    found = terms.due_date(
        conditions,
        value,
        unit,
        lambda start, length, of: periods.end_of_period(start, length, of, workdays_),
        delays,
    )
    given = {
        "calendar": told,
        "price": f"{price:f}",
        "reviewed": None if reviewed is None else f"{reviewed:f}",
        "payments": [
            {
                "percent": f"{percent:f}",
                "fixed": None,
                "is_last": place == number - 1,
                "is_ended": False,
                "deducted": own,
            }
            for place, (percent, own) in enumerate(zip(percents, deducted, strict=True))
        ],
        "term": {
            "term": [value, unit],
            "conditions": [[_day(each.day), each.starts_term] for each in conditions],
            "delays": [
                [_day(each.start), _day(each.end), each.resume_days] for each in delays
            ],
        },
    }
    return given, [[f"{part:.2f}" for part in parts], due, found and _day(found.day)]


def fingerprint(random, _calendars):
    """Bytes, handed over in pieces."""
    content = random.randbytes(random.choice((0, 1, 55, 56, 63, 64, 65, 500)))
    cut = random.randrange(len(content) + 1)
    return [list(content[:cut]), list(content[cut:])], hashlib.sha256(
        content
    ).hexdigest()


KINDS = (deadline, sheet, fee, deduction, payment, fingerprint)
# How the page's rules answer a case.
ASK = """
cases => {
    const S = Settlement, dec = S.dec;
    const optional = text => text === null ? null : dec(text);
    const money = amount => S.cents(amount).toString();
    const workdays = told => new S.Workdays(told.days, told.first, told.last);
    const ask = {
        deadline: given => {
            const hours = new S.Hours(given.hours, workdays(given.calendar));
            const found = S.judge(given.target, given.pauses, hours, given.now);
            return [found.deadline, found.status];
        },
        sheet: ({scheme, measures, fee, charged}) => {
            const [rule, value, free, threshold, cap, capFee, capTotal] = scheme.money;
            const own = {
                basis: scheme.basis, full: dec(scheme.full), floor: dec(scheme.floor),
                bonusMost: dec(scheme.bonusMost),
                bands: scheme.bands.map(([low, coefficient]) => (
                    {low: dec(low), coefficient: dec(coefficient)})),
                money: {
                    rule, value: dec(value), free: dec(free), threshold: dec(threshold),
                    cap: optional(cap), capFee: optional(capFee),
                    capTotal: optional(capTotal),
                },
                lines: scheme.lines.map(line => ({
                    ...line, target: dec(line.target), points: dec(line.points),
                    step: dec(line.step), most: optional(line.most),
                })),
            };
            const found = {};
            for (const [key, each] of Object.entries(measures)) {
                found[key] = {
                    ...each, numerator: dec(each.numerator),
                    denominator: dec(each.denominator),
                };
            }
            const result = S.evaluate(own, found, dec(fee), dec(charged));
            return [
                result.score && money(result.score), money(result.money),
                result.lines.map(each => [
                    money(each.lost), money(each.bonus), money(each.money)]),
            ];
        },
        fee: given => money(S.periodFee(given.map(([fee, ...days]) => {
            const [first, last, since, until] = days.map(S.toDay);
            return {fee: dec(fee), first, last, since, until};
        }))),
        deduction: given => money(S.deduct(given)),
        payment: given => {
            const paid = S.pay(given.price, given.payments, given.reviewed);
            const day = S.dueDay(given.term, workdays(given.calendar));
            return [
                paid.map(each => money(each.amount)), paid.map(each => money(each.due)),
                S.fromDay(day),
            ];
        },
        fingerprint: ([one, two]) => new S.Sha256().update(Uint8Array.from(one))
            .update(Uint8Array.from(two)).hex(),
    };
    return cases.map(([kind, given]) => {
        try { return ask[kind](given); } catch (error) { return String(error.stack); }
    });
}
"""
