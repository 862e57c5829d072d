from . import helpdesk_ticket_xlsx
from . import om_service_report
from . import om_service_report_told
from . import om_service_report_volume
from . import om_service_report_xlsx
