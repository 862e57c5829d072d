"""Each role lands on its work; what the first screen says agrees with the lists."""

from odoo.tests import TransactionCase, tagged

from odoo.addons.om_base.tests.common import new_test_user

ROOT = "om_base.om_menu_root"
OVERVIEW = "om_assets.om_dashboard_action"
LANDINGS = {
    "engineer": "om_assets.om_day_action",
    "dispatcher": "om_helpdesk.om_ticket_board_action",
    "warehouse": "om_stock_spares.om_spare_clerk_action",
    "procurement": OVERVIEW,
    "staffing": "om_staffing.om_staffing_work_action",
    "manager": OVERVIEW,
    "auditor": "om_assets.om_reading_room_action",
    "administrator": OVERVIEW,
}
# Areas of the overview by role: what it may read and works with.
AREAS = {
    "manager": [
        "tickets",
        "requests",
        "money",
        "spares",
        "obligations",
        "assessment",
        "staffing",
    ],
    "procurement": [
        "money",
        "tickets",
        "requests",
        "spares",
        "obligations",
        "assessment",
    ],
    "dispatcher": ["tickets", "requests", "spares", "obligations", "assessment"],
    "warehouse": ["spares"],
    "engineer": [],
}
# What a telephone shows without scrolling; static/src/phone_menu folds the rest.
PHONE_ENTRIES = 8
# Somebody with one role has no use for more pages than these.
MOST_PAGES = {"engineer": 20, "warehouse": 20, "dispatcher": 40}


def walk(value):
    """Yield the figures of an answer, wherever they stand."""
    if isinstance(value, dict):
        if "domain" in value:
            yield value
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)


@tagged("post_install", "-at_install")
class TestFirstScreens(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(
                cls.env, f"om_first_{role}", groups=f"om_base.group_{role}"
            )
            for role in LANDINGS
        }

    def _get_menus(self, role):
        return self.env["ir.ui.menu"].with_user(self.users[role]).load_web_menus(False)

    def _land(self, role):
        """Return the action with which the app opens, as the client gets it."""
        menu = self._get_menus(role)[self.env.ref(ROOT).id]
        action = self.env[menu["actionModel"]].browse(menu["actionID"])
        if menu["actionModel"] == "ir.actions.server":
            return action.with_user(self.users[role]).run()
        return action.with_user(self.users[role]).sudo().read()[0]

    def _get_screen(self, role):
        """Return what the first screen of a role asks the server for."""
        user = self.users[role]
        if role == "engineer":
            return self.env["om.day"].with_user(user).get_day()
        if role == "staffing":
            return self.env["om.dashboard"].with_user(user).get_staffing_work()
        if role == "auditor":
            return self.env["om.reading.room"].with_user(user).get_room()
        return self.env["om.dashboard"].with_user(user).get_estate()

    def test_each_role_lands_on_its_work(self):
        found = {role: self._land(role)["id"] for role in LANDINGS}
        wanted = {role: self.env.ref(action).id for role, action in LANDINGS.items()}
        self.assertEqual(found, wanted)

    def test_several_roles_make_one_sensible_screen(self):
        for roles, wanted in {
            ("engineer", "warehouse"): LANDINGS["warehouse"],
            ("dispatcher", "engineer"): LANDINGS["dispatcher"],
            ("staffing", "procurement"): OVERVIEW,
            ("auditor", "engineer"): LANDINGS["engineer"],
        }.items():
            groups = ",".join(f"om_base.group_{role}" for role in roles)
            user = new_test_user(self.env, "_".join(roles), groups=groups)
            landing = self.env["res.users"].with_user(user)._get_om_landing()
            self.assertEqual(landing, wanted, roles)

    def test_figures_are_those_of_the_lists(self):
        for role, user in self.users.items():
            figures = list(walk(self._get_screen(role)))
            self.assertTrue(figures, role)
            keys = [figure["key"] for figure in figures]
            self.assertEqual(len(keys), len(set(keys)) + self._count_months(figures))
            for figure in figures:
                with self.subTest(role=role, figure=figure["key"]):
                    self._check_figure(figure, user)

    def _count_months(self, figures):
        """How many figures of the inspections' history have the same keys."""
        names = ("in_time", "late", "missed", "behind", "upcoming")
        keys = [figure["key"] for figure in figures if figure["key"] in names]
        return len(keys) - len(set(keys))

    def _check_figure(self, figure, user):
        model = self.env[figure["model"]].with_user(user)
        measure = figure.get("measure", "__count")
        [(count,)] = model._read_group(figure["domain"], aggregates=[measure])
        self.assertAlmostEqual(count or 0, figure["count"], 2)
        action = figure["action"]
        if isinstance(action, str):
            action = self.env.ref(action).id
        values = self.env["ir.actions.act_window"].with_user(user).browse(action)
        # as the client loads it: what cannot be loaded opens nothing
        values = (
            self.env["ir.actions.actions"]
            .with_user(user)
            ._for_xml_id(values.sudo().get_external_id()[action])
        )
        self.assertEqual(values["res_model"], figure["model"])
        view = values["view_mode"].split(",")[0]
        self.env[figure["model"]].with_user(user).get_view(view_type=view)

    def test_areas_of_the_overview(self):
        for role, wanted in AREAS.items():
            estate = self.env["om.dashboard"].with_user(self.users[role]).get_estate()
            found = [area["key"] for area in estate["areas"]]
            self.assertEqual(found, wanted, role)

    def test_who_keeps_contracts_is_not_asked_for_inspections(self):
        user = self.users["procurement"]
        estate = self.env["om.dashboard"].with_user(user).get_estate()
        models = {figure["model"] for figure in estate["attention"]}
        self.assertLessEqual(models, {"om.system"})
        self.assertEqual(estate["areas"][0]["key"], "money")

    def test_money_is_never_mixed(self):
        user = self.users["procurement"]
        estate = self.env["om.dashboard"].with_user(user).get_estate()
        [money] = [area for area in estate["areas"] if area["key"] == "money"]
        for figure in money["figures"]:
            if figure["model"] != "om.payment.milestone":
                continue
            milestones = self.env["om.payment.milestone"].search(figure["domain"])
            self.assertLessEqual(len(set(milestones.mapped("direction"))), 1)
            self.assertNotIn("draft", milestones.mapped("contract_state"))
            currency = self.env.company.currency_id
            self.assertFalse(milestones.currency_id - currency)

    def test_day_is_in_the_order_of_the_deadlines(self):
        Request = self.env["maintenance.request"]
        user = self.users["engineer"]
        today = Request._get_inspection_today()
        system = self.env["om.system"].search([("state", "=", "in_service")], limit=1)
        system.unit_id.phone = "010-00000000"
        Request.create(
            {
                "name": "巡检",
                "system_id": system.id,
                "is_inspection": True,
                "maintenance_type": "preventive",
                "inspection_date": today,
                "user_id": user.id,
            }
        )
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "示例故障",
                "description": "示例",
                "system_id": system.id,
                "severity": "urgent",
                "partner_phone": "010-00000001",
                "user_id": user.id,
            }
        )
        day = self.env["om.day"].with_user(user).get_day()
        kinds = {card["kind"] for card in day["cards"]}
        self.assertEqual(kinds, {"inspection", "ticket"})
        deadlines = [card["deadline"] or "9" for card in day["cards"]]
        self.assertEqual(deadlines, sorted(deadlines))
        cards = {card["key"]: card for card in day["cards"]}
        card = cards[f"ticket-{ticket.id}"]
        self.assertEqual(card["phone"], "010-00000001")
        self.assertEqual(card["system"], system.name)
        self.assertIn(
            "010-00000000",
            [card["phone"] for card in day["cards"] if card["kind"] == "inspection"],
        )

    def test_cards_of_one_system_differ_and_lead_somewhere(self):
        """Each inspection tells its scope; a system that stands nowhere has no site."""
        user = self.users["engineer"]
        system = self.env["om.system"].search([("state", "=", "in_service")], limit=1)
        today = self.env["maintenance.request"]._get_inspection_today()
        inspections = self.env["maintenance.request"].create(
            [
                {
                    "name": "示例巡检",
                    "is_inspection": True,
                    "system_id": system.id,
                    "inspection_scope": scope,
                    "inspection_mode": "onsite",
                    "inspection_date": today,
                    "user_id": user.id,
                }
                for scope in ("hardware", "software")
            ]
        )

        def get_cards():
            day = self.env["om.day"].with_user(user).get_day()
            cards = {card["key"]: card for card in day["cards"]}
            return [cards[f"inspection-{one.id}"] for one in inspections]

        system.write({"deployment_kind": "unit_room", "deployment_site": "示例机房"})
        hardware, software = get_cards()
        self.assertNotEqual(hardware["kind_label"], software["kind_label"])
        self.assertIn("示例机房", hardware["place"])
        system.write({"deployment_kind": "na", "deployment_site": "不涉及"})
        self.assertNotIn("不涉及", get_cards()[0]["place"])

    def test_day_costs_the_same_for_many(self):
        user = self.users["engineer"]
        system = self.env["om.system"].search([("state", "=", "in_service")], limit=1)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["om.day"].with_user(user).get_day()
            return self.env.cr.sql_log_count - before

        def add(number):
            self.env["helpdesk.ticket"].create(
                [
                    {
                        "name": f"示例 {part}",
                        "description": "示例",
                        "system_id": system.id,
                        "severity": "minor",
                        "user_id": user.id,
                    }
                    for part in range(number)
                ]
            )

        add(2)
        count()
        small = count()
        add(30)
        self.assertLessEqual(count(), small + 3)

    def test_a_telephone_shows_eight_entries(self):
        for role in LANDINGS:
            menus = self._get_menus(role)
            sections = menus[self.env.ref(ROOT).id]["children"]
            self.assertEqual(menus[sections[0]]["xmlid"], "om_base.om_home_menu")
            if role not in ("manager", "administrator"):
                # the two that see the configuration find it under 更多
                self.assertLessEqual(len(sections), PHONE_ENTRIES, role)
            pages = self._count_pages(menus, sections)
            self.assertLessEqual(pages, MOST_PAGES.get(role, pages), role)

    def _count_pages(self, menus, ids):
        return sum(
            self._count_pages(menus, menus[menu]["children"])
            if menus[menu]["children"]
            else 1
            for menu in ids
        )
