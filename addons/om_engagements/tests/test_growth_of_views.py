"""What a view asks the database is the same for few records and for ten times as many.

Every list, board, calendar, pivot and graph behind the menus is read by the client's
own calls, of the demonstration's records.
"""

from lxml import etree

from odoo.tests import TransactionCase, tagged

from odoo.addons.om_base.tests.common import create_role_users

from .walk import Search, Walk

KINDS = ("list", "kanban", "calendar", "pivot", "graph", "activity")
# Who reads the most, and who has the strictest record rules.
ROLES = ("manager", "engineer")
# Odoo's own, which we do not show by themselves: what is in stock, product by product.
THEIRS = {"product.product", "stock.quant"}
MANY = 80
# Less than this is no tenth to compare with.
LEAST = 30
# More records name more kinds of other records, each read by a query of its own; one
# query for each of them would be 27 at least.
SLACK = 12


class Growth(Walk):
    """A walk that counts queries.

    :ivar grew: ``(menu, model, kind of view): (queries, queries of ten times as many)``
    """

    def __init__(self, user):
        super().__init__(user)
        self.grew = {}
        self.compared = set()

    def read_views(self, name, Model, domain, answer):
        if Model.is_transient() or Model._name in THEIRS:
            return
        archs = {
            kind: etree.fromstring(view["arch"])
            for kind, view in answer["views"].items()
        }
        groups = Search(self, Model, archs["search"]).default_groups()
        for kind in KINDS:
            key = Model._name, kind, kind in archs and answer["views"][kind]["id"]
            if kind not in archs or key in self.compared:
                continue
            self.compared.add(key)
            with self.trying(name, Model._name, kind, "grow"):
                self.compare(name, Model, kind, archs[kind], domain, groups, answer)

    def compare(self, name, Model, kind, arch, domain, groups, answer):
        if kind == "calendar":
            domain = domain + self.days_of(arch)
        ids = Model.search(domain, limit=MANY).ids
        if len(ids) < LEAST:
            return
        few = ids[: len(ids) // 10]
        slack = SLACK
        if "res_model" in Model._fields:
            # The documents of each kind are asked for by themselves, with their rules
            # and names.
            slack += 8 * len(set(Model.browse(ids).mapped("res_model")))

        def count(chosen):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.read_view(Model, kind, arch, [("id", "in", chosen)], groups, answer)
            return self.env.cr.sql_log_count - before

        # The first warms up what is cached.
        count(few)
        small, large = count(few), count(ids)
        self.counts["compared"] += 1
        if large > small + slack:
            self.grew[name, Model._name, kind] = small, large


@tagged("post_install", "-at_install")
class TestGrowthOfViews(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = create_role_users(cls)

    def test_views_ask_as_little_for_many_records(self):
        refused, grew, compared = {}, {}, 0
        for role in ROLES:
            walk = Growth(self.users[role]).walk()
            compared += walk.counts["compared"]
            refused.update(walk.refused)
            grew.update({(role, *key): costs for key, costs in walk.grew.items()})
        self.assertFalse(refused)
        # Without the demonstration's records this test would say nothing.
        self.assertGreater(compared, 60)
        self.assertFalse(grew)

    def test_a_query_for_each_record_is_found(self):
        menu = "om_assets.om_system_menu"
        walk = Growth(self.users["manager"])
        System = self.env.registry["om.system"]
        read = System.web_read

        def read_one_by_one(systems, specification):
            for _system in systems:
                systems.env.cr.execute("SELECT 1")
            return read(systems, specification)

        self.patch(System, "web_read", read_one_by_one)
        walk.walk(only=[menu])
        self.assertTrue(walk.grew)
