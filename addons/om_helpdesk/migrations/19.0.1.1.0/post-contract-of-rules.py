"""A contract that prints no times for faults is no gap of the register."""

from odoo import SUPERUSER_ID, api

OLD = (
    "[('state', '!=', 'stopped'), '|', ('sla_policy_id', '=', False),"
    " ('sla_policy_id.is_usable', '=', False)]"
)
NEW = (
    "[('state', '!=', 'stopped'), '|', '&', ('sla_policy_id', '=', False),"
    " ('agreement_id.no_promise', '!=', True), '&', ('sla_policy_id', '!=', False),"
    " ('sla_policy_id.is_usable', '=', False)]"
)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref("om_helpdesk.om_audit_rule_no_sla_policy", raise_if_not_found=False)
    if rule and rule.domain == OLD:
        rule.domain = NEW
