import { makeKey } from "./queue";

/**
 * A photo as evidence: small enough for a slow line, upright, with system, time and place
 * in the picture where the contract wants it, and with a mark of what it was made of in
 * the file itself, so that the digest of the file covers it.
 */

export const LONG_EDGE = 2000;
// Of 8 MB an eighth, with what goes along.
const LARGEST = 950000;
const QUALITIES = [0.85, 0.75, 0.65, 0.5];
// Where the telephone is says nothing of a photo that is older.
const FRESH = 600000;
// A photo does not wait longer for satellites, nor for whoever does not answer.
const PATIENCE = 6000;

/** Width and height that fit, never larger than they were. */
export function fit(width, height, edge = LONG_EDGE) {
    const scale = Math.min(1, edge / Math.max(width, height));
    return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** The SHA-256 of a file; "" where the browser has none (without https). */
export async function digest(blob) {
    if (!globalThis.crypto?.subtle) {
        return "";
    }
    const hash = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A JPEG with a comment right behind its beginning. */
export function putComment(bytes, text) {
    const words = new TextEncoder().encode(text).slice(0, 65000);
    const size = words.length + 2;
    const marked = new Uint8Array(bytes.length + size + 2);
    marked.set(bytes.subarray(0, 2));
    marked.set([0xff, 0xfe, size >> 8, size & 255], 2);
    marked.set(words, 6);
    marked.set(bytes.subarray(2), 6 + words.length);
    return marked;
}

/** Where the telephone is, if it may say so: degrees, and metres around; else null. */
export function locate() {
    if (!navigator.geolocation) {
        return Promise.resolve(null);
    }
    const round = (degrees) => Math.round(degrees * 1e6) / 1e6;
    return new Promise((resolve) => {
        setTimeout(() => resolve(null), PATIENCE);
        navigator.geolocation.getCurrentPosition(
            ({ coords }) =>
                resolve({
                    latitude: round(coords.latitude),
                    longitude: round(coords.longitude),
                    accuracy: Math.ceil(coords.accuracy),
                }),
            () => resolve(null),
            { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 60000 }
        );
    });
}

/** The lines of a mark: the system, when, and where. */
function wordMark(system, taken, place) {
    const time = new Date(taken).toLocaleString("zh-CN", {
        timeZone: "Asia/Shanghai",
        hour12: false,
    });
    const where = place
        ? `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)} (±${place.accuracy} m)`
        : "";
    return [system, time, where].filter(Boolean);
}

/** Write lines over the foot of a picture, as large as they fit. */
function putMark(pen, width, height, lines) {
    const size = Math.max(14, Math.round(Math.max(width, height) / 55));
    const edge = Math.round(size / 2);
    const band = lines.length * size * 1.4 + edge;
    pen.fillStyle = "rgba(0, 0, 0, 0.55)";
    pen.fillRect(0, height - band, width, band);
    pen.fillStyle = "#ffffff";
    pen.font = `${size}px sans-serif`;
    pen.textBaseline = "top";
    lines.forEach((line, index) => {
        pen.fillText(line, edge, height - band + edge + index * size * 1.4, width - 2 * edge);
    });
}

async function draw(file, lines) {
    let picture;
    try {
        picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
        return null;
    }
    const [width, height] = fit(picture.width, picture.height);
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    pen.drawImage(picture, 0, 0, width, height);
    picture.close();
    if (lines.length) {
        putMark(pen, width, height, lines);
    }
    let blob = null;
    for (const quality of QUALITIES) {
        blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
        if (!blob || blob.size <= LARGEST) {
            break;
        }
    }
    return blob;
}

/**
 * Make what is kept and sent of a photo.
 *
 * @param {File} file as the camera gave it
 * @param {{mark?: string, where?: Promise<Object|null>}} how ``mark``: the system whose
 *  name, with time and place, is written into the picture; ``where``: see ``locate``
 * @returns {Promise<{blob: Blob, upload: string, name: string, about: string}|null>}
 *  null: no picture
 */
export async function shrink(file, { mark = "", where = null } = {}) {
    const fresh = Math.abs(Date.now() - file.lastModified) < FRESH;
    const place = (fresh && (await where)) || null;
    const blob = await draw(file, mark ? wordMark(mark, file.lastModified, place) : []);
    if (!blob) {
        return null;
    }
    const about = JSON.stringify({
        original: file.name,
        bytes: file.size,
        sha256: await digest(file),
        taken: new Date(file.lastModified).toISOString(),
        ...(place ? { place } : {}),
    });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return {
        blob: new Blob([putComment(bytes, about)], { type: "image/jpeg" }),
        upload: makeKey(),
        name: file.name.replace(/\.[^.]*$/, "") + ".jpg",
        about,
    };
}
