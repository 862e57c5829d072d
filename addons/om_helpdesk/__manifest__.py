{
    "name": "O&M Service Desk",
    "summary": "Faults with the deadlines that the contract promises, and their proof",
    "version": "19.0.1.0.0",
    "category": "Services/O&M",
    "license": "AGPL-3",
    "author": "O&M Suite Contributors",
    "website": "https://github.com/om-suite/om-suite",
    "depends": ["om_assets", "helpdesk_mgmt", "rating", "portal"],
    "data": [
        "security/om_sla_security.xml",
        "security/ir.model.access.csv",
    ],
}
