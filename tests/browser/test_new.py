"""New on every page of ours: in each field to be filled there is something to choose.

``om_engagements/tests/test_new_on_every_menu.py`` does the same on the server as each
role and saves; here the browser shows the form and asks for the choices. Every day a
few pages are taken, all of them in the long tier.
"""

from ..sampling import WHOLE, shuffled
from .actions import start_action

# A page, or the question of a dialog before anything: nothing to make anew there.
PAGE = ".o_action_manager .o_view_controller, .o_action_manager .o_action"
DIALOG = ".modal .o_form_view"
NEW = (
    ".o_list_button_add:visible, .o-kanban-button-new:visible,"
    " .o_form_button_create:visible"
)
# The form, the row of an editable list, or a dialog's form.
OPEN = ".o_form_editable, .o_selected_row"
DISCARD = ".o_form_button_cancel:visible, .o_list_button_discard:visible"
EMPTY = ".o_required_modifier.o_field_many2one input:visible"
MENU = ".o-autocomplete--dropdown-menu"
ITEM = f"{MENU} .o-autocomplete--dropdown-item:not(:has(.o_loading))"
# "Create …", "Search more …", "No records" are no choices.
CHOICE = f"{ITEM}:not(.o_m2o_dropdown_option, .o_m2o_no_result)"
FILLED_OR_OFFERED = "([field, item]) => field.value || document.querySelector(item)"
# Enough of the menus that "nothing was pressed" cannot pass.
LEAST = 30 if WHOLE else 3


def get_pages(page):
    """Ids of the window actions behind our menus."""
    menus = page.evaluate(
        "async () => (await fetch('/web/webclient/load_menus')).json()"
    )
    return sorted(
        {
            menu["actionID"]
            for menu in menus.values()
            if (menu.get("xmlid") or "").startswith("om_")
            and menu.get("actionModel") == "ir.actions.act_window"
        }
    )


def find_without_choice(page):
    """Names of the open form's fields to be filled that offer nothing."""
    nothing = []
    fields = page.locator(OPEN).last.locator(EMPTY)
    for index in range(fields.count()):
        field = fields.nth(index)
        if field.input_value():
            continue
        field.click()
        page.wait_for_function(FILLED_OR_OFFERED, arg=[field.element_handle(), ITEM])
        if field.input_value():
            # The choice before this one has filled it.
            page.keyboard.press("Escape")
        elif page.locator(CHOICE).count():
            # What comes next may hang on it: the quota on the system.
            page.locator(CHOICE).first.click()
        else:
            name = field.locator("xpath=ancestor::*[@name][1]")
            nothing.append(name.get_attribute("name"))
            page.keyboard.press("Escape")
        page.locator(MENU).wait_for(state="detached")
    return nothing


def press_new(page, action):
    """Open the page of an action and press New there.

    :return: what offers no choice, or None where there is no New
    """
    start_action(page, action)
    page.locator(f"{PAGE}, {DIALOG}").first.wait_for()
    button = page.locator(NEW)
    if page.locator(DIALOG).count() or not button.count():
        return None
    button.first.click()
    page.locator(OPEN).first.wait_for()
    missing = find_without_choice(page)
    discard = page.locator(DISCARD)
    if discard.count():
        discard.first.click()
    return missing


def test_new_offers_choices(new_page, login):
    page = new_page()
    login(page, "admin", "/odoo")
    page.wait_for_selector(".o_main_navbar")
    pressed, nothing = 0, {}
    for action in shuffled("new", get_pages(page)):
        missing = press_new(page, action)
        pressed += missing is not None
        if missing:
            nothing[action] = missing
        if pressed >= LEAST and not WHOLE:
            break
    assert pressed >= LEAST, pressed
    assert not nothing, nothing
