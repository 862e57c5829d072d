from odoo import api, models
from odoo.tools.safe_eval import safe_eval

ROOT = "om_base.om_menu_root"


class OmReadingRoom(models.AbstractModel):
    """What the user may read, by area: the lists behind the menus with their sizes.

    It is made of the menus themselves, so that what an add-on adds there is here, too.
    """

    _name = "om.reading.room"
    _description = "Reading Room"

    @api.model
    @api.readonly
    def get_room(self):
        """Return ``intro`` and the ``areas`` of the app: ``key``, ``label`` and
        ``figures``, each as the dashboard's, of all that a list has, whatever filters
        it opens with."""
        menus = self.env["ir.ui.menu"].load_menus(False)
        root = self.env.ref(ROOT).id
        areas = []
        for area in menus.get(root, {}).get("children", []):
            figures = self._get_figures(menus, area)
            if figures:
                areas.append(
                    {
                        "key": menus[area]["xmlid"],
                        "label": menus[area]["name"],
                        "figures": figures,
                    }
                )
        return {
            "intro": self.env._(
                "What you may read, by area, with the number of records. The history"
                " beside each record says who changed what, when and why."
            ),
            "areas": areas,
        }

    @api.model
    def _get_figures(self, menus, menu_id):
        """Return the figures of the lists below a menu, in the order of the menus."""
        figures = []
        for child in menus[menu_id]["children"]:
            menu = menus[child]
            if menu["action_model"] == "ir.actions.act_window":
                figure = self._get_figure(menu)
                if figure:
                    figures.append(figure)
            figures += self._get_figures(menus, child)
        return figures

    @api.model
    def _get_figure(self, menu):
        # superuser: what a menu opens is no secret; what it shows is read as the user
        action = self.env["ir.actions.act_window"].sudo().browse(menu["action_id"])
        model = self.env.get(action.res_model)
        if (
            model is None
            or model._transient
            or not action.view_mode.startswith(("list", "kanban", "calendar", "pivot"))
            or not model.has_access("read")
        ):
            return None
        context = {"uid": self.env.uid, "lang": self.env.lang}
        domain = safe_eval(action.domain or "[]", context)
        return self.env["om.dashboard"]._count(
            menu["xmlid"], menu["name"], action.id, action.res_model, domain
        )
