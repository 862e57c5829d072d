import { Component, onMounted, useRef, useState } from "@odoo/owl";

/** The whole screen to draw a name with the finger; typed names do not exist here. */
export class Pad extends Component {
    static template = "om_assets.FieldPad";
    static props = { onSigned: Function, onCancelled: Function };

    setup() {
        this.canvas = useRef("canvas");
        this.state = useState({ drawn: false });
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
        if (this.state.drawn) {
            this.props.onSigned(this.canvas.el.toDataURL("image/png").split(",", 2)[1]);
        }
    }
}
