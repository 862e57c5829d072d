"use strict";
/* The rules of a settlement in plain JavaScript: days, deadlines, score sheets,
 * deductions, payments. No network, no library, no clock. Written from the documents and
 * held against the rules in Python on random cases; it reads the facts of a package and
 * knows nothing of the program that wrote them. */
const Settlement = (() => {
    // ---------------------------------------------------------------------------
    // Decimals of 28 digits, rounded half even where more are needed: the arithmetic
    // in which scores and amounts are reckoned.
    // ---------------------------------------------------------------------------
    const DIGITS = 28;
    const TEN = 10n;
    const pow = (n) => TEN ** BigInt(n);
    const abs = (n) => (n < 0n ? -n : n);

    function divide(n, d, how) {
        // Both positive; how: down, up, half (away from zero), even
        const q = n / d;
        const r = n % d;
        if (!r || how === "down") {
            return q;
        }
        if (how === "up") {
            return q + 1n;
        }
        const twice = 2n * r;
        const isUp = twice > d || (twice === d && (how === "half" || q % 2n === 1n));
        return isUp ? q + 1n : q;
    }

    class Decimal {
        /* n × 10^-e */
        constructor(n, e) {
            this.n = n;
            this.e = e;
        }
        static of(text) {
            if (text instanceof Decimal) {
                return text;
            }
            const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(String(text));
            if (!match || !(match[2] || match[3])) {
                throw new Error(`no number: ${text}`);
            }
            const part = match[3] || "";
            const n = BigInt(match[2] + part);
            return new Decimal(match[1] ? -n : n, part.length);
        }
        fit() {
            const size = abs(this.n).toString().length;
            if (size <= DIGITS) {
                return this;
            }
            const cut = size - DIGITS;
            const sign = this.n < 0n ? -1n : 1n;
            const n = sign * divide(abs(this.n), pow(cut), "even");
            return new Decimal(n, this.e - cut).fit();
        }
        scaled(e) {
            return this.n * pow(e - this.e);
        }
        plus(other) {
            const e = Math.max(this.e, other.e);
            return new Decimal(this.scaled(e) + other.scaled(e), e).fit();
        }
        minus(other) {
            return this.plus(new Decimal(-other.n, other.e));
        }
        times(other) {
            return new Decimal(this.n * other.n, this.e + other.e).fit();
        }
        over(other) {
            if (!other.n) {
                throw new Error("divided by nothing");
            }
            const sign = this.n < 0n !== other.n < 0n ? -1n : 1n;
            let n = abs(this.n);
            const d = abs(other.n);
            let e = this.e - other.e;
            // Enough digits that what is cut off only has to be known as a rest.
            const more = Math.max(DIGITS + 3 + d.toString().length - n.toString().length, 0);
            n *= pow(more);
            e += more;
            let q = n / d;
            const r = n % d;
            const size = q.toString().length;
            const cut = size - DIGITS;
            if (cut > 0) {
                q = divide(n, d * pow(cut), "even");
                e -= cut;
            } else if (r) {
                throw new Error("too few digits");
            }
            return new Decimal(sign * q, e).fit();
        }
        compare(other) {
            const e = Math.max(this.e, other.e);
            const difference = this.scaled(e) - other.scaled(e);
            return difference < 0n ? -1 : difference > 0n ? 1 : 0;
        }
        round(places, how) {
            if (this.e <= places) {
                return new Decimal(this.scaled(places), places);
            }
            const sign = this.n < 0n ? -1n : 1n;
            let mode = how;
            if (how === "ceiling") {
                mode = this.n < 0n ? "down" : "up";
            }
            return new Decimal(sign * divide(abs(this.n), pow(this.e - places), mode), places);
        }
        get isZero() {
            return this.n === 0n;
        }
        toString() {
            const sign = this.n < 0n ? "-" : "";
            if (this.e <= 0) {
                return sign + (abs(this.n) * pow(-this.e)).toString();
            }
            const text = abs(this.n).toString().padStart(this.e + 1, "0");
            return `${sign}${text.slice(0, -this.e)}.${text.slice(-this.e)}`;
        }
    }
    const dec = Decimal.of;
    const ZERO = dec("0");
    const HUNDRED = dec("100");
    const least = (a, b) => (a.compare(b) <= 0 ? a : b);
    const most = (a, b) => (a.compare(b) >= 0 ? a : b);
    const cents = (amount) => amount.round(2, "half");
    const sum = (list) => list.reduce((a, b) => a.plus(b), ZERO);

    // ---------------------------------------------------------------------------
    // Days: numbers counted from 1970-01-01
    // ---------------------------------------------------------------------------
    const DAY = 86400;
    const SHANGHAI = 8 * 3600;
    const toDay = (text) => (text ? Date.parse(`${text}T00:00:00Z`) / 1000 / DAY : null);
    const fromDay = (day) =>
        day === null ? null : new Date(day * DAY * 1000).toISOString().slice(0, 10);
    // Local seconds since 1970-01-01 in Shanghai.
    const toLocal = (text) => (text ? Date.parse(text) / 1000 + SHANGHAI : null);
    const fromLocal = (local) =>
        local === null
            ? null
            : new Date((local - SHANGHAI) * 1000).toISOString().replace(".000Z", "Z");
    // Monday is 0.
    const weekday = (day) => (((day + 3) % 7) + 7) % 7;
    const floorDiv = (a, b) => Math.floor(a / b);

    class Workdays {
        /* ``days``: {day: [kind, name]} of the holidays and make-up days from ``first``
         * to ``last``; nobody knows what lies beyond. */
        constructor(days, first, last) {
            this.days = days;
            this.first = first === undefined ? -Infinity : toDay(first);
            this.last = last === undefined ? Infinity : toDay(last);
        }
        kind(day) {
            if (day < this.first || day > this.last) {
                throw new Error(fromDay(day));
            }
            const known = this.days[fromDay(day)];
            if (known) {
                return known[0];
            }
            return weekday(day) >= 5 ? "weekend" : null;
        }
        isWorkday(day) {
            const kind = this.kind(day);
            return kind === null || kind === "makeup";
        }
        add(day, n) {
            while (n > 0) {
                day += 1;
                n -= this.isWorkday(day) ? 1 : 0;
            }
            return day;
        }
        count(a, b) {
            if (b < a) {
                return -this.between(b, a);
            }
            return this.between(a + 1, b + 1);
        }
        between(a, b) {
            let n = 0;
            for (let day = a; day < b; day++) {
                n += this.isWorkday(day) ? 1 : 0;
            }
            return n;
        }
    }

    /* The last day of a period: Civil Code, articles 201 to 203. */
    function endOfPeriod(start, value, unit, workdays) {
        if (unit === "workday") {
            return workdays.add(start, value);
        }
        let end = unit === "day" ? start + value : addMonths(start, value * (unit === "year" ? 12 : 1));
        if (value) {
            while (!workdays.isWorkday(end)) {
                end += 1;
            }
        }
        return end;
    }

    function addMonths(day, months) {
        const date = new Date(day * DAY * 1000);
        const index = date.getUTCFullYear() * 12 + date.getUTCMonth() + months;
        const year = Math.floor(index / 12);
        const month = index - year * 12;
        const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
        return Date.UTC(year, month, Math.min(date.getUTCDate(), last)) / 1000 / DAY;
    }

    // ---------------------------------------------------------------------------
    // Service hours
    // ---------------------------------------------------------------------------
    class Hours {
        /* ``told``: always, holidays, windows [[weekday, from, to] in seconds] */
        constructor(told, workdays) {
            this.always = told.always;
            this.holidays = told.holidays;
            this.workdays = workdays;
            this.week = [[], [], [], [], [], [], []];
            for (const [day, from, to] of told.windows) {
                this.week[day].push([from, to]);
            }
            this.week.forEach((windows) => windows.sort((a, b) => a[0] - b[0]));
        }
        windows(day) {
            const own = this.week[weekday(day)];
            if (!this.holidays) {
                return own;
            }
            const kind = this.workdays.kind(day);
            if (kind === null || kind === "weekend") {
                return own;
            }
            if (kind === "holiday") {
                return [];
            }
            if (weekday(day) < 5) {
                return own;
            }
            return this.week.slice(0, 5).find((windows) => windows.length) || own;
        }
        serves(day) {
            return this.always || this.windows(day).length > 0;
        }
        closes(day) {
            const windows = this.always ? [] : this.windows(day);
            return windows.length ? windows[windows.length - 1][1] : DAY;
        }
        elapsed(a, b) {
            if (this.always) {
                return b - a;
            }
            if (b < a) {
                return -this.elapsed(b, a);
            }
            let total = 0;
            for (let day = floorDiv(a, DAY); day * DAY < b; day++) {
                for (const [from, to] of this.windows(day)) {
                    total += Math.max(
                        0,
                        Math.min(b, day * DAY + to) - Math.max(a, day * DAY + from)
                    );
                }
            }
            return total;
        }
        /* The first instant at which so many seconds of service have passed. */
        add(start, seconds) {
            if (this.always) {
                return start + seconds;
            }
            let left = seconds;
            for (let day = floorDiv(start, DAY); ; day++) {
                for (const [from, to] of this.windows(day)) {
                    const opens = Math.max(start, day * DAY + from);
                    const closes = day * DAY + to;
                    const length = closes - opens;
                    // No time at all is up as soon as there is service.
                    if (length > 0 && (left < length || (seconds > 0 && left === length))) {
                        return opens + left;
                    }
                    left -= Math.max(length, 0);
                }
            }
        }
    }
    const ALWAYS = new Hours({ always: true, holidays: false, windows: [] }, null);

    // ---------------------------------------------------------------------------
    // Deadlines
    // ---------------------------------------------------------------------------
    const SECONDS = { minute: 60, hour: 3600 };

    class Promise_ {
        constructor(told, hours) {
            this.unit = told.unit;
            this.isInDays = !(told.unit in SECONDS);
            this.value = told.value;
            this.isOnService = told.clock === "service_hours";
            this.hours = hours;
            this.clock = this.isOnService ? hours : ALWAYS;
            const seconds = dec(told.value).times(dec(SECONDS[told.unit] || 0));
            this.seconds = Number(seconds.round(0, "half").toString());
        }
        due(start, lost) {
            if (!this.isInDays) {
                return this.clock.add(start, this.seconds + lost);
            }
            const value = Number(this.value);
            if (!value) {
                return start;
            }
            const first = floorDiv(start, DAY);
            let last;
            if (this.unit === "workday") {
                last = this.hours.workdays.add(first, value + lost);
            } else {
                last = first + value + lost;
                while (!this.hours.serves(last)) {
                    last += 1;
                }
            }
            return last * DAY + (this.isOnService ? this.hours.closes(last) : DAY);
        }
        lost(a, b) {
            if (!this.isInDays) {
                return this.clock.elapsed(a, b);
            }
            const [first, last] = [floorDiv(a, DAY), floorDiv(b, DAY)];
            return this.unit === "workday" ? this.hours.workdays.count(first, last) : last - first;
        }
        /* The deadline with its pauses, up to ``end``: when the work was done, or when
         * the facts were read. */
        deadline(start, pauses, stop, now) {
            const end = stop === null ? now : stop;
            const known = pauses
                .filter(([from]) => from < end || (stop === null && from === end))
                .map(([from, to]) => [from, to !== null && to <= end ? to : stop])
                .sort((a, b) => a[0] - b[0]);
            let due = this.due(start, 0);
            let lost = 0;
            let isPaused = false;
            for (const [from, to] of known) {
                const first = Math.max(from, start);
                if ((to !== null && to <= start) || first >= due) {
                    continue;
                }
                const last = Math.max(first, to === null ? Math.max(end, from) : to);
                lost += this.lost(first, last);
                due = this.due(start, lost);
                while (due <= last) {
                    lost += 1;
                    due = this.due(start, lost);
                }
                isPaused = to === null;
            }
            return { due, isPaused };
        }
    }

    /* {deadline, status} of one target. */
    function judge(target, pauses, hours, now) {
        const start = toLocal(target.start);
        const done = toLocal(target.stop);
        // What was done before the clock started was done in time.
        const stop = done === null ? null : Math.max(done, start);
        const at = Math.max(toLocal(now), start);
        const promise = new Promise_(target, hours);
        const { due, isPaused } = promise.deadline(
            start,
            pauses.map(([from, to]) => [toLocal(from), toLocal(to)]),
            stop,
            at
        );
        let status;
        if (stop !== null) {
            status = stop <= due ? "met" : "breached";
        } else if (isPaused) {
            status = "paused";
        } else {
            status = at <= due ? "running" : "breached";
        }
        return { deadline: fromLocal(due), status };
    }

    // ---------------------------------------------------------------------------
    // Score sheets
    // ---------------------------------------------------------------------------
    function split(total, shares) {
        const whole = sum(shares);
        if (total.isZero || whole.isZero) {
            return shares.map(() => ZERO);
        }
        const exact = shares.map((share) => total.times(share).over(whole));
        const parts = exact.map((each) => each.round(2, "down"));
        const rest = Number(total.minus(sum(parts)).round(2, "down").n);
        const order = shares
            .map((share, index) => index)
            .filter((index) => !shares[index].isZero)
            .sort((a, b) => {
                const left = parts[a].minus(exact[a]);
                return left.compare(parts[b].minus(exact[b])) || a - b;
            });
        for (const index of order.slice(0, Math.max(rest, 0))) {
            parts[index] = parts[index].plus(dec("0.01"));
        }
        return parts;
    }

    function units(line, amount) {
        const found = amount.over(line.step);
        if (line.rounding === "started") {
            return found.round(0, "ceiling");
        }
        return line.rounding === "whole" ? found.round(0, "down") : found;
    }

    function judgeLine(line, measure, counted) {
        const zero = { line, lost: ZERO, bonus: ZERO, isVeto: false };
        if (measure.state === "na") {
            return { ...zero, state: "na" };
        }
        if (measure.state === "missing") {
            const lost = line.bonus ? ZERO : line.most && !line.most.isZero ? line.most : line.points;
            return { ...zero, state: "missing", lost };
        }
        let value;
        if (line.kind === "count") {
            const fresh = new Map();
            for (const [key, claimed] of measure.facts) {
                if (!counted.has(key)) {
                    fresh.set(key, claimed);
                }
            }
            for (const key of fresh.keys()) {
                counted.add(key);
            }
            value = dec([...fresh.values()].filter((claimed) => !claimed).length);
        } else if (measure.denominator.isZero) {
            return { ...zero, state: "na" };
        } else {
            const factor = line.kind === "share" ? HUNDRED : dec("1");
            value = factor.times(measure.numerator).over(measure.denominator);
        }
        const beyond =
            line.operator === ">=" ? value.minus(line.target) : line.target.minus(value);
        const isKept = beyond.compare(ZERO) >= 0;
        const negative = new Decimal(-beyond.n, beyond.e);
        let lost = ZERO;
        let bonus = ZERO;
        if (line.bonus) {
            bonus = units(line, most(beyond, ZERO)).times(line.points);
            bonus = line.most ? least(bonus, line.most) : bonus;
        } else if (line.rule === "all") {
            lost = isKept ? ZERO : line.most || ZERO;
        } else {
            lost = units(line, most(negative, ZERO)).times(line.points);
            lost = line.most ? least(lost, line.most) : lost;
        }
        return { line, state: "measured", value, isKept, lost, bonus, isVeto: line.veto && !isKept };
    }

    /* A sheet: {score, grade, money, lines: [{lost, bonus, money}]}; score null where
     * nothing was to be judged. */
    function evaluate(scheme, measures, fee, charged) {
        const counted = new Set();
        const judged = scheme.lines.map((line) =>
            judgeLine(line, measures[line.key] || { state: "missing" }, counted)
        );
        const applying = judged.filter((each) => each.state !== "na");
        const weights = sum(
            applying.filter((each) => !each.line.bonus).map((each) => each.line.most || ZERO)
        );
        if (!applying.length || (scheme.basis === "weights" && weights.isZero)) {
            const none = judged.map(() => ({ lost: ZERO, bonus: ZERO, money: ZERO }));
            return { score: null, low: null, money: ZERO, lines: none, judged };
        }
        const scale = scheme.basis === "weights" ? scheme.full.over(weights) : dec("1");
        let raw = judged.map((each) => each.lost.times(scale));
        const room = scheme.full.minus(scheme.floor);
        const vetoes = judged.filter((each) => each.isVeto).length;
        const lostAll = sum(raw);
        let lostTotal = least(lostAll, room);
        if (vetoes) {
            const share = most(room.minus(lostAll), ZERO).over(dec(vetoes));
            raw = raw.map((lost, index) => lost.plus(judged[index].isVeto ? share : ZERO));
            lostTotal = room;
        }
        lostTotal = cents(lostTotal);
        const lost = split(lostTotal, raw);
        const bonusRaw = judged.map((each) => each.bonus);
        const bonusTotal = cents(least(sum(bonusRaw), scheme.bonusMost));
        const bonus = split(bonusTotal, bonusRaw);
        const score = scheme.full.minus(lostTotal).plus(bonusTotal);
        const rising = [...scheme.bands].sort((a, b) => a.low.compare(b.low));
        const reached = rising.filter((band) => band.low.compare(score) <= 0);
        const band = (reached.length ? reached : rising.slice(0, 1)).pop() || null;
        const money = reckon(scheme, score, band, fee, charged);
        const parts = split(money, lost);
        const lines = judged.map((each, index) => ({
            lost: lost[index],
            bonus: bonus[index],
            money: parts[index],
        }));
        return { score, low: band && band.low, money, lines, judged };
    }

    function reckon(scheme, score, band, fee, charged) {
        const money = scheme.money;
        const lost = most(scheme.full.minus(score), ZERO);
        const points = most(lost.minus(money.free), ZERO);
        if (money.rule === "none" || lost.isZero) {
            return ZERO;
        }
        let amount = ZERO;
        if (money.rule === "point") {
            amount = points.times(money.value);
        } else if (money.rule === "fee_point") {
            amount = points.times(money.value).times(fee).over(HUNDRED);
        } else if (money.rule === "band") {
            amount = band ? fee.times(HUNDRED.minus(band.coefficient)).over(HUNDRED) : ZERO;
        } else if (score.compare(money.threshold) < 0) {
            amount = fee.times(money.value).over(HUNDRED);
        }
        amount = cents(amount);
        const caps = [
            money.cap,
            money.capFee && fee.times(money.capFee).over(HUNDRED),
            money.capTotal && most(money.capTotal.minus(charged), ZERO),
        ];
        for (const cap of caps) {
            if (cap && amount.compare(cap) > 0) {
                amount = cap.round(2, "down");
            }
        }
        return amount;
    }

    /* What the served days of a period are paid with: by days of each system's own
     * service, so that the periods of a year add up to its fee. */
    function periodFee(systems) {
        return sum(
            systems.map(({ fee, first, last, since, until }) => {
                const days = last - first + 1;
                if (days < 1 || until < since) {
                    return ZERO;
                }
                const earned = (day) => {
                    const done = Math.min(Math.max(day - first + 1, 0), days);
                    return cents(fee.times(dec(done)).over(dec(days)));
                };
                return earned(until).minus(earned(since - 1));
            })
        );
    }

    // ---------------------------------------------------------------------------
    // Deductions and payments
    // ---------------------------------------------------------------------------
    function reduction(fee, start, end, stopped) {
        const days = end - start + 1;
        const lost = Math.min(Math.max(end - stopped + 1, 0), days);
        return cents(fee.times(dec(lost)).over(dec(days)));
    }

    function daily(base, percent, demanded, until, grace, since) {
        const opens = demanded + grace + 1;
        const first = until < opens || since === null ? opens : Math.min(since, opens);
        const days = Math.max(until - first + 1, 0);
        return cents(base.times(dec(days)).times(percent).over(HUNDRED));
    }

    /* The amount of a deduction; null where it was agreed on without a rule. */
    function deduct(told) {
        if (told.method === "once") {
            return cents(dec(told.base).times(dec(told.percent)).over(HUNDRED));
        }
        if (told.method === "daily") {
            if (!told.demanded || !told.until) {
                return ZERO;
            }
            return daily(
                dec(told.base),
                dec(told.percent),
                toDay(told.demanded),
                toDay(told.until),
                told.grace_days,
                toDay(told.since)
            );
        }
        if (told.method === "stop") {
            const [start, end] = told.service.map(toDay);
            if (start === null || end === null || !told.stopped) {
                return ZERO;
            }
            return reduction(dec(told.base), start, end, toDay(told.stopped));
        }
        return null;
    }

    /* The amounts of the payments of a price; the last one takes the rest, or what the
     * review leaves. */
    function pay(price, payments, reviewed) {
        const parts = payments.map((each) => (each.fixed === null ? null : dec(each.fixed)));
        let left = dec(price).minus(sum(parts.filter(Boolean)));
        const free = parts.map((part, index) => index).filter((index) => !parts[index]);
        free.forEach((index, place) => {
            const share = cents(
                dec(price).times(dec(payments[index].percent)).over(HUNDRED)
            );
            parts[index] = place === free.length - 1 ? left : least(share, left);
            left = left.minus(parts[index]);
        });
        const last = payments.findIndex((each) => each.is_last);
        if (reviewed !== null && last >= 0) {
            const others = parts.filter((part, index) => index !== last && !payments[index].is_ended);
            parts[last] = most(dec(reviewed).minus(sum(others)), ZERO);
        }
        return parts.map((part, index) => ({
            amount: part,
            due: most(part.minus(sum(payments[index].deducted.map(dec))), ZERO),
        }));
    }

    /* The last day to pay; null while the term does not run. */
    function dueDay(payment, workdays) {
        const [value, unit] = payment.term;
        const conditions = payment.conditions.map(([day, starts]) => [toDay(day), starts]);
        let starting = conditions.filter(([, starts]) => starts);
        starting = starting.length ? starting : conditions;
        if (!starting.length || starting.some(([day]) => day === null)) {
            return null;
        }
        const start = Math.max(...starting.map(([day]) => day));
        const held = conditions
            .filter(([day, starts]) => day !== null && !starts)
            .map(([day]) => day);
        const roll = (day) => endOfPeriod(day - 1, 1, "day", workdays);
        let day = roll(Math.max(termEnd(start, value, unit, workdays), ...held));
        const delays = payment.delays
            .map(([from, to, resume]) => [toDay(from), toDay(to), resume])
            .sort((a, b) => a[0] - b[0]);
        for (const [from, to, resume] of delays) {
            if (from > day) {
                continue;
            }
            if (to === null) {
                return null;
            }
            day = Math.max(day, endOfPeriod(to, resume, "day", workdays));
        }
        return day;
    }

    const termEnd = (start, value, unit, workdays) =>
        value ? endOfPeriod(start, value, unit, workdays) : start;

    // ---------------------------------------------------------------------------
    // SHA-256, in pieces (FIPS 180-4): works on a page that was opened from a disk in
    // any browser, and holds one piece of a file in memory
    // ---------------------------------------------------------------------------
    const K = [];
    const H0 = [];
    (() => {
        const fraction = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
        let found = 0;
        for (let n = 2; found < 64; n++) {
            let isPrime = true;
            for (let d = 2; d * d <= n; d++) {
                isPrime = isPrime && n % d !== 0;
            }
            if (isPrime) {
                if (found < 8) {
                    H0.push(fraction(Math.sqrt(n)));
                }
                K.push(fraction(Math.cbrt(n)));
                found++;
            }
        }
    })();

    class Sha256 {
        constructor() {
            this.h = Int32Array.from(H0);
            this.block = new Uint8Array(64);
            this.used = 0;
            this.length = 0;
            this.w = new Int32Array(64);
        }
        update(bytes) {
            this.length += bytes.length;
            let at = 0;
            while (at < bytes.length) {
                if (!this.used && bytes.length - at >= 64) {
                    this.work(bytes, at);
                    at += 64;
                    continue;
                }
                const n = Math.min(64 - this.used, bytes.length - at);
                this.block.set(bytes.subarray(at, at + n), this.used);
                this.used += n;
                at += n;
                if (this.used === 64) {
                    this.work(this.block, 0);
                    this.used = 0;
                }
            }
            return this;
        }
        work(bytes, at) {
            const w = this.w;
            for (let i = 0; i < 16; i++, at += 4) {
                w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
            }
            for (let i = 16; i < 64; i++) {
                const x = w[i - 15];
                const y = w[i - 2];
                const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
                const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
                w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
            }
            let [a, b, c, d, e, f, g, h] = this.h;
            for (let i = 0; i < 64; i++) {
                const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
                const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
                const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
                const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
                h = g;
                g = f;
                f = e;
                e = (d + t1) | 0;
                d = c;
                c = b;
                b = a;
                a = (t1 + t2) | 0;
            }
            const now = [a, b, c, d, e, f, g, h];
            for (let i = 0; i < 8; i++) {
                this.h[i] = (this.h[i] + now[i]) | 0;
            }
        }
        hex() {
            const bits = this.length * 8;
            const rest = (this.used < 56 ? 56 : 120) - this.used;
            const end = new Uint8Array(rest + 8);
            end[0] = 0x80;
            new DataView(end.buffer).setUint32(rest, Math.floor(bits / 2 ** 32));
            new DataView(end.buffer).setUint32(rest + 4, bits % 2 ** 32);
            this.update(end);
            return [...this.h].map((n) => (n >>> 0).toString(16).padStart(8, "0")).join("");
        }
    }
    const sha256 = (bytes) => new Sha256().update(bytes).hex();

    /* The one text of a value: names sorted by their characters, no spaces. */
    function canonical(value) {
        if (Array.isArray(value)) {
            return `[${value.map(canonical).join(",")}]`;
        }
        if (value && typeof value === "object") {
            const byPoint = (a, b) => {
                const [x, y] = [[...a], [...b]];
                for (let i = 0; i < Math.min(x.length, y.length); i++) {
                    if (x[i] !== y[i]) {
                        return x[i].codePointAt(0) - y[i].codePointAt(0);
                    }
                }
                return x.length - y.length;
            };
            const names = Object.keys(value).sort(byPoint);
            return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
        }
        return JSON.stringify(value);
    }

    // ---------------------------------------------------------------------------
    // A whole package
    // ---------------------------------------------------------------------------
    function readScheme(rules, kinds) {
        const optional = (text) => (text && !dec(text).isZero ? dec(text) : null);
        return {
            basis: rules.basis,
            full: dec(rules.full_score),
            floor: dec(rules.floor_score),
            bonusMost: dec(rules.bonus_most),
            bands: rules.bands.map(([low, coefficient]) => ({
                low: dec(low),
                coefficient: dec(coefficient),
            })),
            money: {
                rule: rules.money_rule,
                value: dec(rules.money_value),
                free: dec(rules.free_points),
                threshold: dec(rules.threshold),
                cap: optional(rules.cap_amount),
                capFee: optional(rules.cap_percent),
                capTotal: optional(rules.cap_total),
            },
            lines: rules.lines.map((line) => ({
                key: String(line.id),
                kind: kinds[line.source],
                operator: line.operator,
                target: dec(line.target),
                rule: line.rule,
                points: dec(line.points),
                step: dec(line.step),
                rounding: line.rounding,
                most: optional(line.most),
                bonus: line.is_bonus,
                veto: line.is_veto,
            })),
        };
    }

    /* What was found for a line, as the sheet tells it. */
    function readMeasure(line, kind) {
        if (line.state !== "measured") {
            return { state: line.state };
        }
        if (kind === "count") {
            // The sheet's count: what counts elsewhere or is under a clause is out of it.
            const n = Number(dec(line.value).round(0, "half").toString());
            return {
                state: "measured",
                facts: [...Array(n)].map((_, index) => [`${line.line}/${index}`, false]),
            };
        }
        const numerator = dec(line.numerator);
        const denominator = dec(line.denominator);
        const factor = kind === "share" ? HUNDRED : dec("1");
        const value = dec(line.value);
        if (!denominator.isZero) {
            const exact = factor.times(numerator).over(denominator);
            if (exact.round(4, "even").compare(value) === 0) {
                return { state: "measured", numerator, denominator };
            }
        }
        return { state: "measured", numerator: value, denominator: factor };
    }

    const same = (ours, theirs) =>
        ours === null || theirs === null || ours === undefined || theirs === undefined
            ? (ours || null) === (theirs || null)
            : dec(ours).compare(dec(theirs)) === 0;

    /* Reckon all of a package anew: [{part, name, what, told, found, isSame}]. */
    function recompute(facts) {
        const rows = [];
        const put = (part, name, what, told, reckon, isSame) => {
            let found;
            try {
                found = reckon();
            } catch (error) {
                rows.push({ part, name, what, told, found: null, error: error.message, isSame: false });
                return;
            }
            rows.push({ part, name, what, told, found, isSame: isSame(told, found) });
        };
        const text = (a, b) => (a || null) === (b || null);
        const calendar = facts.calendar;
        const workdays = new Workdays(calendar.days, calendar.first, calendar.last);
        const { calendars, frozen_days: frozen, faults } = facts.promises;
        const hours = calendars.map(
            (told) =>
                new Hours(
                    told,
                    told.days === undefined
                        ? workdays
                        : new Workdays({ ...frozen[told.days] }, undefined, undefined)
                )
        );
        for (const fault of faults) {
            for (const target of fault.targets) {
                const reckon = () =>
                    judge(target, fault.pauses, hours[target.calendar], facts.package.read_at);
                const name = `${fault.number} ${fault.name}`;
                put("deadline", name, target.target, target.deadline, () => reckon().deadline, text);
                // Nothing is owed any more where the work ended before it fell due.
                if (target.status === "none") {
                    continue;
                }
                put("verdict", name, target.target, target.status, () => reckon().status, text);
            }
        }
        const { rules, kinds, systems, sheets } = facts.assessments;
        for (const sheet of sheets) {
            const own = rules[sheet.rules];
            const scheme = readScheme(own, kinds);
            const measures = {};
            for (const line of sheet.lines) {
                const rule = scheme.lines.find((each) => each.key === String(line.line));
                if (rule) {
                    measures[rule.key] = readMeasure(line, rule.kind);
                }
            }
            const fee = () =>
                periodFee(
                    sheet.scope
                        .map(([system, since, until]) => {
                            const told = systems[system];
                            const [first, last] = told ? told.service.map(toDay) : [null, null];
                            return {
                                fee: told && dec(told.fee),
                                first,
                                last,
                                since: Math.max(toDay(since), first),
                                until: Math.min(toDay(until), last),
                            };
                        })
                        .filter((each) => each.first !== null && each.last !== null)
                );
            const result = () => evaluate(scheme, measures, dec(sheet.fee), dec(sheet.charged));
            put("fee", sheet.name, "fee", sheet.fee, () => cents(fee()).toString(), same);
            put(
                "score",
                sheet.name,
                "score",
                sheet.score,
                () => {
                    const { score } = result();
                    return score && score.round(2, "half").toString();
                },
                same
            );
            put("money", sheet.name, "amount", sheet.amount, () => cents(result().money).toString(), same);
        }
        for (const each of facts.money.deductions) {
            if (deduct(each) !== null) {
                put("deduction", each.name, each.method, each.amount, () => deduct(each).toString(), same);
            }
            if (each.source.startsWith("om.assessment,")) {
                const sheet = sheets.find((one) => `om.assessment,${one.id}` === each.source);
                put("deduction", each.name, "sheet", each.amount, () => sheet.amount, same);
            }
        }
        const { price, payments, reviewed, lines } = facts.money;
        payments.forEach((payment, index) => {
            const paid = () => pay(price, payments, reviewed)[index];
            put("payment", payment.name, "amount", payment.amount, () => paid().amount.toString(), same);
            put(
                payment.is_last ? "last" : "payment",
                payment.name,
                "due",
                payment.due,
                () => paid().due.toString(),
                same
            );
            put("payment", payment.name, "due_on", payment.due_on, () => fromDay(dueDay(payment, workdays)), text);
        });
        if (reviewed !== null) {
            put(
                "review",
                "",
                "sum",
                reviewed,
                () => cents(sum(lines.map((line) => dec(line.reviewed)))).toString(),
                same
            );
        }
        return rows;
    }

    /* What of two copies of the facts is not the same, each by its place. */
    function compare(one, two, path = []) {
        if (canonical(one) === canonical(two)) {
            return [];
        }
        const isNested = (value) => value !== null && typeof value === "object";
        if (!isNested(one) || !isNested(two) || Array.isArray(one) !== Array.isArray(two)) {
            return [{ path, one, two }];
        }
        const keys = [...new Set([...Object.keys(one), ...Object.keys(two)])];
        return keys.flatMap((key) => compare(one[key], two[key], [...path, key]));
    }

    return {
        Decimal,
        Hours,
        Sha256,
        Workdays,
        canonical,
        cents,
        compare,
        daily,
        dec,
        deduct,
        dueDay,
        evaluate,
        judge,
        pay,
        periodFee,
        recompute,
        reduction,
        sha256,
        split,
        toDay,
        fromDay,
    };
})();
