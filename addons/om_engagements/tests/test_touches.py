"""What of Odoo and OCA we override, with its parameters: the list to walk through
before a step to another release.

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
# One a line; long ones go on in the next.
TOUCHED = (
    """
BaseModel._additional_allowed_keys_properties_definition(self)
BaseModel._check_access(self, operation)
BaseModel._check_company(self, fnames=None)
BaseModel._init_column(self, column_name)
BaseModel._read_group_select(self, aggregate_spec, query)
BaseModel._search(self, domain, offset=0, limit=None, order=None, *, active_test=True,
    bypass_access=False)
BaseModel._search_display_name(self, operator, value)
BaseModel.init(self)
BaseModel.try_lock_for_update(self, *, allow_referencing=False, limit=None)
CustomerPortal._prepare_home_portal_values(self, counters)
CustomerPortalHelpdesk._prepare_home_portal_values(self, counters)
CustomerPortalHelpdesk.portal_my_ticket(self, ticket_id, access_token=None, **kw)
CustomerPortalHelpdesk.portal_my_tickets(self, page=1, date_begin=None, date_end=None,
    sortby=None, filterby=None, search=None, search_in=None, groupby=None, **kw)
ExportFormat.filename(self, base)
HelpdeskTicketController.create_new_ticket(self, **kw)
HelpdeskTicketController.submit_ticket(self, **kw)
HelpdeskTicketController.support_ticket_close(self, **kw)
WebManifest._get_webmanifest(self)
account.move.line._related_analytic_distribution(self)
account.move._check_fapiao(self)
account.move._compute_amount_total_words(self)
account.move._post(self, soft=True)
account.move.action_toggle_block_payment(self)
account.move.button_cancel(self)
account.move.button_draft(self)
agreement._domain_selection(self)
base._get_default_kanban_view(self)
base._get_view(self, view_id=None, view_type='form', **options)
base._web_read_group_groupby_formatter(self, groupby_spec, values)
base.get_formview_action(self, access_uid=None)
base.get_view(self, view_id=None, view_type='form', **options)
helpdesk.ticket._compute_stage_id(self)
helpdesk.ticket._creation_subtype(self)
helpdesk.ticket.action_view_duplicates(self)
helpdesk.ticket.assign_to_me(self)
helpdesk.ticket.message_new(self, msg, custom_values=None)
hr.employee._get_certificate_selection(self)
hr.individual.skill.mixin._get_passive_fields(self)
ir.actions.report._build_wkhtmltopdf_args(self, paperformat_id, landscape,
    specific_paperformat_args=None, set_viewport_size=False)
ir.actions.report._render_qweb_pdf(self, report_ref, res_ids=None, data=None)
ir.actions.report._run_wkhtmltopdf(self, bodies, report_ref=False, header=None,
    footer=None, landscape=False, specific_paperformat_args=None,
    set_viewport_size=False)
ir.actions.report.get_wkhtmltopdf_state(self)
ir.attachment._file_write(self, bin_value, checksum)
ir.cron._callback(self, cron_name, server_action_id)
ir.filters.get_filters(self, model, action_id=None, embedded_action_id=None,
    embedded_parent_res_id=None)
ir.http._dispatch(cls, endpoint)
ir.http._get_translation_frontend_modules_name(cls)
ir.http._handle_error(cls, exception)
ir.model.access.check(self, model, mode='read', raise_exception=True)
ir.module.module._load_module_terms(self, modules, langs, overwrite=False)
ir.rule._compute_domain(self, model_name, mode='read')
ir.rule._make_access_error(self, operation, records)
mail.thread._check_can_update_message_content(self, messages)
mail.thread._compute_field_value(self, field)
mail.thread._message_auto_subscribe(self, updated_values,
    followers_existing_policy='skip')
mail.thread._message_auto_subscribe_notify(self, partner_ids, template)
mail.thread._message_log(self, *, body='', subject=False, author_id=None,
    email_from=None, message_type='notification', partner_ids=False,
    attachment_ids=False, tracking_value_ids=False)
mail.thread._message_post_after_hook(self, message, msg_values)
mail.thread._message_track(self, fields_iter, initial_values_dict)
mail.thread._notify_by_email_get_base_mail_values(self, message, recipients_data,
    additional_values=None)
mail.thread._notify_get_recipients_for_extra_notifications(self, message,
    recipients_data, msg_vals=False)
mail.thread._notify_thread(self, message, msg_vals=False, **kwargs)
mail.thread.message_route(self, message, message_dict, model=None, thread_id=None,
    custom_values=None)
maintenance.equipment._compute_owner(self)
maintenance.request._add_followers(self)
maintenance.request.activity_update(self)
maintenance.request.archive_equipment_request(self)
portal.share.action_send_mail(self)
report.report_xlsx.abstract._get_objs_for_report(self, docids, data)
report.report_xlsx.abstract.create_xlsx_report(self, docids, data)
report.report_xlsx.abstract.generate_xlsx_report(self, workbook, data, objs)
res.config.settings.get_values(self)
res.config.settings.set_values(self)
res.currency.amount_to_text(self, amount)
res.partner.name_create(self, name)
res.users._assert_can_auth(self, user=None)
res.users.authenticate(self, credential, user_agent_env)
stock.move._action_cancel(self)
stock.move._action_confirm(self, merge=True, merge_into=False, create_proc=True)
stock.move._action_done(self, cancel_backorder=False)
stock.move._create_analytic_move(self)
stock.move._get_analytic_distribution(self)
stock.move._prepare_analytic_line_values(self, account_field_values, amount,
    unit_amount)
stock.move._set_value(self, correction_quantity=None)
stock.picking._action_done(self)
stock.picking.action_cancel(self)
stock.quant._get_inventory_move_values(self, qty, location_id, location_dest_id,
    package_id=False, package_dest_id=False)
stock.scrap.do_scrap(self)
""".strip()
    .replace("\n    ", " ")
    .split("\n")
)


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
        self.assertEqual(sorted(find_touches(self.env.registry)), sorted(TOUCHED))

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
