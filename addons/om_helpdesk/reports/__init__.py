from . import helpdesk_ticket_xlsx
from . import om_service_report
from . import om_service_report_xlsx
