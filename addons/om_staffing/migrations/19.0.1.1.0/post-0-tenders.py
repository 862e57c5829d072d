"""Give the shipped tenders the day and the names that their documents print.

Bids for Shunyi close on 2026-01-04 at 09:30; certificates and insurance are judged on
that day. What somebody has changed stays. It comes before the ledger is begun.
"""

# {tender: {field: (as it was shipped, as printed)}}
PRINTED = {
    "tender_shunyi": {
        "bid_date": ("2025-12-03", "2026-01-04"),
        "name": ("顺义区信息化统一运维服务项目（2026）", "顺义区信息化统一运维项目"),
    },
    "tender_emergency": {
        "name": (
            "核心区应急指挥中心技术保障服务（2026–2027）",
            "北京市（核心区）应急指挥中心信息化技术保障",
        ),
    },
    "tender_bda": {
        "name": (
            "经开区政务服务中心信息化运维服务（2024–2025）",
            "政务服务中心综合技术保障服务项目",
        ),
    },
}


def migrate(cr, version):
    for tender, fields in PRINTED.items():
        for field, (shipped, printed) in fields.items():
            cr.execute(
                f"UPDATE om_tender SET {field} = %s FROM ir_model_data"
                f" WHERE om_tender.id = res_id AND module = 'om_staffing'"
                f" AND model = 'om.tender' AND ir_model_data.name = %s"
                f" AND om_tender.{field}::text = %s",
                [printed, tender, shipped],
            )
    # The calendar's fields are new: what its documents print goes into empty ones.
    cr.execute(
        "UPDATE om_tender SET documents_until = '2025-12-18',"
        " visit_at = '2025-12-19 06:00:00', security_amount = 800000"
        " FROM ir_model_data WHERE om_tender.id = res_id AND module = 'om_staffing'"
        " AND model = 'om.tender' AND ir_model_data.name = 'tender_shunyi'"
        " AND code = '0686-2511BJ143437Z' AND documents_until IS NULL"
        " AND visit_at IS NULL AND COALESCE(security_amount, 0) = 0"
    )
    # A draft evaluation judges on the day of its tender.
    cr.execute(
        "UPDATE om_bid_evaluation SET date = tender.bid_date FROM om_tender tender"
        " JOIN ir_model_data shipped ON shipped.res_id = tender.id"
        " WHERE tender_id = tender.id AND om_bid_evaluation.state = 'draft'"
        " AND shipped.module = 'om_staffing' AND shipped.model = 'om.tender'"
        " AND shipped.name = 'tender_shunyi' AND om_bid_evaluation.date = '2025-12-03'"
    )
