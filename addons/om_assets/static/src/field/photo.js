/**
 * A photo as evidence: small enough for a slow line, upright, and with a mark of what it
 * was made of in the file itself, so that the digest of the file covers it.
 */

export const LONG_EDGE = 2000;
const QUALITY = 0.85;

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

async function draw(file) {
    let picture;
    try {
        picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
        return null;
    }
    const [width, height] = fit(picture.width, picture.height);
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    canvas.getContext("2d").drawImage(picture, 0, 0, width, height);
    picture.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return blob && { blob, width, height };
}

/**
 * Make what is kept and sent of a photo.
 *
 * @param {File} file as the camera gave it
 * @returns {Promise<{blob: Blob, name: string, about: string}|null>} null: no picture
 */
export async function shrink(file) {
    const drawn = await draw(file);
    if (!drawn) {
        return null;
    }
    const about = JSON.stringify({
        original: file.name,
        bytes: file.size,
        sha256: await digest(file),
        taken: new Date(file.lastModified).toISOString(),
    });
    const bytes = new Uint8Array(await drawn.blob.arrayBuffer());
    return {
        blob: new Blob([putComment(bytes, about)], { type: "image/jpeg" }),
        name: file.name.replace(/\.[^.]*$/, "") + ".jpg",
        about,
    };
}
