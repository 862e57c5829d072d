"""What of Odoo and OCA we override, with its parameters: the list to walk through
before a step to another release.

``HOOKS`` were made by their owners for heirs to override: empty or abstract in the
base, documented as such, or apart from their callers so that a model gives its own.
They are as stable as documented names are. ``TOUCHED`` works differently because of
us, with the reason why it stays: each of these may break with any release, and has to
be worth it.

Left out is what every model is meant to give itself: see ``MEANT``.
"""

import inspect

from odoo.http import Controller
from odoo.tests import TransactionCase, tagged

OURS = "odoo.addons.om_"
# To be overridden by whoever has something to add, and called by name only.
MEANT = {
    "create",
    "write",
    "unlink",
    "copy",
    "copy_data",
    "default_get",
    "_compute_access_url",
    "_compute_display_name",
}


def read(text):
    """Return {method with its parameters: why}; one a line, which may go on."""
    lines = text.strip().replace("\n    ", " ").split("\n")
    pairs = (line.partition("): ") for line in lines)
    return {f"{method})": why for method, _colon, why in pairs}


HOOKS = read("""
BaseModel._additional_allowed_keys_properties_definition(self): empty in the base;
    which keys a form's definition keeps
BaseModel._check_access(self, operation): its docstring: may be overridden to restrict
    the access
BaseModel._read_group_select(self, aggregate_spec, query): how a model adds up a field
    of its own; nine reports of Odoo's do (account.invoice.report, purchase.report)
BaseModel._search(self, domain, offset=0, limit=None, order=None, *, active_test=True,
    bypass_access=False): what of a model is found, beside _check_access;
    ir.attachment and mail.message do so
BaseModel._search_display_name(self, operator, value): its docstring: can be
    overridden; the search of _compute_display_name
BaseModel.init(self): empty in the base; its docstring: may be overridden
CustomerPortal._prepare_home_portal_values(self, counters): counts of the portal's
    home; every portal add-on
CustomerPortalHelpdesk._prepare_home_portal_values(self, counters): as above
CustomerPortalHelpdesk.portal_my_ticket(self, ticket_id, access_token=None, **kw): a
    route, overridden as Odoo documents routes
CustomerPortalHelpdesk.portal_my_tickets(self, page=1, date_begin=None, date_end=None,
    sortby=None, filterby=None, search=None, search_in=None, groupby=None, **kw): as
    above
HelpdeskTicketController.create_new_ticket(self, **kw): as above
HelpdeskTicketController.submit_ticket(self, **kw): as above
HelpdeskTicketController.support_ticket_close(self, **kw): as above
WebManifest._get_webmanifest(self): apart from its route for other add-ons; hr_expense
    adds to it so
account.move.line._related_analytic_distribution(self): empty in account; sale and
    purchase give theirs
agreement._domain_selection(self): the method of a selection
base.get_formview_action(self, access_uid=None): its docstring: meant to be overridden
helpdesk.ticket._creation_subtype(self): empty in mail.thread; its docstring asks for
    it
helpdesk.ticket.message_new(self, msg, custom_values=None): mail.thread's docstring:
    additional behaviour by overriding
hr.employee._get_certificate_selection(self): the method of a selection
hr.individual.skill.mixin._get_passive_fields(self): empty in the base; which fields a
    new version takes along
ir.http._get_translation_frontend_modules_name(cls): each add-on with words for pages
    adds itself
mail.thread._check_can_update_message_content(self, messages): a check of its own for
    models with other rules; discuss.channel
mail.thread._message_post_after_hook(self, message, msg_values): a hook by its name
    and docstring
mail.thread._notify_by_email_get_base_mail_values(self, message, recipients_data,
    additional_values=None): the values of a mail
report.report_xlsx.abstract.generate_xlsx_report(self, workbook, data, objs): not
    implemented in the base
res.config.settings.get_values(self): empty in the base; settings that are no
    parameters
res.config.settings.set_values(self): as above
res.partner.name_create(self, name): creating by name; Odoo's models give their own,
    as create
stock.move._get_analytic_distribution(self): empty in stock_account; to whose account
    a move is booked
stock.move._prepare_analytic_line_values(self, account_field_values, amount,
    unit_amount): the values of a line
stock.quant._get_inventory_move_values(self, qty, location_id, location_dest_id,
    package_id=False, package_dest_id=False): the values of a move; stock_account adds
    to them
""")
TOUCHED = read("""
BaseModel.try_lock_for_update(self, *, allow_referencing=False, limit=None): a batch
    of parts asks for its rows of the stock once, not part by part
BaseModel.update_field_translations(self, field_name, translations, source_lang=''): the
    words of another language are as free as those of one's own; Odoo writes them beside
    write
ExportFormat.filename(self, base): files are named in Chinese, without the model's
    technical name
account.move._check_fapiao(self): a digital invoice's number has 20 digits; the
    localisation's check refuses it
account.move._post(self, soft=True): what is asked for is checked against what is due,
    in the act that puts it on record
account.move.action_toggle_block_payment(self): payment_state is nobody's to write:
    Odoo's button opens the door for itself
account.move.button_cancel(self): as above, for the state
account.move.button_draft(self): as above, for the state
base._get_default_kanban_view(self): a telephone's cards of lines have names, not row
    numbers
base._get_view(self, view_id=None, view_type='form', **options): empty lists are
    empty: no invented rows with English names
base._web_read_group_groupby_formatter(self, groupby_spec, values): 2026年3月, where
    Odoo has one pattern for all languages
base.get_view(self, view_id=None, view_type='form', **options): users of O&M get our
    form of a request, others Odoo's: one view cannot be both
helpdesk.ticket._compute_stage_id(self): one question for each team, where the
    helpdesk asks for each ticket
ir.actions.report._render_qweb_pdf(self, report_ref, res_ids=None, data=None): volumes
    are set by Typst (decision 11)
ir.actions.report._run_wkhtmltopdf(self, bodies, report_ref=False, header=None,
    footer=None, landscape=False, specific_paperformat_args=None,
    set_viewport_size=False): papers are printed by Chromium (decision 11)
ir.actions.report.get_wkhtmltopdf_state(self): as above; the client asks before it
    prints
ir.attachment._delete_and_notify(self, message=None): the discussion's route deletes as
    superuser what somebody may write, evidence too
ir.attachment._file_write(self, bin_value, checksum): a full disk or a power failure
    leaves no half file under its final name
ir.cron._callback(self, cron_name, server_action_id): a daily job that lost its rows
    to somebody's work does not wait for tomorrow
ir.http._dispatch(cls, endpoint): a request that comes twice is done once
    (om.request.receipt)
ir.http._handle_error(cls, exception): outsiders learn what is wrong, not where in the
    server; and that nobody knows, where the database went down
ir.model.access.check(self, model, mode='read', raise_exception=True): who reads only
    writes nothing, whatever Odoo lets every employee write
ir.module.module._load_module_terms(self, modules, langs, overwrite=False): words of
    ours for other add-ons' terms, and changed words of ours, reach old databases
ir.rule._compute_domain(self, model_name, mode='read'): a dialog is its opener's
    alone: one rule for all instead of one for each of sixty
ir.rule._make_access_error(self, operation, records): refusals in words for people,
    not names of rules
mail.thread._message_auto_subscribe(self, updated_values,
    followers_existing_policy='skip'): decision 14
mail.thread._message_auto_subscribe_notify(self, partner_ids, template): decision 14
mail.thread._message_log(self, *, body='', subject=False, author_id=None,
    email_from=None, message_type='notification', partner_ids=False,
    attachment_ids=False, tracking_value_ids=False): decision 14
mail.thread._message_track(self, fields_iter, initial_values_dict): decision 14
mail.thread._notify_get_recipients_for_extra_notifications(self, message,
    recipients_data, msg_vals=False): who lets a browser be notified is told there,
    also when mail is the chosen way
mail.thread._notify_thread(self, message, msg_vals=False, **kwargs): who chose a
    channel (a message robot, text messages) is told there; sms does so
mail.thread.message_route(self, message, message_dict, model=None, thread_id=None,
    custom_values=None): answers of machines open no fault: it has to be known before
    a record is made
maintenance.equipment._compute_owner(self): who registers a unit's device does not own
    it
maintenance.request._add_followers(self): a year's planning makes no followers: two
    queries for each of ten thousand
maintenance.request.activity_update(self): nor activities: five queries each
res.currency.amount_to_text(self, amount): renminbi in words as bills have them;
    num2words has numbers only
res.users._assert_can_auth(self, user=None): guessing through the external API is
    slowed down too
res.users.authenticate(self, credential, user_agent_env): not for clients, who learn
    from it whether a password is right
stock.move._action_cancel(self): done moves are nobody's to write: Odoo's own acts
    open the door for themselves
stock.move._action_done(self, cancel_backorder=False): as above; and listed parts
    leave for a confirmed request only
stock.move._create_analytic_move(self): parts that leave together are booked together
stock.move._set_value(self, correction_quantity=None): as stock.move._action_cancel
stock.picking._action_done(self): as stock.move._action_cancel
stock.scrap.do_scrap(self): as stock.move._action_cancel
""")


def find_touches(registry):
    """Return the methods of others that classes of ours override, as they are declared
    where the next one in line would be called."""
    found = set()
    for name, model in registry.items():
        for place, own in enumerate(model.mro()):
            if own.__module__.startswith(OURS) and own._name == name:
                found |= overridden(own, model.mro()[place + 1 :])
    controllers = [Controller]
    while controllers:
        line = controllers.pop()
        controllers += line.__subclasses__()
        if not line.__module__.startswith(OURS):
            # Theirs, or what Odoo makes of all heirs once somebody asks for a page.
            continue
        for place, own in enumerate(line.mro()):
            if own.__module__.startswith(OURS):
                found |= overridden(own, line.mro()[place + 1 :])
    return found


def overridden(own, line):
    """Return in words what ``own`` overrides of the classes behind it in the line."""
    found = set()
    for name in methods(own).keys() - MEANT:
        for other in line:
            if other.__module__.startswith(OURS) or name not in methods(other):
                continue
            # Other releases annotate otherwise; what counts is how it is called.
            signature = inspect.signature(methods(other)[name])
            plain = [
                each.replace(annotation=inspect.Parameter.empty)
                for each in signature.parameters.values()
            ]
            owner = getattr(other, "_name", None) or other.__name__
            found.add(f"{owner}.{name}{inspect.Signature(plain)}")
            break
    return found


def methods(owner):
    """Return {name: function} of what a class itself defines."""
    found = {
        name: inspect.unwrap(getattr(each, "__func__", each))
        for name, each in vars(owner).items()
        if not name.startswith("__")
    }
    return {name: each for name, each in found.items() if inspect.isfunction(each)}


@tagged("post_install", "-at_install")
class TestTouches(TransactionCase):
    def test_every_override_is_listed_with_its_parameters(self):
        found = find_touches(self.env.registry)
        self.assertEqual(sorted(found), sorted(HOOKS.keys() | TOUCHED.keys()))
        self.assertFalse(HOOKS.keys() & TOUCHED.keys())
        self.assertTrue(all(HOOKS.values()) and all(TOUCHED.values()), "reasons")

    def test_little_works_differently(self):
        self.assertLess(len(TOUCHED), 45, "the most that Odoo's next release may break")

    def test_what_is_found(self):
        class Theirs:
            __module__ = "odoo.addons.theirs"
            _name = "their.model"

            def _close(self, day: int = 0, *, force=False) -> bool:
                """Close it."""

            def copy_data(self, default=None):
                """Copy them."""

        class Ours(Theirs):
            def _close(self, day=0, *, force=False):
                """Close it otherwise."""

            def copy_data(self, default=None):
                """Meant to be overridden."""

            def _of_our_own(self):
                """Overrides nothing."""

        self.assertEqual(
            overridden(Ours, [Theirs]),
            {"their.model._close(self, day=0, *, force=False)"},
        )
