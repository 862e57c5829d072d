import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "./words";

// What is on our labels leads to the device's page.
const LABEL = /\/om\/d\/[\w-]+$/;

/** The code on a device's label, read by the camera where the browser can. */
export class Scan extends Component {
    static template = "om_assets.FieldScan";
    static props = {};

    setup() {
        this.video = useRef("video");
        this.state = useState({ problem: "", running: false });
        onMounted(() => this.start());
        onWillUnmount(() => this.stop());
    }

    async start() {
        if (!globalThis.BarcodeDetector || !navigator.mediaDevices) {
            this.state.problem = _t("This browser cannot read codes. Use the camera of the telephone.");
            return;
        }
        try {
            this.stream = await navigator.mediaDevices.getUserMedia({
                video: { facingMode: "environment" },
            });
        } catch {
            this.state.problem = _t("The camera cannot be used. Allow it for this page.");
            return;
        }
        this.state.running = true;
        this.video.el.srcObject = this.stream;
        this.detector = new globalThis.BarcodeDetector({ formats: ["qr_code"] });
        this.timer = setInterval(() => this.look(), 300);
    }

    stop() {
        clearInterval(this.timer);
        this.stream?.getTracks().forEach((track) => track.stop());
    }

    async look() {
        const [code] = await this.detector.detect(this.video.el).catch(() => []);
        if (!code) {
            return;
        }
        let path = "";
        try {
            path = new URL(code.rawValue).pathname;
        } catch {
            // Some other code.
        }
        if (!LABEL.test(path)) {
            this.state.problem = _t("This is no code of a device: %s", code.rawValue);
            return;
        }
        this.stop();
        // Of this server, whatever address the label was printed with.
        location.href = path;
    }
}
