import { RelationalModel } from "@web/model/relational_model/relational_model";

/** How many records a list counts by itself. Of more it says "2000+"; whoever wants to know
 * presses it. Odoo's 10,000 would be counted anew at each opening and each step of a filter. */
RelationalModel.DEFAULT_COUNT_LIMIT = 2000;
