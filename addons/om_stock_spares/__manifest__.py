{
    "name": "O&M Spare Parts",
    "summary": "Spare parts with caps, joint confirmation and a ledger that settles",
    "version": "19.0.1.0.0",
    "category": "Services/O&M",
    "license": "AGPL-3",
    "author": "O&M Suite Contributors",
    "website": "https://github.com/om-suite/om-suite",
    "depends": ["om_contract", "om_helpdesk", "purchase_stock"],
    "data": [
        "security/om_stock_spares_security.xml",
        "security/ir.model.access.csv",
        "data/ir_sequence_data.xml",
        "data/mail_activity_type_data.xml",
        "data/ir_cron_data.xml",
    ],
}
