from . import om_register_loader
