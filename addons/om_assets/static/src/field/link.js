/** The way to the server: JSON, each entry under its name, with progress. */

/** No answer came: nobody knows whether the request arrived. */
export class Lost extends Error {}

/** The server's answer is an error. */
export class Failed extends Error {
    constructor(error) {
        super(error?.data?.message || error?.message || "");
        this.error = error;
    }
}

// A photo on a slow line.
const PATIENCE = 300000;

/**
 * @param {string} path
 * @param {Object} params
 * @param {{once?: string, onProgress?: Function, patience?: number}} how ``once``: the
 *  name under which it is done once; ``onProgress``: gets the share that is uploaded
 */
export function post(path, params, { once, onProgress, patience = PATIENCE } = {}) {
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open("POST", path);
        request.timeout = patience;
        request.setRequestHeader("Content-Type", "application/json");
        if (once) {
            request.setRequestHeader("X-Om-Once", once);
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
        request.send(JSON.stringify({ jsonrpc: "2.0", method: "call", params }));
    });
}

/** The content of a file as the server's JSON takes it. */
export async function toBase64(blob) {
    return new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result.split(",", 2)[1]);
        reader.onerror = () => reject(reader.error);
        reader.readAsDataURL(blob);
    });
}
