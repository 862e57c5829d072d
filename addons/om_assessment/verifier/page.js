"use strict";
/* The page of the package: shows each figure beside what it reckons itself, and checks
 * the files of the zip that the reader chooses. It asks no network for anything. */
(() => {
    const LIST = "fingerprints.sha256";
    const PIECE = 4 << 20;
    const element = (id) => document.getElementById(id);
    const say = (text, values = {}) =>
        text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));

    function make(tag, options = {}, ...children) {
        const node = document.createElement(tag);
        for (const [name, value] of Object.entries(options)) {
            if (value !== null && value !== undefined) {
                node.setAttribute(name, value);
            }
        }
        for (const child of children) {
            node.append(child);
        }
        return node;
    }

    const mark = (isGood) => make("span", { class: isGood ? "good" : "bad" }, isGood ? "✓" : "✗");
    const pad = (n) => String(n).padStart(2, "0");

    /* A moment as it is read in Beijing; days and amounts as they are. */
    function show(value) {
        if (value === null || value === undefined || value === "") {
            return "–";
        }
        if (/^\d{4}-\d\d-\d\dT/.test(value)) {
            const local = new Date(Date.parse(value) + 8 * 3600e3);
            return (
                `${local.getUTCFullYear()}-${pad(local.getUTCMonth() + 1)}-${pad(local.getUTCDate())}` +
                ` ${pad(local.getUTCHours())}:${pad(local.getUTCMinutes())}:${pad(local.getUTCSeconds())}`
            );
        }
        if (/^-?\d+\.\d\d$/.test(value)) {
            const [whole, part] = value.split(".");
            return `${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",")}.${part}`;
        }
        return WORDS.values[value] || value;
    }

    function table(rows) {
        const head = make("tr");
        const names = ["", WORDS.name, WORDS.what, WORDS.told, WORDS.found];
        names.forEach((name, place) => head.append(make("th", { class: place > 2 ? "figure" : null }, name)));
        const body = make("tbody");
        for (const row of rows) {
            const found = row.error ? say(WORDS.error, { why: row.error }) : show(row.found);
            body.append(
                make(
                    "tr",
                    {},
                    make("td", {}, mark(row.isSame)),
                    make("td", {}, row.name),
                    make("td", {}, WORDS.whats[row.what] || row.what),
                    make("td", { class: "figure" }, show(row.told)),
                    make("td", { class: row.isSame ? "figure" : "figure bad" }, found)
                )
            );
        }
        return make("table", {}, make("thead", {}, head), body);
    }

    function showFigures() {
        const rows = Settlement.recompute(FACTS);
        const wrong = rows.filter((row) => !row.isSame);
        tile(rows.length, WORDS.figures, true);
        tile(wrong.length, WORDS.differing, !wrong.length);
        const last = rows.find((row) => row.part === "last");
        if (last) {
            tile(show(last.found), WORDS.last, last.isSame);
        }
        for (const [part, name] of Object.entries(WORDS.parts)) {
            const own = rows.filter((row) => row.part === part);
            if (!own.length) {
                continue;
            }
            const bad = own.filter((row) => !row.isSame);
            const section = make("section");
            const title = say(bad.length ? WORDS.some_differ : WORDS.all_agree, {
                name,
                all: own.length,
                bad: bad.length,
            });
            const details = make("details", { open: own.length <= 30 || bad.length ? "" : null });
            details.append(make("summary", { class: bad.length ? "bad" : null }, title));
            details.append(table([...bad, ...own.filter((row) => row.isSame)]));
            section.append(details);
            element("parts").append(section);
        }
        return rows;
    }

    function tile(figure, name, isGood) {
        element("tiles").append(
            make("span", { class: "tile" }, make("b", { class: isGood ? "good" : "bad" }, String(figure)), name)
        );
    }

    // -- the zip ------------------------------------------------------------------

    const read = async (file, from, to) => new Uint8Array(await file.slice(from, to).arrayBuffer());
    const number = (view, at) => Number(view.getBigUint64(at, true));

    /* [{name, start, length}] of the files in a zip of files that are not packed. */
    async function list(file) {
        const tail = await read(file, Math.max(file.size - 70000, 0), file.size);
        const view = new DataView(tail.buffer);
        let at = tail.length - 22;
        while (at >= 0 && view.getUint32(at, true) !== 0x06054b50) {
            at--;
        }
        if (at < 0) {
            throw new Error(WORDS.no_zip);
        }
        let [count, size, start] = [view.getUint16(at + 10, true), view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
        if (at >= 20 && view.getUint32(at - 20, true) === 0x07064b50) {
            const place = number(view, at - 20 + 8);
            const end = new DataView((await read(file, place, place + 56)).buffer);
            [count, size, start] = [number(end, 32), number(end, 40), number(end, 48)];
        }
        const bytes = await read(file, start, start + size);
        const listed = new DataView(bytes.buffer);
        const found = [];
        for (let place = 0; count > 0; count--) {
            if (listed.getUint32(place, true) !== 0x02014b50 || listed.getUint16(place + 10, true) !== 0) {
                throw new Error(WORDS.no_zip);
            }
            let length = listed.getUint32(place + 24, true);
            let offset = listed.getUint32(place + 42, true);
            const [n, extra, comment] = [28, 30, 32].map((each) => listed.getUint16(place + each, true));
            const name = new TextDecoder().decode(bytes.subarray(place + 46, place + 46 + n));
            for (let field = place + 46 + n; field < place + 46 + n + extra; ) {
                const [kind, own] = [listed.getUint16(field, true), listed.getUint16(field + 2, true)];
                if (kind === 1) {
                    let inside = field + 4;
                    if (length === 0xffffffff) {
                        length = number(listed, inside);
                        inside += 8;
                        // Its packed length, the same.
                        inside += listed.getUint32(place + 20, true) === 0xffffffff ? 8 : 0;
                    }
                    offset = offset === 0xffffffff ? number(listed, inside) : offset;
                }
                field += 4 + own;
            }
            found.push({ name, offset, length });
            place += 46 + n + extra + comment;
        }
        for (const each of found) {
            const head = new DataView((await read(file, each.offset, each.offset + 30)).buffer);
            each.start = each.offset + 30 + head.getUint16(26, true) + head.getUint16(28, true);
        }
        return found;
    }

    async function digest(file, from, length, told) {
        const sum = new Settlement.Sha256();
        for (let at = from; at < from + length; at += PIECE) {
            const piece = await read(file, at, Math.min(at + PIECE, from + length));
            sum.update(piece);
            told(piece.length);
        }
        return sum.hex();
    }

    /* What of a zip is not as its list of fingerprints says. */
    async function check(file, told) {
        const whole = await digest(file, 0, file.size, told);
        const entries = await list(file);
        const text = async (entry) =>
            new TextDecoder().decode(await read(file, entry.start, entry.start + entry.length));
        const byName = new Map(entries.map((entry) => [entry.name, entry]));
        if (!byName.has(LIST)) {
            throw new Error(WORDS.no_list);
        }
        const wanted = new Map(
            (await text(byName.get(LIST)))
                .split("\n")
                .filter(Boolean)
                .map((line) => [line.slice(66), line.slice(0, 64)])
        );
        const changed = [];
        for (const entry of entries) {
            if (entry.name !== LIST && wanted.has(entry.name)) {
                const found = await digest(file, entry.start, entry.length, told);
                if (found !== wanted.get(entry.name)) {
                    changed.push(entry.name);
                }
            }
        }
        const differences = [];
        for (const part of Object.keys(FACTS)) {
            const entry = byName.get(`facts/${part}.json`);
            if (!entry) {
                continue;
            }
            try {
                const packed = JSON.parse(await text(entry));
                for (const found of Settlement.compare(FACTS[part], packed)) {
                    differences.push({ ...found, part });
                }
            } catch {
                differences.push({ part, path: [], one: "…", two: WORDS.unreadable });
            }
        }
        return {
            whole,
            count: wanted.size,
            changed,
            missing: [...wanted.keys()].filter((name) => !byName.has(name)),
            extra: entries.map((entry) => entry.name).filter((name) => name !== LIST && !wanted.has(name)),
            differences,
        };
    }

    /* A place in the facts as a reader knows it: the holiday, the pause of which fault. */
    function place(part, path) {
        const names = [];
        let value = FACTS[part];
        for (const key of path) {
            const isIndex = Array.isArray(value);
            value = value === null || value === undefined ? value : value[key];
            if (isIndex && value && value.number && value.name) {
                names.push(`${value.number} ${value.name}`);
            } else if (isIndex && value && (value.name || value.asked)) {
                names.push(value.name || value.asked);
            } else {
                names.push(isIndex ? String(Number(key) + 1) : WORDS.keys[key] || key);
            }
        }
        return [WORDS.files[part] || part, ...names].join(" › ");
    }

    const plain = (value) => {
        if (value === undefined) {
            return WORDS.nothing;
        }
        return typeof value === "object" && value !== null ? JSON.stringify(value).slice(0, 200) : show(value);
    };

    async function showFiles(file) {
        const box = element("files");
        const bar = make("progress", { max: String(2 * file.size), value: "0" });
        let done = 0;
        box.replaceChildren(bar);
        try {
            const found = await check(file, (bytes) => {
                done += bytes;
                bar.value = done;
            });
            box.replaceChildren();
            const wrong = found.changed.length + found.missing.length + found.extra.length;
            const line = say(wrong ? WORDS.files_differ : WORDS.files_agree, { all: found.count, bad: wrong });
            box.append(make("p", { class: wrong ? "bad" : "good" }, mark(!wrong), ` ${line}`));
            const items = make("ul");
            for (const kind of ["changed", "missing", "extra"]) {
                for (const name of found[kind]) {
                    items.append(make("li", { class: "bad" }, say(WORDS[kind], { name })));
                }
            }
            for (const each of found.differences) {
                items.append(
                    make(
                        "li",
                        { class: "bad" },
                        say(WORDS.differs, {
                            place: place(each.part, each.path),
                            one: plain(each.one),
                            two: plain(each.two),
                        })
                    )
                );
            }
            box.append(items);
            box.append(make("p", {}, WORDS.whole, " ", make("code", {}, found.whole)));
            box.append(make("p", { class: "muted" }, WORDS.whole_hint));
            return found;
        } catch (error) {
            box.replaceChildren(make("p", { class: "bad" }, String(error.message || error)));
            return null;
        }
    }

    function start() {
        const about = FACTS.package;
        element("contract").textContent = [about.contract, about.name].filter(Boolean).join(" ");
        for (const name of ["result", "how", "files", "choose"]) {
            element(`w-${name}`).textContent = WORDS.titles[name];
        }
        const lines = [
            [WORDS.purchaser, about.purchaser],
            [WORDS.contractor, about.contractor],
            [WORDS.service, about.service.map(show).join(" – ")],
            [WORDS.read_at, show(about.read_at)],
        ];
        for (const [name, value] of lines) {
            element("about").append(make("dt", {}, name), make("dd", {}, value));
        }
        const rows = showFigures();
        element("zip").addEventListener("change", (event) => {
            if (event.target.files.length) {
                showFiles(event.target.files[0]);
            }
        });
        return rows;
    }
    window.verifier = { rows: start(), check, showFiles };
})();
