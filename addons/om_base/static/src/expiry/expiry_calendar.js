import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { calendarView } from "@web/views/calendar/calendar_view";
import { CalendarController } from "@web/views/calendar/calendar_controller";

/** A day of what ends opens the thing itself: the rows are those of other models. */
export class OmExpiryCalendarController extends CalendarController {
    setup() {
        super.setup();
        this.omOrm = useService("orm");
    }

    async editRecord(record) {
        const action = await this.omOrm.call("om.expiry", "action_open", [[record.id]]);
        return this.action.doAction(action);
    }
}

registry.category("views").add("om_expiry_calendar", {
    ...calendarView,
    Controller: OmExpiryCalendarController,
});
