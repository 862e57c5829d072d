from . import om_obligation_year
from . import om_obligation_year_xlsx
