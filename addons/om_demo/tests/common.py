import unittest

from odoo.tests import TransactionCase


class HistoryCase(TransactionCase):
    """What was invented stays as the acts made it; it is there where ``./om run`` made
    the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env.ref("om_demo.demo_ticket_01", False):
            raise unittest.SkipTest("a database without the invented history")
