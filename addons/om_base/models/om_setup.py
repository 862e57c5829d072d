from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import convert_file, format_list

from ..tools import beijing
from .res_users import JOBS

# What the database's first company is called before anybody names it.
UNNAMED = ("My Company", "YourCompany")
# Whoever may carry out inspections and repairs.
FIELD_JOBS = frozenset(("engineer", "manager"))


class OmSetup(models.AbstractModel):
    """The first day: what has to be set up before the work begins, in its order.

    A step is a dict: ``key``, ``label``, ``purpose`` (what it is for), ``missing``
    (sentences; none: the step is done), ``hints`` (what nobody has to do) and
    ``buttons``, each with a ``label`` and an ``action``. Facts decide whether a step is
    done, there is nothing to tick. Add-ons add the steps of their work.
    """

    _name = "om.setup"
    _description = "Setup of the First Day"

    @api.model
    @api.readonly
    def get_setup(self):
        """Return ``intro`` and the ``steps`` as the user may take them.

        :raise AccessError: the user neither sets up nor directs the work
        """
        if not self.env.user.has_group("om_base.group_manager"):
            raise AccessError(
                self.env._("Administrators and project managers set up the work.")
            )
        steps = sorted(self._get_steps(), key=lambda step: step["order"])
        return {
            "intro": self.env._(
                "From an empty database to the first inspection and the first fault"
                " report. A step is done as soon as what it asks for is on record; the"
                " order helps, but nothing enforces it."
            ),
            "steps": steps,
        }

    @api.model
    def _forget_examples(self):
        """Take away what ships with the add-ons and is a fact of some engagement: a
        real start begins without. Templates, each with its source, stay. Add-ons
        take away theirs."""

    @api.model
    def _bring_examples_back(self):
        """Load again what a real start took away: somebody adds the engagements after
        all, and they refer to it. Add-ons bring theirs."""

    @api.model
    def _get_shipped(self, module, model):
        """Return the records of a model that ship with an add-on."""
        names = self.env["ir.model.data"].search(
            [("module", "=", module), ("model", "=", model)]
        )
        return self.env[model].browse(names.mapped("res_id")).exists()

    @api.model
    def _load_again(self, *files):
        """Load data files of add-ons once more: what is missing of them comes back.

        :param files: paths from the add-on's name on
        """
        for path in files:
            module, name = path.split("/", 1)
            convert_file(self.env, module, name, {}, mode="init", noupdate=True)

    @api.model
    def _get_steps(self):
        return [
            self._get_company_step(),
            self._get_people_step(),
            self._get_calendar_step(),
            self._get_mail_step(),
        ]

    @api.model
    def _make_step(self, key, order, label, purpose, facts, buttons, hints=()):
        """Return a step.

        :param facts: [(whether it is there, the sentence that says it is not)]
        :param buttons: [(label, action, group that may use it or None)]; an action is
            an external id or a description
        """
        missing = [text for is_there, text in facts if not is_there]
        own = [
            {"label": name, "action": action}
            for name, action, group in buttons
            if not group or self.env.user.has_group(group)
        ]
        hints = list(hints)
        if missing and not own:
            hints.append(self.env._("The system's administrator does this."))
        return {
            "key": key,
            "order": order,
            "label": label,
            "purpose": purpose,
            "missing": missing,
            "hints": hints,
            "buttons": own,
        }

    @api.model
    def _get_company_step(self):
        company = self.env.company
        named = (company.name or "").strip() not in ("", *UNNAMED)
        form = {
            "type": "ir.actions.act_window",
            "name": company.name,
            "res_model": "res.company",
            "res_id": company.id,
            "views": [(False, "form")],
        }
        return self._make_step(
            "company",
            10,
            self.env._("Company and Letterhead"),
            self.env._(
                "Stands as the contractor on contracts, reports, applications for"
                " payment and mails."
            ),
            [
                (named, self.env._("The company has no name of its own yet.")),
                (
                    company.street and company.city,
                    self.env._("Its address (city and street) is missing."),
                ),
                (company.vat, self.env._("Its tax number is missing.")),
                (company.phone, self.env._("Its telephone number is missing.")),
                (
                    company.external_report_layout_id,
                    self.env._("No letterhead is chosen for its papers."),
                ),
            ],
            [
                (self.env._("Company"), form, "base.group_erp_manager"),
                (
                    self.env._("Letterhead"),
                    "web.action_base_document_layout_configurator",
                    "base.group_system",
                ),
            ],
        )

    @api.model
    def _get_people_step(self):
        people = self._get_people()
        held = people._get_om_jobs()
        repairs = not people or not held.isdisjoint(FIELD_JOBS)
        vacant = [
            label for job, label in self._get_job_labels().items() if job not in held
        ]
        return self._make_step(
            "people",
            20,
            self.env._("People and Roles"),
            self.env._(
                "Everybody logs in with an account of their own and sees the work of"
                " their job: one choice per person."
            ),
            [
                (
                    people,
                    self.env._("Nobody but who sets this up has a job yet."),
                ),
                (
                    repairs,
                    self.env._("Nobody may carry out inspections and repairs."),
                ),
            ],
            [
                (
                    self.env._("People"),
                    "om_base.om_people_action",
                    "base.group_erp_manager",
                )
            ],
            hints=[
                self.env._(
                    "Jobs that nobody has: %s. One person may have several.",
                    format_list(self.env, vacant),
                )
            ]
            if vacant and people
            else (),
        )

    @api.model
    def _get_people(self):
        """Return the people beside those who administer the system."""
        # sudo: how many logins have which job is no secret of who runs the work.
        users = self.env["res.users"].sudo()
        administrator = self.env.ref("base.group_system")
        return users.search(
            [
                ("share", "=", False),
                ("company_ids", "in", self.env.company.ids),
                ("all_group_ids", "in", self.env.ref("om_base.group_user").ids),
                ("all_group_ids", "not in", administrator.ids),
            ]
        )

    @api.model
    def _get_job_labels(self):
        """Return {job: label} of the jobs that somebody has to have."""
        labels = self.env["res.users"]._om_labels("om_job")
        left_out = ("several", "administrator", "auditor")
        return {job: labels[job] for job, _label in JOBS if job not in left_out}

    @api.model
    def _get_calendar_step(self):
        Calendar = self.env["om.calendar"]
        today = beijing.today()
        # The list of a year is published in the autumn before it.
        years = [today.year, *([today.year + 1] if today.month == 12 else [])]
        return self._make_step(
            "calendar",
            30,
            self.env._("Working-day Calendar"),
            self.env._(
                "Working days decide when payments are due, inspections are late and"
                " repairs are promised."
            ),
            [
                (
                    not Calendar.is_provisional(today.replace(year=year, day=1)),
                    self.env._(
                        "The State Council's holidays of %s are not on record: make-up"
                        " days are missing.",
                        year,
                    ),
                )
                for year in years
            ],
            [
                (
                    self.env._("Enter the Year's List"),
                    "om_base.om_calendar_publish_action",
                    "om_base.group_administrator",
                ),
                (self.env._("Entries"), "om_base.om_calendar_day_action", None),
            ],
        )

    @api.model
    def _get_mail_step(self):
        # sudo: whether there is a server is no secret, its password is.
        servers = self.env["ir.mail_server"].sudo().search_count([], limit=1)
        return self._make_step(
            "mail",
            90,
            self.env._("Mail"),
            self.env._(
                "Invitations, reminders, reports and answers to fault reports leave by"
                " mail. Everything else works without."
            ),
            [
                (servers, self.env._("No mail server is set up.")),
                (self.env.company.email, self.env._("The company has no address.")),
            ],
            [
                (
                    self.env._("Mail Servers"),
                    "base.action_ir_mail_server_list",
                    "base.group_system",
                )
            ],
        )
