"""No paper waits for scripts; where somebody has set how long, that stays."""


def migrate(cr, version):
    cr.execute(
        "INSERT INTO ir_config_parameter (key, value)"
        " VALUES ('report.print_delay', '0') ON CONFLICT (key) DO NOTHING"
    )
