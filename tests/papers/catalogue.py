"""Every paper of ours, and the invoice: with one row, and with a hundred.

Used by the benchmark of papers and by the test that looks at them; both run in an Odoo
shell on the demonstration and roll back what is made here.
"""

PARTS = (
    "监控摄像机（示例）",
    "交换机电源模块，含安装调试和旧件回收的长名称",
    "UPS 蓄电池",
)

ENGINES = ("wkhtmltopdf", "chromium")
ROWS = (1, 100)
NAMES = (
    "device labels",
    "inspection record",
    "monthly inspections",
    "service report",
    "calculation",
    "payment application",
    "bid pack",
    "spare settlement",
    "spare hand-over",
    "seal",
    "invoice",
)


def make_papers(env, rows):
    """{name: (xml id of the report, records)} with about so many rows each."""
    makers = (
        _labels,
        _inspection,
        _monthly,
        _service,
        _calculation,
        _payment,
        _bid,
        _settlement,
        _handover,
        _seal,
        _invoice,
    )
    return {name: make(env, rows) for name, make in zip(NAMES, makers, strict=True)}


def _labels(env, rows):
    devices = env["maintenance.equipment"].search([("system_id", "!=", False)])
    devices |= devices[:1].browse(
        [devices[0].copy().id for _each in range(rows - len(devices))]
    )
    for position, device in enumerate(devices):
        # Else drawn by chance: no two prints were the same.
        device.label_token = f"{position:016}"
    return "om_assets.maintenance_equipment_label_report", devices[:rows]


def _inspection(env, rows):
    request = env["maintenance.request"].search(
        [
            ("is_inspection", "=", True),
            ("inspection_done_on", "=", False),
            ("inspection_plan_id", "!=", False),
        ],
        limit=1,
    )
    request.inspection_mode = "remote"
    request.action_start_inspection()
    env["om.inspection.result"].create(
        [
            {
                "request_id": request.id,
                "name": f"检查项目 {row}：{PARTS[row % len(PARTS)]}",
            }
            for row in range(rows - len(request.result_ids))
        ]
    )
    return "om_assets.om_inspection_report", request


def _monthly(env, rows):
    """The latest whole month: one system's, or that of all of them."""
    requests = env["maintenance.request"].search(
        [("is_inspection", "=", True), ("inspection_status", "!=", "cancelled")]
    )
    by_month = requests.grouped("inspection_month")
    month = sorted(by_month)[-2 if len(by_month) > 1 else -1]
    by_system = by_month[month].grouped("system_id")
    system = min(
        by_system, key=lambda each: (abs(len(by_system[each]) - rows), each.code)
    )
    wizard = env["om.inspection.report.wizard"].create(
        {
            "year": month.year,
            "month": str(month.month),
            "system_ids": system.ids,
            "agreement_id": system.agreement_id.id,
        }
    )
    return "om_assets.om_inspection_monthly_report", wizard


def _service(env, rows):
    period = "month" if rows > 10 else "day"
    contract = env.ref("om_engagements.agreement_shunyi")
    wizard = env["om.service.report"].create(
        {"period": period, "agreement_id": contract.id}
    )
    return "om_helpdesk.om_service_report_pdf", wizard


def _calculation(env, rows):
    sheet = env["om.calculation"].create(
        {
            "title": "付款计算",
            "subject": "示例合同",
            "clause": "按合同约定",
            "result": "壹仟元整",
            "line_ids": [
                (0, 0, {"label": f"步骤 {row}:", "value": "1,000.00", "note": PARTS[1]})
                for row in range(rows)
            ],
        }
    )
    return "om_contract.om_calculation_report", sheet


def _payment(env, rows):
    milestone = env["om.payment.milestone"].search(
        [("agreement_id.state", "not in", ["draft", "cancelled"])], limit=1
    )
    return "om_contract.om_payment_application_report", milestone


def _bid(env, rows):
    return "om_staffing.om_bid_pack_report", env["om.bid.evaluation"].search(
        [], limit=1
    )


def _settlement(env, rows):
    spare_list = env["om.spare.list"].search([("quota_ids", "!=", False)], limit=1)
    settlements = env["om.spare.settlement"]
    settlement = settlements.search([("list_id", "=", spare_list.id)])
    settlement = settlement or settlements.create({"list_id": spare_list.id})
    return "om_stock_spares.om_spare_settlement_report", settlement


def _handover(env, rows):
    contract = env["om.spare.list"].search([], limit=1).agreement_id
    handover = env["om.spare.handover"].create({"agreement_id": contract.id})
    place = env["stock.location"].search([("usage", "=", "internal")], limit=1)
    part = env["product.product"].search([("is_storable", "=", True)], limit=1)
    env["om.spare.handover.line"].create(
        [
            {
                "handover_id": handover.id,
                "product_id": part.id,
                "location_id": place.id,
                "place": f"库位 {row}",
                "product_name": PARTS[row % len(PARTS)],
                "quantity": row + 1,
                "condition": "new",
            }
            for row in range(rows)
        ]
    )
    return "om_stock_spares.om_spare_handover_report", handover


def _seal(env, rows):
    seals = env["om.seal"]
    documents = [("res.partner", number, 1, "0" * 64) for number in range(1, rows + 1)]
    return "om_base.om_seal_report", seals._seal(env.company, documents)


def _invoice(env, rows):
    invoice = env["account.move"].search(
        [("move_type", "=", "out_invoice"), ("state", "=", "posted")], limit=1
    )
    invoice = invoice.copy()
    invoice.invoice_line_ids = [(5, 0, 0)] + [
        (0, 0, {"name": f"运维服务 {row}：{PARTS[1]}", "price_unit": 100.0 + row})
        for row in range(rows)
    ]
    return "account.account_invoices", invoice
