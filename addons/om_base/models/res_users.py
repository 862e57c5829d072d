import secrets
from contextlib import contextmanager
from datetime import datetime

from odoo import Command, api, fields, models
from odoo.exceptions import AccessDenied, AccessError, ValidationError
from odoo.http import request
from odoo.tools import consteq
from odoo.tools.lru import LRU
from odoo.tools.misc import hmac

# Logins whose failures are remembered; the least recent is forgotten first.
MAX_FAILURES = 10_000
# The roles that write something; who has none of them reads only.
WRITERS = (
    "om_base.group_engineer",
    "om_base.group_dispatcher",
    "om_base.group_procurement",
    "om_base.group_warehouse",
    "om_base.group_staffing",
    "om_base.group_manager",
    "om_base.group_administrator",
)
# What somebody is employed for, each with the group ``om_base.group_…`` of its name.
JOBS = [
    ("manager", "Project Manager"),
    ("dispatcher", "Dispatcher"),
    ("engineer", "Engineer"),
    ("procurement", "Procurement Officer"),
    ("staffing", "Staffing Officer"),
    ("warehouse", "Storekeeper"),
    ("auditor", "Auditor (read only)"),
    ("administrator", "Administrator"),
    ("several", "Several of These"),
]


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "om.search.mixin"]

    om_pinyin = fields.Char(related="partner_id.om_pinyin", store=False)
    om_feed_key = fields.Char(
        copy=False,
        groups=fields.NO_ACCESS,
        help="What makes the address of the calendar feed; a new one makes the old"
        " address invalid, none closes it.",
    )
    om_unit_ids = fields.Many2many(
        "res.partner",
        "om_user_unit_rel",
        "user_id",
        "partner_id",
        string="Also Speaks For",
        domain="[('is_company', '=', True), ('om_role', '!=', False)]",
        help="Further user units or parties for which this login reads, confirms and"
        " signs, beside the person's own: for people who look after several.",
    )
    om_job = fields.Selection(
        JOBS,
        "O&M Job",
        compute="_compute_om_job",
        inverse="_inverse_om_job",
        groups="base.group_erp_manager",
        help="What the person does in operations and maintenance: decides what the"
        " person sees and may do. Several jobs of one person are set under Access"
        " Rights.",
    )
    om_party_ids = fields.Many2many(
        "res.partner",
        compute="_compute_om_party_ids",
        string="Speaks For",
        help="The parties whose people the user is: the person's own, and what else the"
        " login speaks for.",
    )

    om_notice_channel_ids = fields.Many2many(
        "om.notice.channel",
        "om_notice_channel_user_rel",
        "user_id",
        "channel_id",
        string="Also Told In",
        help="Groups of WeCom, DingTalk or Feishu whose robot tells you, and text"
        " messages, what Odoo tells you; you are known there by your mobile number.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "om_notice_channel_ids"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "om_notice_channel_ids"]

    @api.depends("partner_id.commercial_partner_id", "om_unit_ids")
    def _compute_om_party_ids(self):
        for user in self:
            # sudo: rules ask for the user's own parties, whatever the user may read.
            login = user.sudo()
            user.om_party_ids = (
                login.partner_id.commercial_partner_id
                | login.om_unit_ids.commercial_partner_id
            )

    @api.model
    def _get_om_job_groups(self):
        """Return {job: group}."""
        return {
            job: self.env.ref(f"om_base.group_{job}")
            for job, _label in JOBS
            if job != "several"
        }

    def _get_om_jobs(self):
        """Return the jobs that these users have been given, not those that come with
        another."""
        jobs = set()
        groups = self._get_om_job_groups()
        for user in self:
            own = {job for job, group in groups.items() if group in user.group_ids}
            for job in own:
                others = (groups[other] for other in own - {job})
                if not any(groups[job] in each.all_implied_ids for each in others):
                    jobs.add(job)
        return jobs

    @api.depends("group_ids")
    def _compute_om_job(self):
        for user in self:
            jobs = user._get_om_jobs()
            user.om_job = "several" if len(jobs) > 1 else next(iter(jobs), False)

    def _inverse_om_job(self):
        """Give one job in place of those there were; other rights stay."""
        groups = self._get_om_job_groups()
        for user in self:
            job = user.om_job
            if job == "several":
                # No choice that says which: the rights stay as they are.
                continue
            commands = [Command.unlink(group.id) for group in groups.values()]
            if job:
                commands.append(Command.link(groups[job].id))
            user.write({"group_ids": commands})

    @api.constrains("om_notice_channel_ids")
    def _check_om_mobile(self):
        for user in self:
            by_number = user.om_notice_channel_ids.filtered(
                lambda channel: channel.kind == "sms"
            )
            if by_number and not user._get_om_mobiles():
                raise ValidationError(
                    self.env._(
                        "Text messages need the mobile number of %s: enter eleven"
                        " digits under Phone first.",
                        user.name,
                    )
                )

    def _get_om_mobiles(self):
        """Return the mobile numbers of the mainland of those who have one."""
        numbers = (
            "".join(char for char in phone if char.isdigit())[-11:]
            for phone in self.mapped("phone")
            if phone
        )
        return [number for number in numbers if len(number) == 11]

    def write(self, vals):
        result = super().write(vals)
        if {"om_unit_ids", "om_notice_channel_ids"} & vals.keys():
            # What the rules let a user see, and who is told where, is remembered.
            self.env.registry.clear_cache()
        return result

    @api.private
    def authenticate(self, credential, user_agent_env):
        """Odoo's own login; not for clients, who learn from it whether a password is
        right."""
        return super().authenticate(credential, user_agent_env)

    @contextmanager
    def _assert_can_auth(self, user=None):
        """Slow down guessing through the external API too.

        Odoo counts failures by address, and there the address is not known; they are
        counted by the name or number of the user then.
        """
        if request:
            with super()._assert_can_auth(user=user):
                yield
            return
        failures = self._get_om_login_failures()
        count, last = failures.get(user, (0, None))
        if count and self._on_login_cooldown(count, last):
            raise AccessDenied(
                self.env._("Too many login failures, wait a bit before trying again.")
            )
        try:
            yield
        except AccessDenied:
            failures[user] = (count + 1, datetime.now())
            raise
        failures.pop(user, None)

    @api.model
    def _get_om_login_failures(self):
        """{login or id: (failures, time of the last)} of this process, for logins whose
        address is not known."""
        registry = self.env.registry
        if not hasattr(registry, "_om_login_failures"):
            registry._om_login_failures = LRU(MAX_FAILURES)
        return registry._om_login_failures

    @api.model
    def _get_om_landings(self):
        """Return the first screens of the roles: [(order, group, action)].

        ``group`` and ``action`` are external ids. Add-ons add theirs; somebody with
        several roles gets the one with the lowest order, so that who directs sees the
        whole before the part.
        """
        return [(100, "om_base.group_user", "om_base.res_partner_action")]

    @api.model
    def _get_om_landing(self):
        """Return the external id of the action with which the user begins the day."""
        return next(
            (
                action
                for _order, group, action in sorted(self._get_om_landings())
                if self.env.user.has_group(group)
            ),
            "om_base.res_partner_action",
        )

    @api.model
    def action_om_home(self):
        """Open the first screen of the user's role."""
        return self.env["ir.actions.actions"]._for_xml_id(self._get_om_landing())

    def _get_feed_token(self):
        """The secret part of the address; empty while the feed is closed.

        It follows from the key and the database's own secret, so that who reads the
        table of users knows no address. Who reads only has nothing to open or renew:
        the key is that of the login, and changes with its password.
        """
        self.ensure_one()
        # sudo: keys are hidden from everybody; callers ask for themselves or compare.
        user = self.sudo()
        key = (
            user._compute_session_token("om-expiry-feed")
            if self._reads_only()
            else user.om_feed_key
        )
        if not key:
            return ""
        return hmac(self.env(su=True), "om-expiry-feed", (self.id, key))

    def _get_feed_url(self):
        self.ensure_one()
        token = self._get_feed_token()
        return (
            f"{self.get_base_url()}/om/calendar/{self.id}/{token}.ics" if token else ""
        )

    def _is_feed_token(self, token):
        """True if the token opens this user's feed: of active users of the application
        only."""
        self.ensure_one()
        own = self._get_feed_token()
        return bool(
            own
            and self.active
            and self._has_group("om_base.group_user")
            and consteq(own, token)
        )

    def _reads_only(self):
        """Whether this is an auditor and nothing else: nothing is theirs to write."""
        self.ensure_one()
        return self._has_group("om_base.group_auditor") and not any(
            map(self._has_group, WRITERS)
        )

    def _check_may_set_feed(self):
        if self.env.user._reads_only():
            raise AccessError(
                self.env._(
                    "You read only: the address of your calendar feed changes with"
                    " your password."
                )
            )

    def _renew_feed(self):
        self._check_may_set_feed()
        # Everybody may open and close the own feed, and nobody else's.
        self.env.user.sudo().om_feed_key = secrets.token_urlsafe(24)

    def _close_feed(self):
        self._check_may_set_feed()
        # As above.
        self.env.user.sudo().om_feed_key = False

    def _speaks_for(self, party):
        """Whether this user is one of ``party``'s own people: those of our companies
        are all who work in them."""
        self.ensure_one()
        own = self.om_party_ids
        if not self.share:
            own |= self.company_ids.partner_id.commercial_partner_id
        # sudo: of a body whose name the user may not read it is asked, too.
        return bool(party) and party.sudo().commercial_partner_id in own
