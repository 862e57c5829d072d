"""When a promise of service falls due, and whether it was kept."""
