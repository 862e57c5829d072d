"""What people do on Odoo's pages, and what is prepared for them."""

import itertools
import json

from ..support import odoo_shell

# Preparations made so far on the server that the tests share.
_marks = itertools.count(1)


def prepare(server, script, word):
    """Run a script in an Odoo shell and read the line that it prints after a word.

    What is scanned or searched for is of one preparation only, whichever tests ran
    before: each ``WEB-`` in the script becomes a beginning of its own, returned
    as ``web``.
    """
    web = f"WEB{next(_marks)}-"
    output = odoo_shell(server.database, script.replace("WEB-", web))
    line = next(row for row in output.splitlines() if row.startswith(f"{word} "))
    return {**json.loads(line.removeprefix(f"{word} ")), "web": web}


def open_path(page, server, path):
    """Open a page of the backend by its path and wait for its view."""
    page.goto(f"{server.url}/odoo/{path}")
    page.locator(".o_action_manager .o_view_controller").first.wait_for()


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
