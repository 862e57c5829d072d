"""Rules of the assessment in plain Python, without Odoo."""
