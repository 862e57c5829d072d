from . import om_payment_application
from . import om_payment_ledger_xlsx
