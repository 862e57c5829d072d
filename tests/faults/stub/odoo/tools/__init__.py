from . import sql


class Config:
    def parse_config(self, arguments, setup_logging=False):
        return self


config = Config()
