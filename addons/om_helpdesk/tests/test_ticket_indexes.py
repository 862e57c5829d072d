from odoo.tests import TransactionCase, tagged

# {index: what it is for}. Each is written with every fault: an index that no list, no
# job and no deletion uses is a cost without a worth. Those of columns that are mostly
# empty hold the others only.
KEPT = {
    "pkey": "forms, and whatever refers to a fault",
    "number_unique": "no number is given twice in a company",
    "_number_index": "the search box: parts of a number",
    "_name_index": "the search box: words of a fault",
    "_reported_at_index": "lists: the newest first",
    "reported_by_system": "faults of a system, and whether a system may go",
    "open_by_system": "open faults of a system, when a fault is reported",
    "counted_by_state": "how many there are in each state, and the board",
    "_stage_id_index": "columns of the cards",
    "_user_id_index": "my faults",
    "_team_id_index": "an engineer's rule: faults of the team",
    "counted_by_unit": "tables of deadlines; a unit's page and rule",
    "_partner_id_index": "faults of a contact, and whether a contact may go",
    "_agreement_id_index": "my contracts, and the page of a contract",
    "_sla_policy_id_index": "open faults follow a promise that is changed",
    "has_breach": "breached: the newest first",
    "next_deadline": "next to breach, and the calendar",
    "next_escalation": "the watch: what is to be escalated",
    "respond_running": "the watch: what was missed",
    "onsite_running": "the watch: what was missed",
    "fix_running": "the watch: what was missed",
    "plan_owed": "the watch: what was missed; few promise it",
    "parts_owed": "the watch: what was missed; few promise it",
    "assess_owed": "the watch: what was missed; few promise it",
    "requests": "the calendar of service requests",
    "_request_start_index": "mostly empty: rooms and people of a day",
    "_service_item_id_index": "mostly empty: whether a service may go",
    "_room_id_index": "mostly empty: who has the room, whether it may go",
    "_duplicate_id_index": "mostly empty: what was merged into a fault",
    "_follows_id_index": "mostly empty: what follows on a fault",
    "_objection_by_index": "mostly empty: what counts as accepted by now",
    "_third_party_id_index": "mostly empty: whether a body may go",
}


@tagged("post_install", "-at_install")
class TestTicketIndexes(TransactionCase):
    def test_each_index_is_for_something(self):
        self.env.cr.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'helpdesk_ticket'"
            " AND schemaname = current_schema"
        )
        found = {row[0] for row in self.env.cr.fetchall()}
        found = {name.removeprefix("helpdesk_ticket_") for name in found}
        self.assertEqual(found, set(KEPT))
