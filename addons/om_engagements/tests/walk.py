"""Every view of every menu, read as the web client would read it.

What the client asks for stands in ``web/static/src/model``: the views and their fields,
the records with the fields that the view names (and those of its embedded lists),
groups, progress bars, search panels, and for each filter and grouping its records.
"""

import json
from collections import defaultdict
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo.tools.safe_eval import safe_eval

# A list's page; a filter needs no more than a few records to show that it is read.
PAGE, FEW = 80, 3
X2MANY = ("one2many", "many2many")
# Drawn by the client from several reads of their own models.
OTHER_VIEWS = ("activity", "hierarchy")
# Aggregates that a list, a pivot or a graph asks for by the kind of field.
NUMBERS = ("integer", "float", "monetary")


class Refused(Exception):
    """A read that answered with an error: where, and in what words."""


class Walk:
    """What one user finds behind the menus.

    :param user: the user; everything is read with that user's rights
    :param filtered: where walks of several users meet: what is behind a filter or a
        grouping is read in full by the first of them; the others, who have read the
        records of the list, search for one of it
    :ivar refused: ``(menu, model, view, what): the error's words``
    :ivar answers: what ``get_views`` gave, ``(menu, model): answer``
    """

    def __init__(self, user, filtered=None):
        self.filtered = set() if filtered is None else filtered
        context = {**user.env["res.users"].with_user(user).context_get()}
        self.env = user.env(user=user.id, su=False, context=context)
        self.refused = {}
        self.answers = {}
        self.actions = {}
        self.counts = defaultdict(int)

    def menus(self):
        """``{external id: menu}`` of all menus that the client shows."""
        menus = self.env["ir.ui.menu"].load_web_menus(False)
        return {
            menu["xmlid"]: menu
            for key, menu in menus.items()
            if key != "root" and menu["actionID"]
        }

    def walk(self, only=None):
        """Read everything behind every menu, each action once.

        :param only: external ids of menus; None: all of them
        """
        seen = set()
        for name, menu in self.menus().items():
            if menu["actionID"] in seen or (only and name not in only):
                continue
            seen.add(menu["actionID"])
            action = self.env[menu["actionModel"]].sudo().browse(menu["actionID"])
            with self.trying(name, menu["actionModel"], "action", "load"):
                action = action._get_action_dict()
                self.actions[name] = action
                if menu["actionModel"] == "ir.actions.server":
                    action = self.run_server_action(action)
                if action and action.get("type") == "ir.actions.act_window":
                    self.read_action(name, action)
        return self

    def run_server_action(self, action):
        """The action that a menu's server action answers with."""
        action = self.env["ir.actions.server"].browse(action["id"])
        return action.run()

    class _Trying:
        def __init__(self, walk, key):
            self.walk, self.key = walk, key

        def __enter__(self):
            self.savepoint = self.walk.env.cr.savepoint(flush=False)
            self.savepoint.__enter__()

        def __exit__(self, kind, error, trace):
            self.savepoint.__exit__(kind, error, trace)
            self.walk.counts["reads"] += 1
            if kind and issubclass(kind, Exception):
                self.walk.refused[self.key] = (
                    f"{kind.__name__}: {' '.join(str(error).split())}"
                )
                self.walk.env.invalidate_all(flush=False)
                return True
            return False

    def trying(self, *key):
        """Note a refusal under this key instead of ending the walk."""
        return self._Trying(self, key)

    def evaluate(self, expression, **names):
        """A domain or a context as the client evaluates it."""
        if not isinstance(expression, str):
            return expression or None
        if not expression.strip():
            return None
        values = {
            "uid": self.env.uid,
            "active_id": False,
            "active_ids": [],
            "active_model": False,
            "context_today": date.today,
            "current_date": str(date.today()),
            "relativedelta": relativedelta,
            "datetime": _Module(
                datetime=datetime, date=date, time=time, timedelta=timedelta
            ),
            "time": _Module(strftime=lambda form: datetime.now().strftime(form)),
            "today": str(date.today()),
            "allowed_company_ids": self.env.companies.ids,
            "companies": _Module(active_ids=self.env.companies.ids),
            "context": dict(self.env.context),
            "parent": _Unknown(),
            "id": False,
            **self.env.context,
            **names,
        }
        return safe_eval(expression, values)

    def read_action(self, name, action):
        model = action["res_model"]
        context = self.evaluate(action.get("context")) or {}
        domain = self.evaluate(action.get("domain"), **context) or []
        Model = self.env[model].with_context(**context)
        views = [[view, kind] for view, kind in action["views"]]
        search = action.get("search_view_id")
        search = search[0] if isinstance(search, list | tuple) else search
        views.append([search or False, "search"])
        if not any(kind == "form" for _view, kind in views):
            views.append([False, "form"])
        with self.trying(name, model, "all", "get_views"):
            answer = Model.get_views(
                views,
                {"toolbar": True, "load_filters": True, "action_id": action.get("id")},
            )
            self.answers[name, model] = answer
            self.counts["views"] += len(answer["views"])
            self.read_views(name, Model, domain, answer)

    def read_views(self, name, Model, domain, answer):
        model = Model._name
        archs = {
            kind: etree.fromstring(view["arch"])
            for kind, view in answer["views"].items()
        }
        search = Search(self, Model, archs["search"])
        with self.trying(name, model, "search", "default filters"):
            shown = domain + search.default_domain()
        if (name, model, "search", "default filters") in self.refused:
            shown = domain
        groupby = search.default_groups()
        for kind, arch in archs.items():
            if kind in ("search", "form"):
                continue
            with self.trying(name, model, kind, "read"):
                self.read_view(Model, kind, arch, shown, groupby, answer)
        specification = self.specification(archs["form"], Model)
        with self.trying(name, model, "form", "first record"):
            # A dialog has no records of its own.
            if not Model.is_transient():
                found = Model.web_search_read(domain, {}, limit=1)["records"]
                for record in found:
                    Model.browse(record["id"]).web_read(specification)
        if archs["form"].get("create", "1") not in ("0", "false", "False"):
            with self.trying(name, model, "form", "new record"):
                if Model.has_access("create"):
                    Model.onchange({}, [], specification)
        self.read_filters(name, Model, domain, archs, search)

    def read_filters(self, name, Model, domain, archs, search):
        kind = next((kind for kind in ("list", "kanban") if kind in archs), None)
        if not kind:
            return
        specification = self.specification(archs[kind], Model)
        for label, condition in search.filters():
            with self.trying(name, Model._name, "search", f"filter {label}"):
                wanted = domain + (self.evaluate(condition) or [])
                if (name, label) in self.filtered:
                    Model.search(wanted, limit=1)
                    continue
                self.filtered.add((name, label))
                Model.web_search_read(wanted, specification, limit=FEW)
        for group in search.groups():
            with self.trying(name, Model._name, "search", f"group by {group}"):
                if (name, group) in self.filtered:
                    Model.formatted_read_group(domain, [group], ["__count"], limit=1)
                    continue
                self.filtered.add((name, group))
                Model.web_read_group(
                    domain,
                    [group],
                    aggregates(archs[kind], Model),
                    limit=PAGE,
                    auto_unfold=kind == "kanban",
                    unfold_read_specification=specification,
                    unfold_read_default_limit=FEW,
                )
        for field, settings in search.panel():
            with self.trying(name, Model._name, "search", f"panel {field}"):
                read = (
                    Model.search_panel_select_multi_range
                    if settings.get("select") == "multi"
                    else Model.search_panel_select_range
                )
                options = {"enable_counters": bool(settings.get("enable_counters"))}
                if settings.get("groupby"):
                    options["group_by"] = settings["groupby"]
                read(field, search_domain=domain, **options)

    def read_view(self, Model, kind, arch, domain, groupby, answer):
        if kind in ("list", "kanban"):
            self.read_records(Model, kind, arch, domain, groupby)
        elif kind == "pivot":
            self.read_pivot(Model, arch, domain, groupby)
        elif kind == "graph":
            self.read_graph(Model, arch, domain, groupby)
        elif kind == "calendar":
            self.read_calendar(Model, arch, domain)
        elif kind == "activity":
            Model.env["mail.activity"].get_activity_data(Model._name, domain)
        elif kind not in OTHER_VIEWS:
            raise AssertionError(f"{Model._name}: a view {kind} that nobody reads")

    def read_records(self, Model, kind, arch, domain, groupby):
        specification = self.specification(arch, Model)
        default = arch.get("default_group_by")
        groups = groupby or (default.split(",") if default else [])
        if not groups:
            Model.web_search_read(domain, specification, limit=PAGE, count_limit=10001)
            return
        if kind == "kanban":
            groups = groups[:1]
        groups = [with_interval(Model, group) for group in groups]
        Model.web_read_group(
            domain,
            groups,
            aggregates(arch, Model),
            limit=PAGE,
            auto_unfold=kind == "kanban" or arch.get("expand") == "1",
            unfold_read_specification=specification,
        )
        progress = arch.find(".//progressbar")
        if progress is not None:
            bar = {
                "field": progress.get("field"),
                "colors": json.loads(progress.get("colors")),
                "sum_field": progress.get("sum_field"),
            }
            Model.read_progress_bar(domain, groups[0], bar)

    def read_pivot(self, Model, arch, domain, groupby):
        rows, columns, measures = groupby, [], ["__count"]
        for node in arch.findall("field"):
            name = with_interval(Model, node.get("name"), node.get("interval"))
            if node.get("type") == "row" and not groupby:
                rows = [*rows, name]
            elif node.get("type") == "col":
                columns.append(name)
            elif node.get("type") == "measure":
                measures += measure(Model, node.get("name"))
        both = list(dict.fromkeys(rows[:1] + columns[:1]))
        sets = [[], rows[:1], columns[:1], both]
        sets = [each for index, each in enumerate(sets) if each not in sets[:index]]
        Model.formatted_read_grouping_sets(domain, sets, list(dict.fromkeys(measures)))

    def read_graph(self, Model, arch, domain, groupby):
        groups, measures = list(groupby), []
        for node in arch.findall("field"):
            if node.get("type") == "measure":
                measures += measure(Model, node.get("name"))
            elif not groupby and node.get("invisible") not in ("1", "True"):
                groups.append(
                    with_interval(Model, node.get("name"), node.get("interval"))
                )
        Model.formatted_read_group(domain, groups, ["__count", *measures])

    def read_calendar(self, Model, arch, domain):
        fields = {node.get("name") for node in arch.findall("field")}
        for attribute in ("date_start", "date_stop", "date_delay", "all_day", "color"):
            if arch.get(attribute):
                fields.add(arch.get(attribute))
        Model.search_read(domain + self.days_of(arch), [*fields, "display_name"])

    def days_of(self, arch):
        """The days that a calendar shows, and some around them."""
        day = arch.get("date_start")
        return [
            (day, ">=", str(date.today() - timedelta(days=40))),
            (day, "<=", str(date.today() + timedelta(days=40))),
        ]

    def specification(self, arch, Model):
        """What the client reads of a record for this view."""
        specification = {}
        for node in fields_of(arch):
            name = node.get("name")
            field = Model._fields.get(name)
            if field is None:
                # A property, or a field of the group header.
                continue
            wanted = specification.setdefault(name, {})
            if node.get("invisible") in ("1", "True"):
                continue
            if field.type in X2MANY:
                views = [
                    child
                    for child in node
                    if child.tag in ("list", "kanban", "form", "tree")
                ]
                if views:
                    Related = self.env[field.comodel_name]
                    for view in views:
                        if view.tag != "form":
                            wanted.setdefault("fields", {}).update(
                                self.specification(view, Related)
                            )
                    wanted["limit"] = PAGE
                elif node.get("widget") and "tags" in node.get("widget"):
                    wanted["fields"] = {"display_name": {}}
            elif field.type in ("many2one", "reference"):
                wanted["fields"] = {"display_name": {}}
        return specification


class _Module:
    """A few names under one, as the client's evaluator has them."""

    def __init__(self, **names):
        self.__dict__.update(names)


class _Unknown:
    """A record that is not there: whatever is asked of it is empty."""

    def __getattr__(self, name):
        return False


class Search:
    """The filters, groupings and panels of a search view."""

    def __init__(self, walk, Model, arch):
        self.walk, self.Model, self.arch = walk, Model, arch
        self.nodes = list(arch.iter("filter"))

    def _defaults(self):
        return {
            key.removeprefix("search_default_")
            for key, value in self.Model.env.context.items()
            if key.startswith("search_default_") and value
        }

    def _group(self, node):
        context = self.walk.evaluate(node.get("context")) or {}
        group = context.get("group_by")
        if isinstance(group, list):
            group = group[0] if group else None
        return group and with_interval(self.Model, group)

    def default_domain(self):
        domain = []
        for node in self.nodes:
            if node.get("name") in self._defaults() and node.get("domain"):
                domain += self.walk.evaluate(node.get("domain")) or []
        return domain

    def default_groups(self):
        chosen = [node for node in self.nodes if node.get("name") in self._defaults()]
        return [group for node in chosen if (group := self._group(node))]

    def filters(self):
        for node in self.nodes:
            if node.get("domain"):
                yield node.get("string") or node.get("name"), node.get("domain")

    def groups(self):
        """The groupings that the client offers: it leaves out properties."""
        groups = dict.fromkeys(filter(None, map(self._group, self.nodes)))
        names = {group.split(":")[0] for group in groups} & set(self.Model._fields)
        fields = self.Model.fields_get(names, ["groupable", "type"])
        for group in groups:
            field = fields.get(group.split(":")[0], {})
            if field.get("groupable") and field["type"] != "properties":
                yield group

    def panel(self):
        for panel in self.arch.iter("searchpanel"):
            for node in panel.iter("field"):
                yield node.get("name"), dict(node.attrib)


def fields_of(arch):
    """The fields of a view, without those of the views inside them."""
    for child in arch:
        if not isinstance(child.tag, str):
            continue
        if child.tag == "field":
            yield child
        else:
            yield from fields_of(child)


def with_interval(Model, name, interval=None):
    """The client groups days by month unless the view says otherwise."""
    field = Model._fields.get(name.split(":")[0])
    if ":" in name or field is None or field.type not in ("date", "datetime"):
        return name
    return f"{name}:{interval or 'month'}"


def measure(Model, name):
    """How the client adds a field up: not at all if the field cannot be."""
    field = Model.fields_get([name], ["type", "aggregator"]).get(name, {})
    if field.get("type") in NUMBERS and field.get("aggregator"):
        return [f"{name}:{field['aggregator']}"]
    return []


def aggregates(arch, Model):
    """What a grouped list or board adds up."""
    names = {node.get("name") for node in fields_of(arch)}
    progress = arch.find(".//progressbar")
    if progress is not None and progress.get("sum_field"):
        names.add(progress.get("sum_field"))
    return [
        "__count",
        *(each for name in sorted(names) for each in measure(Model, name)),
    ]
