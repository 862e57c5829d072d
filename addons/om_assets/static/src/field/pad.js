import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { _t } from "./words";

/**
 * The whole screen to draw a name with the finger; typed names do not exist here. Who
 * signs for another party reads first what it is (``lines``), and says who signs.
 */
export class Pad extends Component {
    static template = "om_assets.FieldPad";
    static props = {
        onSigned: Function,
        onCancelled: Function,
        lines: { type: Array, optional: true },
    };

    setup() {
        this.canvas = useRef("canvas");
        this.state = useState({ drawn: false, person: "", problem: "" });
        onMounted(() => this.clear());
    }

    clear() {
        const canvas = this.canvas.el;
        canvas.width = canvas.clientWidth;
        canvas.height = canvas.clientHeight;
        this.pen = canvas.getContext("2d");
        Object.assign(this.pen, { lineWidth: 3, lineCap: "round", lineJoin: "round" });
        this.state.drawn = false;
        this.drawing = false;
    }

    begin(ev) {
        const { width, height, clientWidth, clientHeight } = this.canvas.el;
        if (!this.state.drawn && (width !== clientWidth || height !== clientHeight)) {
            // The keyboard has come or gone since.
            this.clear();
        }
        this.canvas.el.setPointerCapture(ev.pointerId);
        this.drawing = true;
        this.pen.beginPath();
        this.pen.moveTo(ev.offsetX, ev.offsetY);
    }

    draw(ev) {
        if (this.drawing) {
            this.pen.lineTo(ev.offsetX, ev.offsetY);
            this.pen.stroke();
            this.state.drawn = true;
        }
    }

    end() {
        this.drawing = false;
    }

    sign() {
        const person = this.state.person.trim();
        if (this.props.lines && !person) {
            this.state.problem = _t("Enter the name of the person who signs.");
            return;
        }
        if (this.state.drawn) {
            const drawing = this.canvas.el.toDataURL("image/png").split(",", 2)[1];
            this.props.onSigned(drawing, person);
        }
    }
}
