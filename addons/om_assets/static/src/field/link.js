/** The way to the server: JSON, each entry under its name; photos by pieces. */

/** No answer came: nobody knows whether the request arrived. */
export class Lost extends Error {}

/** The server's answer is an error. */
export class Failed extends Error {
    constructor(error) {
        super(error?.data?.message || error?.message || "");
        this.error = error;
    }
}

const PATIENCE = 60000;
// A piece on the slowest line there is.
const PIECE_PATIENCE = 120000;

function send(path, body, { headers, onProgress, patience }) {
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open("POST", path);
        request.timeout = patience;
        for (const [name, value] of Object.entries(headers)) {
            request.setRequestHeader(name, value);
        }
        if (onProgress) {
            request.upload.onprogress = (ev) => onProgress(ev.loaded / ev.total);
        }
        request.onerror = request.onabort = request.ontimeout = () => reject(new Lost(path));
        request.onload = () => {
            let answer;
            try {
                answer = JSON.parse(request.responseText);
            } catch {
                // A proxy, or the login page of somebody else's network.
                return reject(new Lost(path));
            }
            if (answer.error) {
                return reject(new Failed(answer.error));
            }
            resolve(answer.result);
        };
        request.send(body);
    });
}

/**
 * @param {string} path
 * @param {Object} params
 * @param {{once?: string, patience?: number}} how ``once``: the name under which it is
 *  done once
 */
export function post(path, params, { once, patience = PATIENCE } = {}) {
    const headers = { "Content-Type": "application/json" };
    if (once) {
        headers["X-Om-Once"] = once;
    }
    const body = JSON.stringify({ jsonrpc: "2.0", method: "call", params });
    return send(path, body, { headers, patience });
}

/**
 * Send a piece of a photo, as it is.
 *
 * @param {string} upload the photo's name
 * @param {number} start where in the photo the piece begins
 * @param {Blob} piece
 * @param {Function} onProgress gets the share of the piece that is under way
 * @returns {Promise<number>} how much of the photo is on the server now
 */
export function sendPiece(upload, start, piece, onProgress) {
    const path = `/om/field/piece?${new URLSearchParams({ upload, start })}`;
    const headers = { "Content-Type": "application/octet-stream" };
    return send(path, piece, { headers, onProgress, patience: PIECE_PATIENCE });
}
