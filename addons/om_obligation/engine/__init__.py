"""What is owed, and by when: plain Python, no Odoo."""
