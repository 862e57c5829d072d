from . import controllers
from . import models
from . import wizards
from . import reports


def tell_scrapped(env):
    """Devices that were scrapped before this add-on knew of states."""
    env.cr.execute(
        "UPDATE maintenance_equipment SET om_state = 'scrapped'"
        " WHERE scrap_date IS NOT NULL"
    )
