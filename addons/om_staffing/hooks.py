def post_init_hook(env):
    """Give those who are posted already a posting, so that nobody is lost."""
    env["om.posting"]._adopt_posted()
