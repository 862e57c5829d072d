"""A long paper is made in the background and shown meanwhile, a lost network or not."""

import io
import zipfile

from .actions import open_path, prepare, press

# A contract of its own with a settlement: its package is small.
SETTLEMENT = """
import json
from dateutil.relativedelta import relativedelta

today = env["agreement"]._get_today()
purchaser = env.ref("om_base.demo_user_purchaser").partner_id.commercial_partner_id
manager = env["res.users"].search([("login", "=", "manager")])
contract = env["agreement"].create(
    {
        "code": "WEB-JS",
        "name": "WEB-结算合同",
        "partner_id": purchaser.id,
        "user_id": manager.id,
        "signature_date": today - relativedelta(months=9),
        "start_date": today - relativedelta(months=9),
        "end_date": today + relativedelta(months=3),
        "amount_total": 100000.0,
        "payment_template_id": env.ref("om_contract.om_payment_template_review").id,
    }
)
contract.action_make_milestones()
contract.action_activate()
settlement = env["om.settlement"].create({"agreement_id": contract.id})
env.cr.commit()
print("SETTLEMENT", json.dumps({"id": settlement.id, "code": contract.code}))
"""


def test_a_package_is_made_while_one_looks_on(server, lost_page, login):
    settlement = prepare(server, SETTLEMENT, "SETTLEMENT")
    page = lost_page()
    login(page, "manager")
    open_path(page, server, f"om-settlements/{settlement['id']}")
    press(page, "action_make_package")
    bar = page.locator(".o_form_view .progress")
    bar.wait_for()

    page.context.set_offline(True)
    page.wait_for_timeout(5000)
    assert bar.is_visible(), "the page is still there"
    page.context.set_offline(False)

    page.locator("button[name=action_download]").wait_for()
    assert bar.get_attribute("aria-valuenow") == "100"
    with page.expect_download() as download:
        press(page, "action_download")
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as package:
        names = package.namelist()
        assert package.testzip() is None
    assert {"money.json", "fingerprints.sha256"} <= {
        name.rpartition("/")[2] for name in names
    }
    assert settlement["code"] in download.value.suggested_filename
