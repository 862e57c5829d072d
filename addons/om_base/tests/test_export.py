import json
from urllib.parse import unquote

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common import new_test_user


@tagged("post_install", "-at_install")
class TestExport(HttpCase):
    def test_files_are_named_for_people(self):
        """No technical name of a model stands in the name of a file."""
        groups = "om_base.group_manager,base.group_allow_export"
        user = new_test_user(self.env, "om_export", groups, password="om_export")
        model = self.env["ir.model"].with_context(lang=user.lang)._get("res.partner")
        self.authenticate("om_export", "om_export")
        for kind in ("xlsx", "csv"):
            asked = {
                "model": "res.partner",
                "fields": [{"name": "name", "label": "Name", "type": "char"}],
                "ids": self.env.user.partner_id.ids,
                "domain": [],
                "import_compat": False,
            }
            answer = self.url_open(
                f"/web/export/{kind}",
                data={
                    "data": json.dumps(asked),
                    "csrf_token": Request.csrf_token(self),
                },
            )
            self.assertEqual(answer.status_code, 200)
            name = unquote(answer.headers["Content-Disposition"])
            self.assertIn(model.name, name)
            self.assertNotIn("res.partner", name)
