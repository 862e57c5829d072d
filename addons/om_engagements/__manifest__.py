{
    "name": "O&M Engagements",
    "summary": "Five real engagements and a district's register of systems, as data",
    "version": "19.0.1.0.0",
    "category": "Services/O&M",
    "license": "AGPL-3",
    "author": "O&M Suite Contributors",
    "website": "https://github.com/om-suite/om-suite",
    "depends": ["om_contract", "om_helpdesk", "om_stock_spares", "om_staffing"],
    "data": [
        "data/om_register_load.xml",
        "data/agreement_data.xml",
        "data/om_spare_load.xml",
        "data/om_tender_data.xml",
    ],
    "demo": [
        "demo/om_engagements_demo.xml",
        "demo/om_inspection_demo.xml",
        "demo/om_device_demo.xml",
        "demo/om_contract_demo.xml",
        "demo/om_staffing_demo.xml",
        "demo/om_ticket_demo.xml",
    ],
}
