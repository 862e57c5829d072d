"""What people do on Odoo's pages, and what is prepared for them."""

import itertools
import json

from ..support import standing_shell

# Preparations made so far on the server that the tests share.
_marks = itertools.count(1)


def prepare(server, script, word):
    """Run a script in an Odoo shell and read the line that it prints after a word.

    What is scanned or searched for is of one preparation only, whichever tests ran
    before: each ``WEB-`` in the script becomes a beginning of its own, returned
    as ``web``.
    """
    web = f"WEB{next(_marks)}-"
    output = standing_shell(server.database, script.replace("WEB-", web))
    line = next(row for row in output.splitlines() if row.startswith(f"{word} "))
    return {**json.loads(line.removeprefix(f"{word} ")), "web": web}


# A request for a part that waits for its two answers, or has them.
SPARE = """
import json
PHOTO = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    b"AABJRU5ErkJggg=="
)
warehouse = env.ref("om_engagements.warehouse_shunyi")
quota = env.ref("om_engagements.spare_quota_2_03")
# Other tests use up what is scarce.
quota = quota.search(
    [("list_id", "=", quota.list_id.id), ("system_id", "=", quota.system_id.id)]
).sorted("remaining")[-1:]
product = env["product.product"].create(
    {
        "name": "抓拍单元（浏览器测试）",
        "type": "consu",
        "is_storable": True,
        "tracking": "serial" if SERIAL else "none",
    }
)
env["om.spare.compatibility"].create(
    {
        "quota_id": quota.id,
        "product_id": product.id,
        "line_ids": [(0, 0, {"name": "像素", "deviation": "positive"})],
    }
)
lot = env["stock.lot"].create(
    [{"name": SERIAL, "product_id": product.id}] if SERIAL else []
)
env["stock.quant"]._update_available_quantity(
    product, warehouse.lot_stock_id, 1, lot_id=lot
)
system = quota.system_id
for role in ("purchaser", "supervisor"):
    party = env.ref(f"om_base.demo_user_{role}").partner_id.commercial_partner_id
    system[f"{role}_id"] = party
request = env["om.spare.request"].create(
    {
        "system_id": system.id,
        "quota_id": quota.id,
        "product_id": product.id,
        "beyond_repair": "主板击穿",
        "repair_tried": "更换电源后仍不启动",
        "photo_ids": [(0, 0, {"name": "x.png", "datas": PHOTO})],
        "applicant_id": env.ref("om_base.demo_user_engineer").id,
    }
)
request.action_ask()
for role in ("purchaser", "supervisor") if CONFIRMED else ():
    request.with_user(env.ref(f"om_base.demo_user_{role}")).action_confirm()
env.cr.commit()
print("REQUEST", json.dumps({"id": request.id, "name": request.name}))
"""


def prepare_spare(server, serial="", *, confirmed=False):
    """Ask for a part of which one is in stock: its ``id``, ``name`` and ``web``.

    :param serial: the part's serial number, which begins with ``WEB-``
    :param confirmed: purchaser and supervisor have said yes
    """
    head = f"SERIAL, CONFIRMED = {serial!r}, {confirmed!r}"
    return prepare(server, f"{head}\n{SPARE}", "REQUEST")


def open_path(page, server, path):
    """Open a page of the backend by its path and wait for its view."""
    page.goto(f"{server.url}/odoo/{path}")
    page.locator(".o_action_manager .o_view_controller").first.wait_for()


def wait_for_kept_form(page, field):
    """Until a portal's form keeps what is typed: its script comes after the page, and
    nothing that is typed or sent before is its business."""
    page.wait_for_function(
        """(field) => {
            const typed = new Event("input", { bubbles: true });
            document.querySelector(field).dispatchEvent(typed);
            const kept = { ...sessionStorage, ...localStorage };
            return Object.keys(kept).some((key) => key.startsWith("om.form."));
        }""",
        arg=field,
    )


def start_action(page, action):
    """Open an action within the client, as a menu does, and wait until it is drawn."""
    page.evaluate(
        """(action) => {
            const { env } = odoo.__WOWL_DEBUG__.root;
            document.body.dataset.drawn = "no";
            env.bus.addEventListener(
                "ACTION_MANAGER:UI-UPDATED",
                () => (document.body.dataset.drawn = action),
                { once: true }
            );
            env.services.action.doAction(action, { clearBreadcrumbs: true });
        }""",
        action,
    )
    page.locator(f"body[data-drawn='{action}']").wait_for()


def search(page, text):
    """Choose what the search proposes, so that its list is gone afterwards."""
    proposals = page.locator(".o_searchview_autocomplete")
    page.locator(".o_searchview_input").fill(text)
    proposals.locator(".o-dropdown-item", has_text=text).first.click()
    page.locator(".o_searchview .o_facet_value", has_text=text).wait_for()
    proposals.wait_for(state="detached")


def press(page, name):
    """Press the button of this name in the form."""
    page.locator(f".o_form_view button[name={name}]:visible").first.click()


def sign(page, field):
    """Draw into the signature field as a finger does."""
    page.locator(f"[name={field}] .o_signature").last.click()
    dialog = page.locator(".modal", has=page.locator(".o_web_sign_draw_button"))
    dialog.locator(".o_web_sign_draw_button").click()
    pad = dialog.locator("canvas")
    pad.wait_for()
    page.wait_for_timeout(500)
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(
            box["x"] + 20 + step * 15,
            box["y"] + box["height"] * (0.35 if step % 2 else 0.65),
        )
    page.mouse.up()
    dialog.locator(".modal-footer .btn-primary:enabled").click()
    dialog.wait_for(state="hidden")


def assert_fits(page):
    """Nothing makes the page scroll sideways."""
    # A page that is left for another has no document for a moment.
    page.wait_for_function("document.documentElement !== null")
    # Not the client's width: a telephone widens it with the content.
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], width
